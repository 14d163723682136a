/** Amounts in one currency: added up by currency as they come, converted at the end by the organisation's rates, or left out and said so. */

import type { CurrencyRates, DatedRates } from "../model/ledger.ts";
import type { DealRow } from "../model/report-row.ts";
import { instantAt } from "./moment.ts";

/** Sums in hundredths by `moneyKey` ("" where the organisation has one currency). */
export type Sums = Map<string, number>;

/** Takes rates as Salesforce keeps them: units of the currency for one unit of the corporate currency, whose own rate is 1. */
export interface Currency {
  /** In which every amount is shown; "" where the organisation has one currency. */
  readonly code: string;
  readonly rates: Readonly<Record<string, number>>;
  /** In what amounts are that say no currency: that of an organisation with one. Absent where it is not known: then they are in the report's. */
  readonly own?: string;
}

/** The organisation's rates for every day: what it keeps now, and where it has them those by close date. */
export interface OrgRates {
  readonly rates?: CurrencyRates;
  readonly datedRates?: DatedRates;
  /** In what an organisation with one currency counts; "" where it is not known. */
  readonly orgCurrency?: string;
}

/** Between a currency and the day from which its rate holds. */
const FROM = "@";

/** Rates as sums are converted by: of each currency, and where rates are dated of each currency on each day on which any of them changes. */
export class RateTable {
  /** By currency ("USD"), and by currency and day ("USD@2026-03-01"). */
  readonly rates: Readonly<Record<string, number>>;
  /** The days, the latest first. */
  readonly #days: readonly string[];
  readonly #own: string;

  /** `own`: what the settings say, which holds for all days. */
  constructor({ rates = {}, datedRates = {}, orgCurrency = "" }: OrgRates, own: CurrencyRates) {
    const dated = Object.entries(datedRates).filter(([code]) => own[code] === undefined);
    const days = [...new Set(dated.flatMap(([, list]) => list.map(({ from }) => from)))].sort().reverse();
    const onDays = days.flatMap((day) =>
      dated.flatMap(([code, list]) => {
        const held = list.findLast(({ from }) => from <= day) ?? list[0];
        return held === undefined ? [] : [[`${code}${FROM}${day}`, held.rate] as const];
      }),
    );
    this.rates = { ...rates, ...own, ...Object.fromEntries(onDays) };
    this.#days = days;
    this.#own = orgCurrency;
  }

  /** In what amounts are shown: what the settings ask for; else the organisation's own, whose rate is 1; else what most deals are in. */
  currency(asked: string | null, mostUsed: string): Currency {
    const { rates } = this;
    const own = this.#own;
    if (own !== "") return { code: asked ?? own, rates: { [own]: 1, ...rates }, own };
    const corporate = Object.entries(rates).find(([code, rate]) => rate === 1 && !code.includes(FROM))?.[0];
    return { code: asked ?? corporate ?? mostUsed, rates };
  }

  /** The deals with the day from which their rates hold: that of their close date, as Salesforce has it; where that was not kept, of the day they were closed. */
  dated(deals: readonly DealRow[]): readonly DealRow[] {
    const days = this.#days;
    if (days.length === 0 || deals.length === 0) return deals;
    return deals.map((deal) => {
      const closed = deal.closeDate ?? (deal.closed ? instantAt(deal.stageAt).slice(0, 10) : null);
      if (closed === null) return deal;
      const from = days.find((day) => day <= closed) ?? days.at(-1);
      return from === undefined ? deal : { ...deal, ratesFrom: from };
    });
  }
}

/** Under which an amount of the deal is added up: its currency, and the day of its rates. */
export function moneyKey({ currency, ratesFrom }: DealRow): string {
  return ratesFrom === undefined || currency === null ? (currency ?? "") : `${currency}${FROM}${ratesFrom}`;
}

/** The currency of a `moneyKey`. */
export function codeOf(key: string): string {
  const place = key.indexOf(FROM);
  return place < 0 ? key : key.slice(0, place);
}

/** As a reader knows it: amounts that say no currency are in the organisation's. */
export function toldCode(key: string, { own = "" }: Currency): string {
  return codeOf(key) || own;
}

/** The currency with the most in the sums; "" where there is none. */
export function mostIn(sums: readonly Sums[]): string {
  const byCode = new Map<string, number>();
  for (const [key, amount] of sums.flatMap((one) => [...one]))
    byCode.set(codeOf(key), (byCode.get(codeOf(key)) ?? 0) + Math.abs(amount));
  return [...byCode].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))[0]?.[0] ?? "";
}

export function addAmount(sums: Sums, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + hundredthsOf(amount));
}

/** An amount as money is added up. */
export function hundredthsOf(amount: number): number {
  return Math.round(amount * 100);
}

/** Hundredths of the one currency in hundredths of the other, with their fractions; null where a rate is missing. An amount without a currency is in the organisation's, or in the report's where that is not known. */
export function convert(hundredths: number, from: string, currency: Currency): number | null {
  const day = from.slice(codeOf(from).length);
  const code = toldCode(from, currency);
  if (code === currency.code || code === "") return hundredths;
  const rateOf = (one: string): number | undefined => currency.rates[one + day] ?? currency.rates[one];
  const [own, other] = [rateOf(currency.code), rateOf(code)];
  if (own === undefined || other === undefined) return null;
  return (hundredths / other) * own;
}

/** The sums as one amount; what has no rate is left out. */
export function total(sums: Sums | undefined, currency: Currency): number {
  return Math.round(exactly(sums, currency)) / 100;
}

/** The sums of several rows as amounts that add up to that of all of them, which rounding each by itself would miss where there are several currencies. */
export function totals(rows: readonly (Sums | undefined)[], whole: number, currency: Currency): readonly number[] {
  const exact = rows.map((sums) => exactly(sums, currency));
  return roundedTo(Math.round(whole * 100), exact).map((hundredths) => hundredths / 100);
}

function exactly(sums: Sums | undefined, currency: Currency): number {
  let all = 0;
  if (sums !== undefined) for (const [code, amount] of sums) all += convert(amount, code, currency) ?? 0;
  return all;
}

/** Splits hundredths by shares so that the parts add up to the whole. */
export function split(hundredths: number, shares: readonly number[]): readonly number[] {
  return roundedTo(
    hundredths,
    shares.map((share) => hundredths * share),
  );
}

/** Whole hundredths that add up to `whole`: what rounding leaves goes to the largest remainders, then to the first. */
function roundedTo(whole: number, exact: readonly number[]): readonly number[] {
  const parts = exact.map(Math.floor);
  let left = whole - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = exact
    .map((value, place) => ({ place, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.place - b.place);
  for (const { place } of byRemainder) {
    if (left < 1) break;
    parts[place] = (parts[place] ?? 0) + 1;
    left -= 1;
  }
  return parts;
}
