/** What happened in the period, beside the period before it, to whomever; what changed most, and what made the difference. */
import type { DealRow, HandoffRow, Moment, PersonLedger } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import { ComparedPeriods, type PeriodBefore } from "./compared-periods.ts";
import type { CountRecording } from "./count-recording.ts";
import { isWithdrawn } from "./handoff-promise.ts";
import { type Currency, hundredthsOf, moneyKey, type Sums, total } from "./money.ts";
import {
  FIGURES,
  type FigureKey,
  type MoneyFigure,
  type Pair,
  PERIOD_FIGURES,
  type PeriodFigure,
  periodFigure,
} from "./period-figures.ts";
import { RECYCLED, type ReportMoments } from "./report-lead.ts";
import { hundredths } from "./statistics.ts";

/** One figure of the period and of the one before it. */
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

const NO_REASON = "(no reason given)";
const CHANGES_TOLD = 3;

interface PairOfSums {
  readonly before: Map<string, Sums>;
  readonly now: Map<string, Sums>;
}

/** Counts the period and the one before it. Without a start there is nothing to compare with, and everything up to now is the period. */
export class ChangeCounter {
  readonly tally = {
    counts: new Map<FigureKey, Map<string, Pair>>(),
    money: { revenue: sums(), pipeline: sums() } satisfies Record<MoneyFigure, PairOfSums>,
  };
  readonly #recording: CountRecording | null;
  readonly #cells: CellTable;
  readonly #periods: ComparedPeriods;
  readonly #asOf: Moment;
  readonly #end: Moment;

  constructor(book: CellBook, moments: ReportMoments) {
    this.#recording = book.recording;
    this.#cells = book.table("periodFigures", ["now"]);
    this.#periods = new ComparedPeriods(moments);
    this.#asOf = moments.asOf;
    this.#end = Math.min(moments.to ?? moments.asOf, moments.asOf);
  }

  get before(): PeriodBefore | null {
    return this.#periods.before;
  }

  /** Counts one person, whenever they first came. */
  add(ledger: PersonLedger, source: string): void {
    for (const entry of ledger.stages) {
      const { stage, place, at } = entry;
      if (!this.hasPart(at) && this.#recording === null) continue;
      if (stage === "mql" || stage === "sal" || stage === "sql" || stage === "opportunity")
        this.count(stage, source, at);
      else if (place >= RECYCLED) {
        this.count("turnedBack", entry.reason || NO_REASON, at);
        this.#name("turnedBack", ledger.person.id, at);
      }
    }
    for (const handoff of ledger.handoffs) this.#addHandoff(ledger.person.id, handoff);
    for (const deal of ledger.deals) if (deal.counts) this.#addDeal(deal, source);
  }

  /** The three that changed most, the most first; a change that chance explains (below one standard error) is none. */
  changes(currency: Currency): readonly PeriodChange[] {
    if (this.before === null) return [];
    // What was opened is told by its money.
    const counted = [...this.tally.counts].flatMap(([key, pairs]) =>
      key === "opened" ? [] : [this.#changeOf(key, pairs)],
    );
    const money = [this.#moneyChange("revenue", "won", currency), this.#moneyChange("pipeline", "opened", currency)];
    const all = [...counted, ...money].filter((change) => change.weight >= 1);
    return all.sort((a, b) => b.weight - a.weight || (a.figure < b.figure ? -1 : 1)).slice(0, CHANGES_TOLD);
  }

  /** What the page shows as tiles. */
  figures(currency: Currency): readonly PeriodFigure[] {
    const isCompared = this.before !== null;
    return PERIOD_FIGURES.map((figure) => {
      const isMoney = figure === "revenue" || figure === "pipeline";
      if (!isMoney) return periodFigure(figure, sumOf(this.tally.counts.get(figure) ?? new Map()), isCompared);
      const amounts = { before: this.#sums(figure, "before"), now: this.#sums(figure, "now") };
      const pair = { before: total(amounts.before, currency), now: total(amounts.now, currency) };
      return periodFigure(figure, pair, isCompared);
    });
  }

  /** What was earned and opened in the period, by what it is and by currency. */
  moneyNow(): readonly (readonly [what: string, sums: Sums])[] {
    return [
      ["the period's revenue", this.#sums("revenue", "now")],
      ["the period's new pipeline", this.#sums("pipeline", "now")],
    ];
  }

  /** Of all sources together: what is rounded for each of them would miss it. */
  #sums(figure: MoneyFigure, side: keyof Pair): Sums {
    const all: Sums = new Map();
    for (const ofSource of this.tally.money[figure][side].values())
      for (const [key, amount] of ofSource) all.set(key, (all.get(key) ?? 0) + amount);
    return all;
  }

  #addHandoff(id: string, handoff: HandoffRow): void {
    const { deadline, endedAt, ownerEmail, outcome } = handoff;
    // Late until it was withdrawn: that depends on when the period ends.
    if (outcome === "withdrawn") this.#recording?.giveUp();
    if (endedAt <= deadline || isWithdrawn(handoff, this.#end)) return;
    this.count("late", ownerEmail, deadline);
    // A deadline that is only now is not missed yet; who has a line has none.
    if (deadline !== this.#asOf) this.#name("late", id, deadline);
  }

  #addDeal(deal: DealRow, source: string): void {
    const { opportunityId: id, openedAt, stageAt } = deal;
    const money = deal.amount === null ? null : hundredthsOf(deal.amount);
    if (this.hasPart(openedAt) || this.#recording !== null) {
      this.count("opened", source, openedAt);
      this.#name("opened", id, openedAt);
      if (money !== null) this.earn("pipeline", source, moneyKey(deal), money, openedAt);
    }
    if (!deal.closed || (!this.hasPart(stageAt) && this.#recording === null)) return;
    const figure = deal.won ? "won" : "lost";
    this.count(figure, deal.won ? source : (deal.lostReason ?? NO_REASON), stageAt);
    this.#name(figure, id, stageAt);
    if (deal.won && money !== null) this.earn("revenue", source, moneyKey(deal), money, stageAt);
  }

  /** Puts the record behind the period's own number. */
  #name(figure: FigureKey, id: string, at: Moment): void {
    if (this.#recording !== null || this.#periods.isNow(at)) this.#cells.add(figure, 0, id);
  }

  /** Adds money of a source. */
  earn(figure: MoneyFigure, source: string, key: string, amount: number, at: Moment): void {
    if (this.#recording !== null) {
      this.#recording.changedMoney(figure, source, key, amount);
      return;
    }
    const { before, now } = this.tally.money[figure];
    const bySource = this.#periods.isNow(at) ? now : before;
    const ofSource = bySource.get(source) ?? new Map<string, number>();
    bySource.set(source, ofSource);
    ofSource.set(key, (ofSource.get(key) ?? 0) + amount);
  }

  /** Whether what happens then is part of the period or of the one before it. */
  hasPart(at: Moment): boolean {
    return this.#periods.isNow(at) || this.#periods.isBefore(at);
  }

  /** Counts one of the figure under that name. */
  count(key: FigureKey, name: string, at: Moment): void {
    if (this.#recording !== null) {
      this.#recording.at(at);
      this.#recording.changed(key, name);
      return;
    }
    // A deadline that is only now is not missed yet.
    if (key === "late" && at === this.#asOf) return;
    if (this.#periods.isNow(at)) this.pairOf(key, name).now += 1;
    else if (this.#periods.isBefore(at)) this.pairOf(key, name).before += 1;
  }

  /** Where the figure is counted under that name. */
  pairOf(key: FigureKey, name: string): Pair {
    const pairs = this.tally.counts.get(key) ?? new Map<string, Pair>();
    this.tally.counts.set(key, pairs);
    const pair = pairs.get(name) ?? { before: 0, now: 0 };
    pairs.set(name, pair);
    return pair;
  }

  /** Whether it is part of the period before. */
  isBefore(at: Moment): boolean {
    return this.#periods.isBefore(at);
  }

  #changeOf(key: FigureKey, pairs: ReadonlyMap<string, Pair>): PeriodChange {
    const { name, unit, by } = FIGURES[key];
    const { before, now } = sumOf(pairs);
    const weight = Math.abs(now - before) / Math.sqrt(now + before || 1);
    return { figure: name, unit, before, now, because: causeOf(pairs, by, now - before), weight: hundredths(weight) };
  }

  /** Money moves by single deals, so it weighs what the deals behind it weigh. */
  #moneyChange(key: MoneyFigure, counted: FigureKey, currency: Currency): PeriodChange {
    const pairs = this.#moneyPairs(key, currency);
    const { before, now } = sumOf(pairs);
    const deals = sumOf(this.tally.counts.get(counted) ?? new Map());
    const count = deals.before + deals.now;
    const typical = count === 0 ? 0 : (before + now) / count;
    const weight = typical <= 0 ? 0 : Math.abs(now - before) / (typical * Math.sqrt(2 * count));
    const { name, unit, by } = FIGURES[key];
    return { figure: name, unit, before, now, because: causeOf(pairs, by, now - before), weight: hundredths(weight) };
  }

  #moneyPairs(key: MoneyFigure, currency: Currency): ReadonlyMap<string, Pair> {
    const { before, now } = this.tally.money[key];
    const sources = new Set([...before.keys(), ...now.keys()]);
    return new Map(
      [...sources].map((source): [string, Pair] => [
        source,
        { before: total(before.get(source), currency), now: total(now.get(source), currency) },
      ]),
    );
  }
}

function sums(): PairOfSums {
  return { before: new Map<string, Sums>(), now: new Map<string, Sums>() };
}

/** Of amounts in hundredths, too. */
function sumOf(pairs: ReadonlyMap<string, Pair>): Pair {
  const sum = { before: 0, now: 0 };
  for (const { before, now } of pairs.values()) {
    sum.before += before;
    sum.now += now;
  }
  return { before: hundredths(sum.before), now: hundredths(sum.now) };
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
    best = { by, name, before: hundredths(before), now: hundredths(now) };
  }
  return best;
}
