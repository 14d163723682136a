/** Decides which moments belong to the period of a report, and which to the one before it that it is held against. */
import type { Moment } from "../model/report-row.ts";
import { isWithin } from "./cohorts.ts";
import { instantAt } from "./moment.ts";
import type { ReportMoments } from "./report-lead.ts";

/** What the period is held against: as long a time before it, of calendar months as many months; of a period that is still running, as much of it as has gone by. */
export interface PeriodBefore {
  readonly from: string;
  readonly to: string;
  /** The period is not over, so this is only a part of the one before. */
  readonly isPart: boolean;
}

/**
 * The period is [from, to), and nothing after `asOf`; what holds as of that moment includes what happened at it. Where a period is running, its first so many
 * days are held against as many first days of the one before: two weeks of a month against a whole one would always be less. Before March is February, as
 * the report of February tells it, not the 31 days before.
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
    const first = from ?? Number.NaN;
    const end = to ?? asOf;
    const hasBegun = asOf >= first && end > first;
    const isPart = to !== null && asOf < to;
    this.#moments = moments;
    this.#start = hasBegun ? startBefore(first, end) : Number.NaN;
    // A month may be shorter than what has gone by of the next one.
    this.#end = isPart ? Math.min(this.#start + (asOf - first), first) : first;
    this.#isClosed = this.#end < first;
    this.before = hasBegun ? { from: instantAt(this.#start), to: instantAt(this.#end), isPart } : null;
  }

  isNow(at: Moment): boolean {
    return isWithin(at, this.#moments);
  }

  isBefore(at: Moment): boolean {
    return at >= this.#start && (at < this.#end || (this.#isClosed && at === this.#end));
  }
}

/** When the period before the one from `first` to `end` began. */
function startBefore(first: Moment, end: Moment): Moment {
  const [from, to] = [monthAt(first), monthAt(end)];
  return from === null || to === null ? first - (end - first) : Date.UTC(1970, from - (to - from), 1);
}

/** Months since January 1970, of a moment at which one begins (UTC); null for any other. */
function monthAt(at: Moment): number | null {
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return Date.UTC(year, month, 1) === at ? (year - 1970) * 12 + month : null;
}
