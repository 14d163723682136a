/** Lines of bytes say what lines of strings say, letter for letter. */
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CsvBytes } from "../../src/report/csv-bytes.ts";
import { instantCell, textCell } from "../../src/report/csv-line.ts";
import { cases } from "../support/law-cases.ts";

const SIGN = fc.constantFrom(..."ab09._:/@+ ()=;-,'\"\n\r\t\0ü＝\u2028", "\u{1f600}", "\ud800");
const TEXT = fc.oneof(fc.string({ unit: SIGN, maxLength: 12 }), fc.string({ maxLength: 60 }));
const MOMENT = fc.oneof(
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
  fc.constantFrom(Number.NaN, 0, -1, 999, 1_767_225_599_999, 8_640_000_000_000_000),
);

describe("CsvBytes", () => {
  test("writes every text and every instant as the cell of strings has it", () => {
    const line = fc.record({
      texts: fc.array(TEXT, { minLength: 1, maxLength: 8 }),
      moments: fc.array(MOMENT, { maxLength: 5 }),
    });
    const csv = new CsvBytes();
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
        for (const { texts, moments } of lines) {
          for (const moment of moments) csv.instant(moment);
          for (const text of texts) csv.text(text);
          csv.endLine();
        }
        const expected = lines.map(
          ({ texts, moments }) => `${[...moments.map(instantCell), ...texts.map(textCell)].join(",")}\r\n`,
        );
        expect(Buffer.from(csv.take()).equals(Buffer.from(expected.join("")))).toBe(true);
      }),
      { numRuns: cases(150) },
    );
  });

  test("holds cells of any length", () => {
    const csv = new CsvBytes();
    const texts = ["x".repeat(600_000), "ü".repeat(900_000), "y"];
    for (const text of texts) csv.text(text);
    csv.endLine();
    expect(new TextDecoder().decode(csv.take()) === `${texts.join(",")}\r\n`).toBe(true);
  });

  test("takes words as they are", () => {
    const csv = new CsvBytes();
    for (const word of ["", "won", "-12.5", "a; b"]) csv.word(word);
    csv.endLine();
    expect(new TextDecoder().decode(csv.take())).toBe(",won,-12.5,a; b\r\n");
  });
});
