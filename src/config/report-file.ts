/** The shape of config/report.yml: by what the closed-loop report tells people apart, what it adds up, and where it goes. */
import * as z from "zod";
import type { ReportCost, ReportSettings } from "../core/model/report-settings.ts";
import type { Segment } from "../core/model/rulebook.ts";
import { fieldName, text } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";

const currencyCode = z
  .string({ error: "must be a currency code such as EUR" })
  .regex(/^[A-Z]{3}$/, { error: "must be a currency code of three capital letters, such as EUR" });
const amount = z
  .number({ error: "must be an amount such as 1200" })
  .nonnegative({ error: "must not be below zero: a cost is written as a positive number" });

const costShape = z.strictObject({
  source: text("a source as the report shows it").optional().describe("The source that the money was spent on ..."),
  campaign: text("a campaign as the report shows it").optional().describe("... or the campaign."),
  month: z
    .string({ error: "must be a month such as 2026-03" })
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: 'must be a month such as "2026-03"' })
    .optional()
    .describe("The month it was spent in, evenly over its days; left out: it belongs to every report."),
  amount: amount.describe("How much, in the currency of the report."),
});

const touchShape = z.strictObject({
  at: fieldName("recent_conversion_date").describe("The fact that says when the person was last met this way."),
  campaign: fieldName("recent_conversion_event_name").describe("The fact that says through which campaign."),
});

export const reportShape = z.strictObject({
  source: fieldName("hs_analytics_source").describe("The fact that says where a person came from."),
  "blank-source": text('"(no source)"').default("(no source)").describe("What the report calls a blank one."),
  campaign: fieldName("campaign").optional().describe("The fact that names the campaign."),
  "campaign-summary": fieldName("LeadLoop_Summary__c")
    .optional()
    .describe("The field of the Salesforce Campaign that is told in one line what became of its leads."),
  "campaign-costs": fieldName("ActualCost")
    .optional()
    .describe("The field of the Salesforce Campaign that holds what it has cost, for the return on it."),
  territory: fieldName("country").optional().describe("The fact that names the territory."),
  "first-contact": fieldName("first_contact_at").optional().describe("The fact that says when the person first came."),
  touches: z
    .array(touchShape, { error: "must be a list of touches, each with `at` and `campaign`" })
    .default([])
    .describe("Facts that tell of a touch: each new moment is one more touch that a deal can be owed to."),
  currency: currencyCode.optional().describe("The currency of all amounts; left out: the organisation's own."),
  rates: z
    .record(currencyCode, z.number({ error: "must be a number" }).positive({ error: "must be above zero" }), {
      error: "must be a list of currencies with their rates, such as USD: 1.08",
    })
    .default({})
    .describe("Units of a currency for one of the organisation's own, over what Salesforce keeps."),
  costs: z
    .array(costShape, { error: "must be a list of costs" })
    .default([])
    .describe("What sources and campaigns cost, for the return on it."),
});

type ReportFile = z.infer<typeof reportShape>;

/** `segments`: those that the report tells people apart by. */
export function toReportSettings(shape: ReportFile, checks: RuleChecks, segments: Iterable<Segment>): ReportSettings {
  const { campaign, territory, "first-contact": firstContact } = shape;
  return {
    source: checks.fact(["source"], shape.source, ["text"]),
    blankSource: shape["blank-source"],
    campaign: campaign === undefined ? null : checks.fact(["campaign"], campaign, ["text"]),
    campaignSummary: campaignField(shape, checks, "campaign-summary"),
    campaignCosts: campaignField(shape, checks, "campaign-costs"),
    territory: territory === undefined ? null : checks.fact(["territory"], territory, ["text"]),
    segments: [...segments].filter(({ shown }) => shown !== null).map(({ name }) => name),
    firstContact:
      firstContact === undefined ? null : checks.fact(["first-contact"], firstContact, ["date", "datetime"]),
    touches: shape.touches.map((touch, index) => ({
      at: checks.fact(["touches", index, "at"], touch.at, ["date", "datetime"]),
      campaign: checks.fact(["touches", index, "campaign"], touch.campaign, ["text"]),
    })),
    currency: shape.currency ?? null,
    rates: shape.rates,
    costs: shape.costs.flatMap((cost, index) => toCost(cost, index, shape, checks)),
  };
}

function campaignField(
  shape: ReportFile,
  checks: RuleChecks,
  setting: "campaign-summary" | "campaign-costs",
): string | null {
  const { campaign, [setting]: field } = shape;
  if (field === undefined) return null;
  if (campaign === undefined && checks.isSure([], ["campaign"]))
    checks.issue(
      [setting],
      "the report knows no campaigns; name the fact that holds them with `campaign:`, in the words of the campaigns' names",
    );
  return field;
}

function toCost(cost: z.infer<typeof costShape>, index: number, shape: ReportFile, checks: RuleChecks): ReportCost[] {
  const { source, campaign, month = null, amount: spent } = cost;
  if ((source === undefined) === (campaign === undefined)) {
    if (!checks.isSure(["costs", index], ["source", "campaign"])) return [];
    checks.issue(["costs", index], "belongs to a source or to a campaign; write one of the two");
    return [];
  }
  if (campaign !== undefined && shape.campaign === undefined) {
    if (!checks.isSure([], ["campaign"])) return [];
    checks.issue(
      ["costs", index, "campaign"],
      "the report knows no campaigns; name the fact that holds them with `campaign:`",
    );
    return [];
  }
  return [{ by: source === undefined ? "campaign" : "source", name: source ?? campaign ?? "", month, amount: spent }];
}
