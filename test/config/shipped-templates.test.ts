/** The shipped texts of tasks, filled for somebody of whom little or nothing is known: no hole shows. */
import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { fillTemplate } from "../../src/core/rules/fill-template.ts";

const { rulebook } = loadConfig({ mappingsFolder: "mappings", configFolder: "config" });
const { cadences, retry } = rulebook.followUps;
const steps = cadences.flatMap(({ name, steps: all }) =>
  all.flatMap(({ name: step, subject, text }) =>
    [subject, text].flatMap((template) => (template === null ? [] : [[`${name}/${step}`, template] as const])),
  ),
);
const TEXTS = [
  ...steps,
  ...(retry === null ? [] : [["retry", retry.subject] as const, ["retry", retry.text] as const]),
];
const HOLE = /undefined|null|NaN|\[object|\{|\}|\(\s*\)|[ \t]{2}/;
/** A text that leads up to something and stops. */
const DANGLING = /(:|\b(about|to|on|in))\.?\s*$/m;

test.each(TEXTS)("%s: %o", (_, { fill }) => {
  for (const known of [{}, { name: null, company: null, reasons: null }, { name: "Ada Lovelace" }])
    expect(fill(known)).not.toMatch(HOLE);
  expect(fill({ name: "Ada Lovelace" })).not.toMatch(DANGLING);
});

test.each(Object.entries({ subject: rulebook.handoff.task.subject, description: rulebook.handoff.task.description }))(
  "%s of a handoff's task",
  (_, template) => {
    expect(fillTemplate(template, () => null)).not.toMatch(HOLE);
    expect(fillTemplate(template, (word) => (word === "name" ? "Ada Lovelace" : null))).not.toMatch(HOLE);
  },
);
