/** What changed most against the period before, and what made the difference: the three lines a reader needs when there is no time for more. */
import type { DealRow, HandoffRow, Moment, PersonLedger } from "../model/report-row.ts";
import type { CountRecording } from "./count-recording.ts";
import { isWithdrawn } from "./handoff-promise.ts";
import { type Currency, hundredthsOf, moneyKey, type Sums, total } from "./money.ts";
import { RECYCLED, type ReportMoments } from "./report-lead.ts";

/** One figure of the period and of the period of the same length before it. */
export interface PeriodChange {
  readonly figure: string;
  readonly unit: "people" | "handoffs" | "money" | "deals";
  readonly before: number;
  readonly now: number;
  /** What moved most in the same direction: a source, an owner or a reason; null where nothing stands out. */
  readonly because: {
    readonly by: string;
    readonly name: string;
    readonly before: number;
    readonly now: number;
  } | null;
  /** How far the change is from chance, in standard errors of two counts. */
  readonly weight: number;
}

interface Figure {
  readonly name: string;
  readonly unit: PeriodChange["unit"];
  readonly by: string;
}

const FIGURES = {
  mql: { name: "New MQLs", unit: "people", by: "source" },
  sql: { name: "New SQLs", unit: "people", by: "source" },
  opportunity: { name: "New opportunities", unit: "people", by: "source" },
  won: { name: "Won deals", unit: "deals", by: "source" },
  lost: { name: "Lost deals", unit: "deals", by: "reason" },
  turnedBack: { name: "Sent back or disqualified", unit: "people", by: "reason" },
  late: { name: "Handoffs not answered in time", unit: "handoffs", by: "owner" },
  revenue: { name: "Revenue", unit: "money", by: "source" },
} as const satisfies Readonly<Record<string, Figure>>;
export type FigureKey = keyof typeof FIGURES;

const NO_REASON = "(no reason given)";
const CHANGES_TOLD = 3;

interface Pair {
  before: number;
  now: number;
}

/** Counts the period [from, to) and the one before it. Without a start there is nothing to compare with. */
export class ChangeCounter {
  readonly tally = {
    counts: new Map<FigureKey, Map<string, Pair>>(),
    revenue: { before: new Map<string, Sums>(), now: new Map<string, Sums>() },
  };
  readonly #recording: CountRecording | null;
  readonly #start: Moment;
  readonly #middle: Moment;
  readonly #end: Moment;

  constructor({ asOf, from, to }: ReportMoments, recording: CountRecording | null) {
    this.#recording = recording;
    this.#middle = from ?? Number.NaN;
    this.#end = Math.min(to ?? asOf, asOf);
    this.#start = this.#middle - ((to ?? asOf) - this.#middle);
  }

  /** Counts one person, whenever they first came. */
  add(ledger: PersonLedger, source: string): void {
    if (Number.isNaN(this.#middle) && this.#recording === null) return;
    for (const entry of ledger.stages) {
      const { stage, place, at } = entry;
      if (!this.hasPart(at) && this.#recording === null) continue;
      if (stage === "mql" || stage === "sql" || stage === "opportunity") this.count(stage, source, at);
      else if (place >= RECYCLED) this.count("turnedBack", entry.reason || NO_REASON, at);
    }
    for (const handoff of ledger.handoffs) this.#addHandoff(handoff);
    for (const deal of ledger.deals) if (deal.closed && deal.counts) this.#addDeal(deal, source);
  }

  /** The three that changed most, the most first; a change that chance explains (below one standard error) is none. */
  changes(currency: Currency): readonly PeriodChange[] {
    const counted = [...this.tally.counts].map(([key, pairs]) => this.#changeOf(key, pairs));
    const all = [...counted, this.#revenueChange(currency)].filter((change) => change.weight >= 1);
    return all.sort((a, b) => b.weight - a.weight || (a.figure < b.figure ? -1 : 1)).slice(0, CHANGES_TOLD);
  }

  #addHandoff(handoff: HandoffRow): void {
    const { deadline, endedAt, ownerEmail, outcome } = handoff;
    // Late until it was withdrawn: that depends on when the period ends.
    if (outcome === "withdrawn") this.#recording?.giveUp();
    if (!(endedAt <= deadline) && !isWithdrawn(handoff, this.#end)) this.count("late", ownerEmail, deadline);
  }

  #addDeal(deal: DealRow, source: string): void {
    const { stageAt: at } = deal;
    if (!this.hasPart(at) && this.#recording === null) return;
    if (!deal.won) {
      this.count("lost", deal.lostReason ?? NO_REASON, at);
      return;
    }
    this.count("won", source, at);
    if (deal.amount !== null) this.earn(source, moneyKey(deal), hundredthsOf(deal.amount), at);
  }

  /** Adds revenue of a source. */
  earn(source: string, key: string, amount: number, at: Moment): void {
    if (this.#recording !== null) {
      this.#recording.changedRevenue(source, key, amount);
      return;
    }
    const sums = at >= this.#middle ? this.tally.revenue.now : this.tally.revenue.before;
    const ofSource = sums.get(source) ?? new Map<string, number>();
    sums.set(source, ofSource);
    ofSource.set(key, (ofSource.get(key) ?? 0) + amount);
  }

  /** Whether what happens then is part of the period or of the one before it. */
  hasPart(at: Moment): boolean {
    return at >= this.#start && at < this.#end;
  }

  /** Counts one of the figure under that name. */
  count(key: FigureKey, name: string, at: Moment): void {
    if (this.#recording !== null) {
      this.#recording.at(at);
      this.#recording.changed(key, name);
      return;
    }
    if (!this.hasPart(at)) return;
    const pairs = this.tally.counts.get(key) ?? new Map<string, Pair>();
    this.tally.counts.set(key, pairs);
    const pair = pairs.get(name) ?? { before: 0, now: 0 };
    pairs.set(name, pair);
    if (at >= this.#middle) pair.now += 1;
    else pair.before += 1;
  }

  #changeOf(key: FigureKey, pairs: ReadonlyMap<string, Pair>): PeriodChange {
    const { name, unit, by } = FIGURES[key];
    const before = sumOf(pairs, "before");
    const now = sumOf(pairs, "now");
    const weight = Math.abs(now - before) / Math.sqrt(now + before || 1);
    return { figure: name, unit, before, now, because: causeOf(pairs, by, now - before), weight: rounded(weight) };
  }

  /** Money moves by single deals, so it weighs what the deals behind it weigh. */
  #revenueChange(currency: Currency): PeriodChange {
    const sources = new Set([...this.tally.revenue.before.keys(), ...this.tally.revenue.now.keys()]);
    const pairs = new Map(
      [...sources].map((source): [string, Pair] => [
        source,
        {
          before: total(this.tally.revenue.before.get(source), currency),
          now: total(this.tally.revenue.now.get(source), currency),
        },
      ]),
    );
    const before = rounded(sumOf(pairs, "before"));
    const now = rounded(sumOf(pairs, "now"));
    const deals = this.tally.counts.get("won") ?? new Map<string, Pair>();
    const count = sumOf(deals, "before") + sumOf(deals, "now");
    const typical = count === 0 ? 0 : (before + now) / count;
    const weight = typical <= 0 ? 0 : Math.abs(now - before) / (typical * Math.sqrt(2 * count));
    const { name, unit, by } = FIGURES.revenue;
    return { figure: name, unit, before, now, because: causeOf(pairs, by, now - before), weight: rounded(weight) };
  }
}

function sumOf(pairs: ReadonlyMap<string, Pair>, side: keyof Pair): number {
  let sum = 0;
  for (const pair of pairs.values()) sum += pair[side];
  return sum;
}

/** The name that moved most in the direction of the whole; equal ones by name. */
function causeOf(pairs: ReadonlyMap<string, Pair>, by: string, difference: number): PeriodChange["because"] {
  if (difference === 0) return null;
  const sign = Math.sign(difference);
  let best: PeriodChange["because"] = null;
  let moved = 0;
  for (const [name, { before, now }] of [...pairs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const change = sign * (now - before);
    if (change <= moved) continue;
    moved = change;
    best = { by, name, before: rounded(before), now: rounded(now) };
  }
  return best;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
