/** Templates whose missing values leave no trace. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fillTemplate } from "../../../src/core/rules/fill-template.ts";

const ADA: Readonly<Record<string, string | null>> = {
  name: "Ada Lovelace",
  company: "Engines, Ltd (UK)",
  score: "72",
  blank: "  ",
  none: null,
};
const fill = (template: string): string => fillTemplate(template, (name) => ADA[name] ?? null);

test.each([
  ["Call {name} ({company}): score {score}", "Call Ada Lovelace (Engines, Ltd (UK)): score 72"],
  ["Call {name} ({none}): score {score}", "Call Ada Lovelace: score 72"],
  ["Call {name} [{blank}], score {none}", "Call Ada Lovelace"],
  ["Call {name} (at {none}, {blank})", "Call Ada Lovelace"],
  ["Call {name} (score {score}, {none})", "Call Ada Lovelace (score 72)"],
  ["Call {none} (score {score}, now), {name}", "Call (score 72, now), Ada Lovelace"],
  ["Call {none} (a, b), {name} (c, d)", "Ada Lovelace (c, d)"],
  ["{none}: {name}", "Ada Lovelace"],
  ["{name} – {none} – {score}", "Ada Lovelace – 72"],
  ["Company: {none}, score {score}", "score 72"],
  ["Why: {none}\nCompany: {company}", "Company: Engines, Ltd (UK)"],
  ["First.\n\nSecond {none}\nThird.", "First.\n\nThird."],
  ["No placeholders (none), {at all}", "No placeholders (none), {at all}"],
  ["{constructor}{__proto__}", ""],
  ["{none}", ""],
])("%j reads %j", (template, text) => {
  expect(fillTemplate(template, (name) => (Object.hasOwn(ADA, name) ? (ADA[name] ?? null) : null))).toBe(text);
});

test("a value is taken as it is: neither its braces nor its line breaks do anything", () => {
  expect(fillTemplate("Call {name}", () => "{name}\n$& {score}")).toBe("Call {name} $& {score}");
});

test("whatever is missing, nothing empty is printed", () => {
  const templates = fc.constantFrom(
    "Call {name} ({company}): score {score} {band}",
    "{name}, {company} – {score}",
    "Why: {reasons}\nCompany: {company}, {name}",
  );
  fc.assert(
    fc.property(
      templates,
      fc.dictionary(fc.constantFrom("name", "company", "score", "band", "reasons"), fc.constantFrom("x", "", null)),
      (template, values) => {
        const text = fillTemplate(template, (name) => values[name] ?? null);
        expect(text).not.toMatch(/undefined|null|\(\s*\)|\[\s*\]|[,;:–-]\s*$|^\s*[,;:–-]|,\s*,|\{/m);
      },
    ),
  );
  expect(fill("")).toBe("");
});
