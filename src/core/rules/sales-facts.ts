/** What a person has bought, from their opportunities, and how much that is among all customers. */
import type { CurrencyRates, OutcomeEntry, Sale } from "../model/ledger.ts";
import type { Instant, Value } from "../model/record.ts";
import type { Facts } from "../model/rulebook.ts";

const YEAR_MS = 365 * 86_400_000;

/** The least that a customer of each class bought within a year. */
export interface SalesClasses {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** By which amounts were added up. */
  readonly rates: CurrencyRates;
}

const NO_SALES = { a: Number.POSITIVE_INFINITY, b: Number.POSITIVE_INFINITY, c: 0 };

/** Facts that conditions may ask about, derived anew at each look. */
export const SALES_FACTS = [
  "purchases",
  "spend_year",
  "last_purchase_at",
  "lost_deals",
  "customer_class",
  "products_bought",
] as const;

/** The beginning of the year that counts for classes. */
export function yearBefore(now: Instant): Instant {
  return new Date(Date.parse(now) - YEAR_MS).toISOString();
}

/**
 * A, B, C and D by cumulated share of the last year's sales: A are those who together make the first 80 %, B the next 10 %, C the rest who bought, D those who
 * did not. Customers with equal sales are in one class.
 */
export function salesClasses(sales: readonly Sale[], rates: CurrencyRates): SalesClasses {
  const sums = new Map<string, number>();
  for (const { link, currency, amount } of sales)
    sums.set(link, (sums.get(link) ?? 0) + inCorporate(amount, currency, rates));
  const falling = [...sums.values()].filter((amount) => amount > 0).toSorted((x, y) => y - x);
  const total = falling.reduce((sum, amount) => sum + amount, 0);
  const least = (share: number): number => {
    let sum = 0;
    for (const amount of falling) {
      sum += amount;
      if (sum >= total * share) return amount;
    }
    return Number.POSITIVE_INFINITY;
  };
  return total === 0 ? { ...NO_SALES, rates } : { a: least(0.8), b: least(0.9), c: falling.at(-1) ?? 0, rates };
}

/** In the corporate currency. An amount in a currency without a rate is in no sum, as in the report. */
export function inCorporate(amount: number, currency: string | null, rates: CurrencyRates): number {
  if (currency === null) return amount;
  const rate = rates[currency];
  return rate === undefined ? 0 : amount / rate;
}

export function salesFacts(outcomes: readonly OutcomeEntry[], classes: SalesClasses, now: Instant): Facts {
  const won = outcomes.filter((outcome) => outcome.won);
  if (outcomes.length === 0) return {};
  const since = yearBefore(now);
  const own = won.filter(({ counts }) => counts);
  const spent = own
    .filter(({ stageAt }) => stageAt >= since)
    .reduce((sum, { amount, currency }) => sum + inCorporate(amount ?? 0, currency, classes.rates), 0);
  return {
    purchases: String(won.length),
    spend_year: String(spent),
    last_purchase_at:
      won
        .map(({ stageAt }) => stageAt)
        .toSorted()
        .at(-1) ?? null,
    lost_deals: String(outcomes.filter((outcome) => outcome.closed && !outcome.won).length),
    customer_class: own.length === 0 ? null : classOf(spent, classes),
    products_bought: productsOf(won),
  };
}

/** Everything that the won deals were about, as one set. */
function productsOf(won: readonly OutcomeEntry[]): Value {
  const products = won.flatMap((deal) => deal.products?.split(";") ?? []);
  return products.length === 0 ? null : [...new Set(products)].sort().join(";");
}

function classOf(spent: number, { a, b }: SalesClasses): string {
  if (spent <= 0) return "D";
  if (spent >= a) return "A";
  return spent >= b ? "B" : "C";
}
