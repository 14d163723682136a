/** Which known name a misspelt one is taken for. */
import { expect, test } from "vitest";
import { nearestName, writeInstead } from "../../src/config/nearest-name.ts";

const RULES = ["two-way", "union", "highest", "lowest", "ask"];

test.each([
  ["two_way", "two-way"],
  ["TwoWay", "two-way"],
  ["tow-way", "two-way"],
  ["unoin", "union"],
  ["lowst", "lowest"],
  ["as", "ask"],
  ["newest", null],
  ["", null],
  ["something else", null],
])("%j is taken for %j", (word, name) => {
  expect(nearestName(word, RULES)).toBe(name);
});

test("where none is near, all are named when they are few, else the advice", () => {
  expect(writeInstead("newest", RULES)).toBe("write one of two-way, union, highest, lowest, ask");
  expect(writeInstead("newest", ["a"])).toBe("write a");
  expect(
    writeInstead(
      "newest",
      Array.from({ length: 15 }, (_, index) => `name-${index}`),
      "map it",
    ),
  ).toBe("map it");
});
