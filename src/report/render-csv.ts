/** Prints report.csv: one row per lead, with the cell it stands in for every table of the report. */
import type { CountedLead } from "../core/report/count-frame.ts";
import { addAmount } from "../core/report/money.ts";
import { FUNNEL } from "../core/report/report-lead.ts";
import { hundredths } from "../core/report/statistics.ts";
import type { CsvBytes } from "./csv-bytes.ts";
import { moneyCell } from "./csv-line.ts";

const COLUMNS = [
  "link",
  "name",
  "hubspot_id",
  "salesforce_object",
  "salesforce_id",
  "source",
  "campaign",
  "territory",
  "segments",
  "owner",
  "band",
  "score",
  "first_contact",
  "stage",
  "since",
  "reached",
  "lead_at",
  "mql_at",
  "sal_at",
  "sql_at",
  "opportunity_at",
  "recycled_at",
  "won_at",
  "outcome",
  "reason",
  "days_to_won",
  "revenue",
  "currency",
  "opportunities",
  "parity",
  "data_quality",
] as const;

/** First line of report.csv. */
export const LEADS_HEADER = `${COLUMNS.join(",")}\r\n`;

/** Places in `STAGES` of those whose first entry has a column: lead to opportunity, and recycled. */
const ENTRIES = [1, 2, 3, 4, 5, 8];

/** Adds the line of one lead, in the order of `LEADS_HEADER`. */
export function addLeadLine({ lead, deals, parity, problems }: CountedLead, csv: CsvBytes): void {
  const { entered, segments } = lead;
  const { revenue, currency, opportunities } = wonOf(deals);
  csv.text(lead.id);
  csv.text(lead.name);
  csv.text(lead.hubspotId ?? "");
  csv.text(lead.salesforceObject ?? "");
  csv.text(lead.salesforceId ?? "");
  csv.text(lead.source);
  csv.text(lead.campaign);
  csv.text(lead.territory);
  csv.text(segments.length === 1 ? (segments[0] ?? "") : segments.join("; "));
  csv.text(lead.owner);
  csv.text(lead.band);
  csv.word(lead.score === null ? "" : String(lead.score));
  csv.instant(lead.firstContact);
  csv.word(lead.stage);
  csv.instant(lead.since);
  csv.word(FUNNEL[lead.reached] ?? "");
  for (const stage of ENTRIES) csv.instant(entered[stage] ?? Number.NaN);
  csv.instant(lead.wonAt);
  csv.word(lead.outcome);
  csv.text(lead.reason);
  csv.word(Number.isNaN(lead.daysToWon) ? "" : String(hundredths(lead.daysToWon)));
  csv.word(revenue);
  csv.text(currency);
  csv.text(opportunities);
  csv.text(parity);
  csv.word(problems.join("; "));
  csv.endLine();
}

const NOTHING_WON = { revenue: "", currency: "", opportunities: "" };

/** Won money as it is in the deals: sums of several currencies stand side by side. */
function wonOf(deals: CountedLead["deals"]): {
  readonly revenue: string;
  readonly currency: string;
  readonly opportunities: string;
} {
  if (deals.length === 0) return NOTHING_WON;
  const won = deals.filter(({ status }) => status === "won").map(({ deal }) => deal);
  const sums = new Map<string, number>();
  for (const deal of won) if (deal.amount !== null) addAmount(sums, deal.currency ?? "", deal.amount);
  const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    revenue: sorted.map(([, amount]) => moneyCell(amount)).join(" + "),
    currency: sorted.map(([code]) => code).join(" + "),
    opportunities: won.map((deal) => deal.opportunityId).join(";"),
  };
}
