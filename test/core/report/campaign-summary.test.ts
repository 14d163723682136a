/** The one line about a campaign, and which campaigns get it. */
import { describe, expect, test } from "vitest";
import type { CrmRecord, FieldSchema } from "../../../src/core/model/record.ts";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import type { ReportSettings } from "../../../src/core/model/report-settings.ts";
import { type CampaignSummary, summaryFieldProblem, summaryWrites } from "../../../src/core/report/campaign-summary.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import { deal, NAMES, person, SETTINGS, stages } from "./ledger-rows.ts";

const FIELD = "Summary__c";
const NOW = "2026-02-01T00:00:00.000Z";
const JANUARY = "2026-01-05T00:00:00.000Z";

const of = (campaign: string | null, parts: Omit<NonNullable<Parameters<typeof person>[1]>, "link"> = {}, id = "a") =>
  person(id, { ...parts, link: { facts: { source: "ads", campaign } } });
const mql = (id: string) => ({ stages: stages(id, [["mql", JANUARY]]) });

/** In a report in whose period nobody came. */
function summariesOf(rows: readonly PersonLedger[], settings: ReportSettings): readonly CampaignSummary[] | null {
  const window = { asOf: NOW, from: NOW, to: null };
  return closedLoop(rows, { ...settings, campaignSummary: FIELD }, NAMES, window).campaignSummaries;
}

describe("the line", () => {
  const quiet = "0 MQL, 0 SQL, 0 opportunities, 0 won, 0 lost, 1 open";
  test.each<[string, readonly PersonLedger[], readonly (readonly [string, string])[]]>([
    ["nobody", [], []],
    ["somebody without a campaign", [of(null)], []],
    ["one lead", [of("Fair")], [["Fair", `1 lead, ${quiet}`]]],
    [
      "two campaigns",
      [of("Fair"), of("Quiz", {}, "b")],
      [
        ["Fair", `1 lead, ${quiet}`],
        ["Quiz", `1 lead, ${quiet}`],
      ],
    ],
    [
      "a won deal",
      [of("Fair", { ...mql("a"), outcomes: [deal("d", { link: "a", amount: 12_345.6 })] })],
      [["Fair", "1 lead, 1 MQL, 1 SQL, 1 opportunity, 1 won for 12,346, 0 lost, 0 open"]],
    ],
    [
      "a lost deal",
      [of("Fair", { ...mql("a"), outcomes: [deal("d", { link: "a", won: false })] })],
      [["Fair", "1 lead, 1 MQL, 1 SQL, 1 opportunity, 0 won, 1 lost, 0 open"]],
    ],
    [
      "an open deal",
      [of("Fair", { ...mql("a"), outcomes: [deal("d", { link: "a", won: false, closed: false, amount: 500 })] })],
      [["Fair", "1 lead, 1 MQL, 1 SQL, 1 opportunity, 0 won, 0 lost, 1 open; pipeline 500"]],
    ],
  ])("tells of %s", (_what, rows, expected) => {
    const summaries = summariesOf(rows, { ...SETTINGS, campaign: "campaign" });
    expect(summaries?.map(({ campaign, text }) => [campaign, text])).toEqual(expected);
  });

  test("there is none where the report knows no campaigns", () => {
    expect(summariesOf([of("Fair")], SETTINGS)).toEqual([]);
  });

  test("each of its numbers names the leads behind it, and there is none where nobody asked for it", () => {
    const rows = [of("Fair", mql("a")), of("Fair", {}, "b"), of("Quiz", {}, "c")];
    const window = { asOf: NOW, from: NOW, to: null };
    const settings = { ...SETTINGS, campaign: "campaign" };
    const { drill, leads } = closedLoop(rows, { ...settings, campaignSummary: FIELD }, NAMES, window);
    expect(leads).toBe(0);
    expect(drill?.["campaignSummary"]?.["Fair"]).toMatchObject({ leads: ["a", "b"], mql: ["a"], open: ["a", "b"] });
    const without = closedLoop(rows, settings, NAMES, window);
    expect([without.campaignSummaries, without.drill?.["campaignSummary"]]).toEqual([null, undefined]);
  });
});

describe("the writes", () => {
  const record = (id: string, Name: string, says: string | null): CrmRecord => ({
    ref: { system: "salesforce", object: "Campaign", id },
    fields: { Name, [FIELD]: says },
    createdAt: JANUARY,
    modifiedAt: JANUARY,
    version: JANUARY,
    fate: { kind: "live" },
  });
  const wanted = [{ campaign: "Fair", text: "2 leads" }];

  test.each<[string, readonly CrmRecord[], number | null, unknown[], number, string[]]>([
    ["no such campaign", [record("1", "Quiz", null)], null, [], 0, []],
    ["a blank field", [record("1", "Fair", null)], null, [["1", null, "2 leads"]], 0, []],
    ["another text", [record("1", "Fair", "1 lead")], null, [["1", "1 lead", "2 leads"]], 0, []],
    ["the same text", [record("1", "Fair", "2 leads")], null, [], 0, ["campaign:1:summary"]],
    ["a short field", [record("1", "Fair", null)], 5, [["1", null, "2 lea"]], 0, []],
    ["a short field that is cut already", [record("1", "Fair", "2 lea")], 5, [], 0, ["campaign:1:summary"]],
    ["two of one name", [record("1", "Fair", null), record("2", "Fair", null)], null, [], 1, []],
    ["a name in other letters", [record("1", "fair", null)], null, [], 0, []],
  ])("with %s", (_what, campaigns, length, expected, skips, unneeded) => {
    const found = summaryWrites(wanted, campaigns, FIELD, length);
    expect(found.writes.map(({ id, fields }) => [id, fields[FIELD]?.from, fields[FIELD]?.to])).toEqual(expected);
    expect([found.skips.length, found.unneeded]).toEqual([skips, unneeded]);
  });
});

const TEXT: FieldSchema = {
  name: FIELD,
  label: "Summary",
  type: "text",
  length: 255,
  writable: true,
  createable: true,
  required: false,
  unique: false,
  externalId: false,
  values: [],
  restricted: false,
};

test.each<[string, FieldSchema | undefined, RegExp | null]>([
  ["is a text", TEXT, null],
  ["is not there", undefined, /does not have or LeadLoop's user may not see/],
  ["is read-only", { ...TEXT, writable: false }, /may not edit/],
  ["is a number", { ...TEXT, type: "number" }, /is a number field; name a text field/],
])("a field that %s is told so", (_what, field, expected) => {
  const told = summaryFieldProblem(FIELD, field);
  if (expected === null) expect(told).toBeNull();
  else expect(told).toMatch(expected);
});
