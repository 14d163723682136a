/** How often each score wins: every time somebody became an MQL, with the score of that moment and what came of it. */
import type { Moment, StageEntry } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import type { DurationList } from "./duration-list.ts";
import { MQL, RECYCLED, type ReportLead } from "./report-lead.ts";
import { type Rate, rate } from "./statistics.ts";
import { suggestThreshold, type ThresholdSuggestion, TOP_SCORE } from "./suggest-threshold.ts";

/** `entries` = won + sentBack + open. Leads that never were an MQL have no score that anybody acted on, and are in no row. */
export interface CalibrationRow {
  /** As in 60–69; "(not scored)" for those without. */
  readonly scores: string;
  readonly entries: number;
  readonly won: number;
  /** Recycled, disqualified or lost. */
  readonly sentBack: number;
  /** Nothing is decided yet: they are in no rate. */
  readonly open: number;
  /** Of those decided. */
  readonly winRate: Rate;
}

const NOT_SCORED = "(not scored)";
const COLUMNS = ["entries", "won", "sentBack", "open"] as const;
type Verdict = "won" | "sentBack" | "open";
const BANDS = Array.from({ length: 10 }, (_, ten) => `${10 * ten}\u2013${ten === 9 ? TOP_SCORE : 10 * ten + 9}`);

export class CalibrationCounter {
  readonly #cells: CellTable;
  /** Scores of those decided. */
  readonly #won: DurationList;
  readonly #others: DurationList;

  constructor(book: CellBook) {
    this.#won = book.list("won scores", 1);
    this.#others = book.list("other scores", 1);
    this.#cells = book.table("calibration", COLUMNS);
  }

  /** A new entry begins where the one before was sent back; until then a second one is the same. */
  add(lead: ReportLead, stages: readonly StageEntry[]): void {
    if (Number.isNaN(lead.entered[MQL] ?? Number.NaN)) return;
    let entry: StageEntry | null = null;
    let isSentBack = false;
    for (const next of stages) {
      if (next.place >= RECYCLED) isSentBack = entry !== null;
      if (next.place !== MQL || (entry !== null && !isSentBack)) continue;
      if (entry !== null) this.#count(lead, entry, verdictOf(lead, entry.at, next.at, isSentBack));
      entry = next;
      isSentBack = false;
    }
    isSentBack ||= lead.outcome === "lost";
    if (entry !== null) this.#count(lead, entry, verdictOf(lead, entry.at, Number.POSITIVE_INFINITY, isSentBack));
  }

  rows(): readonly CalibrationRow[] {
    return [...BANDS, NOT_SCORED].flatMap((scores) => {
      const row = this.#cells.rows.get(scores);
      if (row === undefined) return [];
      const [entries = 0, won = 0, sentBack = 0, open = 0] = row.counts;
      return [{ scores, entries, won, sentBack, open, winRate: rate(won, won + sentBack) }];
    });
  }

  suggestion(): ThresholdSuggestion {
    return suggestThreshold({ won: this.#won.list.counts(TOP_SCORE), others: this.#others.list.counts(TOP_SCORE) });
  }

  #count({ id }: ReportLead, { score }: StageEntry, verdict: Verdict): void {
    const whole = score === null ? null : Math.min(TOP_SCORE, Math.max(0, Math.floor(score)));
    const band = whole === null ? NOT_SCORED : (BANDS[Math.min(9, Math.floor(whole / 10))] ?? NOT_SCORED);
    this.#cells.row(band).addToAll(1 | (1 << COLUMNS.indexOf(verdict)), id);
    if (whole === null || verdict === "open") return;
    const scores = verdict === "won" ? this.#won : this.#others;
    scores.push(whole);
  }
}

/** What came of becoming an MQL, up to the next time. Whoever was a customer before was not won by it. */
function verdictOf({ wonAt }: ReportLead, from: Moment, to: Moment, isSentBack: boolean): Verdict {
  if (wonAt >= from && wonAt < to) return "won";
  return isSentBack ? "sentBack" : "open";
}
