/** In what currency an organisation works that has only one: read by a whole sync as seldom as schemas, kept for the report. */
import type { Instant, ObjectSchema } from "../core/model/record.ts";
import { hasCurrencies } from "./currency-rates.ts";
import { orRefusal } from "./or-refusal.ts";
import { hoursAgo, remember } from "./remember.ts";
import type { StateStore } from "./state-port.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

const SETTING = "organisation's currency";

interface Kept {
  readonly readAt: Instant;
  /** Null where Salesforce does not tell it. */
  readonly code: string | null;
}

/**
 * Asks once a day. Where records say their currency there is none to ask for. Only the code behind amounts depends on it: a refusal is logged and ends
 * nothing, and what was told before is kept.
 */
export async function refreshOrgCurrency(
  dependencies: SyncDependencies,
  schemas: ReadonlyMap<string, ObjectSchema>,
): Promise<void> {
  if (hasCurrencies(schemas)) return;
  const { store, clock, rulebook, log, clients } = dependencies;
  await remember(dependencies, SETTING, false, async () => {
    const kept = await keptCurrency(store);
    if (kept !== null && kept.readAt > hoursAgo(clock.now(), rulebook.connector.schemaMaxAgeHours)) return null;
    const told = await orRefusal(clients.salesforce.ownCurrency());
    if (told instanceof Error) log.warn({ event: "currency.unknown", reason: told.message });
    const code = told instanceof Error ? (kept?.code ?? null) : told;
    await store.saveSetting(SETTING, JSON.stringify({ readAt: clock.now(), code } satisfies Kept));
    return null;
  });
}

/** As Salesforce told it last; "" where it is not known, or the organisation works in several. */
export async function orgCurrency(store: StateStore): Promise<string> {
  return (await keptCurrency(store))?.code ?? "";
}

async function keptCurrency(store: StateStore): Promise<Kept | null> {
  const stored = await store.setting(SETTING);
  return stored === null ? null : (JSON.parse(stored) as Kept);
}
