/** Every checker of the storm can fail: a made-up history that breaks its law is found, and one that keeps every law is not. */
import { expect, test } from "vitest";
import { CHECKERS } from "./checks/all-checks.ts";
import { BREACHES_OF_ERASURES } from "./checks/breaches-of-erasures.ts";
import { BREACHES_OF_PEOPLE } from "./checks/breaches-of-people.ts";
import { BREACHES_OF_RUNS } from "./checks/breaches-of-runs.ts";
import { EXCUSED } from "./checks/excuses.ts";
import { MadeUpWorld } from "./checks/made-up-world.ts";

const BREACHES = [...BREACHES_OF_PEOPLE, ...BREACHES_OF_ERASURES, ...BREACHES_OF_RUNS];

function checked(invariant: string, world: MadeUpWorld): readonly string[] {
  return CHECKERS[invariant]?.(world.evidence) ?? ["no such checker"];
}

test.each(Object.keys(CHECKERS))("%s: the intact world keeps it", (invariant) => {
  expect(checked(invariant, new MadeUpWorld())).toEqual([]);
});

test.each(BREACHES)("%s: %s, is found", (invariant, _, breakIt, said) => {
  const world = new MadeUpWorld();
  breakIt(world);
  expect(checked(invariant, world)).toContainEqual(expect.stringMatching(said));
});

test.each(EXCUSED)("%s: %s, is no breach", (invariant, _, doIt) => {
  const world = new MadeUpWorld();
  doIt(world);
  expect(checked(invariant, world)).toEqual([]);
});

test("every checker has a history that it finds", () => {
  const found = new Set(BREACHES.map(([invariant]) => invariant));
  expect(Object.keys(CHECKERS).filter((invariant) => !found.has(invariant))).toEqual([]);
});
