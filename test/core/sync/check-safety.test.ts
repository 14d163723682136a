/** How many linked people make a plan allowed: counted no further, the verdict is that of a count of everybody. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SafetyLimits } from "../../../src/core/model/connector-settings.ts";
import { checkSafety, enoughPeople, NOTHING_YET, type SafetyTally } from "../../../src/core/sync/check-safety.ts";

const limits: SafetyLimits = {
  blank: { atMost: 5, share: 0 },
  delete: { atMost: 2, share: 0.005 },
  regress: { atMost: 2, share: 0.01 },
  change: { atMost: 50, share: 0.5 },
  create: { atMost: 100, share: 0.25 },
};

const danger = fc.nat({ max: 300 });
const sums: fc.Arbitrary<SafetyTally> = fc.record({
  blank: fc.nat({ max: 6 }),
  delete: danger,
  regress: danger,
  change: danger,
  create: danger,
});

test("a plan that is allowed among everybody is allowed among enough of them, and one that is refused is refused in the same words", () => {
  fc.assert(
    fc.property(sums, fc.nat({ max: 100_000 }), (sum, linked) => {
      const counted = Math.min(linked, enoughPeople(sum, limits));
      expect(checkSafety(sum, counted, limits)).toBe(checkSafety(sum, linked, limits));
    }),
    { numRuns: 500 },
  );
});

test("nobody need be counted for what is never too much, and everybody for what no number of people allows", () => {
  expect(enoughPeople({ ...NOTHING_YET, change: 50 }, limits)).toBe(0);
  expect(enoughPeople({ ...NOTHING_YET, change: 51 }, limits)).toBe(103);
  expect(enoughPeople({ ...NOTHING_YET, change: 51, blank: 6 }, limits)).toBe(Number.POSITIVE_INFINITY);
});
