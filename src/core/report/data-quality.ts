/** What makes figures doubtful, by name and record: nothing is dropped from a count for being odd, it is counted and listed here. */
import type { Link } from "../model/link.ts";
import type { CellIds } from "./drill.ts";
import { FUNNEL, type ReportLead } from "./report-lead.ts";
import { hundredths } from "./statistics.ts";

export interface QualityFinding {
  readonly problem: string;
  readonly meaning: string;
  readonly count: number;
}

/** A deal that was won before the person was first in touch: kept in every figure, negative days and all. */
export interface NegativeTime {
  readonly link: string;
  readonly days: number;
}

const MEANINGS: Readonly<Record<string, string>> = {
  "won before first contact": "The deal is older than the first contact; its negative days stay in the median.",
  "no source": "The source is blank; these people stand in a row of their own.",
  "no first contact": "The date of first contact is blank or no date; the earliest entry of the ledger stands in.",
  "customer without a won opportunity":
    "The stage says customer, but Salesforce has no won opportunity for the person.",
  "won without an amount": "A won opportunity has no amount; its revenue counts as 0.",
  "won in another currency": "Amounts in another currency than the report's are not added to revenue.",
  "first contact in the future": "The date of first contact is later than the report.",
  "skipped MQL": "The person went past MQL without being seen as one; they count as having been one.",
  "two candidates": "Two records on the other side could be this person; nothing is written until someone chooses.",
  "deleted record": "The record was deleted in one system; the person's history still counts.",
};

export class QualityCounter {
  readonly #ids: CellIds;
  readonly #asOf: string;
  readonly #negative: NegativeTime[] = [];
  readonly #currencies = new Map<string, string[]>();

  constructor(ids: CellIds, asOf: string) {
    this.#ids = ids;
    this.#asOf = asOf;
  }

  add(lead: ReportLead, link: Link): void {
    const found = (problem: string): void => this.#ids.add("dataQuality", problem, "people", lead.id);
    if (lead.daysToWon !== null && lead.daysToWon < 0) {
      found("won before first contact");
      this.#negative.push({ link: lead.id, days: hundredths(lead.daysToWon) });
    }
    if (!lead.sourceKnown) found("no source");
    if (!lead.firstContactKnown) found("no first contact");
    if (lead.firstContact > this.#asOf) found("first contact in the future");
    if (lead.outcome === "won" && lead.wonOpportunities.length === 0) found("customer without a won opportunity");
    if (lead.wonWithoutAmount) found("won without an amount");
    if (FUNNEL.indexOf(lead.reached) > FUNNEL.indexOf("mql") && lead.entered.mql === undefined) found("skipped MQL");
    if (link.state === "ambiguous") found("two candidates");
    if (link.state === "tombstoned") found("deleted record");
    for (const currency of lead.revenue.keys()) this.#use(currency, lead.id);
  }

  #use(currency: string, id: string): void {
    const ids = this.#currencies.get(currency) ?? [];
    this.#currencies.set(currency, ids);
    ids.push(id);
  }

  /** The currency most people were won in; equal ones by name. "" where the organisation has one currency, or nothing was won. */
  currency(): string {
    const byUse = [...this.#currencies].sort(
      ([a, these], [b, those]) => those.length - these.length || (a < b ? -1 : 1),
    );
    return byUse[0]?.[0] ?? "";
  }

  findings(): readonly QualityFinding[] {
    const main = this.currency();
    for (const [currency, ids] of this.#currencies) {
      if (currency !== main)
        for (const id of ids) this.#ids.add("dataQuality", "won in another currency", "people", id);
    }
    return Object.entries(MEANINGS)
      .map(([problem, meaning]) => ({ problem, meaning, count: this.#ids.count("dataQuality", problem, "people") }))
      .filter((finding) => finding.count > 0);
  }

  negativeTimes(): readonly NegativeTime[] {
    return this.#negative.toSorted((a, b) => a.days - b.days || (a.link < b.link ? -1 : 1));
  }
}
