/** The two ways to look at time, never mixed: what became of those who entered a stage in a month, and what happened in a month. */

import type { Moment, StageEntry } from "../model/report-row.ts";
import { STAGES, type Stage } from "../model/rulebook.ts";
import type { CellBook, CellRow, CellTable } from "./cell-book.ts";
import { isImmature, type Maturity } from "./maturity.ts";
import {
  DAY_MS,
  FUNNEL,
  type FunnelStage,
  hasReached,
  placeOf,
  type ReportLead,
  type ReportMoments,
} from "./report-lead.ts";
import { type Rate, rate } from "./statistics.ts";

/** Everyone who first entered the stage in that month, and how many of them had come to the next stage, and to won, by `asOf`. */
export interface Cohort {
  readonly stage: FunnelStage;
  /** As in 2026-03. */
  readonly month: string;
  readonly entered: number;
  readonly next: Rate;
  readonly won: Rate;
  /** Younger than nine in ten of the won took, or nobody knows how long they take: more will follow, so its share to won is not to be compared with older ones. */
  readonly immature: boolean;
}

/** What happened in one month of the period, whoever it happened to. `forward` and `back` are the stays that ended in the month. */
export interface PeriodRow {
  readonly month: string;
  readonly stage: Stage;
  readonly entries: number;
  readonly forward: number;
  readonly back: number;
  /** Of the stays that ended, those that ended forward. */
  readonly forwardRate: Rate;
}

/** Cohorts of these stages: who enters them is followed. */
const FOLLOWED = [1, 2, 3, 4, 5];
const PERIOD_COLUMNS = ["entries", "forward", "back"] as const;

export class CohortCounter {
  readonly #book: CellBook;
  readonly #cohorts: CellTable;
  readonly #period: CellTable;
  readonly #total: CellTable;
  readonly #moments: ReportMoments;
  readonly #cohortRows: MonthRows;
  /** Groups of the cell of a month and that of the whole period, by month, stage and column: nearly everything that is counted is counted here. */
  readonly #periodGroups: (number | undefined)[] = [];
  readonly #months = new Months();

  constructor(book: CellBook, moments: ReportMoments) {
    this.#book = book;
    this.#moments = moments;
    this.#cohorts = book.table("cohorts", ["entered", "next", "won"]);
    this.#period = book.table("periodMonths", PERIOD_COLUMNS);
    this.#total = book.table("period", PERIOD_COLUMNS);
    this.#cohortRows = new MonthRows(this.#cohorts, this.#months);
  }

  addLead(lead: ReportLead): void {
    for (const stage of FOLLOWED) {
      const at = lead.entered[stage] ?? Number.NaN;
      if (Number.isNaN(at)) continue;
      const next = hasReached(lead, stage + 1) ? 0b010 : 0;
      const won = lead.outcome === "won" ? 0b100 : 0;
      this.#cohortRows.row(at, stage).addToAll(0b001 | next | won, lead.id);
    }
  }

  /** Counts what happened in [from, to) to anybody, in the cohort or not. */
  addPeriod(id: string, stages: readonly StageEntry[]): void {
    for (let index = 0; index < stages.length; index += 1) {
      const entry = stages[index];
      if (entry === undefined || !isWithin(entry.at, this.#moments)) continue;
      this.#book.recording?.at(entry.at);
      this.#count(entry, entry.at, 0, id);
      const before = stages[index - 1];
      if (before === undefined) continue;
      const isBack = entry.place >= FUNNEL.length;
      if (isBack || entry.place > before.place) this.#count(before, entry.at, isBack ? 2 : 1, id);
    }
  }

  cohorts(maturity: Maturity): readonly Cohort[] {
    const rows = [...this.#cohorts.rows].map(([name, row]): Cohort => {
      const [stage = "", month = ""] = name.split(" ");
      const [entered = 0, next = 0, won = 0] = row.counts;
      return {
        stage: stage as FunnelStage,
        month,
        entered,
        next: rate(next, entered),
        won: rate(won, entered),
        immature: isImmature(month, maturity, this.#moments.asOf),
      };
    });
    return rows.sort((a, b) => placeOf(a.stage) - placeOf(b.stage) || (a.month < b.month ? -1 : 1));
  }

  periodMonths(): readonly PeriodRow[] {
    const rows = [...this.#period.rows].map(([name, row]): PeriodRow => {
      const [stage = "", month = ""] = name.split(" ");
      return { month, stage: stage as Stage, ...periodCells(row) };
    });
    return rows.sort((a, b) => {
      if (a.month !== b.month) return a.month < b.month ? -1 : 1;
      return placeOf(a.stage) - placeOf(b.stage);
    });
  }

  period(): readonly Omit<PeriodRow, "month">[] {
    return STAGES.map((stage) => ({ stage, ...periodCells(this.#total.rows.get(stage)) }));
  }

  /** The name of the month a moment lies in. */
  month(at: Moment): string {
    return this.#months.name(at);
  }

  #count({ stage, place }: StageEntry, at: Moment, column: number, id: string): void {
    const month = this.#months.place(at);
    const index = (month * STAGES.length + place) * PERIOD_COLUMNS.length + column;
    this.#book.add(this.#periodGroups[index] ?? this.#periodGroup(index, stage, at, column), id);
  }

  #periodGroup(index: number, stage: Stage, at: Moment, column: number): number {
    const rows = [this.#total.row(stage), this.#period.row(`${stage} ${this.#months.name(at)}`)];
    const group = this.#book.group(rows.map((row) => row.cellsIn(1 << column)));
    this.#periodGroups[index] = group;
    return group;
  }
}

/** Rows of a table by stage and month, found by number: a string for each of millions of entries would cost more than the counting. */
class MonthRows {
  readonly #table: CellTable;
  readonly #months: Months;
  readonly #rows: (CellRow | undefined)[] = [];

  constructor(table: CellTable, months: Months) {
    this.#table = table;
    this.#months = months;
  }

  row(at: Moment, stage: number): CellRow {
    const place = this.#months.place(at) * STAGES.length + stage;
    const known = this.#rows[place];
    if (known !== undefined) return known;
    const row = this.#table.row(`${STAGES[stage] ?? ""} ${this.#months.name(at)}`);
    this.#rows[place] = row;
    return row;
  }
}

/** Days from 1970 to 2149; others are rare, and are looked up in a map. */
const USUAL_DAYS = 65_536;
const UNKNOWN = -1;

/** Months in the order in which they were met, found by day. */
class Months {
  readonly #names: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #usual = new Int32Array(USUAL_DAYS).fill(UNKNOWN);

  name(at: Moment): string {
    return this.#names[this.place(at)] ?? "";
  }

  place(at: Moment): number {
    const day = Math.floor(at / DAY_MS);
    const known = this.#usual[day] ?? UNKNOWN;
    if (known !== UNKNOWN) return known;
    const instant = new Date(at).toISOString();
    const name = instant.slice(0, instant.indexOf("-", 1) + 3);
    const place = this.#places.get(name) ?? this.#names.push(name) - 1;
    this.#places.set(name, place);
    if (day >= 0 && day < USUAL_DAYS) this.#usual[day] = place;
    return place;
  }
}

function periodCells(row: CellRow | undefined): Omit<PeriodRow, "month" | "stage"> {
  const [entries = 0, forward = 0, back = 0] = row?.counts ?? [];
  return { entries, forward, back, forwardRate: rate(forward, forward + back) };
}

export function isWithin(at: Moment, { asOf, from, to }: ReportMoments): boolean {
  return at <= asOf && (from === null || at >= from) && (to === null || at < to);
}

/** Nothing that came later is looked at, also where entries do not stand in the order of their moments. */
export function entriesUpTo(stages: readonly StageEntry[], asOf: Moment): readonly StageEntry[] {
  return stages.every(({ at }) => at <= asOf) ? stages : stages.filter(({ at }) => at <= asOf);
}
