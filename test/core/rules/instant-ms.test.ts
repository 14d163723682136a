/** Instants are read as Date.parse reads them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { instantMs } from "../../../src/core/rules/instant-ms.ts";
import { cases } from "../../support/law-cases.ts";

test("for any instant, and any text that looks like one", () => {
  const instant = fc
    .integer({ min: Date.parse("0001-01-01T00:00:00.000Z"), max: Date.parse("9999-12-31T23:59:59.999Z") })
    .map((ms) => new Date(ms).toISOString());
  const pair = fc.constantFrom("00", "01", "02", "09", "12", "13", "23", "24", "29", "30", "31", "59", "60", "9x");
  const shaped = fc
    .tuple(
      fc.constantFrom("2024", "2026", "0000", "19x0"),
      pair,
      pair,
      pair,
      pair,
      pair,
      fc.constantFrom("000", "99.", "123"),
    )
    .map(
      ([year, month, day, hour, minute, second, ms]) => `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`,
    );
  const other = fc.constantFrom("2026-10-01", "", "soon", "2026-10-01T12:00:00Z", "2026-10-01T12:00:00.000+02:00");
  fc.assert(
    fc.property(fc.oneof(instant, shaped, other), (text) => {
      expect(instantMs(text)).toBe(Date.parse(text));
    }),
    { numRuns: cases(3_000) },
  );
});
