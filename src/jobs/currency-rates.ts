/** The rates of an organisation that works in several currencies: read as seldom as schemas, kept for the report. */
import type { CurrencyRates, DatedRates } from "../core/model/ledger.ts";
import type { Instant, ObjectSchema } from "../core/model/record.ts";
import { hoursAgo, remember } from "./remember.ts";
import type { StateStore } from "./state-port.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

/**
 * Says in which currency a record's amounts are. Every object with money or an owner has it where the organisation works in several currencies, and none
 * where it does not (https://help.salesforce.com/s/articleView?id=sf.admin_enable_multicurrency_implications.htm): no description is read for it.
 */
export const CURRENCY_FIELD = "CurrencyIsoCode";

const RATES_SETTING = "currency rates";

/** As it is kept: units of each currency for one of the corporate currency, which comes first. */
interface KeptRates {
  readonly readAt: Instant;
  readonly rates: CurrencyRates;
  /** Absent where that was not yet asked. */
  readonly datedRates?: DatedRates;
}

/** Whether Salesforce's records say in which currency their amounts are. */
export function hasCurrencies(schemas: ReadonlyMap<string, ObjectSchema>): boolean {
  return [...schemas.values()].some(
    ({ system, fields }) => system === "salesforce" && fields.some(({ name }) => name === CURRENCY_FIELD),
  );
}

/** Reads the rates again once they are older than schemas may be. Asks nothing of an organisation with one currency. */
export async function refreshRates(
  dependencies: SyncDependencies,
  schemas: ReadonlyMap<string, ObjectSchema>,
  now: Instant,
  fresh: boolean,
): Promise<void> {
  if (!hasCurrencies(schemas)) return;
  const { store, clients, rulebook } = dependencies;
  await remember(dependencies, RATES_SETTING, fresh, async () => {
    const stored = await keptRates(store);
    if (stored !== null && !fresh && stored.readAt > hoursAgo(now, rulebook.connector.schemaMaxAgeHours)) return null;
    const rates = await clients.salesforce.currencyRates();
    const datedRates = await clients.salesforce.datedRates();
    await store.saveSetting(RATES_SETTING, JSON.stringify({ readAt: now, rates, datedRates } satisfies KeptRates));
    return null;
  });
}

/** Units of each currency for one of the corporate currency, as Salesforce told them last; {} where the organisation has one currency. */
export async function orgRates(store: StateStore): Promise<CurrencyRates> {
  return (await keptRates(store))?.rates ?? {};
}

/** By which the organisation converts opportunities of a close date, as Salesforce told last. */
export async function orgDatedRates(store: StateStore): Promise<DatedRates> {
  return (await keptRates(store))?.datedRates ?? {};
}

async function keptRates(store: StateStore): Promise<KeptRates | null> {
  const stored = await store.setting(RATES_SETTING);
  return stored === null ? null : (JSON.parse(stored) as KeptRates);
}
