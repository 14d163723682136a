/** A handful of storms of faults on every run; `npm run storm` plays as many as one likes. */
import { expect, test } from "vitest";
import { playStorm } from "../storm/storm.ts";
import { planOfSeed } from "../storm/storm-plan.ts";

test.each([1, 2, 3])("Storm %i breaks no law", async (seed) => {
  expect((await playStorm(planOfSeed(seed))).violations).toEqual([]);
});

test("The same seed makes the same storm to the last line of its trace", async () => {
  const [one, again] = [await playStorm(planOfSeed(4)), await playStorm(planOfSeed(4))];
  expect(again.digest).toBe(one.digest);
  expect((await playStorm(planOfSeed(5))).digest).not.toBe(one.digest);
});
