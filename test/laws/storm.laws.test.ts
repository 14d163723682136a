/** A handful of storms of faults on every run, and every storm that once broke a law; `npm run storm` plays as many as one likes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHECKERS, ELSEWHERE } from "../storm/checks/all-checks.ts";
import { SECOND_FAMILY, THIRD_FAMILY } from "../storm/families.ts";
import { MUTANTS } from "../storm/mutants.ts";
import { readPlan } from "../storm/plan-file.ts";
import { playStorm } from "../storm/storm.ts";
import { planOfSeed } from "../storm/storm-plan.ts";
import { TICK_MS } from "../storm/storm-time.ts";

const REGRESSIONS = join(import.meta.dirname, "../storm/regressions");

test.each([1, 2, 5, SECOND_FAMILY + 10, SECOND_FAMILY + 57, THIRD_FAMILY + 1, THIRD_FAMILY + 2])(
  "A storm breaks no law: %i",
  async (seed) => {
    expect((await playStorm(planOfSeed(seed))).violations).toEqual([]);
  },
);

test.each(readdirSync(REGRESSIONS))("What broke a law once breaks none now: %s", async (file) => {
  expect((await playStorm(readPlan(join(REGRESSIONS, file)))).violations).toEqual([]);
});

test("The same seed makes the same storm to the last line of its trace", async () => {
  const [one, again] = [await playStorm(planOfSeed(4)), await playStorm(planOfSeed(4))];
  expect(again.digest).toBe(one.digest);
  expect(one.counts.events).toBeGreaterThan(500);
});

test("A process that forgets everything between two runs ends where one that remembers does", async () => {
  const stormy = planOfSeed(6);
  // Nothing goes wrong, and nobody acts while a run is under way.
  const steps = stormy.steps
    .filter((step) => step.do !== "tick" || step.at % TICK_MS < 125_000)
    .map((step) => (step.do === "tick" ? step : { ...step, at: Math.floor(step.at / TICK_MS) * TICK_MS + 270_000 }))
    .sort((one, other) => one.at - other.at);
  const calm = { ...stormy, steps, faults: {}, rates: { ...stormy.rates, slowness: 1 } };
  const [warm, cold] = await Promise.all(
    [true, false].map((remembers) => playStorm({ ...calm, setting: { ...calm.setting, warm: remembers } })),
  );
  expect(cold?.end.length).toBeGreaterThan(200);
  expect(cold?.end).toBe(warm?.end);
});

test("Every invariant has its checker, or the test that stands for it", () => {
  const listed = [...Object.keys(CHECKERS), ...Object.keys(ELSEWHERE)].map((name) =>
    Number(/^I(\d+) /.exec(name)?.[1]),
  );
  expect(listed.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 33 }, (_, number) => number));
  for (const { file, title } of Object.values(ELSEWHERE)) expect(readFileSync(file, "utf8")).toContain(title);
});

test("Of the reference's table of mutants nearly every row is played", () => {
  const rows = new Set(MUTANTS.flatMap(({ row }) => row ?? []));
  expect([...rows].sort((one, other) => one - other)).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
});

test.each(MUTANTS)("A mutant finds the defence that it takes away: $name", ({ patches }) => {
  for (const { file, find } of patches) expect(readFileSync(file, "utf8").split(find)).toHaveLength(2);
});
