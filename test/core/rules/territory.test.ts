/** Territories: who is in one, and when two claim the same people. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Facts, Territory } from "../../../src/core/model/rulebook.ts";
import { describeTerritory, isInTerritory, sharedGround } from "../../../src/core/rules/territory.ts";
import { cases } from "../../support/law-cases.ts";

const OPEN: Territory = { countries: [], states: [], postcodes: [], industries: [], employees: null };
const bavaria: Territory = { ...OPEN, countries: ["DE"], postcodes: ["80", "81 "] };

describe("Somebody is in a territory", () => {
  test.each([
    ["of a country", { countries: ["DE", "AT"] }, { country: "AT" }, true],
    ["of another country: not", { countries: ["DE"] }, { country: "FR" }, false],
    ["of a country, when theirs is not known: not", { countries: ["DE"] }, {}, false],
    ["of a state, in any case", { states: ["California"] }, { state: "california" }, true],
    ["of postcodes", { postcodes: ["SW1A"] }, { zip: "sw1a 2aa" }, true],
    ["of other postcodes: not", { postcodes: ["SW1A"] }, { zip: "SW1P 1AA" }, false],
    ["of an industry", { industries: ["Retail"] }, { industry: "retail" }, true],
    ["of a size", { employees: { from: 20, to: 200 } }, { employees: "200" }, true],
    ["of a bigger size: not", { employees: { from: 201, to: Number.POSITIVE_INFINITY } }, { employees: "200" }, false],
    ["of a size, when theirs is not known: not", { employees: { from: 0, to: 10 } }, {}, false],
    ["when all of it fits", { countries: ["DE"], industries: ["Retail"] }, { country: "DE", industry: "Retail" }, true],
    ["when one of it does not: not", { countries: ["DE"], industries: ["Retail"] }, { country: "DE" }, false],
  ])("%s", (_, territory, facts, isIn) => {
    expect(isInTerritory({ ...OPEN, ...territory }, facts)).toBe(isIn);
  });
});

describe("Two territories", () => {
  test.each([
    ["of different countries share nobody", { countries: ["DE"] }, { countries: ["FR"] }, null],
    ["of one country do", { countries: ["DE", "AT"] }, { countries: ["at"] }, "AT"],
    ["of which one is open to all countries do", { countries: ["DE"] }, { industries: ["Retail"] }, "DE, Retail"],
    [
      "of sizes that meet at one number do",
      { employees: { from: 0, to: 100 } },
      { employees: { from: 100, to: 500 } },
      "100 to 100 employees",
    ],
    ["of sizes side by side do not", { employees: { from: 0, to: 99 } }, { employees: { from: 100, to: 500 } }, null],
    ["of postcodes within postcodes do", { postcodes: ["8"] }, { postcodes: ["80"] }, "8…"],
    ["of postcodes beside each other do not", { postcodes: ["81"] }, { postcodes: ["80"] }, null],
    ["that ask for nothing share everybody", {}, {}, "everybody"],
  ])("%s", (_, a, b, both) => {
    expect(sharedGround({ ...OPEN, ...a }, { ...OPEN, ...b })).toBe(both);
  });

  test("that share nobody never take the same person, and those that do, can", () => {
    const some = (...values: string[]) => fc.subarray(values);
    const territory: fc.Arbitrary<Territory> = fc.record({
      countries: some("DE", "FR"),
      states: some("Bavaria", "Saxony"),
      postcodes: some("8", "80", "90"),
      industries: some("Retail", "Farming"),
      employees: fc.option(
        fc.constantFrom({ from: 0, to: 10 }, { from: 10, to: 99 }, { from: 50, to: Number.POSITIVE_INFINITY }),
      ),
    });
    const everybody: Facts[] = ["DE", "FR"].flatMap((country) =>
      ["Bavaria", "Saxony"].flatMap((state) =>
        ["80331", "85774", "90402"].flatMap((zip) =>
          ["Retail", "Farming"].flatMap((industry) =>
            ["5", "10", "60", "500"].map((employees) => ({ country, state, zip, industry, employees })),
          ),
        ),
      ),
    );
    fc.assert(
      fc.property(territory, territory, (a, b) => {
        const taken = everybody.some((facts) => isInTerritory(a, facts) && isInTerritory(b, facts));
        expect(sharedGround(a, b) !== null).toBe(taken);
      }),
      { numRuns: cases(500) },
    );
  });
});

test("a territory in words", () => {
  expect(describeTerritory({ ...bavaria, employees: { from: 200, to: Number.POSITIVE_INFINITY } })).toBe(
    "DE; 80…, 81 …; 200 employees or more",
  );
});
