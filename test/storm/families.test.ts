/** Seeds of a family are counted within it, and no storm of one family is one of another. */
import { expect, test } from "vitest";
import { freshSeed, SECOND_FAMILY, seedIn, THIRD_FAMILY } from "./families.ts";
import { planOfSeed } from "./storm-plan.ts";

test.each([
  ["1", 7, 7],
  ["2", 7, SECOND_FAMILY + 7],
  ["3", 7, THIRD_FAMILY + 7],
  // As it is told, a seed says its family itself.
  ["1", THIRD_FAMILY + 7, THIRD_FAMILY + 7],
  ["2", SECOND_FAMILY + 7, SECOND_FAMILY + 7],
])("--family %s --from %i begins at %i", (family, number, seed) => {
  expect(seedIn(family, number)).toBe(seed);
});

test("a family that there is not is refused", () => {
  expect(() => seedIn("4", 1)).toThrow(/--family 4: there are the families 1, 2, 3/);
});

test("fresh storms are of every family in turn", () => {
  expect([0, 1, 2, 3].map((turn) => freshSeed(5, turn))).toEqual([5, SECOND_FAMILY + 5, THIRD_FAMILY + 5, 5]);
});

test("only storms of the second family have its admins in them, only those of the third are aimed", () => {
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
  const plans = ["1", "2", "3"].map((family) => seeds.map((number) => planOfSeed(seedIn(family, number))));
  const withAdmins = plans.map((some) => some.some(({ steps }) => steps.some((step) => step.do === "forget")));
  expect(withAdmins).toEqual([false, true, false]);
  const aimed = plans.map((some) => some.filter(({ aims = [] }) => aims.length > 0).length);
  expect(aimed).toEqual([0, 0, 20]);
});
