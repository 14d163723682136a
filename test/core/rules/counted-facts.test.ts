/** How often lately, from totals that were noted day by day. */
import { describe, expect, test } from "vitest";
import { countedFact, noteTotal, timesChangeAt, timesWithin } from "../../../src/core/rules/counted-facts.ts";
import { at, DAY_MS, NOW } from "./rule-subjects.ts";

const OLD = at(-900 * DAY_MS);

/** Looks at a total on these days from now (0 is today), oldest first. */
function noted(looks: readonly (readonly [day: number, total: string | null])[], createdAt = OLD) {
  let value: string | null = null;
  for (const [day, total] of looks) value = noteTotal(value, total, createdAt, at(day * DAY_MS));
  return { opens: looks.at(-1)?.[1] ?? null, [countedFact("opens")]: value };
}

describe("Within 30 days", () => {
  test.each([
    ["what an old record had at first sight is not lately", [[0, "40"]], 0],
    [
      "what came since is",
      [
        [-20, "40"],
        [0, "43"],
      ],
      3,
    ],
    [
      "what came before the window is not",
      [
        [-60, "40"],
        [-31, "43"],
        [-1, "45"],
      ],
      2,
    ],
    [
      "the day that begins the window counts",
      [
        [-60, "40"],
        [-29, "44"],
      ],
      4,
    ],
    [
      "nothing new is nothing",
      [
        [-60, "40"],
        [-40, "44"],
      ],
      0,
    ],
    [
      "a total that fell (a merge) is no minus",
      [
        [-60, "40"],
        [-1, "4"],
      ],
      0,
    ],
    [
      "a blank is none",
      [
        [-20, null],
        [0, "2"],
      ],
      2,
    ],
    [
      "two looks on one day are one entry",
      [
        [-20, "1"],
        [0, "2"],
        [0, "5"],
      ],
      4,
    ],
  ] as const)("%s", (_, looks, times) => {
    expect(timesWithin(noted(looks), "opens", 30, Date.parse(NOW))).toBe(times);
  });

  test("everything a new record did is lately", () => {
    expect(timesWithin(noted([[0, "5"]], at(-3 * DAY_MS)), "opens", 30, Date.parse(NOW))).toBe(5);
    expect(
      timesWithin(
        noted(
          [
            [-20, "5"],
            [0, "5"],
          ],
          at(-40 * DAY_MS),
        ),
        "opens",
        30,
        Date.parse(NOW),
      ),
    ).toBe(0);
  });

  test("nobody looked yet", () => {
    expect(timesWithin({ opens: "5" }, "opens", 30, Date.parse(NOW))).toBe(0);
    expect(timesChangeAt({ opens: "5" }, "opens", 30, Date.parse(NOW))).toBe(Number.POSITIVE_INFINITY);
  });
});

test("what was done leaves the window at a midnight", () => {
  const facts = noted([
    [-60, "1"],
    [-10, "3"],
  ]);
  expect(new Date(timesChangeAt(facts, "opens", 30, Date.parse(NOW))).toISOString()).toBe("2026-10-25T00:00:00.000Z");
  expect(timesWithin(facts, "opens", 30, Date.parse("2026-10-24T23:59:59.999Z"))).toBe(2);
  expect(timesWithin(facts, "opens", 30, Date.parse("2026-10-25T00:00:00.000Z"))).toBe(0);
});

test("what is remembered stays small", () => {
  const looks = Array.from({ length: 500 }, (_, day) => [day - 499, String(day)] as const);
  const facts = noted(looks);
  expect(facts[countedFact("opens")]?.split(" ")).toHaveLength(61);
  expect(timesWithin(facts, "opens", 30, Date.parse(NOW))).toBe(30);
});
