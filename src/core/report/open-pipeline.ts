/** Opportunities that are open now, of everybody, whenever they first came: what is open does not begin and end with a period. */
import type { Moment } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import { type Currency, hundredthsOf, moneyKey, type Sums, total, totals } from "./money.ts";
import type { MoneyBook } from "./money-book.ts";
import { isClosed, type ReportLead } from "./report-lead.ts";

export interface OpenDeals {
  readonly deals: number;
  /** Of those: nobody has said what they are worth. */
  readonly withoutAmount: number;
  readonly amount: number;
}

export interface OpenPipeline extends OpenDeals {
  /** The largest amount first. */
  readonly bySource: readonly (OpenDeals & { readonly source: string })[];
}

const TABLE = "openPipeline";
const ALL = "all";
const SOURCE = "source ";
const [DEALS, WITHOUT_AMOUNT] = [0b01, 0b11];

export class OpenPipelineCounter {
  readonly #cells: CellTable;
  readonly #money: MoneyBook;
  readonly #asOf: Moment;

  constructor(book: CellBook, asOf: Moment) {
    this.#cells = book.table(TABLE, ["deals", "withoutAmount"]);
    this.#money = book.money;
    this.#asOf = asOf;
  }

  add({ deals, source }: ReportLead): void {
    for (const deal of deals) {
      if (isClosed(deal, this.#asOf)) continue;
      for (const row of [ALL, SOURCE + source]) {
        this.#cells.row(row).addToAll(deal.amount === null ? WITHOUT_AMOUNT : DEALS, deal.opportunityId);
        if (deal.amount !== null) this.#money.add(TABLE, row, moneyKey(deal), hundredthsOf(deal.amount));
      }
    }
  }

  pipeline(currency: Currency): OpenPipeline {
    const amount = total(this.#money.sums(TABLE, ALL), currency);
    const rows = [...this.#cells.rows.keys()].filter((row) => row !== ALL).sort();
    const sums = rows.map((row) => this.#money.sums(TABLE, row));
    const amounts = totals(sums, amount, currency);
    const bySource = rows
      .map((row, place) => ({ source: row.slice(SOURCE.length), ...this.#dealsOf(row), amount: amounts[place] ?? 0 }))
      .sort((a, b) => b.amount - a.amount || b.deals - a.deals || (a.source < b.source ? -1 : 1));
    return { ...this.#dealsOf(ALL), amount, bySource };
  }

  /** By currency. */
  get sums(): Sums {
    return this.#money.sums(TABLE, ALL) ?? new Map();
  }

  #dealsOf(row: string): Omit<OpenDeals, "amount"> {
    const [deals = 0, withoutAmount = 0] = this.#cells.rows.get(row)?.counts ?? [];
    return { deals, withoutAmount };
  }
}
