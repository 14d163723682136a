/** The shape of config/report.yml: by what the closed-loop report tells people apart. */
import * as z from "zod";
import type { ReportSettings } from "../core/model/rulebook.ts";
import { fieldName, text } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";

export const reportShape = z.strictObject({
  source: fieldName("hs_analytics_source").describe("The fact that says where a person came from."),
  "blank-source": text('"(no source)"').default("(no source)").describe("What the report calls a blank one."),
  campaign: fieldName("campaign").optional().describe("The fact that names the campaign."),
  "first-contact": fieldName("first_contact_at").optional().describe("The fact that says when the person first came."),
});

type ReportFile = z.infer<typeof reportShape>;

export function toReportSettings(shape: ReportFile, checks: RuleChecks): ReportSettings {
  const { campaign, "first-contact": firstContact } = shape;
  return {
    source: checks.fact(["source"], shape.source, ["text"]),
    blankSource: shape["blank-source"],
    campaign: campaign === undefined ? null : checks.fact(["campaign"], campaign, ["text"]),
    firstContact:
      firstContact === undefined ? null : checks.fact(["first-contact"], firstContact, ["date", "datetime"]),
  };
}
