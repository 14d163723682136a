/** What Salesforce campaigns have cost: read by a whole sync where `campaign-costs` asks for it, as seldom as schemas, and kept for the report. */
import { RetryLater } from "../core/errors.ts";
import type { CampaignCost, CampaignCosts } from "../core/model/campaign-cost.ts";
import type { CrmRecord, Instant, ObjectSchema, RawValue } from "../core/model/record.ts";
import { CAMPAIGN } from "../core/report/campaign-summary.ts";
import { CURRENCY_FIELD, hasCurrencies } from "./currency-rates.ts";
import { orRefusal } from "./or-refusal.ts";
import { hoursAgo, remember } from "./remember.ts";
import type { StateStore } from "./state-port.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

const SETTING = "campaign costs";
/** What was refused is asked for again this soon: somebody may have given the right meanwhile. */
const AFTER_REFUSAL_HOURS = 1;
const NOT_READ = "the costs of the Salesforce campaigns were not read";
const NEVER_READ: CampaignCosts = { costs: [], readAt: null, problem: null };

/** As it is kept: with the field that was read, and when it was tried last. */
interface Kept extends CampaignCosts {
  readonly field: string;
  readonly triedAt: Instant;
}

/**
 * Gives why the costs are not known, in words for the admin; null where they are, or where nobody was to be asked yet. Everything else of the run is done by
 * then, and only the report needs them: a refusal is told and ends nothing.
 */
export async function refreshCampaignCosts(
  dependencies: SyncDependencies,
  schemas: ReadonlyMap<string, ObjectSchema>,
): Promise<string | null> {
  const { store, rulebook, memory } = dependencies;
  const field = rulebook.report.campaignCosts;
  if (field === null) return null;
  const name = `${SETTING} ${field}`;
  let told: string | null = null;
  const isKnown = await remember(dependencies, name, false, async () => {
    const kept = await keptOf(store, field);
    if (isFresh(dependencies, kept)) return kept?.problem === null;
    told = await readCosts(dependencies, schemas, field, kept);
    return told === null;
  });
  if (!isKnown) memory.delete(name);
  return told;
}

function isFresh({ clock, rulebook }: SyncDependencies, kept: Kept | null): boolean {
  const hours = kept?.problem === null ? rulebook.connector.schemaMaxAgeHours : AFTER_REFUSAL_HOURS;
  return kept !== null && kept.triedAt > hoursAgo(clock.now(), hours);
}

/** Gives the reason where Salesforce did not tell; what it told before is kept. */
async function readCosts(
  dependencies: SyncDependencies,
  schemas: ReadonlyMap<string, ObjectSchema>,
  field: string,
  kept: Kept | null,
): Promise<string | null> {
  const { store } = dependencies;
  const triedAt = dependencies.clock.now();
  const read = await orRefusal(askForCosts(dependencies, schemas, field));
  if (!(read instanceof Error)) {
    await keep(store, { field, costs: read, readAt: triedAt, triedAt, problem: null });
    return null;
  }
  const said = /[.!?]$/.test(read.message) ? read.message : `${read.message}.`;
  if (read instanceof RetryLater) return `${NOT_READ}: ${said} The next run tries again.`;
  const problem = `${said} Where LeadLoop's user shall not read Campaign, leave campaign-costs out of config/report.yml.`;
  const { costs, readAt } = kept ?? NEVER_READ;
  await keep(store, { field, costs, readAt, triedAt, problem });
  return `${NOT_READ}: ${problem}`;
}

async function askForCosts(
  { clients }: SyncDependencies,
  schemas: ReadonlyMap<string, ObjectSchema>,
  field: string,
): Promise<readonly CampaignCost[]> {
  const fields = ["Name", field, "StartDate", "EndDate", ...(hasCurrencies(schemas) ? [CURRENCY_FIELD] : [])];
  const campaigns = await clients.salesforce.readWithValue(CAMPAIGN, field, fields);
  return campaigns.flatMap((campaign) => costOf(campaign, field));
}

function costOf({ fields }: CrmRecord, field: string): readonly CampaignCost[] {
  const name = textOf(fields["Name"]);
  const amount = Number(fields[field]);
  if (name === null || fields[field] === null || !Number.isFinite(amount)) return [];
  const currency = textOf(fields[CURRENCY_FIELD]);
  return [{ name, amount, currency, start: textOf(fields["StartDate"]), end: textOf(fields["EndDate"]) }];
}

function textOf(value: RawValue | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** What Salesforce told last; null where the settings do not ask for costs. */
export async function keptCampaignCosts(store: StateStore, field: string | null): Promise<CampaignCosts | null> {
  return field === null ? null : ((await keptOf(store, field)) ?? NEVER_READ);
}

/** What was read of another field tells nothing. */
async function keptOf(store: StateStore, field: string): Promise<Kept | null> {
  const stored = await store.setting(SETTING);
  const kept = stored === null ? null : (JSON.parse(stored) as Kept);
  return kept?.field === field ? kept : null;
}

function keep(store: StateStore, kept: Kept): Promise<void> {
  return store.saveSetting(SETTING, JSON.stringify(kept));
}
