/** Reads instants as milliseconds: those in LeadLoop's own spelling by hand, which is many times faster, and all others by Date.parse. */

const DAY_MS = 86_400_000;
/** `2026-10-01T12:00:00.000Z` */
const LENGTH = 24;
const ZERO = 48;
/** A later day may not exist in its month; Date.parse knows. */
const LAST_OF_EVERY_MONTH = 28;
/** Days from 1 March of year 0 to 1 January 1970. */
const EPOCH_DAY = 719_468;

/** Milliseconds since 1970; NaN for what is no date. */
export function instantMs(text: string): number {
  if (text.length !== LENGTH || !isInstantShaped(text)) return Date.parse(text);
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  const [hour, minute, second] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)];
  const ms = digits(text, 20, 23);
  const plain = month >= 1 && month <= 12 && day >= 1 && day <= LAST_OF_EVERY_MONTH;
  if (!plain || hour > 23 || minute > 59 || second > 59 || !(ms >= 0) || !(year >= 1)) return Date.parse(text);
  return daysSinceEpoch(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1_000 + ms;
}

function isInstantShaped(text: string): boolean {
  return (
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    text.charCodeAt(10) === 84 &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58 &&
    text.charCodeAt(19) === 46 &&
    text.charCodeAt(23) === 90
  );
}

/** NaN when one of them is no digit. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil (https://howardhinnant.github.io/date_algorithms.html). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - EPOCH_DAY;
}
