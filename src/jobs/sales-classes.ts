/** Where the classes of customers begin, from the sales that are stored, and what one person bought by them. */
import type { OutcomeEntry } from "../core/model/ledger.ts";
import type { Instant } from "../core/model/record.ts";
import type { Facts } from "../core/model/rulebook.ts";
import { type SalesClasses, salesClasses, salesFacts, yearBefore } from "../core/rules/sales-facts.ts";
import { orgRates } from "./currency-rates.ts";
import type { StateStore } from "./state-port.ts";

export async function storedClasses(store: StateStore, now: Instant): Promise<SalesClasses> {
  const sales = await store.salesByPerson(yearBefore(now));
  const rates = sales.some(({ currency }) => currency !== null) ? await orgRates(store) : {};
  return salesClasses(sales, rates);
}

/** What conditions ask about purchases, as a run would work it out; nothing for a person without opportunities. */
export async function boughtBy(store: StateStore, outcomes: readonly OutcomeEntry[], now: Instant): Promise<Facts> {
  return outcomes.length === 0 ? {} : salesFacts(outcomes, await storedClasses(store, now), now);
}
