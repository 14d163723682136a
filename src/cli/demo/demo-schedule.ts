/** When the demo's jobs run: three syncs on each working day, one on each day of a weekend, a follow-up every working morning. */
import type { Instant } from "../../core/model/record.ts";

/** A Monday. */
export const DEMO_START: Instant = "2026-03-02T06:00:00.000Z";

export interface ScheduledJob {
  readonly at: Instant;
  /** Counted from 1. */
  readonly day: number;
  readonly job: "sync" | "follow-up";
}

const FOLLOW_UP_HOUR = 7;
/** Before Europe's morning, before America's, and in the evening of both. */
const WORKING_DAY_HOURS = [8, 13, 18];
const WEEKEND_HOURS = [12];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The jobs of so many days, in order of time. The very first is the sync that meets both systems as they are. */
export function demoSchedule(days: number): readonly ScheduledJob[] {
  const start = Date.parse(DEMO_START);
  const midnight = start - (start % DAY_MS);
  const jobs: ScheduledJob[] = [{ at: DEMO_START, day: 1, job: "sync" }];
  for (let day = 0; day < days; day += 1) {
    const at = (hour: number): Instant => new Date(midnight + day * DAY_MS + hour * HOUR_MS).toISOString();
    const weekday = new Date(midnight + day * DAY_MS).getUTCDay();
    const isWeekend = weekday === 0 || weekday === 6;
    if (!isWeekend) jobs.push({ at: at(FOLLOW_UP_HOUR), day: day + 1, job: "follow-up" });
    const hours = isWeekend ? WEEKEND_HOURS : WORKING_DAY_HOURS;
    for (const hour of hours) jobs.push({ at: at(hour), day: day + 1, job: "sync" });
  }
  return jobs;
}
