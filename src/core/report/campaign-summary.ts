/** What became of a campaign's leads, in one line for its record in Salesforce, and the writes that put it there. */
import type { Skip, Write } from "../model/plan.ts";
import type { CrmRecord, FieldSchema } from "../model/record.ts";
import type { Moment } from "../model/report-row.ts";
import type { CellBook } from "./cell-book.ts";
import { type FunnelRow, FunnelTable, funnelColumns } from "./funnel-table.ts";
import { type Currency, mostIn } from "./money.ts";
import { NO_CAMPAIGN, type ReportLead } from "./report-lead.ts";

export interface CampaignSummary {
  /** As the report calls it; the Salesforce campaign of that name gets the line. */
  readonly campaign: string;
  readonly text: string;
}

export const CAMPAIGN = "Campaign";
const RULE = "campaign-summary";

/** Counts every lead there ever was by campaign, whatever the period of the report: each number of a line is a cell of the report too. */
export class CampaignCounter {
  readonly #campaigns: FunnelTable;

  constructor(book: CellBook, asOf: Moment) {
    this.#campaigns = new FunnelTable("campaignSummary", book, asOf);
  }

  add(lead: ReportLead): void {
    this.#campaigns.add(lead.campaign, lead, funnelColumns(lead));
  }

  /** One for each campaign, the largest first. There is no date in it: what has not changed need not be written again. `choose` gives the currency, told the one with the most money. */
  summaries(choose: (mostUsed: string) => Currency): readonly CampaignSummary[] {
    const currency = choose(mostIn(this.#campaigns.sums));
    return this.#campaigns
      .rows(currency, null)
      .filter(({ name }) => name !== NO_CAMPAIGN)
      .map((row) => ({ campaign: row.name, text: summaryOf(row, currency.code) }));
  }
}

function summaryOf(row: FunnelRow, currency: string): string {
  const many = (count: number, one: string, more = one): string => `${amount(count)} ${count === 1 ? one : more}`;
  const money = (value: number): string => `${amount(value)} ${currency}`.trim();
  const won = row.won === 0 ? "0 won" : `${amount(row.won)} won for ${money(row.revenue)}`;
  const parts = [
    many(row.leads, "lead", "leads"),
    many(row.mql, "MQL"),
    many(row.sql, "SQL"),
    many(row.opportunity, "opportunity", "opportunities"),
    won,
    `${amount(row.lost)} lost`,
    `${amount(row.open)} open`,
  ];
  return `${parts.join(", ")}${row.pipeline === 0 ? "" : `; pipeline ${money(row.pipeline)}`}`;
}

function amount(value: number): string {
  return new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 }).format(value);
}

/** Why the summary cannot stand in this field of Campaign, or null where it can. */
export function summaryFieldProblem(name: string, field: FieldSchema | undefined): string | null {
  const told = `campaign-summary in config/report.yml names ${name}`;
  if (field === undefined)
    return `${told}, which Campaign does not have or LeadLoop's user may not see; make it a text field there, or name another`;
  if (!field.writable) return `${told}, which LeadLoop's user may not edit; give it that right, or name another`;
  if (field.type !== "text") return `${told}, which is a ${field.type} field; name a text field of its own`;
  return null;
}

/** Why what campaigns cost cannot be read from this field of Campaign, or null where it can. */
export function costFieldProblem(name: string, field: FieldSchema | undefined): string | null {
  const told = `campaign-costs in config/report.yml names ${name}`;
  if (field === undefined)
    return `${told}, which Campaign does not have or LeadLoop's user may not see; give it Read on Campaign and on that field, name another, or leave the line out`;
  if (field.type !== "number")
    return `${told}, which is a ${field.type} field; name one that holds an amount, such as ActualCost`;
  return null;
}

export interface SummaryWrites {
  readonly writes: readonly Write[];
  readonly skips: readonly Skip[];
  /** Keys of the writes that are not needed: the campaign says so already. */
  readonly unneeded: readonly string[];
}

/**
 * Writes for the campaigns whose `field` says something else. Names are compared as they are; of two campaigns with one name nobody knows which is meant, so
 * neither is written. `length`: what the field holds; null where it is not known.
 */
export function summaryWrites(
  summaries: readonly CampaignSummary[],
  campaigns: readonly CrmRecord[],
  field: string,
  length: number | null,
): SummaryWrites {
  const byName = Map.groupBy(campaigns, ({ fields }) => String(fields["Name"] ?? ""));
  const writes: Write[] = [];
  const skips: Skip[] = [];
  const unneeded: string[] = [];
  for (const { campaign, text } of summaries) {
    const [record, another] = byName.get(campaign) ?? [];
    if (record === undefined) continue;
    if (another !== undefined) {
      const reason = "several Salesforce campaigns have this name, so none gets the summary; rename all but one";
      skips.push({ link: null, recordName: campaign, system: "salesforce", reason });
      continue;
    }
    const to = length === null ? text : text.slice(0, length);
    const from = record.fields[field] ?? null;
    const key = `campaign:${record.ref.id}:summary`;
    if (from === to) {
      unneeded.push(key);
      continue;
    }
    writes.push({
      key,
      link: "",
      recordName: campaign,
      system: "salesforce",
      object: CAMPAIGN,
      id: record.ref.id,
      operation: "update",
      fields: { [field]: { from, to, rule: RULE } },
      reason: "what became of the campaign's leads",
      unique: null,
      ifUnmodifiedSince: null,
      step: 1,
      purpose: "fields",
    });
  }
  return { writes, skips, unneeded };
}
