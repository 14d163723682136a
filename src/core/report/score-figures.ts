/** Whether the score is right: how often each score wins, which threshold the wins suggest, and which rules had passed the leads that sales sent back. */

import type { HandoffRow, PersonLedger } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import { isWithin } from "./cohorts.ts";
import type { DurationList } from "./duration-list.ts";
import type { ReportLead, ReportMoments } from "./report-lead.ts";
import { hundredths, type Rate, rate } from "./statistics.ts";

/** Leads by their score when they were handed over (the last one known where they never were). */
export interface CalibrationRow {
  /** As in 60–69; "(not scored)" for those without. */
  readonly scores: string;
  readonly leads: number;
  readonly won: number;
  readonly winRate: Rate;
}

/** The score that parts won leads best from the others (Youden's J), and the scores that do so as well within one standard error. */
export interface ThresholdSuggestion {
  readonly threshold: number;
  readonly from: number;
  readonly to: number;
  /** Of those at or above the threshold, and of those below it. */
  readonly winRateAbove: Rate;
  readonly winRateBelow: Rate;
  /** Share of the won ones at or above, less the share of the others there: 1 is perfect, 0 is chance. */
  readonly separation: number;
}

/** A scoring rule that had given points to handoffs of the period, and what sales made of those. */
export interface RuleRow {
  readonly rule: string;
  readonly handoffs: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly rejectedRate: Rate;
  readonly reasons: readonly { readonly reason: string; readonly handoffs: number }[];
}

const NOT_SCORED = "(not scored)";
const TOP_SCORE = 100;
const STEP = 5;
/** Fewer won or not won leads than this suggest nothing. */
const FEWEST = 20;
const NO_REASON = "(no reason given)";

export class ScoreCounter {
  readonly #calibration: CellTable;
  readonly #rules: CellTable;
  readonly #reasons: CellTable;
  readonly #moments: ReportMoments;
  readonly #book: CellBook;
  /** Scores of all leads and of the won ones. */
  readonly #scores: DurationList;
  readonly #wonScores: DurationList;

  constructor(book: CellBook, moments: ReportMoments) {
    this.#book = book;
    this.#scores = book.list("scores", 1);
    this.#wonScores = book.list("won scores", 1);
    this.#moments = moments;
    this.#calibration = book.table("calibration", ["leads", "won"]);
    this.#rules = book.table("rules", ["handoffs", "accepted", "rejected"]);
    this.#reasons = book.table("rejectedRules", ["handoffs"]);
  }

  addLead(lead: ReportLead): void {
    const score = lead.score === null ? null : Math.min(TOP_SCORE, Math.max(0, Math.floor(lead.score)));
    const row = this.#calibration.row(
      score === null ? NOT_SCORED : (BANDS[Math.min(9, Math.floor(score / 10))] ?? NOT_SCORED),
    );
    const isWon = lead.outcome === "won";
    row.addToAll(isWon ? 0b11 : 0b01, lead.id);
    if (score === null) return;
    this.#scores.push(score);
    if (isWon) this.#wonScores.push(score);
  }

  addHandoffs(ledger: PersonLedger): void {
    for (const handoff of ledger.handoffs) {
      if (!isWithin(handoff.at, this.#moments)) continue;
      this.#book.recording?.at(handoff.at);
      const outcome = handoff.endedAt <= this.#moments.asOf ? handoff.outcome : "open";
      const reason = outcome === "rejected" ? reasonOf(ledger, handoff) : "";
      for (const rule of new Set(handoff.reasons.map((one) => one.rule))) {
        const row = this.#rules.row(rule);
        row.add(0, ledger.person.id);
        if (outcome === "accepted") row.add(1, ledger.person.id);
        if (outcome !== "rejected") continue;
        row.add(2, ledger.person.id);
        this.#reasons.add(`${rule}: ${reason}`, 0, ledger.person.id);
      }
    }
  }

  calibration(): readonly CalibrationRow[] {
    return [...BANDS, NOT_SCORED].flatMap((scores) => {
      const row = this.#calibration.rows.get(scores);
      if (row === undefined) return [];
      const [leads = 0, won = 0] = row.counts;
      return [{ scores, leads, won, winRate: rate(won, leads) }];
    });
  }

  /** Null where too few were scored and won to say anything. */
  suggestion(): ThresholdSuggestion | null {
    const leads = this.#scores.list.counts(TOP_SCORE);
    const wonLeads = this.#wonScores.list.counts(TOP_SCORE);
    const all = sumFrom(leads, 0);
    const won = sumFrom(wonLeads, 0);
    const others = all - won;
    if (won < FEWEST || others < FEWEST) return null;
    const candidates = Array.from({ length: TOP_SCORE / STEP }, (_, index) => {
      const threshold = (index + 1) * STEP;
      const wonAbove = sumFrom(wonLeads, threshold);
      const above = sumFrom(leads, threshold);
      const [hits, alarms] = [wonAbove / won, (above - wonAbove) / others];
      const error = Math.sqrt((hits * (1 - hits)) / won + (alarms * (1 - alarms)) / others);
      return { threshold, wonAbove, above, separation: hits - alarms, error };
    });
    const best = candidates.reduce((a, b) => (b.separation > a.separation ? b : a));
    const asGood = candidates.filter((candidate) => candidate.separation >= best.separation - best.error);
    return {
      threshold: best.threshold,
      from: asGood[0]?.threshold ?? best.threshold,
      to: asGood.at(-1)?.threshold ?? best.threshold,
      winRateAbove: rate(best.wonAbove, best.above),
      winRateBelow: rate(won - best.wonAbove, all - best.above),
      separation: hundredths(best.separation),
    };
  }

  /** Most rejected first. */
  rules(): readonly RuleRow[] {
    const reasons = [...this.#reasons.rows].map(([name, row]) => {
      const [rule = "", ...reason] = name.split(": ");
      return { rule, reason: reason.join(": "), handoffs: row.count(0) };
    });
    const rows = [...this.#rules.rows].map(([rule, row]): RuleRow => {
      const [handoffs = 0, accepted = 0, rejected = 0] = row.counts;
      const own = reasons
        .filter((one) => one.rule === rule)
        .map(({ reason, handoffs: count }) => ({ reason, handoffs: count }))
        .sort((a, b) => b.handoffs - a.handoffs || (a.reason < b.reason ? -1 : 1));
      return { rule, handoffs, accepted, rejected, rejectedRate: rate(rejected, handoffs), reasons: own };
    });
    return rows.sort((a, b) => b.rejected - a.rejected || b.handoffs - a.handoffs || (a.rule < b.rule ? -1 : 1));
  }
}

const BANDS = Array.from({ length: 10 }, (_, ten) => `${10 * ten}\u2013${ten === 9 ? TOP_SCORE : 10 * ten + 9}`);

function sumFrom(counts: readonly number[], start: number): number {
  let sum = 0;
  for (let score = start; score < counts.length; score += 1) sum += counts[score] ?? 0;
  return sum;
}

/** The first exit after the handoff says why. */
function reasonOf({ stages }: PersonLedger, handoff: HandoffRow): string {
  const exit = stages.find(
    (entry) => entry.at >= handoff.at && (entry.stage === "recycled" || entry.stage === "disqualified"),
  );
  return exit?.reason || NO_REASON;
}
