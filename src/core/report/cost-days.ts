/** Which days a cost is spread over, and which of them belong to a report: whole days in UTC, for costs of both sources alike. */
import type { ReportMoments } from "./report-lead.ts";

/** Whole days since 1970, both counted. */
export interface Days {
  readonly first: number;
  readonly last: number;
}

const DAY_MS = 86_400_000;

/** Those of the report's period, as far as they have come. */
export function daysOf({ asOf, from, to }: ReportMoments): Days {
  const until = to === null ? asOf : Math.min(to - 1, asOf);
  return {
    first: from === null ? Number.NEGATIVE_INFINITY : Math.floor(from / DAY_MS),
    last: Math.floor(until / DAY_MS),
  };
}

/** Those of a month such as 2026-03. */
export function daysOfMonth(month: string): Days {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return { first: Date.UTC(year, number - 1, 1) / DAY_MS, last: Date.UTC(year, number, 1) / DAY_MS - 1 };
}

/** The day of a date or an instant; null where there is none. */
export function dayOf(date: string | null): number | null {
  const day = date === null ? Number.NaN : Date.parse(date.slice(0, 10)) / DAY_MS;
  return Number.isNaN(day) ? null : day;
}

export function overlap(one: Days, other: Days): Days {
  return { first: Math.max(one.first, other.first), last: Math.min(one.last, other.last) };
}

export function lengthOf({ first, last }: Days): number {
  return Math.max(0, last - first + 1);
}
