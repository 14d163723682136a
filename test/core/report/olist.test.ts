/** The report on a real funnel of 8,000 leads says exactly what was counted independently of it. */
import { expect, test } from "vitest";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import { NAMES, SETTINGS } from "./ledger-rows.ts";
import { olistRows } from "./olist-rows.ts";

const EXPECTED = [
  ["organic search", 2296, 271, 11.8],
  ["paid search", 1586, 195, 12.3],
  ["social", 1350, 75, 5.56],
  ["unknown", 1099, 179, 16.29],
  ["direct traffic", 499, 56, 11.22],
  ["email", 493, 15, 3.04],
  ["referral", 284, 24, 8.45],
  ["other", 150, 4, 2.67],
  ["display", 118, 6, 5.08],
  ["other publicities", 65, 3, 4.62],
  ["(blank)", 60, 14, 23.33],
];

test("the Olist funnel by source, its conversion and its median time to won", ({ skip }) => {
  const rows = olistRows();
  if (rows === null) return skip("the Olist data set is not in ../shared/data/olist");
  const report = closedLoop(rows, SETTINGS, NAMES, { asOf: "2018-11-30T00:00:00.000Z", from: null, to: null });

  expect(report.bySource.map((row) => [row.name, row.mql, row.won, row.rates.mqlToWon.percent])).toEqual(EXPECTED);
  expect([report.total.mql, report.total.won, report.total.rates.mqlToWon.percent]).toEqual([8000, 842, 10.53]);
  expect(report.timeToWon).toMatchObject({ count: 842, medianDays: 14.65 });
  expect(report.wonBeforeFirstContact.map((time) => time.days)).toEqual([-1.18]);
  expect(report.from).toBe("2017-06-14T00:00:00.000Z");
  expect(report.drill?.["bySource"]?.["unknown"]?.["won"]).toHaveLength(179);
});
