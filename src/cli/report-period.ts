/** The period that a command is asked for, by its ends or by its name. */
import type { Instant } from "../core/model/record.ts";
import type { ReportWindow } from "../core/report/report-figures.ts";
import { PERIODS, periodWindow, type ReportPeriod, reportWindow } from "../jobs/report-job.ts";
import { UsageError } from "./command-failure.ts";

export interface PeriodOptions {
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: string;
  readonly period?: string;
}

/** Throws UsageError for what is no date, no period, or ends before it begins. */
export function checkPeriod(options: PeriodOptions): void {
  askedOf(options);
  periodOf(options);
}

export function windowOf(options: PeriodOptions, now: Instant): ReportWindow {
  const asked = askedOf(options);
  const period = periodOf(options);
  return period === null ? reportWindow(asked, now) : periodWindow(period, now);
}

function askedOf(options: PeriodOptions): Partial<Record<"from" | "to" | "asOf", Instant | undefined>> {
  const asked = {
    from: instantOf(options.from, "--from"),
    to: instantOf(options.to, "--to"),
    asOf: instantOf(options.asOf, "--as-of"),
  };
  if (asked.from !== undefined && asked.to !== undefined && asked.from >= asked.to) {
    throw new UsageError("--from must be before --to, which is not part of the period any more");
  }
  return asked;
}

function periodOf(options: PeriodOptions): ReportPeriod | null {
  const { period } = options;
  if (period === undefined) return null;
  if (options.from !== undefined || options.to !== undefined)
    throw new UsageError("--period names both ends itself; leave out --from and --to");
  const known = PERIODS.find((name) => name === period);
  if (known === undefined) throw new UsageError(`--period takes ${PERIODS.join(" or ")}, not "${period}"`);
  return known;
}

/** A date is its first moment in UTC. */
function instantOf(text: string | undefined, option: string): Instant | undefined {
  if (text === undefined) return undefined;
  const isDate = /^\d{4}-\d{2}-\d{2}/.test(text);
  const ms = isDate ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new UsageError(
      `${option} takes a date such as 2026-03-31 or an instant such as 2026-03-31T12:00:00Z, not "${text}"`,
    );
  return new Date(ms).toISOString();
}
