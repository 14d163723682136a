/** Decides which moments belong to the period of a report, and which to the one before it that it is held against. */
import type { Moment } from "../model/report-row.ts";
import { isWithin } from "./cohorts.ts";
import { instantAt } from "./moment.ts";
import type { ReportMoments } from "./report-lead.ts";

/** What the period is held against: the time of the same length before it; of a period that is still running, as much of it as has gone by. */
export interface PeriodBefore {
  readonly from: string;
  readonly to: string;
  /** The period is not over, so this is only a part of the one before. */
  readonly isPart: boolean;
}

/**
 * The period is [from, to), and nothing after `asOf`; what holds as of that moment includes what happened at it. Where a period is running, its first so many
 * days are held against as many first days of the one before: two weeks of a month against a whole one would always be less.
 */
export class ComparedPeriods {
  readonly before: PeriodBefore | null;
  readonly #moments: ReportMoments;
  readonly #start: Moment;
  readonly #end: Moment;
  /** Whether a moment at the very end still belongs to it. */
  readonly #isClosed: boolean;

  constructor(moments: ReportMoments) {
    const { asOf, from, to } = moments;
    const length = from === null ? 0 : (to ?? asOf) - from;
    const hasBegun = from !== null && asOf >= from && length > 0;
    const isPart = to !== null && asOf < to;
    const first = from ?? Number.NaN;
    this.#moments = moments;
    this.#start = hasBegun ? first - length : Number.NaN;
    this.#end = isPart ? this.#start + (asOf - first) : first;
    this.#isClosed = isPart;
    this.before = hasBegun ? { from: instantAt(this.#start), to: instantAt(this.#end), isPart } : null;
  }

  isNow(at: Moment): boolean {
    return isWithin(at, this.#moments);
  }

  isBefore(at: Moment): boolean {
    return at >= this.#start && (at < this.#end || (this.#isClosed && at === this.#end));
  }
}
