/** The statistics of the report against known answers. */
import { expect, test } from "vitest";
import { hundredths, rate, spread } from "../../../src/core/report/statistics.ts";

test.each([
  [842, 8000, { percent: 10.53, low: 9.87, high: 11.22 }],
  [0, 10, { percent: 0, low: 0, high: 27.75 }],
  [10, 10, { percent: 100, low: 72.25, high: 100 }],
  [1, 2, { percent: 50, low: 9.45, high: 90.55 }],
  [0, 0, { percent: null, low: null, high: null }],
])("%i of %i is shown with Wilson's interval", (count, of, expected) => {
  expect(rate(count, of)).toEqual({ count, of, ...expected });
});

test.each([
  [[], null, null],
  [[5], 5, 5],
  [[1, 2], 1.5, 1.9],
  [[3, 1, 2], 2, 2.8],
  [[-1, 0, 10], 0, 8],
])("of %j the median is %s and the slow end %s", (days, medianDays, p90Days) => {
  expect(spread(days)).toEqual({ count: days.length, medianDays, p90Days });
});

test("a rounded zero has no sign", () => {
  expect(Object.is(hundredths(-0.001), 0)).toBe(true);
});
