/** The statistics of the report against known answers. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { hundredths, NumberList, rate } from "../../../src/core/report/statistics.ts";

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
  const list = new NumberList();
  for (const day of days) list.push(day);
  expect(list.spread()).toEqual({ count: days.length, medianDays, p90Days });
});

test("the median and the slow end are those of the sorted list, whatever the order and the ties", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 200 }), (values) => {
      const list = new NumberList();
      for (const value of values) list.push(value);
      const sorted = values.toSorted((a, b) => a - b);
      const at = (share: number): number => {
        const place = (sorted.length - 1) * share;
        const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
        return hundredths(below + (above - below) * (place - Math.floor(place)));
      };
      expect(list.middleAndSlowEnd()).toEqual({ median: at(0.5), p90: at(0.9) });
    }),
  );
});

test("a rounded zero has no sign", () => {
  expect(Object.is(hundredths(-0.001), 0)).toBe(true);
});
