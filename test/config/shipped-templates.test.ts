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
/** What a missing value may leave behind: a word of the machine, an empty bracket, a blank too many, an empty line that the text does not have itself. */
const HOLE = /undefined|null|NaN|\[object|\{|\}|\(\s*\)|[ \t]{2}|[ \t]$|^\s|\n\s*\n\s*\n|\n\s*$|\s$/;
const EMPTY_LINE = /\n[ \t]*\n/;
/** A text that leads up to something and stops. */
const DANGLING = /(:|\b(about|to|on|in))\.?\s*$/m;

const VALUES: Readonly<Record<string, string>> = {
  name: "Ada Lovelace",
  company: "Engines",
  reasons: "asked for sales: Book a demo",
  product_interest: "analytics",
  recent_conversion_date: "2026-03-02",
  recent_conversion_event_name: "Book a demo",
  stage_reason: "No need",
};

function wordsOf(source: string, used: RegExp): string[] {
  const words = [...source.matchAll(used)].map(([, word = ""]) => word);
  return [...new Set(words)];
}

/** Every way in which some of the words are known and the others are not. */
function everyPart(words: readonly string[]): Record<string, string>[] {
  return words.reduce<Record<string, string>[]>(
    (parts, word) => parts.flatMap((part) => [part, { ...part, [word]: VALUES[word] ?? `some ${word}` }]),
    [{}],
  );
}

function expectNoHole(filled: string, source: string): void {
  expect(filled).not.toMatch(HOLE);
  if (!EMPTY_LINE.test(source)) expect(filled).not.toMatch(EMPTY_LINE);
}

test.each(TEXTS)("%s: %o", (_, { source, fill }) => {
  const words = wordsOf(source, /\{[{%]\s*(?:if\s+)?(?!end|else)(\w+)/g);
  for (const known of everyPart(words)) {
    const blank = Object.fromEntries(words.map((word) => [word, null]));
    expectNoHole(fill(known), source);
    expectNoHole(fill({ ...blank, ...known }), source);
    if ("name" in known) expect(fill(known)).not.toMatch(DANGLING);
  }
});

test.each(Object.entries({ subject: rulebook.handoff.task.subject, description: rulebook.handoff.task.description }))(
  "%s of a handoff's task",
  (_, template) => {
    for (const known of everyPart(wordsOf(template, /\{(\w+)\}/g)))
      expectNoHole(
        fillTemplate(template, (word) => known[word] ?? null),
        template,
      );
  },
);
