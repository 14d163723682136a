/** Reads and writes instants the way HubSpot does: ISO 8601 or milliseconds in, ISO 8601 out. */

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;
const MILLISECONDS = /^-?\d{1,15}$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/**
 * ISO 8601 in UTC with milliseconds, which are left out when they are zero.
 * Recorded: `"lastmodifieddate":"2022-02-17T19:25:29Z"` between values such as `2022-02-17T19:24:56.585Z`.
 */
export function formatInstant(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text;
}

/** Milliseconds since the epoch for an ISO instant or a number of milliseconds; undefined for anything else. */
export function parseInstant(text: string): number | undefined {
  if (MILLISECONDS.test(text)) return Number(text);
  if (!ISO_INSTANT.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The first millisecond of a day in UTC for `YYYY-MM-DD`; undefined when there is no such day. */
export function parseDay(text: string): number | undefined {
  if (!ISO_DATE.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00.000Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) return undefined;
  return ms;
}

/** `YYYY-MM-DD` of an instant that is midnight in UTC; undefined when it is not midnight. */
export function formatDay(ms: number): string | undefined {
  return ms % DAY_MS === 0 ? new Date(ms).toISOString().slice(0, 10) : undefined;
}
