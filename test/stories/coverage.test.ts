/** The list of scenarios and their tests is whole: no scenario is missing, each has a test that is there or an open gap, and no story stands outside it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { type TitledTest, titledTests } from "./titled-tests.ts";

const list = z
  .record(
    z.string(),
    z.strictObject({
      says: z.string().min(1),
      tests: z.array(z.strictObject({ file: z.string(), title: z.string(), row: z.string().optional() })).optional(),
      gap: z.string().min(1).optional(),
    }),
  )
  .parse(parse(readFileSync("test/stories/coverage.yml", "utf8")));

const BUGS: Readonly<Record<string, readonly number[]>> = {
  A: [1, 3, 4, 6, 7, 9, 11, 13, 14, 15, 17, 18],
  B: [1, 3, 4, 7, 9, 11, 12, 13],
  C: [1, 4, 5, 6, 8, 9, 11, 12, 15, 16, 18],
  D: [1, 2, 3, 6, 7, 8, 10, 12],
  E: [1, 3, 5, 7, 8],
  F: [1, 5, 7, 9, 11, 12, 13, 15, 16, 17, 18],
  G: [1, 3, 4, 6, 7, 9],
  H: [1, 3, 4],
};
const BESIDE = [
  "fifteen-character-id",
  "address-change-with-opt-out",
  "undelete-after-tombstone",
  "ten-thousand-and-one",
  "cursor-in-the-future",
  "id-above-2-53",
  "emoji-and-rtl",
  "dst-change",
  "report-twice",
  "undo-with-later-edit",
];
const texts = new Map<string, string>();
const textOf = (file: string): string => {
  const text = texts.get(file) ?? readFileSync(`test/${file}`, "utf8");
  texts.set(file, text);
  return text;
};

const found = new Map<string, readonly TitledTest[]>();
const testsOf = (file: string): readonly TitledTest[] => {
  const known = found.get(file) ?? titledTests(textOf(file));
  found.set(file, known);
  return known;
};

test("every scenario is in the list, and nothing else", () => {
  const bugs = Object.entries(BUGS).flatMap(([letter, numbers]) => numbers.map((number) => `${letter}${number}`));
  const scenarios = Array.from({ length: 40 }, (_, index) => String(index + 1));
  expect(Object.keys(list).sort()).toEqual([...bugs, ...scenarios, ...BESIDE].sort());
});

const scenarios = "../shared/reference/bug-scenarios.md";
test.skipIf(!existsSync(scenarios))("the scenarios are those of the document that they come from", () => {
  const codes = [...readFileSync(scenarios, "utf8").matchAll(/^([A-H])(\d+)\. /gm)].map(
    ([, letter, number]) => `${letter}${number}`,
  );
  const bugs = Object.entries(BUGS).flatMap(([letter, numbers]) => numbers.map((number) => `${letter}${number}`));
  expect(codes).toEqual(bugs);
});

test.each(Object.entries(list))("%s has a test that is there, or says what is missing", (_, { tests = [], gap }) => {
  expect(tests.length > 0 || gap !== undefined).toBe(true);
  for (const { file, title, row } of tests)
    expect(
      isThere(file, title, row),
      `test/${file} has no test "${title}"${row === undefined ? "" : `, "${row}"`} that is run`,
    ).toBe(true);
});

/** A title that says nothing itself stands for the row of its table that is named. */
function isThere(file: string, title: string, row: string | undefined): boolean {
  if (file.endsWith(".yml")) return textOf(file).includes(`- story: ${title}\n`);
  if (/^%\w$/.test(title) && row === undefined) return false;
  return testsOf(file).some((one) => one.title === title && (row === undefined || one.rows.has(row)));
}

test.each([
  ["a test", 'test("is kept", () => {});', true],
  ["a test with rows", 'test.each([["a", 1]])("is kept", () => {});', true],
  ["a test that needs what is not everywhere", 'test.skipIf(missing)("is kept", () => {});', true],
  ["a skipped test", 'test.skip("is kept", () => {});', false],
  ["a skipped test with rows", 'test.skip.each([["a", 1]])("is kept", () => {});', false],
  ["a test to be written", 'test.todo("is kept");', false],
  ["a test that fails", 'test.fails("is kept", () => {});', false],
  ["a test of a skipped group", 'describe.skip("all", () => { test("is kept", () => {}); });', false],
  ["a comment", '// test("is kept", () => {});', false],
  ["another call", 'console.log("is kept");', false],
])("%s counts as one only if it is run", (_, text, counts) => {
  expect(titledTests(text).some(({ title }) => title === "is kept")).toBe(counts);
});

test("a scenario whose story fails for now has its gap in the list, and no other story fails", () => {
  const files = readdirSync("test/stories").filter((file) => file.endsWith(".stories.yml"));
  const stories = files.flatMap((file) =>
    (parse(readFileSync(`test/stories/${file}`, "utf8")) as { stories: { story: string; gap?: string }[] }).stories.map(
      ({ story, gap }) => ({ file: `stories/${file}`, title: story, gap }),
    ),
  );
  for (const { file, title, gap } of stories) {
    const covered = Object.values(list).filter(({ tests = [] }) =>
      tests.some((one) => one.file === file && one.title === title),
    );
    expect(covered, `no scenario names the story "${title}"`).not.toEqual([]);
    if (gap !== undefined)
      expect(
        covered.some((scenario) => scenario.gap !== undefined),
        `the gap of "${title}" is in no scenario`,
      ).toBe(true);
  }
});
