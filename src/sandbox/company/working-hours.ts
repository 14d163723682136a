/** When people are at work, and when they are awake: weekends are quiet, nights are quieter. */
import type { Random } from "../random.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Saturday or Sunday at this offset from UTC. */
export function isWeekend(at: number, utcOffset: number): boolean {
  const day = new Date(at + utcOffset * HOUR_MS).getUTCDay();
  return day === 0 || day === 6;
}

/** The first moment at `at` or later when it is the given hour of a working day there. */
export function nextWorkingDayAt(at: number, utcOffset: number, hour: number): number {
  const local = at + utcOffset * HOUR_MS;
  let moment = Math.floor(local / DAY_MS) * DAY_MS + hour * HOUR_MS;
  while (moment < local || isWeekend(moment, 0)) moment += DAY_MS;
  return moment - utcOffset * HOUR_MS;
}

/** `at` itself when it lies between 9 and half past 17 of a working day there; else some time in the next working morning. */
export function workingMoment(at: number, utcOffset: number, random: Random): number {
  const hour = ((at + utcOffset * HOUR_MS) % DAY_MS) / HOUR_MS;
  if (!isWeekend(at, utcOffset) && hour >= 9 && hour < 17.5) return at;
  return nextWorkingDayAt(at, utcOffset, 9) + random.integer(0, 150) * MINUTE_MS;
}

/** `at` itself when people there are awake and, mostly, it is a weekday; else some time later. */
export function wakingMoment(at: number, utcOffset: number, random: Random): number {
  const hour = ((at + utcOffset * HOUR_MS) % DAY_MS) / HOUR_MS;
  if (isWeekend(at, utcOffset) && random.chance(0.75)) return workingMoment(at, utcOffset, random);
  if (hour >= 7 && hour < 22) return at;
  const morning = hour >= 22 ? 24 + 7 - hour : 7 - hour;
  return at + morning * HOUR_MS + random.integer(0, 240) * MINUTE_MS;
}
