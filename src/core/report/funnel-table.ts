/** One table of the funnel: every lead in exactly one row, with how many of that row came how far, and what they brought in. */
import type { Moment } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import { type Currency, hundredthsOf, moneyKey, type Sums, total, totals } from "./money.ts";
import type { MoneyBook } from "./money-book.ts";
import { isClosed, MQL, OUTCOMES, type ReportLead } from "./report-lead.ts";
import { type Rate, rate } from "./statistics.ts";

/** Counts of people who entered a stage or went past it; `won + lost + open` is always `leads`. */
export interface FunnelCells {
  readonly leads: number;
  /** Were seen as an MQL: the ledger tells when they became one. All rates from MQL on are about them. */
  readonly mqlEntered: number;
  /** Were past MQL when they were first seen, or went past it at once: with `mqlEntered` they are `mql`, and they are in no rate. */
  readonly mqlSkipped: number;
  readonly mql: number;
  readonly sal: number;
  readonly sql: number;
  readonly opportunity: number;
  readonly won: number;
  readonly lost: number;
  readonly open: number;
  /** Won amounts. */
  readonly revenue: number;
  /** Amounts of opportunities that are open. */
  readonly pipeline: number;
  /** Each `of` those of the stage before who were seen as an MQL; `leadToMql` of the leads that did not skip it. */
  readonly rates: {
    readonly leadToMql: Rate;
    readonly mqlToSal: Rate;
    readonly salToSql: Rate;
    readonly mqlToSql: Rate;
    readonly sqlToOpportunity: Rate;
    readonly opportunityToWon: Rate;
    readonly mqlToWon: Rate;
  };
}

export interface FunnelRow extends FunnelCells {
  readonly name: string;
}

/** Those from `mqlEntered` on are about people who were seen as an MQL, but for the last. */
const SEEN_COLUMNS = ["mqlEntered", "mqlToSal", "mqlToSql", "mqlToOpportunity", "mqlToWon"] as const;
const FUNNEL_COLUMNS = [
  "leads",
  "mql",
  "sal",
  "sql",
  "opportunity",
  "won",
  "lost",
  "open",
  ...SEEN_COLUMNS,
  "mqlSkipped",
] as const;
/** Place of the first stage column, and of that stage in the funnel: mql, sal, sql, opportunity follow each other in both, and in those of people seen as an MQL. */
const FIRST_COLUMN = 1;
const FIRST_SEEN = 8;
const WON_SEEN = 12;
const SKIPPED = 13;
const FIRST_STAGE = 2;
const LAST_STAGE = 5;
const FIRST_OUTCOME = 5;

/** The columns that a lead is counted in, by the bits of their places. */
export function funnelColumns({ reached, outcome, entered }: ReportLead): number {
  const isSeen = !Number.isNaN(entered[MQL] ?? Number.NaN);
  let columns = 1 | (1 << (FIRST_OUTCOME + OUTCOMES.indexOf(outcome)));
  for (let stage = FIRST_STAGE; stage <= LAST_STAGE && stage <= reached; stage += 1)
    columns |= (1 << (stage - FIRST_STAGE + FIRST_COLUMN)) | (isSeen ? 1 << (stage - FIRST_STAGE + FIRST_SEEN) : 0);
  if (!isSeen) return reached >= MQL ? columns | (1 << SKIPPED) : columns;
  return outcome === "won" ? columns | (1 << WON_SEEN) : columns;
}

/** Counts by row, and sums up money by row and currency. */
export class FunnelTable {
  readonly #cells: CellTable;
  readonly #money: MoneyBook;
  /** Names of the sums of won and of open deals. */
  readonly #revenue: string;
  readonly #pipeline: string;
  readonly #asOf: Moment;

  /** `asOf`: what was closed later is open. */
  constructor(name: string, book: CellBook, asOf: Moment) {
    this.#asOf = asOf;
    this.#cells = book.table(name, FUNNEL_COLUMNS);
    this.#money = book.money;
    this.#revenue = `${name} revenue`;
    this.#pipeline = `${name} pipeline`;
  }

  /** `columns`: what `funnelColumns` says of the lead, which is the same in every table. */
  add(name: string, lead: ReportLead, columns: number): void {
    this.#cells.row(name).addToAll(columns, lead.id);
    for (const deal of lead.deals) {
      const closed = isClosed(deal, this.#asOf);
      if (deal.amount === null || (closed && !deal.won)) continue;
      this.#money.add(closed ? this.#revenue : this.#pipeline, name, moneyKey(deal), hundredthsOf(deal.amount));
    }
  }

  /** Largest row first; equal ones by name. The amounts add up to those of `whole`; null where the rows overlap. */
  rows(currency: Currency, whole: Pick<FunnelCells, "revenue" | "pipeline"> | null): readonly FunnelRow[] {
    const names = [...this.#cells.rows.keys()].sort();
    const rows = names.map((name) => this.row(name, currency));
    if (whole !== null) {
      const amounts = (table: string, sum: number): readonly number[] =>
        totals(
          names.map((name) => this.#money.sums(table, name)),
          sum,
          currency,
        );
      const revenue = amounts(this.#revenue, whole.revenue);
      const pipeline = amounts(this.#pipeline, whole.pipeline);
      for (const [place, row] of rows.entries())
        rows[place] = { ...row, revenue: revenue[place] ?? 0, pipeline: pipeline[place] ?? 0 };
    }
    return rows.sort((a, b) => b.leads - a.leads || (a.name < b.name ? -1 : 1));
  }

  /** All money that is in it. */
  get sums(): readonly Sums[] {
    const rows = [...this.#cells.rows.keys()];
    return rows.flatMap((row) =>
      [this.#revenue, this.#pipeline].flatMap((table) => this.#money.sums(table, row) ?? []),
    );
  }

  /** One row by name, also one that nobody is in. */
  row(name: string, currency: Currency): FunnelRow {
    const counts = this.#cells.rows.get(name)?.counts ?? [];
    const [leads = 0, mql = 0, sal = 0, sql = 0, opportunity = 0, won = 0, lost = 0, open = 0] = counts;
    const [mqlEntered = 0, mqlToSal = 0, mqlToSql = 0, mqlToOpportunity = 0, mqlToWon = 0, mqlSkipped = 0] =
      counts.slice(FIRST_SEEN);
    return {
      name,
      leads,
      mqlEntered,
      mqlSkipped,
      mql,
      sal,
      sql,
      opportunity,
      won,
      lost,
      open,
      revenue: total(this.#money.sums(this.#revenue, name), currency),
      pipeline: total(this.#money.sums(this.#pipeline, name), currency),
      rates: {
        leadToMql: rate(mqlEntered, leads - mqlSkipped),
        mqlToSal: rate(mqlToSal, mqlEntered),
        salToSql: rate(mqlToSql, mqlToSal),
        mqlToSql: rate(mqlToSql, mqlEntered),
        sqlToOpportunity: rate(mqlToOpportunity, mqlToSql),
        opportunityToWon: rate(mqlToWon, mqlToOpportunity),
        mqlToWon: rate(mqlToWon, mqlEntered),
      },
    };
  }
}
