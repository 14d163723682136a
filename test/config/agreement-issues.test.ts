/** Every mistake in what the teams promise each other: where it is said to be, and in which words. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigFolder } from "./config-folder.ts";

let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.close());

const MISTAKES: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    "a goal by a measure that is not there",
    "measure: touched, ",
    "measure: touche, ",
    ['config/agreement.yml:23:16  goals[4].measure: "touche" is not a measure; write touched'],
  ],
  [
    "a goal that promises nothing",
    "by: sales,     at-most: 10 ",
    "by: sales ",
    ["config/agreement.yml:25:5  goals[6]: promises nothing; write at-least: or at-most: with a figure"],
  ],
  [
    "a goal that can never be kept",
    "at-most: 25 ",
    "at-most: 25, at-least: 30 ",
    ["config/agreement.yml:20:73  goals[1].at-least: 30 is more than at-most: 25; swap the two"],
  ],
  [
    "a goal that stands there twice",
    "measure: rejected, ",
    "measure: new-mqls, ",
    ["config/agreement.yml:20:16  goals[1].measure: there is already a goal called new-mqls; choose another name"],
  ],
];

test.each(MISTAKES)("%s", (_, from, to, lines) => {
  folder.edit("config/agreement.yml", from, to);
  expect(folder.lines()).toEqual(lines);
});

test("what the teams promise decides about nobody: a change of it is no reason to look at everybody again", () => {
  const before = folder.load().fingerprint;
  folder.edit("config/agreement.yml", "at-most: 25 ", "at-most: 20 ");
  expect(folder.load().fingerprint).toBe(before);
  folder.edit("config/scoring.yml", "mql-at: 60", "mql-at: 61");
  expect(folder.load().fingerprint).not.toBe(before);
});
