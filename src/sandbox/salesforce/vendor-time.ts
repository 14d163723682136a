/** Turns times into the texts Salesforce sends, and the texts clients send into those. */

const dateTimeShape = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})$/;
const dateShape = /^\d{4}-\d{2}-\d{2}$/;

let lastSecond = Number.NaN;
let lastStamp = "";

/** A moment as `2026-01-01T00:00:00.000+0000`, cut to the whole second as audit fields are. */
export function stampOf(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastStamp = `${new Date(second * 1000).toISOString().slice(0, 19)}.000+0000`;
  }
  return lastStamp;
}

/** The UTC date of a moment as `2026-01-01`. */
export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Milliseconds since the epoch of a stamp in the vendor's format. */
export function msOfStamp(stamp: string): number {
  return Date.parse(`${stamp.slice(0, 23)}Z`);
}

/** The moment an HTTP date or an ISO text names; undefined when it names none. */
export function msOfText(text: string): number | undefined {
  const ms = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  return Number.isNaN(ms) ? undefined : ms;
}

/** A date-time text of a client in the vendor's format, milliseconds kept; undefined when it is none. */
export function parseDateTime(text: string): string | undefined {
  const match = dateTimeShape.exec(text);
  if (match === null) return undefined;
  const [, day, time, fraction = "", zone = "Z"] = match;
  const offset = zone === "Z" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const ms = Date.parse(`${day}T${time}${fraction}${offset}`);
  if (Number.isNaN(ms) || !isCalendarDay(day ?? "")) return undefined;
  return `${new Date(ms).toISOString().slice(0, 23)}+0000`;
}

/** A date text of a client, such as `2026-01-31`; undefined when it is not a day of the calendar. */
export function parseDate(text: string): string | undefined {
  return dateShape.test(text) && isCalendarDay(text) ? text : undefined;
}

function isCalendarDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === day;
}
