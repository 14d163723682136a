/** A handful of storms of faults on every run, and every storm that once broke a law; `npm run storm` plays as many as one likes. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readPlan } from "../storm/plan-file.ts";
import { playStorm } from "../storm/storm.ts";
import { planOfSeed } from "../storm/storm-plan.ts";

const REGRESSIONS = join(import.meta.dirname, "../storm/regressions");

test.each([1, 2])("Storm %i breaks no law", async (seed) => {
  expect((await playStorm(planOfSeed(seed))).violations).toEqual([]);
});

test.each(readdirSync(REGRESSIONS))("What broke a law once breaks none now: %s", async (file) => {
  expect((await playStorm(readPlan(join(REGRESSIONS, file)))).violations).toEqual([]);
});

test("The same seed makes the same storm to the last line of its trace", async () => {
  const [one, again] = [await playStorm(planOfSeed(4)), await playStorm(planOfSeed(4))];
  expect(again.digest).toBe(one.digest);
  expect((await playStorm(planOfSeed(5))).digest).not.toBe(one.digest);
});
