/** How figures are written out, the same on every machine. */
import type { Rate } from "../core/report/statistics.ts";

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const HUNDREDTHS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const NONE = "\u2013";

export function countText(count: number): string {
  return WHOLE.format(count);
}

export function percentText(percent: number | null): string {
  return percent === null ? NONE : `${HUNDREDTHS.format(percent)}\u00a0%`;
}

/** "9.87 to 11.22 %": where the true share lies with 95 % confidence. */
export function intervalText(rate: Rate): string {
  return rate.low === null || rate.high === null
    ? NONE
    : `${HUNDREDTHS.format(rate.low)} to ${HUNDREDTHS.format(rate.high)}\u00a0%`;
}

export function daysText(days: number | null): string {
  return days === null ? NONE : HUNDREDTHS.format(days);
}

export function hoursText(hours: number | null): string {
  return hours === null ? NONE : TENTHS.format(hours);
}

export function moneyText(amount: number, currency: string): string {
  return currency === "" ? WHOLE.format(amount) : `${WHOLE.format(amount)}\u00a0${currency}`;
}

/** "2018-11-30 00:00 UTC". */
export function instantText(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}
