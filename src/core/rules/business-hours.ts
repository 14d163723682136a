/** Counts working hours in an owner's own time zone, weekends and holidays left out. */
import type { DaysOff } from "../model/follow-up.ts";
import type { Instant } from "../model/record.ts";

/** When people work. Days are ISO weekdays (1 Monday to 7 Sunday); hours are minutes since local midnight, `closes` at most 1440. */
export interface WorkingCalendar {
  /** IANA name; one that this machine does not know is taken as UTC. */
  readonly timeZone: string;
  readonly days: ReadonlySet<number>;
  readonly opens: number;
  readonly closes: number;
  /** Local dates (`YYYY-MM-DD`) on which nobody works. */
  readonly holidays: DaysOff;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A calendar without a working day in so long has none. */
const MOST_DAYS = 3660;

/** Monday to Friday, 9 to 17. */
export function standardWeek(timeZone: string, holidays: DaysOff = new Set()): WorkingCalendar {
  return { timeZone, days: new Set([1, 2, 3, 4, 5]), opens: 9 * 60, closes: 17 * 60, holidays };
}

/**
 * The instant at which `hours` working hours have passed since `start`. Clock changes are counted as they happen: an hour is an hour. With nothing to
 * count it is `start`; where the calendar has no working time at all, plain hours are counted.
 */
export function addWorkingHours(start: Instant, hours: number, calendar: WorkingCalendar): Instant {
  let remaining = hours * HOUR_MS;
  let at = Date.parse(start);
  if (!(remaining > 0)) return new Date(at).toISOString();
  let date = localDate(at, calendar.timeZone);
  for (let day = 0; day < MOST_DAYS; day += 1) {
    if (isWorkingDay(date, calendar)) {
      const opens = Math.max(at, instantOf(date, calendar.opens, calendar.timeZone));
      const closes = instantOf(date, calendar.closes, calendar.timeZone);
      const open = Math.max(0, closes - opens);
      if (remaining <= open) return new Date(opens + remaining).toISOString();
      remaining -= open;
      at = Math.max(at, closes);
    }
    date = nextDate(date, 1);
  }
  return new Date(Date.parse(start) + hours * HOUR_MS).toISOString();
}

/** Whether anybody works at that instant: from the moment the day opens until it closes. */
export function isWorkingTime(at: Instant, calendar: WorkingCalendar): boolean {
  const ms = Date.parse(at);
  const date = localDate(ms, calendar.timeZone);
  const opens = instantOf(date, calendar.opens, calendar.timeZone);
  return isWorkingDay(date, calendar) && ms >= opens && ms < instantOf(date, calendar.closes, calendar.timeZone);
}

/** The local date `days` days after `start`, moved on to the next working day (`YYYY-MM-DD`). */
export function workingDateAfter(start: Instant, days: number, calendar: WorkingCalendar): string {
  const wished = nextDate(localDate(Date.parse(start), calendar.timeZone), days);
  let date = wished;
  for (let day = 0; day < MOST_DAYS; day += 1) {
    if (isWorkingDay(date, calendar)) return date;
    date = nextDate(date, 1);
  }
  return wished;
}

/** So many working days later, at the same local time where that is working time, else when the day opens or closes. */
export function addWorkingDays(start: Instant, days: number, calendar: WorkingCalendar): Instant {
  const at = Date.parse(start);
  const date = localDate(at, calendar.timeZone);
  const minute = (at - instantOf(date, 0, calendar.timeZone)) / MINUTE_MS;
  const clock = Math.min(calendar.closes, Math.max(calendar.opens, minute));
  let reached = date;
  for (let left = days, day = 0; day < MOST_DAYS; day += 1) {
    if (left <= 0 && isWorkingDay(reached, calendar)) {
      return new Date(instantOf(reached, clock, calendar.timeZone)).toISOString();
    }
    reached = nextDate(reached, 1);
    if (left > 0 && isWorkingDay(reached, calendar)) left -= 1;
  }
  return new Date(at + days * DAY_MS).toISOString();
}

/** An instant as a person in that zone would write it: `Mon 2026-10-05 15:30`. */
export function localText(at: Instant, timeZone: string): string {
  const local = new Date(Date.parse(at) + offsetMs(Date.parse(at), timeZone));
  const text = local.toISOString();
  return `${["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][local.getUTCDay()]} ${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

function isWorkingDay(date: string, calendar: WorkingCalendar): boolean {
  const weekday = new Date(date).getUTCDay() || 7;
  return calendar.days.has(weekday) && !calendar.holidays.has(date);
}

function nextDate(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

function localDate(atMs: number, timeZone: string): string {
  return new Date(atMs + offsetMs(atMs, timeZone)).toISOString().slice(0, 10);
}

/** The instant of a local time. The second guess is right also where the clock changed between the first one and the answer. */
function instantOf(date: string, minutes: number, timeZone: string): number {
  const local = Date.parse(date) + minutes * MINUTE_MS;
  const guess = local - offsetMs(local, timeZone);
  return local - offsetMs(guess, timeZone);
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

/** How far the zone's clock is ahead of UTC at that instant. */
function offsetMs(atMs: number, timeZone: string): number {
  const format = formatOf(timeZone);
  if (format === null) return 0;
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  return local - Math.floor(atMs / 1000) * 1000;
}

/** Making a format costs more than using it a hundred times. */
function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = makeFormat(timeZone);
  formats.set(timeZone, made);
  return made;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (error) {
    // An owner's zone comes from the other system: one that is not known here must not stop a handoff.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
