/** How figures are written out, the same on every machine: no more digits than they are worth. report.json has all of them. */
import type { Rate } from "../core/report/statistics.ts";

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const UP_TO_TENTHS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const HUNDREDTHS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const NONE = "\u2013";
/** From here on a decimal says nothing more. */
const WHOLE_FROM = 10;
/** Nearly all is not all. */
const ALL = 100;

export function countText(count: number): string {
  return WHOLE.format(count);
}

/** "1 deal", "2 deals". */
export function countedText(count: number, one: string, many: string): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** Whole percents; one decimal below 10, and between 99.5 and 100. */
export function percentText(percent: number | null): string {
  return percent === null ? NONE : `${percentDigits(percent)}\u00a0%`;
}

/** With two decimals: where the figure is held against a goal, which rounding must not seem to reach. */
export function exactPercentText(percent: number | null): string {
  return percent === null ? NONE : `${HUNDREDTHS.format(percent)}\u00a0%`;
}

/** "9.9 to 11 %": where the true share lies with 95 % confidence. */
export function intervalText(rate: Rate): string {
  return rate.low === null || rate.high === null
    ? NONE
    : `${percentDigits(rate.low)} to ${percentDigits(rate.high)}\u00a0%`;
}

export function daysText(days: number | null): string {
  return days === null ? NONE : durationDigits(days);
}

export function hoursText(hours: number | null): string {
  return hours === null ? NONE : durationDigits(hours);
}

export function moneyText(amount: number, currency: string): string {
  return currency === "" ? WHOLE.format(amount) : `${WHOLE.format(amount)}\u00a0${currency}`;
}

/** With its sign: "+12", and "\u221212" with a minus as wide as the plus. */
export function signedText(value: number, text: (value: number) => string): string {
  return `${value < 0 ? "\u2212" : "+"}${text(Math.abs(value))}`;
}

/** The heading of a column of money, whose cells are bare numbers. */
export function moneyHeading(words: string, currency: string): string {
  return currency === "" ? words : `${words}, ${currency}`;
}

/** "2018-11-30 00:00 UTC". */
export function instantText(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

function percentDigits(percent: number): string {
  const isSmall = percent !== 0 && Math.abs(percent) < WHOLE_FROM - 0.05;
  if (isSmall) return TENTHS.format(percent);
  return percent >= ALL - 0.5 && percent < ALL ? TENTHS.format(Math.min(percent, ALL - 0.1)) : WHOLE.format(percent);
}

function durationDigits(length: number): string {
  return Math.abs(length) < WHOLE_FROM - 0.05 ? UP_TO_TENTHS.format(length) : WHOLE.format(length);
}
