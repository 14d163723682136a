/** What became of a campaign's leads, in one line for its record in Salesforce, and the writes that put it there. */
import type { Skip, Write } from "../model/plan.ts";
import type { CrmRecord, FieldSchema } from "../model/record.ts";
import type { Moment, PersonLedger } from "../model/report-row.ts";
import type { ReportSettings } from "../model/report-settings.ts";
import { CellBook } from "./cell-book.ts";
import { QualityCounter } from "./data-quality.ts";
import { type FunnelRow, FunnelTable, funnelColumns } from "./funnel-table.ts";
import { chooseCurrency, type OrgRates, RateTable } from "./money.ts";
import { describeLead, NO_CAMPAIGN } from "./report-lead.ts";

export interface CampaignSummary {
  /** As the report calls it; the Salesforce campaign of that name gets the line. */
  readonly campaign: string;
  readonly text: string;
}

export const CAMPAIGN = "Campaign";
const RULE = "campaign-summary";

/** Counts every lead there ever was by campaign, whatever the period of the report that reads them: the same pass serves both. */
export class CampaignCounter {
  readonly #settings: ReportSettings;
  readonly #rates: RateTable;
  readonly #orgCurrency: string | undefined;
  readonly #asOf: Moment;
  readonly #campaigns: FunnelTable;
  readonly #quality: QualityCounter;

  constructor(settings: ReportSettings, rates: OrgRates, asOf: Moment) {
    const book = new CellBook({ kind: "none" }, null);
    this.#settings = settings;
    this.#rates = new RateTable(rates, settings.rates);
    this.#orgCurrency = rates.orgCurrency;
    this.#asOf = asOf;
    this.#campaigns = new FunnelTable("byCampaign", book, asOf);
    this.#quality = new QualityCounter(book, asOf);
  }

  add(person: PersonLedger): void {
    const ledger = { ...person, deals: this.#rates.dated(person.deals) };
    const lead = describeLead(ledger, this.#settings, this.#asOf);
    if (lead === null) return;
    this.#campaigns.add(lead.campaign, lead, funnelColumns(lead));
    // Which currency most deals have decides in which the money is told.
    this.#quality.add(lead, ledger);
  }

  /** One for each campaign, the largest first. There is no date in it: what has not changed need not be written again. */
  summaries(): readonly CampaignSummary[] {
    const mostUsed = this.#quality.mostUsedCurrency();
    const currency = chooseCurrency(this.#settings.currency, this.#rates.rates, mostUsed, this.#orgCurrency);
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
