/** What a run must know before it reads: whom it is connected to, what both schemas allow, who owns what. Kept between runs, so it costs no call. */

import { StopRun } from "../core/errors.ts";
import { buildOwnerDirectory } from "../core/mapping/owner-transform.ts";
import type { Instant, ObjectSchema, Owner, System } from "../core/model/record.ts";
import type { MayWrite } from "../core/sync/person-decision.ts";
import { later } from "../core/sync/sight-fields.ts";
import { assertDayBudget, spentToday } from "./known-quota.ts";
import type { Lease } from "./state-port.ts";
import {
  fieldsToRead,
  HUBSPOT_CONTACTS,
  personObjects,
  type RunFacts,
  type SyncDependencies,
  schemaKey,
} from "./sync-dependencies.ts";

/** Throws StopRun when a login fails, or when the state belongs to another pair of accounts. */
export async function prepareRun(
  dependencies: SyncDependencies,
  lease: Lease,
  run: string,
  dry: boolean,
): Promise<RunFacts> {
  const { clock, rulebook, clients } = dependencies;
  const startedAt = clock.now();
  const spent = await spentToday(dependencies);
  assertDayBudget(dependencies, spent);
  const accounts = {
    hubspot: await remember(dependencies, "account hubspot", false, () => clients.hubspot.account()),
    salesforce: await remember(dependencies, "account salesforce", false, () => clients.salesforce.account()),
  };
  await remember(dependencies, "accounts are the state's", false, () =>
    assertSameAccounts(dependencies, accounts, dry),
  );
  const known = await remember(dependencies, "fingerprint", false, () => dependencies.store.setting("fingerprint"));
  const fresh = known !== dependencies.fingerprint;
  const { schemas, widened } = await readSchemas(dependencies, startedAt, fresh);
  const owners = await readOwners(dependencies, startedAt, fresh);
  dependencies.useOwners(buildOwnerDirectory(owners));
  if (fresh && !dry) {
    await dependencies.store.saveSetting("fingerprint", dependencies.fingerprint);
    dependencies.memory.set("fingerprint", { value: dependencies.fingerprint, readAt: startedAt });
  }
  return {
    run,
    knownUntil: await knownUntil(dependencies, run),
    startedAt,
    lease,
    dry,
    accounts,
    owners,
    schemas,
    widened,
    mayWrite: mayWriteBy(schemas),
    spentToday: spent,
    deadline: later(startedAt, rulebook.connector.timeBudgetSeconds * 1_000),
  };
}

/** The last instant at which the state knows of a run; null before the first. A run that was killed may have gone on for as long as it was allowed. */
async function knownUntil({ store, rulebook }: SyncDependencies, run: string): Promise<Instant | null> {
  const [last] = (await store.runs(2)).filter((row) => row.id !== run);
  if (last === undefined) return null;
  return last.endedAt ?? later(last.startedAt, rulebook.connector.timeBudgetSeconds * 1_000);
}

async function assertSameAccounts(
  dependencies: SyncDependencies,
  accounts: RunFacts["accounts"],
  dry: boolean,
): Promise<void> {
  const { store } = dependencies;
  for (const system of ["hubspot", "salesforce"] as const) {
    const known = await store.setting(`account:${system}`);
    if (known === null) {
      if (!dry) await store.saveSetting(`account:${system}`, accounts[system]);
      continue;
    }
    if (known !== accounts[system]) {
      throw new StopRun(
        `the state belongs to ${system} account ${known}, but the login reaches ${accounts[system]}; use the right login, or a new connection name or database for the other account`,
      );
    }
  }
}

function hoursAgo(now: Instant, hours: number): Instant {
  return later(now, -hours * 3_600_000);
}

/** Asks once per process, and again when the answer is older than schemas may be or the configuration has changed. */
async function remember<T>(
  dependencies: SyncDependencies,
  name: string,
  fresh: boolean,
  ask: () => Promise<T>,
): Promise<T> {
  const { memory, clock, rulebook } = dependencies;
  const now = clock.now();
  const known = memory.get(name);
  if (known !== undefined && !fresh && known.readAt > hoursAgo(now, rulebook.connector.schemaMaxAgeHours))
    return known.value as T;
  const value = await ask();
  memory.set(name, { value, readAt: now });
  return value;
}

async function readSchemas(
  dependencies: SyncDependencies,
  now: Instant,
  fresh: boolean,
): Promise<Pick<RunFacts, "schemas" | "widened">> {
  const { mappings, memory } = dependencies;
  const schemas = new Map<string, ObjectSchema>();
  const widened: ObjectSchema[] = [];
  const wanted: [System, string][] = [
    ["hubspot", HUBSPOT_CONTACTS],
    ...personObjects(mappings).map((object): [System, string] => ["salesforce", object]),
  ];
  for (const [system, object] of wanted) {
    const key = schemaKey(system, object);
    const read = await remember(dependencies, `schema ${key}`, fresh, () =>
      readSchema(dependencies, system, object, now, fresh),
    );
    schemas.set(key, read.schema);
    if (!read.widened) continue;
    widened.push(read.schema);
    // Known again only once everything behind it has been read.
    memory.delete(`schema ${key}`);
  }
  return { schemas, widened };
}

async function readSchema(
  dependencies: SyncDependencies,
  system: System,
  object: string,
  now: Instant,
  fresh: boolean,
): Promise<{ readonly schema: ObjectSchema; readonly widened: boolean }> {
  const { store, clients, rulebook, log } = dependencies;
  const stored = await store.schema(system, object);
  if (stored !== null && !fresh && stored.readAt > hoursAgo(now, rulebook.connector.schemaMaxAgeHours))
    return { schema: stored.schema, widened: false };
  const schema = await clients[system].describe(object);
  const present = new Set(schema.fields.map((field) => field.name));
  const missing = (stored?.schema.fields ?? []).filter((field) => !present.has(field.name)).map((field) => field.name);
  if (missing.length > 0) log.warn({ event: "schema.changed", system, object, fields: missing });
  if (stored !== null && showsMore(dependencies, system, object, stored.schema, schema))
    return { schema, widened: true };
  await store.saveSchema(schema, now);
  return { schema, widened: false };
}

/** A field that is read is there (again), created or shown by an admin: no record has changed by that, so none would be looked at. */
function showsMore(
  dependencies: SyncDependencies,
  system: System,
  object: string,
  before: ObjectSchema,
  now: ObjectSchema,
): boolean {
  const fields = (schema: ObjectSchema): string[] =>
    fieldsToRead(dependencies, { schemas: new Map([[schemaKey(system, object), schema]]) }, system, object);
  const known = new Set(fields(before));
  return fields(now).some((field) => !known.has(field));
}

async function readOwners(
  dependencies: SyncDependencies,
  now: Instant,
  fresh: boolean,
): Promise<Readonly<Record<System, readonly Owner[]>>> {
  const read = (system: System): Promise<readonly Owner[]> =>
    remember(dependencies, `owners ${system}`, fresh, () => readOwnersOf(dependencies, system, now, fresh));
  return { hubspot: await read("hubspot"), salesforce: await read("salesforce") };
}

async function readOwnersOf(
  dependencies: SyncDependencies,
  system: System,
  now: Instant,
  fresh: boolean,
): Promise<readonly Owner[]> {
  const { store, clients, rulebook } = dependencies;
  const stored = await store.owners(system);
  if (stored !== null && !fresh && stored.readAt > hoursAgo(now, rulebook.connector.schemaMaxAgeHours))
    return stored.owners;
  const owners = await clients[system].owners();
  await store.saveOwners(system, owners, now);
  return owners;
}

function mayWriteBy(schemas: ReadonlyMap<string, ObjectSchema>): MayWrite {
  const writable = new Map<string, ReadonlySet<string>>();
  for (const [key, schema] of schemas) {
    writable.set(`${key}:update`, new Set(schema.fields.filter((field) => field.writable).map((field) => field.name)));
    writable.set(
      `${key}:create`,
      new Set(schema.fields.filter((field) => field.createable).map((field) => field.name)),
    );
  }
  return (system, object, field, operation) =>
    writable.get(`${schemaKey(system, object)}:${operation}`)?.has(field) ?? true;
}

/** Salesforce has just refused somebody who was active when its users were last read: the next run reads them again. */
export async function forgetOwners({ store, memory }: Pick<SyncDependencies, "store" | "memory">): Promise<void> {
  memory.delete("owners salesforce");
  const stored = await store.owners("salesforce");
  if (stored !== null) await store.saveOwners("salesforce", stored.owners, "1970-01-01T00:00:00.000Z");
}
