/** Prints report.csv: one row per lead, with the cell it stands in for every column of the report. */
import { stringify } from "csv-stringify/sync";
import type { ReportLead } from "../core/report/report-lead.ts";
import { hundredths } from "../core/report/statistics.ts";

const COLUMNS = [
  "link",
  "name",
  "hubspot_id",
  "salesforce_object",
  "salesforce_id",
  "source",
  "campaign",
  "owner",
  "band",
  "first_contact",
  "stage",
  "reached",
  "mql_at",
  "sal_at",
  "sql_at",
  "opportunity_at",
  "won_at",
  "outcome",
  "reason",
  "days_to_won",
  "revenue",
  "currency",
  "opportunities",
] as const;

type Column = (typeof COLUMNS)[number];

/** Text that a spreadsheet would run as a formula gets an apostrophe in front, which spreadsheets do not show (OWASP, "CSV Injection"); numbers stay numbers. */
const FORMAT = { record_delimiter: "\r\n", escape_formulas: true, quoted_match: /[\r\n]/ } as const;

/** First line of report.csv. */
export function renderCsvHeader(): string {
  return stringify([[...COLUMNS]], FORMAT);
}

/** Lines for these leads, in the order given, as RFC 4180 has them. */
export function renderCsvRows(leads: readonly ReportLead[]): string {
  const rows = leads.map((lead) => {
    const cells = cellsOf(lead);
    return COLUMNS.map((column) => cells[column]);
  });
  return stringify(rows, FORMAT);
}

function cellsOf(lead: ReportLead): Readonly<Record<Column, string | number>> {
  const sums = [...lead.revenue].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    link: lead.id,
    name: lead.name,
    hubspot_id: lead.hubspotId ?? "",
    salesforce_object: lead.salesforceObject ?? "",
    salesforce_id: lead.salesforceId ?? "",
    source: lead.source,
    campaign: lead.campaign,
    owner: lead.owner,
    band: lead.band,
    first_contact: lead.firstContact,
    stage: lead.stage,
    reached: lead.reached,
    mql_at: lead.entered.mql ?? "",
    sal_at: lead.entered.sal ?? "",
    sql_at: lead.entered.sql ?? "",
    opportunity_at: lead.entered.opportunity ?? "",
    won_at: lead.wonAt ?? "",
    outcome: lead.outcome,
    reason: lead.reason,
    days_to_won: lead.daysToWon === null ? "" : hundredths(lead.daysToWon),
    revenue:
      sums.length === 1 ? (sums[0]?.[1] ?? 0) / 100 : sums.map(([, amount]) => (amount / 100).toFixed(2)).join(" + "),
    currency: sums.map(([currency]) => currency).join(" + "),
    opportunities: lead.wonOpportunities.join(";"),
  };
}
