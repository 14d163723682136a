/** Which campaigns a won deal is owed to, and that all tables of money give away the same. */
import { describe, expect, test } from "vitest";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import type { ClosedLoop, ReportWindow } from "../../../src/core/report/report-figures.ts";
import { deal, NAMES, person, SETTINGS, stages } from "./ledger-rows.ts";

const WINDOW: ReportWindow = { asOf: "2026-02-01T00:00:00.000Z", from: null, to: null };
const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();
const report = (rows: readonly PersonLedger[]): ClosedLoop => closedLoop(rows, SETTINGS, NAMES, WINDOW);

describe("a won deal of 100 that was opened on the 10th by somebody who was an MQL on the 6th", () => {
  const credited = (touches: readonly (readonly [number, string])[]) =>
    report([
      person("a", {
        stages: stages("a", [["mql", day(6)]]),
        touches: touches.map(([at, campaign]) => ({ at: day(at), campaign })),
        outcomes: [
          deal("a", { amount: 100, currency: null, closed: true, won: true, openedAt: day(10), stageAt: day(20) }),
        ],
      }),
    ]).attribution.map(({ campaign, first, last, linear, u, w }) => [campaign, first, last, linear, u, w]);

  test("is owed to four touches by their roles", () => {
    const four = credited([
      [2, "fair"],
      [5, "webinar"],
      [8, "ad"],
      [15, "mail"],
    ]);
    // U: 40 to the first, 40 to the last before the MQL, 20 to the two others; W: 30 each to those and to the last before the deal was opened, 10 to the other.
    expect(four.toSorted()).toEqual([
      ["ad", 0, 0, 25, 10, 30],
      ["fair", 100, 0, 25, 40, 30],
      ["mail", 0, 100, 25, 10, 10],
      ["webinar", 0, 0, 25, 40, 30],
    ]);
  });

  test("is owed to a touch that plays several roles for each of them", () => {
    const two = credited([
      [2, "fair"],
      [15, "mail"],
    ]);
    expect(two.toSorted()).toEqual([
      ["fair", 100, 0, 50, 80, 90],
      ["mail", 0, 100, 50, 20, 10],
    ]);
  });
});

test("amounts of several currencies add up to the total in every table and model", () => {
  const sources = ["web", "fair", "mail"];
  const rows = sources.map((source, index) =>
    person(source, {
      link: { facts: { source, first_contact: day(1) } },
      touches: [{ at: day(2 + index), campaign: source }],
      outcomes: [deal(source, { currency: "USD", amount: 0.01 })],
    }),
  );
  // 0.01 dollars are 0.008 euros: rounded each by itself three of them would be 0.03, and all of them are 0.02.
  const { total, bySource, pipeline, attribution } = closedLoop(rows, SETTINGS, NAMES, WINDOW, {
    rates: { EUR: 1, USD: 1.25 },
  });
  expect(total.revenue).toBe(0.02);
  expect(bySource.map((row) => [row.name, row.revenue])).toEqual([
    ["fair", 0.01],
    ["mail", 0.01],
    ["web", 0],
  ]);
  expect(pipeline.map((row) => row.revenue)).toEqual([0, 0.02, 0]);
  expect(attribution.reduce((sum, row) => sum + row.linear * 100, 0)).toBeCloseTo(2, 9);
});
