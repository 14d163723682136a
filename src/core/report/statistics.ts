/** The few statistics a report shows: shares with their uncertainty, quantiles, days between instants. */
import type { Instant } from "../model/record.ts";

const DAY_MS = 86_400_000;

/** `count` of `of`, in percent with two decimals, between `low` and `high` with 95 % confidence. Null figures where there is nothing to divide by. */
export interface Rate {
  readonly of: number;
  readonly count: number;
  readonly percent: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Share with Wilson's score interval (E. B. Wilson, 1927), which stays honest for small counts and for 0 and 100 %. */
export function rate(count: number, of: number): Rate {
  if (of === 0) return { of, count, percent: null, low: null, high: null };
  const z = 1.959964;
  const share = count / of;
  const scale = 1 + (z * z) / of;
  const middle = (share + (z * z) / (2 * of)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const percent = (value: number): number => hundredths(Math.min(1, Math.max(0, value)) * 100);
  return {
    of,
    count,
    percent: Math.round((count * 10_000) / of) / 100,
    low: percent(middle - half),
    high: percent(middle + half),
  };
}

/** Middle and slow end of a list of durations, in days with two decimals. */
export interface Spread {
  readonly count: number;
  readonly medianDays: number | null;
  readonly p90Days: number | null;
}

export function spread(days: readonly number[]): Spread {
  const { median, p90 } = middleAndSlowEnd(days);
  return { count: days.length, medianDays: median, p90Days: p90 };
}

/** Median and 90th percentile with two decimals, in the unit of the values; null when there are none. */
export function middleAndSlowEnd(values: readonly number[]): {
  readonly median: number | null;
  readonly p90: number | null;
} {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p90: quantile(sorted, 0.9) };
}

/** Linear between the two nearest values (Hyndman and Fan's type 7, as spreadsheets do), so that 0.5 is the usual median. */
function quantile(sorted: readonly number[], share: number): number | null {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) return null;
  return hundredths(below + (above - below) * (place - Math.floor(place)));
}

/** Days from one instant to another; negative when the second came first. */
export function daysBetween(from: Instant, to: Instant): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS;
}

/** Two decimals, and never "-0". */
export function hundredths(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
