/** Which months are old enough to be compared. */
import { describe, expect, test } from "vitest";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import type { ClosedLoop, ReportWindow } from "../../../src/core/report/report-figures.ts";
import { deal, NAMES, person, SETTINGS, stages } from "./ledger-rows.ts";

/** First in touch and an MQL on the day, and won so many days later where it says so. */
function lead(id: string, first: string, wonAfter: number | null): PersonLedger {
  const start = new Date(`${first}T00:00:00.000Z`);
  const outcomes =
    wonAfter === null ? [] : [deal(id, { stageAt: new Date(start.getTime() + wonAfter * 86_400_000).toISOString() })];
  return person(id, {
    link: { facts: { first_contact: first } },
    stages: stages(id, [["mql", start.toISOString()]]),
    outcomes,
  });
}

/** Ten winners of 2025: the ninth in ten, between the one of 36 days and the one of 40, took 36.4 days. */
const WINNERS = Array.from({ length: 10 }, (_, index) => lead(`won${index}`, "2025-10-01", 4 * (index + 1)));
const YEAR: ReportWindow = { asOf: "2026-06-01T00:00:00.000Z", from: "2026-01-01T00:00:00.000Z", to: null };
const report = (rows: readonly PersonLedger[], window: ReportWindow = YEAR): ClosedLoop =>
  closedLoop(rows, SETTINGS, NAMES, window);
const immature = ({ cohorts, byMonth }: ClosedLoop): object => ({
  mql: cohorts.map((row) => [row.month, row.immature]),
  firstContact: byMonth.map((row) => [row.name, row.immature]),
});

describe("a month is mature", () => {
  const open = [lead("a", "2026-03-05", null), lead("b", "2026-04-05", null), lead("c", "2026-05-05", null)];

  test("as soon as nine in ten of everybody ever won would have been, whatever the period of the report", () => {
    const numbers = report([...WINNERS, ...open]);
    expect(numbers.maturity).toEqual({ won: 10, days: 36.4 });
    // The end of April and 36.4 days are the 6th of June; that of March, the 7th of May.
    const expected = [
      ["2026-03", false],
      ["2026-04", true],
      ["2026-05", true],
    ];
    expect(immature(numbers)).toEqual({ mql: expected, firstContact: expected });
    expect(numbers.timeToWon.count).toBe(0);
  });

  test("never, where too few were won to say how long it takes", () => {
    const numbers = report([...WINNERS.slice(1), ...open]);
    expect(numbers.maturity).toEqual({ won: 9, days: null });
    const expected = [
      ["2026-03", true],
      ["2026-04", true],
      ["2026-05", true],
    ];
    expect(immature(numbers)).toEqual({ mql: expected, firstContact: expected });
  });

  test("at its end, where the wins are older than the first contacts", () => {
    const early = Array.from({ length: 10 }, (_, index) => lead(`won${index}`, "2025-10-30", -5));
    expect(report([...early, ...open]).maturity).toEqual({ won: 10, days: 0 });
  });

  test("also where the winners count for nothing else: they lie behind the end of the period", () => {
    const later = WINNERS.map((_, index) => lead(`late${index}`, "2026-04-20", 4));
    const numbers = report([...open.slice(0, 1), ...later], { ...YEAR, to: "2026-04-01T00:00:00.000Z" });
    expect([numbers.leads, numbers.maturity.won]).toEqual([1, 10]);
  });
});
