/** One table of the funnel: every lead in exactly one row, with how many of that row came how far, and what they brought in. */
import type { Moment } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import { addAmount, type Currency, moneyKey, type Sums, total } from "./money.ts";
import { isClosed, OUTCOMES, type ReportLead } from "./report-lead.ts";
import { type Rate, rate } from "./statistics.ts";

/** Counts of people who entered a stage or went past it; `won + lost + open` is always `leads`. */
export interface FunnelCells {
  readonly leads: number;
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
  readonly rates: {
    readonly leadToMql: Rate;
    readonly mqlToSql: Rate;
    readonly sqlToOpportunity: Rate;
    readonly opportunityToWon: Rate;
    readonly mqlToWon: Rate;
  };
}

export interface FunnelRow extends FunnelCells {
  readonly name: string;
}

const FUNNEL_COLUMNS = ["leads", "mql", "sal", "sql", "opportunity", "won", "lost", "open"] as const;
/** Place of the first stage column, and of that stage in the funnel: mql, sal, sql, opportunity follow each other in both. */
const FIRST_COLUMN = 1;
const FIRST_STAGE = 2;
const LAST_STAGE = 5;
const FIRST_OUTCOME = 5;

/** The columns that a lead is counted in, by the bits of their places. */
export function funnelColumns({ reached, outcome }: ReportLead): number {
  let columns = 1 | (1 << (FIRST_OUTCOME + OUTCOMES.indexOf(outcome)));
  for (let stage = FIRST_STAGE; stage <= LAST_STAGE && stage <= reached; stage += 1)
    columns |= 1 << (stage - FIRST_STAGE + FIRST_COLUMN);
  return columns;
}

/** Counts by row, and sums up money by row and currency. */
export class FunnelTable {
  readonly #cells: CellTable;
  /** Money by row. */
  readonly tally = { revenue: new Map<string, Sums>(), pipeline: new Map<string, Sums>() };
  readonly #asOf: Moment;

  /** `asOf`: what was closed later is open. */
  constructor(name: string, book: CellBook, asOf: Moment) {
    this.#asOf = asOf;
    this.#cells = book.table(name, FUNNEL_COLUMNS);
  }

  /** `columns`: what `funnelColumns` says of the lead, which is the same in every table. */
  add(name: string, lead: ReportLead, columns: number): void {
    this.#cells.row(name).addToAll(columns, lead.id);
    for (const deal of lead.deals) {
      const closed = isClosed(deal, this.#asOf);
      if (deal.amount === null || (closed && !deal.won)) continue;
      const sums = closed ? this.tally.revenue : this.tally.pipeline;
      const ofRow = sums.get(name) ?? new Map<string, number>();
      sums.set(name, ofRow);
      addAmount(ofRow, moneyKey(deal), deal.amount);
    }
  }

  /** Largest row first; equal ones by name. */
  rows(currency: Currency): readonly FunnelRow[] {
    const rows = [...this.#cells.rows.keys()].map((name) => this.row(name, currency));
    return rows.sort((a, b) => b.leads - a.leads || (a.name < b.name ? -1 : 1));
  }

  /** One row by name, also one that nobody is in. */
  row(name: string, currency: Currency): FunnelRow {
    const counts = this.#cells.rows.get(name)?.counts ?? [];
    const [leads = 0, mql = 0, sal = 0, sql = 0, opportunity = 0, won = 0, lost = 0, open = 0] = counts;
    return {
      name,
      leads,
      mql,
      sal,
      sql,
      opportunity,
      won,
      lost,
      open,
      revenue: total(this.tally.revenue.get(name), currency),
      pipeline: total(this.tally.pipeline.get(name), currency),
      rates: {
        leadToMql: rate(mql, leads),
        mqlToSql: rate(sql, mql),
        sqlToOpportunity: rate(opportunity, sql),
        opportunityToWon: rate(won, opportunity),
        mqlToWon: rate(won, mql),
      },
    };
  }
}
