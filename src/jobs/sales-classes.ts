/** Where the classes of customers begin: worked out once a day from the sales that are stored, the same for everybody until then. */
import type { CurrencyRates, OutcomeEntry } from "../core/model/ledger.ts";
import type { Instant } from "../core/model/record.ts";
import type { Facts } from "../core/model/rulebook.ts";
import { movedCustomers, type SalesClasses, salesClasses, salesFacts, yearBefore } from "../core/rules/sales-facts.ts";
import { orgRates } from "./currency-rates.ts";
import type { DirtyMark, Lease, StateStore } from "./state-port.ts";

const SETTING = "sales classes";
const DAY_MS = 86_400_000;

interface KeptClasses {
  readonly at: Instant;
  readonly classes: SalesClasses | null;
}

/** The classes that are told until they are renewed; null where none could be worked out yet. */
async function keptClasses(store: StateStore): Promise<KeptClasses | null> {
  const kept = await store.setting(SETTING);
  return kept === null ? null : (JSON.parse(kept) as KeptClasses);
}

export interface PresentClasses {
  readonly classes: SalesClasses | null;
  /** People who are in another class since the classes were renewed. */
  readonly marks: readonly DirtyMark[];
}

/**
 * The classes of today. A day after they were worked out, or where nothing had been sold by then, they are worked out anew, and whoever is in another class by
 * them is marked. A `lease` of null stores nothing.
 */
export async function presentClasses(store: StateStore, lease: Lease | null, now: Instant): Promise<PresentClasses> {
  const kept = await keptClasses(store);
  const told = kept?.classes ?? null;
  if (kept !== null && told !== null && Date.parse(now) - Date.parse(kept.at) < DAY_MS)
    return { classes: told, marks: [] };
  const sales = await store.salesByPerson(yearBefore(now));
  const rates = await ratesFor(store, sales);
  const classes = salesClasses(sales, rates);
  if (kept === null || told === null) {
    if (classes === null) return { classes, marks: [] };
    return renewed(store, lease, now, classes, movedCustomers({ sales: [], classes: null }, { sales, classes }));
  }
  const before = await store.salesByPerson(yearBefore(kept.at));
  const moved = movedCustomers({ sales: before, classes: told }, { sales, classes });
  return renewed(store, lease, now, classes, moved);
}

async function ratesFor(
  store: StateStore,
  sales: readonly { readonly currency: string | null }[],
): Promise<CurrencyRates> {
  return sales.some(({ currency }) => currency !== null) ? orgRates(store) : {};
}

/** The marks before the classes: a run that dies in between finds the same people again. */
async function renewed(
  store: StateStore,
  lease: Lease | null,
  now: Instant,
  classes: SalesClasses | null,
  moved: readonly string[],
): Promise<PresentClasses> {
  const marks = moved.map((link): DirtyMark => ({ key: `l:${link}`, reason: "customer class", dueAt: now }));
  if (lease !== null) {
    if (marks.length > 0) await store.ingest(lease, { dirty: marks, cursors: [], seen: [], now });
    await store.saveSetting(SETTING, JSON.stringify({ at: now, classes } satisfies KeptClasses));
  }
  return { classes, marks };
}

/** What conditions ask about purchases, as a run would work it out; nothing for a person without opportunities. */
export async function boughtBy(store: StateStore, outcomes: readonly OutcomeEntry[], now: Instant): Promise<Facts> {
  return outcomes.length === 0 ? {} : salesFacts(outcomes, (await keptClasses(store))?.classes ?? null, now);
}
