/** What a person has bought, from their opportunities, and how much that is among all customers. */
import type { OutcomeEntry } from "../model/ledger.ts";
import type { Instant } from "../model/record.ts";
import type { Facts } from "../model/rulebook.ts";

const YEAR_MS = 365 * 86_400_000;

/** The least that a customer of each class bought within a year. */
export interface SalesClasses {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export const NO_SALES: SalesClasses = { a: Number.POSITIVE_INFINITY, b: Number.POSITIVE_INFINITY, c: 0 };

/** Facts that conditions may ask about, derived anew at each look. */
export const SALES_FACTS = ["purchases", "spend_year", "last_purchase_at", "lost_deals", "customer_class"] as const;

/** The beginning of the year that counts for classes. */
export function yearBefore(now: Instant): Instant {
  return new Date(Date.parse(now) - YEAR_MS).toISOString();
}

/**
 * A, B, C and D by cumulated share of the last year's sales: A are those who together make the first 80 %, B the next 10 %, C the rest who bought, D those who
 * did not. Customers with equal sales are in one class. `sales` holds what each customer bought.
 */
export function salesClasses(sales: readonly number[]): SalesClasses {
  const falling = sales.filter((amount) => amount > 0).toSorted((x, y) => y - x);
  const total = falling.reduce((sum, amount) => sum + amount, 0);
  const least = (share: number): number => {
    let sum = 0;
    for (const amount of falling) {
      sum += amount;
      if (sum >= total * share) return amount;
    }
    return Number.POSITIVE_INFINITY;
  };
  return total === 0 ? NO_SALES : { a: least(0.8), b: least(0.9), c: falling.at(-1) ?? 0 };
}

export function salesFacts(outcomes: readonly OutcomeEntry[], classes: SalesClasses, now: Instant): Facts {
  const won = outcomes.filter((outcome) => outcome.won);
  if (outcomes.length === 0) return {};
  const since = yearBefore(now);
  const spent = won.reduce((sum, { amount, stageAt }) => (stageAt >= since ? sum + (amount ?? 0) : sum), 0);
  return {
    purchases: String(won.length),
    spend_year: String(spent),
    last_purchase_at:
      won
        .map(({ stageAt }) => stageAt)
        .toSorted()
        .at(-1) ?? null,
    lost_deals: String(outcomes.filter((outcome) => outcome.closed && !outcome.won).length),
    customer_class: won.length === 0 ? null : classOf(spent, classes),
  };
}

function classOf(spent: number, { a, b }: SalesClasses): string {
  if (spent <= 0) return "D";
  if (spent >= a) return "A";
  return spent >= b ? "B" : "C";
}
