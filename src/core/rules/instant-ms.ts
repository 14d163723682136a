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
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const ms = twoDigits(text, 20) * 10 + oneDigit(text, 22);
  const plain = month >= 1 && month <= 12 && day >= 1 && day <= LAST_OF_EVERY_MONTH && year >= 1;
  const isTime = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59 && ms >= 0;
  if (!plain || !isTime) return Date.parse(text);
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

/** So far below zero that no sum with other digits is a date. */
const NO_DIGIT = -1_000_000;

function oneDigit(text: string, at: number): number {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9 ? digit : NO_DIGIT;
}

function twoDigits(text: string, at: number): number {
  return oneDigit(text, at) * 10 + oneDigit(text, at + 1);
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
