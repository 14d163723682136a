/** What makes figures doubtful, by name and record: nothing is dropped from a count for being odd, it is counted and listed here. */

import type { Moment, PersonLedger, StageEntry } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import type { CountRecording } from "./count-recording.ts";
import { type Currency, codeOf, convert, hundredthsOf, moneyKey, toldCode } from "./money.ts";
import { isClosed, MQL, type ReportLead } from "./report-lead.ts";
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

/** Money that is in no sum, because no rate turns it into the report's currency. */
export interface LeftOut {
  readonly currency: string;
  readonly deals: number;
  readonly amount: number;
}

const MEANINGS = {
  "won before first contact": "The deal is older than the first contact; its negative days stay in the median.",
  "no source": "The source is blank; these people stand in a row of their own.",
  "no first contact": "The date of first contact is blank or no date; the earliest entry of the ledger stands in.",
  "customer without a won opportunity":
    "The stage says customer, but Salesforce has no won opportunity for the person.",
  "won without an amount": "A won opportunity has no amount; its revenue counts as 0.",
  "negative amount": "An opportunity has an amount below zero; it is added as it is.",
  "currency without a rate": "Amounts in a currency for which no rate is known are in no sum.",
  "closed before it was opened": "An opportunity was closed before it began; both dates are taken as they are.",
  "first contact in the future": "The date of first contact is later than the report.",
  "stages out of order": "A stage was entered before the one that came earlier; its negative days stay in the median.",
  "answered before it was given":
    "A handoff was answered before the owner had it; its negative hours stay in the median.",
  "skipped MQL":
    "The person went past MQL without being seen as one; they count as having been one, and are in no rate from MQL on.",
  "odd source or campaign":
    "A source or campaign looks like a formula or like markup; it is shown as it is and runs nowhere.",
  "two candidates": "Two records on the other side could be this person; nothing is written until someone chooses.",
  "deleted record": "The record was deleted in one system; the person's history still counts.",
} as const;
export type Problem = keyof typeof MEANINGS;

/** Begins as a spreadsheet's formula does, holds markup or a control character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const ODD = /^[=+\-@\t\r]|[<>\u0000-\u001f]/;
/** Whether a source's name is odd, kept by name: there are few names and many people. */
const NAMES_KEPT = 10_000;

export class QualityCounter {
  readonly #recording: CountRecording | null;
  readonly #cells: CellTable;
  readonly #asOf: Moment;
  readonly #odd = new Map<string, boolean>();
  readonly #leftOut: CellTable;
  /** Negative days by link. Deals with money by `moneyKey`: how many, how much in hundredths, and by opportunity whose they are. */
  readonly tally = {
    negative: new Map<string, number>(),
    currencies: new Map<string, { deals: number; amount: number; readonly people: Map<string, string> }>(),
  };

  constructor(book: CellBook, asOf: Moment) {
    this.#recording = book.recording;
    this.#cells = book.table("dataQuality", ["people"]);
    this.#leftOut = book.table("leftOut", ["deals"]);
    this.#asOf = asOf;
  }

  /** Gives the problems of this person, for their line of the list. */
  add(lead: ReportLead, { person, stages, handoffs }: PersonLedger): readonly string[] {
    const problems: Problem[] = [];
    if (lead.daysToWon < 0) {
      problems.push("won before first contact");
      this.#recording?.giveUp();
      if (this.tally.negative.size < NAMES_KEPT) this.tally.negative.set(lead.id, hundredths(lead.daysToWon));
    }
    if (!lead.sourceKnown) problems.push("no source");
    if (!lead.firstContactKnown) problems.push("no first contact");
    if (lead.firstContact > this.#asOf) problems.push("first contact in the future");
    if (lead.reached > MQL && Number.isNaN(lead.entered[MQL] ?? Number.NaN)) problems.push("skipped MQL");
    if (this.#isOdd(lead.source) || this.#isOdd(lead.campaign)) problems.push("odd source or campaign");
    if (person.state === "ambiguous") problems.push("two candidates");
    if (person.state === "tombstoned") problems.push("deleted record");
    if (isOutOfOrder(stages)) problems.push("stages out of order");
    if (handoffs.some(({ at, endedAt }) => endedAt < at && endedAt <= this.#asOf))
      problems.push("answered before it was given");
    if (lead.outcome === "won" || lead.deals.length > 0) this.#addDeals(lead, problems);
    for (const problem of problems) this.#cells.add(problem, 0, lead.id);
    return problems;
  }

  /** The currency most deals have; equal ones by name. "" where the organisation has one currency, or there is no money. */
  mostUsedCurrency(): string {
    const byCode = Map.groupBy(this.tally.currencies, ([key]) => codeOf(key));
    const uses = [...byCode].map(([code, used]) => ({
      code,
      deals: used.reduce((sum, [, { deals }]) => sum + deals, 0),
    }));
    return uses.sort((a, b) => b.deals - a.deals || (a.code < b.code ? -1 : 1))[0]?.code ?? "";
  }

  /** Whose money cannot be added up in this currency, which is then among the findings too. */
  leftOut(currency: Currency): readonly LeftOut[] {
    const without = [...this.tally.currencies].filter(([key]) => convert(0, key, currency) === null);
    return [...Map.groupBy(without, ([key]) => toldCode(key, currency))]
      .map(([code, used]) => {
        const people = used.flatMap(([, each]) => [...each.people]);
        for (const id of new Set(people.map(([, id]) => id))) this.#cells.add("currency without a rate", 0, id);
        for (const [opportunity] of people) this.#leftOut.add(code, 0, opportunity);
        for (const [, each] of used) each.people.clear();
        const sum = (of: "deals" | "amount"): number => used.reduce((all, [, each]) => all + each[of], 0);
        return { currency: code, deals: sum("deals"), amount: sum("amount") / 100 };
      })
      .sort((a, b) => (a.currency < b.currency ? -1 : 1));
  }

  findings(): readonly QualityFinding[] {
    return Object.entries(MEANINGS)
      .map(([problem, meaning]) => ({ problem, meaning, count: this.#cells.count(problem, 0) }))
      .filter((finding) => finding.count > 0);
  }

  negativeTimes(): readonly NegativeTime[] {
    const all = [...this.tally.negative].map(([link, days]) => ({ link, days }));
    const first = all.sort((a, b) => (a.link < b.link ? -1 : 1)).slice(0, NAMES_KEPT);
    return first.sort((a, b) => a.days - b.days);
  }

  #addDeals(lead: ReportLead, problems: Problem[]): void {
    const found = (problem: Problem): void => {
      if (!problems.includes(problem)) problems.push(problem);
    };
    for (const deal of lead.deals) {
      const isWon = deal.won && isClosed(deal, this.#asOf);
      if (isWon && deal.amount === null) found("won without an amount");
      if (isClosed(deal, this.#asOf) && deal.stageAt < deal.openedAt) found("closed before it was opened");
      if (deal.amount === null || (isClosed(deal, this.#asOf) && !deal.won)) continue;
      if (deal.amount < 0) found("negative amount");
      this.use(moneyKey(deal), hundredthsOf(deal.amount), deal.opportunityId, lead.id);
    }
    const hasWon = lead.deals.some((deal) => deal.won && isClosed(deal, this.#asOf));
    if (lead.outcome === "won" && !hasWon && !lead.wonTogether) found("customer without a won opportunity");
  }

  /** Counts money of a deal by its currency; `amount` in hundredths. */
  use(key: string, amount: number, opportunity: string, link: string): void {
    if (this.#recording !== null) {
      this.#recording.usedCurrency(key, amount, opportunity);
      return;
    }
    const used = this.tally.currencies.get(key) ?? { deals: 0, amount: 0, people: new Map<string, string>() };
    this.tally.currencies.set(key, used);
    used.deals += 1;
    used.amount += amount;
    if (key !== "") used.people.set(opportunity, link);
  }

  #isOdd(name: string): boolean {
    const known = this.#odd.get(name);
    if (known !== undefined) return known;
    const odd = ODD.test(name);
    if (this.#odd.size < NAMES_KEPT) this.#odd.set(name, odd);
    return odd;
  }
}

function isOutOfOrder(stages: readonly StageEntry[]): boolean {
  for (let index = 1; index < stages.length; index += 1) {
    if ((stages[index]?.at ?? 0) < (stages[index - 1]?.at ?? 0)) return true;
  }
  return false;
}
