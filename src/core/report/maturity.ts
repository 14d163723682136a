/** Whether a month's people have had the time to be won: before that their share is not to be compared with that of older months. */
import type { Moment } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import type { DurationList } from "./duration-list.ts";
import { DAY_MS, type ReportLead } from "./report-lead.ts";

/**
 * Nine in ten of everybody who was ever won took no longer than `days` from first contact; null while fewer than `FEWEST_WON` were won, so that nobody can say.
 * Whoever is still to be won is not among them, so the true time is rather longer.
 */
export interface Maturity {
  readonly won: number;
  readonly days: number | null;
}

/** Of fewer, the ninth in ten is one person's story. */
const FEWEST_WON = 10;

/** Looks at everybody, whenever they first came: those of a short period who were won already are the quick ones. */
export class MaturityCounter {
  /** From first contact to won, in days. */
  readonly #days: DurationList;
  readonly #won: CellTable;

  constructor(book: CellBook) {
    this.#days = book.list("ever won", DAY_MS);
    this.#won = book.table("maturity", ["won"]);
  }

  add({ id, daysToWon, wonAt, firstContact }: ReportLead): void {
    if (Number.isNaN(daysToWon)) return;
    this.#days.push(wonAt - firstContact);
    this.#won.add("all", 0, id);
  }

  maturity(): Maturity {
    const { list } = this.#days;
    const { length } = list;
    if (length < FEWEST_WON) return { won: length, days: null };
    return { won: length, days: Math.max(0, list.middleAndSlowEnd().p90 ?? 0) };
  }
}

/** `month` as in 2026-03. Where nobody can say how long it takes, no month is mature. */
export function isImmature(month: string, { days }: Maturity, asOf: Moment): boolean {
  return days === null || endOfMonth(month) + days * DAY_MS > asOf;
}

function endOfMonth(month: string): Moment {
  const [year, number] = month.split("-").map(Number);
  return Date.UTC(year ?? 0, number ?? 1, 1);
}
