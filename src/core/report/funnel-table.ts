/** One table of the funnel: every lead in exactly one row, with how many of that row came how far, and what they brought in. */
import type { CellIds } from "./drill.ts";
import { FUNNEL, type FunnelStage, type ReportLead } from "./report-lead.ts";
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
  readonly revenue: number;
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

const COUNTED = ["mql", "sal", "sql", "opportunity"] as const;

/** Whether the person entered the stage or went past it: skipped stages are legal, and a funnel must not widen again. */
export function hasReached(lead: ReportLead, stage: FunnelStage): boolean {
  return FUNNEL.indexOf(lead.reached) >= FUNNEL.indexOf(stage);
}

/** Sums up revenue by row and currency, in hundredths. */
export class FunnelTable {
  readonly #name: string;
  readonly #ids: CellIds;
  readonly #revenue = new Map<string, Map<string, number>>();

  constructor(name: string, ids: CellIds) {
    this.#name = name;
    this.#ids = ids;
  }

  add(row: string, lead: ReportLead): void {
    this.#ids.add(this.#name, row, "leads", lead.id);
    this.#ids.add(this.#name, row, lead.outcome, lead.id);
    for (const stage of COUNTED) if (hasReached(lead, stage)) this.#ids.add(this.#name, row, stage, lead.id);
    if (lead.revenue.size === 0) return;
    const sums = this.#revenue.get(row) ?? new Map<string, number>();
    this.#revenue.set(row, sums);
    for (const [currency, amount] of lead.revenue) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }

  /** Largest row first; equal ones by name. Revenue in `currency` only: amounts of different currencies are never added up. */
  rows(currency: string): readonly FunnelRow[] {
    const rows = this.#ids.rows(this.#name).map((name) => this.row(name, currency));
    return rows.sort((a, b) => b.leads - a.leads || (a.name < b.name ? -1 : 1));
  }

  /** One row by name, also one that nobody is in. */
  row(name: string, currency: string): FunnelRow {
    const count = (column: string): number => this.#ids.count(this.#name, name, column);
    const [leads, mql, sal] = [count("leads"), count("mql"), count("sal")];
    const [sql, opportunity, won] = [count("sql"), count("opportunity"), count("won")];
    return {
      name,
      leads,
      mql,
      sal,
      sql,
      opportunity,
      won,
      lost: count("lost"),
      open: count("open"),
      revenue: (this.#revenue.get(name)?.get(currency) ?? 0) / 100,
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
