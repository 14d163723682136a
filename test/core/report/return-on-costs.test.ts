/** What campaigns cost, by config/report.yml and by Salesforce: whose word counts, of which days, in which currency. */
import { describe, expect, test } from "vitest";
import type { CampaignCost, CampaignCosts } from "../../../src/core/model/campaign-cost.ts";
import type { ReportCost } from "../../../src/core/model/report-settings.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import type { ClosedLoop } from "../../../src/core/report/report-figures.ts";
import { deal, NAMES, person, SETTINGS } from "./ledger-rows.ts";

const READ_AT = "2026-05-10T06:00:00.000Z";
const ALL = { asOf: "2026-06-01T00:00:00.000Z", from: null, to: null };
const MARCH = { ...ALL, from: "2026-03-01T00:00:00.000Z", to: "2026-04-01T00:00:00.000Z" };
const rates = { EUR: 1, USD: 2 };

/** Spring, 9,000 over the 90 days of the first quarter. */
function campaign(changes: Partial<CampaignCost> = {}): CampaignCost {
  return { name: "Spring", amount: 9_000, currency: null, start: "2026-01-01", end: "2026-03-31", ...changes };
}

function own(amount: number, month: string | null = null, name = "Spring"): ReportCost {
  return { by: "campaign", name, month, amount };
}

interface Given {
  readonly costs?: readonly CampaignCost[];
  readonly own?: readonly ReportCost[];
  readonly window?: typeof ALL | typeof MARCH;
  readonly known?: Partial<CampaignCosts> | null;
}

/** Two leads of Spring; one bought for 1,000 euros. */
function reportOf({ costs = [campaign()], own = [], window = ALL, known = {} }: Given): ClosedLoop {
  const from = { campaign: "Spring", first_contact: "2026-03-05" };
  const people = [
    person("a", { link: { facts: from }, outcomes: [deal("a", { amount: 1_000, currency: "EUR" })] }),
    person("b", { link: { facts: from } }),
  ];
  const settings = { ...SETTINGS, campaign: "campaign", costs: own };
  const campaignCosts = known === null ? null : { costs, readAt: READ_AT, problem: null, ...known };
  return closedLoop(people, settings, NAMES, window, { rates, campaignCosts });
}

function rowsOf(given: Given): unknown[] {
  return reportOf(given).returnOnCosts.map(({ name, costFrom, cost }) => [name, costFrom, cost]);
}

test("the return is on what Salesforce says the campaign has cost", () => {
  expect(reportOf({ costs: [campaign({ amount: 800 })] }).returnOnCosts).toEqual([
    {
      by: "campaign",
      name: "Spring",
      costFrom: "salesforce",
      cost: 800,
      revenue: 1_000,
      returnPercent: 25,
      costPerLead: 400,
      costPerMql: 800,
      costPerWon: 800,
    },
  ]);
});

describe("whose word counts", () => {
  test.each<[string, Given, unknown[]]>([
    ["Salesforce's, where config/report.yml says nothing", {}, [["Spring", "salesforce", 9_000]]],
    ["nobody's, where costs are not asked for", { known: null }, []],
    ["config/report.yml's for good, without a month", { own: [own(70)] }, [["Spring", "report.yml", 70]]],
    ["config/report.yml's, of nothing spent", { own: [own(0)] }, [["Spring", "report.yml", 0]]],
    [
      "config/report.yml's for its month, Salesforce's for the days of the others",
      { own: [own(70, "2026-02")] },
      [["Spring", "both", 6_270]],
    ],
    [
      "only config/report.yml's in a report of its month",
      { own: [own(70, "2026-03")], window: MARCH },
      [["Spring", "report.yml", 70]],
    ],
    [
      "only Salesforce's in a report of another month",
      { own: [own(70, "2026-02")], window: MARCH },
      [["Spring", "salesforce", 3_100]],
    ],
    [
      "a month that is named twice is taken off once",
      { own: [own(70, "2026-02"), own(30, "2026-02")] },
      [["Spring", "both", 6_300]],
    ],
    [
      "config/report.yml's of another campaign takes nothing off",
      { own: [own(5, null, "Fair")] },
      [
        ["Spring", "salesforce", 9_000],
        ["Fair", "report.yml", 5],
      ],
    ],
    [
      "a source of the campaign's name is something else",
      { own: [{ by: "source", name: "Spring", month: null, amount: 5 }] },
      [
        ["Spring", "report.yml", 5],
        ["Spring", "salesforce", 9_000],
      ],
    ],
    [
      "config/report.yml's of any month, where Salesforce has no days",
      { costs: [campaign({ start: null, end: null })], own: [own(70, "2026-02")], window: MARCH },
      [],
    ],
  ])("%s", (_whose, given, expected) => {
    expect(rowsOf(given)).toEqual(expected);
  });
});

describe("of which days", () => {
  test.each<[string, Partial<CampaignCost>, Given["window"], number | null]>([
    ["those of the period", {}, MARCH, 3_100],
    ["all of them in a report of all time", {}, ALL, 9_000],
    ["none of a campaign that was over", { end: "2026-02-28" }, MARCH, null],
    ["none of one that began later", { start: "2026-04-01", end: "2026-04-30" }, MARCH, null],
    ["every report has the whole, without dates", { start: null, end: null }, MARCH, 9_000],
    ["the one day of a fair", { start: "2026-03-31", end: "2026-03-31" }, MARCH, 9_000],
    ["an end alone is a day", { start: null, end: "2026-03-31" }, MARCH, 9_000],
    ["and that one only", { start: null, end: "2026-02-28" }, MARCH, null],
    ["an end before the start is a day too", { start: "2026-03-31", end: "2026-01-01" }, MARCH, 9_000],
    // 130 days until it was read, 31 of them in March.
    ["one that goes on has cost that until it was read", { amount: 1_300, end: null }, MARCH, 310],
    ["also where its end is planned for later", { amount: 1_300, end: "2026-12-31" }, MARCH, 310],
    ["what is booked lies ahead", { start: "2026-05-31", end: "2026-06-01" }, ALL, 9_000],
    ["and is in no report before", { start: "2026-07-01", end: "2026-07-02" }, ALL, null],
  ])("%s", (_which, changes, window = ALL, cost) => {
    expect(rowsOf({ costs: [campaign(changes)], window })).toEqual(
      cost === null ? [] : [["Spring", "salesforce", cost]],
    );
  });
});

describe("of which days of the months that config/report.yml names", () => {
  const window = (from: string, to: string, asOf = "2026-06-01"): typeof MARCH => ({
    asOf: new Date(asOf).toISOString(),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  const march = own(3_100, "2026-03");
  test.each<[string, readonly ReportCost[], Given["window"], number | null]>([
    ["all of a whole month", [march], MARCH, 3_100],
    ["all of it in a report of all time", [march], ALL, 3_100],
    ["seven of 31 in a week", [march], window("2026-03-02", "2026-03-09"), 700],
    // Three of February's 28 days, four of March's 31.
    ["a week across two months", [own(2_800, "2026-02"), march], window("2026-02-26", "2026-03-05"), 700],
    [
      "the first ten of a month that is running",
      [march],
      window("2026-03-01", "2026-04-01", "2026-03-10T12:00"),
      1_000,
    ],
    ["none of a month that is still to come", [march], window("2026-02-01", "2026-04-01", "2026-02-28T12:00"), null],
    ["none of another month", [march], window("2026-04-01", "2026-04-08"), null],
    ["all of what names no month", [own(70)], window("2026-03-02", "2026-03-09"), 70],
    ["to the cent", [own(100, "2026-03")], window("2026-03-02", "2026-03-09"), 22.58],
  ])("%s", (_which, costs, windowOf = ALL, cost) => {
    const told = cost === null ? [] : [["Spring", "report.yml", cost]];
    expect(rowsOf({ costs: [], own: costs, window: windowOf })).toEqual(told);
  });

  test("of a source too, and in a week of it a campaign's own month leaves nothing to Salesforce", () => {
    const week = window("2026-03-02", "2026-03-09");
    const source: ReportCost = { by: "source", name: "paid", month: "2026-03", amount: 310 };
    expect(rowsOf({ own: [march, source], window: week })).toEqual([
      ["paid", "report.yml", 70],
      ["Spring", "report.yml", 700],
    ]);
    // 9,000 over 90 days, of which Salesforce tells the three in February.
    expect(rowsOf({ own: [march], window: window("2026-02-26", "2026-03-05") })).toEqual([["Spring", "both", 700]]);
  });
});

test("campaigns of one name are added up, and a cost of nothing is one", () => {
  const costs = [campaign({ amount: 5 }), campaign({ amount: 7 }), campaign({ name: "spring", amount: 0 })];
  expect(rowsOf({ costs })).toEqual([
    ["Spring", "salesforce", 12],
    ["spring", "salesforce", 0],
  ]);
  expect(reportOf({ costs }).returnOnCosts[1]).toMatchObject({ revenue: 0, returnPercent: null, costPerLead: null });
});

test("costs are converted by the organisation's rates; those without a rate are in no sum, and a note says whose", () => {
  const { returnOnCosts, notes } = reportOf({
    costs: [campaign({ currency: "USD" }), campaign({ currency: "BRL" }), campaign({ name: "Fair", currency: "BRL" })],
  });
  expect(returnOnCosts.map(({ name, cost }) => [name, cost])).toEqual([["Spring", 4_500]]);
  expect(notes).toEqual([
    expect.stringMatching(
      /^18000 BRL of what Spring, Fair cost is in no sum: no rate for BRL is known\. Add it under rates/,
    ),
  ]);
});

test.each<[string, Partial<CampaignCosts>, string]>([
  [
    "never",
    { readAt: null, costs: [] },
    "The costs of the Salesforce campaigns have not been read yet: the next sync reads them.",
  ],
  [
    "never, for a reason",
    { readAt: null, costs: [], problem: "No." },
    "Not known are the costs of the Salesforce campaigns: No.",
  ],
  ["not of late", { problem: "No." }, "As old as 2026-05-10 are the costs of the Salesforce campaigns: No."],
])("costs that were read %s are told", (_when, known, note) => {
  expect(reportOf({ known }).notes).toEqual([note]);
});
