/** When the demo's jobs run: three syncs on each working day, one on Sundays, a follow-up every working morning. */
import type { Instant } from "../../core/model/record.ts";

/** A Monday. */
export const DEMO_START: Instant = "2026-03-02T06:00:00.000Z";

export interface ScheduledJob {
  readonly at: Instant;
  readonly job: "sync" | "follow-up";
}

export interface DemoDay {
  /** Counted from 1. */
  readonly day: number;
  readonly jobs: readonly ScheduledJob[];
  /** Its last moment. */
  readonly end: Instant;
}

const FOLLOW_UP_HOUR = 7;
/** Before Europe's morning, before America's, and in the evening of both. */
const WORKING_DAY_HOURS = [8, 13, 18];
const SUNDAY_HOURS = [18];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** So many days with their jobs in order of time. The very first is the sync that meets both systems as they are. */
export function demoSchedule(days: number): readonly DemoDay[] {
  const start = Date.parse(DEMO_START);
  const midnight = start - (start % DAY_MS);
  return Array.from({ length: days }, (_, index): DemoDay => {
    const at = (hour: number): Instant => new Date(midnight + index * DAY_MS + hour * HOUR_MS).toISOString();
    const weekday = new Date(midnight + index * DAY_MS).getUTCDay();
    const isWorkingDay = weekday >= 1 && weekday <= 5;
    const hours = isWorkingDay ? WORKING_DAY_HOURS : SUNDAY_HOURS.filter(() => weekday === 0);
    const jobs: readonly ScheduledJob[] = [
      ...(index === 0 ? [{ at: DEMO_START, job: "sync" as const }] : []),
      ...(isWorkingDay ? [{ at: at(FOLLOW_UP_HOUR), job: "follow-up" as const }] : []),
      ...hours.map((hour) => ({ at: at(hour), job: "sync" as const })),
    ];
    return { day: index + 1, jobs, end: at(24) };
  });
}
