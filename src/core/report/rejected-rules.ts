/** Which scoring rules had passed the leads that sales rejected, beside how often sales rejects at all. */
import type { HandoffRow, PersonLedger } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import { isWithin } from "./cohorts.ts";
import type { ReportMoments } from "./report-lead.ts";
import { hundredths, type Rate, rate } from "./statistics.ts";

/** What sales made of handoffs of the period. */
export interface HandoffAnswers {
  readonly handoffs: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Of those answered. */
  readonly rejectedRate: Rate;
}

/** Handoffs that a scoring rule had given points to. */
export interface RuleRow extends HandoffAnswers {
  readonly rule: string;
  /** Rejections beyond those that the rate of all handoffs explains; below zero where there were fewer. */
  readonly excess: number;
  readonly reasons: readonly { readonly reason: string; readonly handoffs: number }[];
}

export interface RejectedRules {
  /** The most rejections beyond the overall rate first. */
  readonly rules: readonly RuleRow[];
  /** Of all handoffs of the period, whatever had given them points. */
  readonly rulesOverall: HandoffAnswers;
}

const NO_REASON = "(no reason given)";
const COLUMNS = ["handoffs", "accepted", "rejected"] as const;

export class RuleCounter {
  readonly #rules: CellTable;
  readonly #overall: CellTable;
  readonly #reasons: CellTable;
  readonly #moments: ReportMoments;
  readonly #book: CellBook;

  constructor(book: CellBook, moments: ReportMoments) {
    this.#book = book;
    this.#moments = moments;
    this.#rules = book.table("rules", COLUMNS);
    this.#overall = book.table("rulesOverall", COLUMNS);
    this.#reasons = book.table("rejectedRules", ["handoffs"]);
  }

  add(ledger: PersonLedger): void {
    const { id } = ledger.person;
    for (const handoff of ledger.handoffs) {
      if (!isWithin(handoff.at, this.#moments)) continue;
      this.#book.recording?.at(handoff.at);
      const outcome = handoff.endedAt <= this.#moments.asOf ? handoff.outcome : "open";
      const columns = 0b001 | (outcome === "accepted" ? 0b010 : 0) | (outcome === "rejected" ? 0b100 : 0);
      this.#overall.row("all").addToAll(columns, id);
      const reason = outcome === "rejected" ? reasonOf(ledger, handoff) : "";
      for (const rule of new Set(handoff.reasons.map((one) => one.rule))) {
        this.#rules.row(rule).addToAll(columns, id);
        if (outcome === "rejected") this.#reasons.add(`${rule}: ${reason}`, 0, id);
      }
    }
  }

  rejectedRules(): RejectedRules {
    const reasons = [...this.#reasons.rows].map(([name, row]) => {
      const [rule = "", ...reason] = name.split(": ");
      return { rule, reason: reason.join(": "), handoffs: row.count(0) };
    });
    const overall = answersOf(this.#overall.rows.get("all")?.counts ?? []);
    const share = (overall.rejectedRate.percent ?? 0) / 100;
    const rules = [...this.#rules.rows].map(([rule, row]): RuleRow => {
      const answers = answersOf(row.counts);
      const own = reasons
        .filter((one) => one.rule === rule)
        .map(({ reason, handoffs }) => ({ reason, handoffs }))
        .sort((a, b) => b.handoffs - a.handoffs || (a.reason < b.reason ? -1 : 1));
      const excess = hundredths(answers.rejected - share * answers.rejectedRate.of);
      return { rule, ...answers, excess, reasons: own };
    });
    rules.sort((a, b) => b.excess - a.excess || b.handoffs - a.handoffs || (a.rule < b.rule ? -1 : 1));
    return { rules, rulesOverall: overall };
  }
}

function answersOf([handoffs = 0, accepted = 0, rejected = 0]: readonly number[]): HandoffAnswers {
  return { handoffs, accepted, rejected, rejectedRate: rate(rejected, accepted + rejected) };
}

/** The first exit after the handoff says why. */
function reasonOf({ stages }: PersonLedger, handoff: HandoffRow): string {
  const exit = stages.find(
    (entry) => entry.at >= handoff.at && (entry.stage === "recycled" || entry.stage === "disqualified"),
  );
  return exit?.reason || NO_REASON;
}
