/** The order of the stages. */
import { expect, test } from "vitest";
import { STAGES, type Stage } from "../../../src/core/model/rulebook.ts";
import { comesAfter, isExit, rankOf } from "../../../src/core/rules/stages.ts";

test("the funnel's stages rise in their order", () => {
  const ranks = STAGES.filter((stage) => !isExit(stage)).map(rankOf);
  expect(ranks).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test.each<[number, Stage, number, Stage, boolean]>([
  [1, "mql", 1, "lead", true],
  [1, "lead", 1, "mql", false],
  [1, "mql", 1, "mql", false],
  [2, "recycled", 1, "customer", true],
  [1, "customer", 2, "disqualified", false],
  [2, "lead", 2, "recycled", false],
  [2, "subscriber", 2, "disqualified", false],
])("(%i, %s) after (%i, %s): %s", (epoch, stage, otherEpoch, other, after) => {
  expect(comesAfter({ epoch, stage }, { epoch: otherEpoch, stage: other })).toBe(after);
});
