/** Conversion is told of people who were seen on their way, and those who were past MQL when first seen stand beside it. */
import { describe, expect, test } from "vitest";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import type { Stage } from "../../../src/core/model/rulebook.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import { deal, NAMES, person, SETTINGS, stages } from "./ledger-rows.ts";

const DAY = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();
const came = (id: string, source: string, names: readonly Stage[], outcomes: PersonParts = []): PersonLedger =>
  person(id, {
    link: { facts: { source } },
    stages: stages(
      id,
      names.map((stage, index) => [stage, DAY(index + 1)]),
    ),
    outcomes,
  });
type PersonParts = NonNullable<Parameters<typeof person>[1]>["outcomes"];

const PEOPLE = [
  came("lead", "web", ["lead"]),
  came("waiting", "web", ["lead", "mql"]),
  came("accepted", "web", ["lead", "mql", "sal"]),
  came("qualified", "fair", ["lead", "mql", "sal", "sql", "disqualified"]),
  came("offered", "fair", ["mql", "sql", "opportunity"]),
  came("won", "fair", ["mql", "sal", "sql", "opportunity", "customer"]),
  // Customers of before: first seen with the stage, or with a won deal alone.
  came("old1", "web", ["customer"]),
  came("old2", "web", ["subscriber"], [deal("old2")]),
  // A hand raised, straight to sales.
  came("raised", "fair", ["lead", "sql"]),
];
const WINDOW = { asOf: "2026-02-01T00:00:00.000Z", from: null, to: null };

describe("of nine people, five of them seen as MQLs", () => {
  const { total, bySource, gates, drill } = closedLoop(PEOPLE, SETTINGS, NAMES, WINDOW);

  test("the counts hold everybody, and say who skipped MQL", () => {
    expect(total).toMatchObject({ leads: 9, mql: 8, sal: 7, sql: 6, opportunity: 4, won: 3 });
    expect([total.mqlEntered, total.mqlSkipped]).toEqual([5, 3]);
  });

  test("every rate is about the five", () => {
    const shares = Object.entries(total.rates).map(([name, { count, of }]) => [name, `${count} of ${of}`]);
    expect(Object.fromEntries(shares)).toEqual({
      leadToMql: "5 of 6",
      mqlToSal: "4 of 5",
      salToSql: "3 of 4",
      mqlToSql: "3 of 5",
      sqlToOpportunity: "2 of 3",
      opportunityToWon: "1 of 2",
      mqlToWon: "1 of 5",
    });
    expect(total.rates.mqlToWon.percent).toBe(20);
    expect(drill?.["total"]?.["all"]?.["mqlToWon"]).toEqual(["won"]);
  });

  test("in the table of a division too, where the customers of before are one source's", () => {
    expect(bySource.map((row) => [row.name, row.won, row.mqlSkipped, row.rates.mqlToWon.percent])).toEqual([
      ["web", 2, 2, 0],
      ["fair", 1, 1, 33.33],
    ]);
  });

  test("and at each gate, where nobody moves on who was never there", () => {
    const { movedOnRate: _rate, ...mql } = gates.find(({ stage }) => stage === "mql") ?? {};
    expect(mql).toEqual({ stage: "mql", entered: 5, passed: 3, movedOn: 4, turnedBack: 0, waiting: 1 });
    const { movedOnRate: _other, ...sql } = gates.find(({ stage }) => stage === "sql") ?? {};
    expect(sql).toEqual({ stage: "sql", entered: 4, passed: 2, movedOn: 2, turnedBack: 1, waiting: 1 });
  });
});
