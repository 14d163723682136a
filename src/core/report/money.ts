/** Amounts in one currency: added up by currency as they come, converted at the end by the organisation's rates, or left out and said so. */

/** Sums in hundredths by currency code ("" where the organisation has one currency). */
export type Sums = Map<string, number>;

/** Takes rates as Salesforce keeps them: units of the currency for one unit of the corporate currency, whose own rate is 1. */
export interface Currency {
  /** In which every amount is shown; "" where the organisation has one currency. */
  readonly code: string;
  readonly rates: Readonly<Record<string, number>>;
}

/** What the settings ask for; else the organisation's own, whose rate is 1; else what most deals are in. */
export function chooseCurrency(asked: string | null, rates: Currency["rates"], mostUsed: string): Currency {
  const corporate = Object.entries(rates).find(([, rate]) => rate === 1)?.[0];
  return { code: asked ?? corporate ?? mostUsed, rates };
}

export function addAmount(sums: Sums, currency: string | null, amount: number): void {
  const code = currency ?? "";
  sums.set(code, (sums.get(code) ?? 0) + Math.round(amount * 100));
}

/** Hundredths of the one currency in hundredths of the other; null where a rate is missing. An amount without a currency is in the report's own. */
export function convert(hundredths: number, from: string, currency: Currency): number | null {
  if (from === currency.code || from === "") return hundredths;
  const [own, other] = [currency.rates[currency.code], currency.rates[from]];
  if (own === undefined || other === undefined) return null;
  return Math.round((hundredths / other) * own);
}

/** The sums as one amount; what has no rate is left out. */
export function total(sums: ReadonlyMap<string, number> | undefined, currency: Currency): number {
  let all = 0;
  if (sums !== undefined) for (const [code, amount] of sums) all += convert(amount, code, currency) ?? 0;
  return all / 100;
}

/** Splits hundredths by shares so that the parts add up to the whole: what rounding leaves goes to the largest remainders, then to the first. */
export function split(hundredths: number, shares: readonly number[]): readonly number[] {
  const exact = shares.map((share) => hundredths * share);
  const parts = exact.map(Math.floor);
  let left = hundredths - parts.reduce((sum, part) => sum + part, 0);
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
