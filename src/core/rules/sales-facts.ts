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
 * did not. Customers with equal sales are in one class. Null where nothing was sold: nobody can be told apart yet.
 */
export function salesClasses(sales: readonly Sale[], rates: CurrencyRates): SalesClasses | null {
  const falling = [...spending(sales, rates).values()].filter((amount) => amount > 0).toSorted((x, y) => y - x);
  const total = falling.reduce((sum, amount) => sum + amount, 0);
  const least = (share: number): number => {
    let sum = 0;
    for (const amount of falling) {
      sum += amount;
      if (sum >= total * share) return amount;
    }
    return Number.POSITIVE_INFINITY;
  };
  return total === 0 ? null : { a: least(0.8), b: least(0.9), c: falling.at(-1) ?? 0, rates };
}

function spending(sales: readonly Sale[], rates: CurrencyRates): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { link, currency, amount } of sales)
    sums.set(link, (sums.get(link) ?? 0) + inCorporate(amount, currency, rates));
  return sums;
}

/** The sales of a year, and the classes that were told by then; null where none could be told. */
export interface ClassedSales {
  readonly sales: readonly Sale[];
  readonly classes: SalesClasses | null;
}

/** Whose class is another than the one that was told of them. */
export function movedCustomers(told: ClassedSales, present: ClassedSales): readonly string[] {
  const [before, after] = [told, present].map(({ sales, classes }) => spending(sales, classes?.rates ?? {}));
  const links = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  return [...links]
    .filter((link) => classOf(before?.get(link) ?? 0, told.classes) !== classOf(after?.get(link) ?? 0, present.classes))
    .sort();
}

/** In the corporate currency. An amount in a currency without a rate is in no sum, as in the report. */
export function inCorporate(amount: number, currency: string | null, rates: CurrencyRates): number {
  if (currency === null) return amount;
  const rate = rates[currency];
  return rate === undefined ? 0 : amount / rate;
}

/** Without classes a customer who bought within the year is in none yet: it is told once it is known. */
export function salesFacts(outcomes: readonly OutcomeEntry[], classes: SalesClasses | null, now: Instant): Facts {
  const won = outcomes.filter((outcome) => outcome.won);
  if (outcomes.length === 0) return {};
  const since = yearBefore(now);
  const own = won.filter(({ counts }) => counts);
  const spent = own
    .filter(({ stageAt }) => stageAt >= since)
    .reduce((sum, { amount, currency }) => sum + inCorporate(amount ?? 0, currency, classes?.rates ?? {}), 0);
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

function classOf(spent: number, classes: SalesClasses | null): string | null {
  if (spent <= 0) return "D";
  if (classes === null) return null;
  if (spent >= classes.a) return "A";
  return spent >= classes.b ? "B" : "C";
}
