/** No condition, whatever its text and the facts, ever ends a run: it compiles or says why, and then holds or does not. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { cases } from "../support/law-cases.ts";
import { compile, compiled, types } from "./condition-subject.ts";

const NOW = "2026-11-22T12:00:00.000Z";

test("a condition of any shape compiles or says why, and then holds or does not, without an exception", () => {
  const word = fc.constantFrom(
    ...[...types.keys()],
    ...[
      "known(",
      "daysSince(",
      "mentions(",
      "segment(",
      "int(",
      "matches(",
      "timestamp(",
      ")",
      "[",
      "]",
      "(",
      "{",
      "}",
      ".",
    ],
    ...[
      "&&",
      "||",
      "!",
      "==",
      "!=",
      "<",
      ">=",
      "in",
      "+",
      "-",
      "*",
      "/",
      "%",
      "?",
      ":",
      ",",
      '"a"',
      "'",
      "5",
      "0",
      "1.5",
      "true",
      "null",
      "now",
      "exists",
      "x",
    ],
  );
  const source = fc.oneof(
    fc.array(word, { maxLength: 14 }).map((words) => words.join(" ")),
    fc.string(),
  );
  const value = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.constantFrom("true", "0", "-1e999", "2026-02-30", NOW, "a;b;", ";"),
  );
  const facts = fc.dictionary(fc.constantFrom(...types.keys()), value);
  fc.assert(
    fc.property(source, facts, (text, known) => {
      const result = compile(text);
      if (!result.ok) {
        expect(result.message).not.toBe("");
        expect(result.within).toBeGreaterThanOrEqual(0);
        return;
      }
      const first = result.condition.holds(known, NOW);
      expect(typeof first).toBe("boolean");
      expect(result.condition.holds(known, NOW)).toBe(first);
    }),
    { numRuns: cases(5_000) },
  );
});

test("conditions that compile never throw, whatever the facts", () => {
  const sources = [
    "employees / 0 > 1",
    'int(company) > 5 || company == ""',
    'company.split("-").exists(part, int(part) > 1)',
    "daysSince(last_visit) * employees > 3",
    'product_interest.all(item, item.matches("[a-z]+"))',
    'now - last_visit > duration("1h")',
    "last_visit.getFullYear() == 2026",
    "mentions(company, [jobtitle])",
    'segment("big") ? budget : known(retry_on)',
    "size(company) > 3",
  ];
  const conditions = sources.map((source) => compiled(source).condition);
  const value = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.double().map(String),
    fc.constantFrom("true", "9".repeat(400), NOW),
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...types.keys()), value),
      fc.constantFrom(...conditions),
      (facts, condition) => {
        expect(typeof condition.holds(facts, NOW)).toBe("boolean");
      },
    ),
    { numRuns: cases(3_000) },
  );
});
