/** Prints report.csv: one row per lead, with the cell it stands in for every table of the report. */
import type { CountedLead } from "../core/report/closed-loop.ts";
import { addAmount } from "../core/report/money.ts";
import { FUNNEL } from "../core/report/report-lead.ts";
import { hundredths } from "../core/report/statistics.ts";
import { instantCell, moneyCell, textCell } from "./csv-line.ts";

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

const [LEAD, MQL, SAL, SQL, OPPORTUNITY, RECYCLED] = [1, 2, 3, 4, 5, 8];

/** The line of one lead, in the order of `LEADS_HEADER`. */
export function leadLine({ lead, deals, parity, problems }: CountedLead): string {
  const entered = (stage: number): string => instantCell(lead.entered[stage] ?? Number.NaN);
  const { revenue, currency, opportunities } = wonOf(deals);
  const cells: Line = [
    textCell(lead.id),
    textCell(lead.name),
    textCell(lead.hubspotId ?? ""),
    lead.salesforceObject ?? "",
    textCell(lead.salesforceId ?? ""),
    textCell(lead.source),
    textCell(lead.campaign),
    textCell(lead.territory),
    textCell(lead.segments.join("; ")),
    textCell(lead.owner),
    textCell(lead.band),
    lead.score === null ? "" : String(lead.score),
    instantCell(lead.firstContact),
    lead.stage,
    instantCell(lead.since),
    FUNNEL[lead.reached] ?? "",
    entered(LEAD),
    entered(MQL),
    entered(SAL),
    entered(SQL),
    entered(OPPORTUNITY),
    entered(RECYCLED),
    instantCell(lead.wonAt),
    lead.outcome,
    textCell(lead.reason),
    Number.isNaN(lead.daysToWon) ? "" : String(hundredths(lead.daysToWon)),
    revenue,
    currency,
    opportunities,
    textCell(parity),
    problems.join("; "),
  ];
  // Joined, a line is one string; a chain of pieces would be put together when it is written, at twice the cost.
  return `${cells.join(",")}\r\n`;
}

/** A cell for each column. */
type Cells<Columns extends readonly string[]> = { readonly [Place in keyof Columns]: string };
type Line = Cells<typeof COLUMNS>;

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
  for (const deal of won) if (deal.amount !== null) addAmount(sums, deal.currency, deal.amount);
  const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    revenue: sorted.map(([, amount]) => moneyCell(amount)).join(" + "),
    currency: textCell(sorted.map(([code]) => code).join(" + ")),
    opportunities: textCell(won.map((deal) => deal.opportunityId).join(";")),
  };
}
