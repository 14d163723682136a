/** Transforms for calendar days and instants: the same day in every time zone, the same second in both systems. */
import type { Converted, Transform } from "../model/mapping.ts";
import type { Instant } from "../model/record.ts";
import { buildTransform, converted, encoded, quoted, refused } from "./build-transform.ts";
import type { TransformOptions } from "./transform-options.ts";

const DAY_MS = 86_400_000;
const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
/** Salesforce writes `+0000` without a colon (REST API Developer Guide, "Valid Date and DateTime Formats"), HubSpot `Z`. */
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)$/i;
const MILLISECONDS = /^-?\d{9,15}$/;

/**
 * A calendar day, `YYYY-MM-DD`. A bare day is that day whatever the zone; midnight UTC in milliseconds is HubSpot's way to say a day
 * (https://developers.hubspot.com/docs/faq/how-should-timestamps-be-formatted-for-hubspots-apis); any other instant is the day it falls on in `timeZone`.
 */
export function dateTransform(options: TransformOptions): Transform {
  const dayOf = dayFormatter(options.timeZone ?? "UTC");
  return buildTransform({
    name: "date",
    type: "date",
    read: (text) => {
      if (DAY.test(text))
        return isRealDay(text) ? converted(text) : refused(`${quoted(text)} is not a day of the calendar`);
      const ms = millisecondsOf(text);
      if (ms === null) return refused(`${quoted(text)} is not a date; write YYYY-MM-DD`);
      const isMidnight = MILLISECONDS.test(text) && ms % DAY_MS === 0;
      return converted(isMidnight ? new Date(ms).toISOString().slice(0, 10) : dayOf(ms));
    },
    write: (text, _system, current, holdsMoment) => {
      if (!isRealDay(text)) return refused(`${quoted(text)} is not a day of the calendar`);
      // A field of moments takes moments only: a day begins at its midnight.
      const takesMoment = holdsMoment || (typeof current === "string" && DATE_TIME.test(current.trim()));
      return encoded(takesMoment ? startOfDay(text, options.timeZone ?? "UTC") : text);
    },
  });
}

/** An instant to the second: Salesforce keeps no fractions, so both sides are compared without them. A bare day is its midnight in `timeZone`. */
export function datetimeTransform(options: TransformOptions): Transform {
  const zone = options.timeZone ?? "UTC";
  const read = (text: string): Converted => {
    if (isRealDay(text)) return converted(startOfDay(text, zone));
    const ms = millisecondsOf(text);
    if (ms === null) return refused(`${quoted(text)} is not a date and time with a zone; write 2026-10-01T12:00:00Z`);
    return converted(wholeSecond(ms));
  };
  return buildTransform({
    name: "datetime",
    type: "datetime",
    read,
    write: (text) => {
      const value = read(text);
      return value.ok ? encoded(value.value) : value;
    },
  });
}

function wholeSecond(ms: number): Instant {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}

function isRealDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** Milliseconds since 1970 of an ISO date-time with a zone, or of milliseconds written as digits; null for anything else. */
function millisecondsOf(text: string): number | null {
  if (MILLISECONDS.test(text)) return Number(text);
  const [, day = "", time = "", seconds = ":00", fraction = "0", zone = ""] = DATE_TIME.exec(text) ?? [];
  if (!isRealDay(day)) return null;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const ms = Date.parse(`${day}T${time}${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}${offset}`);
  return Number.isNaN(ms) ? null : ms;
}

/** The calendar day of an instant in a zone. The Swedish locale writes dates as ISO does. */
function dayFormatter(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (ms) => format.format(ms);
}

/** First instant of the day in the zone. Where the clock jumps over midnight, that is the first instant after the jump. */
function startOfDay(day: string, timeZone: string): Instant {
  const utc = Date.parse(`${day}T00:00:00Z`);
  if (timeZone === "UTC") return new Date(utc).toISOString();
  const dayOf = dayFormatter(timeZone);
  let before = utc - DAY_MS;
  let within = utc + DAY_MS;
  while (within - before > 1000) {
    const middle = Math.floor((before + within) / 2000) * 1000;
    if (dayOf(middle) < day) before = middle;
    else within = middle;
  }
  return new Date(within).toISOString();
}
