/** How telephone numbers are read, and that reading the answer again changes nothing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePhone } from "../../src/config/phone-parser.ts";
import { cases } from "../support/law-cases.ts";

test.each([
  ["+44 20 7946 0000", undefined, "+442079460000"],
  ["020 7946 0000", "GB", "+442079460000"],
  ["(212) 555-0187", "US", "+12125550187"],
  ["212.555.0187 ext. 12", "US", "+12125550187;ext=12"],
  ["+1 212 555 0187 x12", undefined, "+12125550187;ext=12"],
  ["089/12345678", "DE", "+498912345678"],
  ["020 7946 0000", undefined, null],
  ["020 7946 0000", "XX", null],
  ["ask for Ann", "US", null],
  ["+44 20 7946 0000 or 0001", "GB", null],
  ["12", "US", null],
  ["", "US", null],
])("%j in %s is %j", (text, country, expected) => {
  expect(parsePhone(text, country)).toBe(expected);
});

test("an answer is read as itself, in every country", () => {
  const digits = fc.stringMatching(/^\+?[0-9 ().x-]{3,20}$/);
  const country = fc.constantFrom("US", "DE", "GB", "FR", "BR", "IN", "IT", undefined);
  fc.assert(
    fc.property(digits, country, country, (text, home, other) => {
      const number = parsePhone(text, home);
      if (number !== null) expect(parsePhone(number, other)).toBe(number);
    }),
    { numRuns: cases(2_000) },
  );
});
