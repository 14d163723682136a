/** Moments are read by hand as `Date.parse` reads them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { momentOf } from "../../../src/core/report/moment.ts";
import { cases } from "../../support/law-cases.ts";

const date = fc.date({ min: new Date("0100-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });

test("every instant and day of the usual spelling is the moment that the engine reads", () => {
  fc.assert(
    fc.property(date, (one) => {
      const instant = one.toISOString();
      expect(momentOf(instant)).toBe(one.getTime());
      expect(momentOf(instant.slice(0, 10))).toBe(Date.parse(instant.slice(0, 10)));
    }),
    { numRuns: cases(2_000) },
  );
});

test.each(["2024-02-29", "2023-02-29", "1900-03-01", "2000-03-01", "1969-12-31", "2026-13-01", "2026-00-10"])(
  "%s too",
  (text) => {
    expect(momentOf(text)).toBe(Date.parse(text));
  },
);
