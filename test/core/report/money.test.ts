/** Amounts by rates that change from day to day. */
import { describe, expect, test } from "vitest";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import { type OrgRates, RateTable } from "../../../src/core/report/money.ts";
import { deal, NAMES, person, SETTINGS } from "./ledger-rows.ts";

const ORG: OrgRates = {
  rates: { EUR: 1, USD: 1.25, GBP: 0.8 },
  datedRates: {
    EUR: [{ from: "2020-01-01", rate: 1 }],
    USD: [
      { from: "2020-01-01", rate: 2 },
      { from: "2026-03-01", rate: 1.25 },
    ],
    GBP: [
      { from: "2020-01-01", rate: 0.5 },
      { from: "2026-02-01", rate: 0.8 },
    ],
  },
};
const WINDOW = { asOf: "2026-06-01T00:00:00.000Z", from: null, to: null };

function report(changes: Parameters<typeof deal>[1], org: OrgRates, settings: Partial<typeof SETTINGS> = {}) {
  const rows = [person("a", { outcomes: [deal("a", { amount: 100, currency: "USD", ...changes })] })];
  return closedLoop(rows, { ...SETTINGS, ...settings }, NAMES, WINDOW, org);
}

describe("an opportunity of 100 dollars", () => {
  test.each<[string, Parameters<typeof report>, number]>([
    ["by the rate of its close date", [{ closeDate: "2025-12-31" }, ORG], 50],
    ["by a new rate from its first day on", [{ closeDate: "2026-03-01" }, ORG], 80],
    ["before the first day, by the first rate", [{ closeDate: "1999-01-01" }, ORG], 50],
    ["without a close date, by the day it was closed", [{ stageAt: "2026-04-01T00:00:00.000Z" }, ORG], 80],
    [
      "by the rate of the settings, which holds for all days",
      [{ closeDate: "2025-12-31" }, ORG, { rates: { USD: 4 } }],
      25,
    ],
    ["in a currency that has rates by day itself", [{ closeDate: "2026-02-10" }, ORG, { currency: "GBP" }], 40],
    ["where rates are not dated, by today's", [{ closeDate: "2025-12-31" }, { rates: ORG.rates ?? {} }], 80],
    [
      "also where the currency is not active any more",
      [{ closeDate: "2025-12-31" }, { ...ORG, rates: { EUR: 1 } }],
      50,
    ],
  ])("is added up %s", (_how, given, revenue) => {
    const { total, leftOut, attribution } = report(...given);
    expect([total.revenue, leftOut]).toEqual([revenue, []]);
    expect(attribution.reduce((sum, row) => sum + row.linear, 0)).toBe(revenue);
  });

  test("is in no sum where no day has a rate for it, and one line says how much is left out", () => {
    const { total, leftOut } = report({ currency: "BRL", closeDate: "2025-12-31" }, ORG);
    expect([total.revenue, leftOut]).toEqual([0, [{ currency: "BRL", deals: 1, amount: 100 }]]);
  });

  test("that is open stands in the pipeline by the day on which sales mean to close it", () => {
    const open = { won: false, closed: false, stageName: "Proposal" };
    expect(report({ ...open, closeDate: "2026-02-01" }, ORG).total.pipeline).toBe(50);
    expect(report({ ...open, closeDate: "2026-09-01" }, ORG).total.pipeline).toBe(80);
    // Not kept of those read before: by today's rate.
    expect(report({ ...open, closeDate: null }, ORG).total.pipeline).toBe(80);
  });
});

describe("an amount that says no currency", () => {
  const plain = { currency: null };
  test.each<[string, OrgRates, Partial<typeof SETTINGS>, unknown[]]>([
    ["is in what the organisation has", { orgCurrency: "CHF" }, {}, ["CHF", 100, []]],
    ["is in no currency that anybody knows", { orgCurrency: "" }, {}, ["", 100, []]],
    ["is in the report's where the organisation's is not known", {}, { currency: "USD" }, ["USD", 100, []]],
    [
      "is in the report's where that is the organisation's",
      { orgCurrency: "USD" },
      { currency: "USD" },
      ["USD", 100, []],
    ],
    [
      "is converted by the rates of the settings",
      { orgCurrency: "EUR" },
      { currency: "USD", rates: { USD: 1.08 } },
      ["USD", 108, []],
    ],
    [
      "is in no sum where the settings ask for a currency and give no rate, and is told so",
      { orgCurrency: "EUR" },
      { currency: "USD" },
      ["USD", 0, [{ currency: "EUR", deals: 1, amount: 100 }]],
    ],
  ])("%s", (_what, org, settings, expected) => {
    const { currency, total, leftOut } = report(plain, org, settings);
    expect([currency, total.revenue, leftOut]).toEqual(expected);
  });
});

test("an organisation with one rate for all days has its rows passed on as they are", () => {
  const { deals } = person("a", { outcomes: [deal("a")] });
  expect(new RateTable({ rates: { EUR: 1 } }, {}).dated(deals)).toBe(deals);
});
