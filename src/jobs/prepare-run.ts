/** What a run must know before it reads: whom it is connected to, what both schemas allow, who owns what. Kept between runs, so it costs no call. */

import { StopRun } from "../core/errors.ts";
import { buildOwnerDirectory } from "../core/mapping/owner-transform.ts";
import type { Instant, ObjectSchema, Owner, System } from "../core/model/record.ts";
import type { HoldsMoment, MayWrite } from "../core/sync/person-decision.ts";
import { later } from "../core/sync/sight-fields.ts";
import { refreshRates } from "./currency-rates.ts";
import { assertDayBudget, spentToday } from "./known-quota.ts";
import { readSchemas } from "./read-schemas.ts";
import { hoursAgo, remember } from "./remember.ts";
import { presentClasses } from "./sales-classes.ts";
import type { Lease, RunRow } from "./state-port.ts";
import {
  CHANGES_JOB,
  MOST_RECENT_RUNS,
  type RunFacts,
  SYNC_JOB,
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
  await refreshRates(dependencies, schemas, startedAt, fresh);
  if (fresh && !dry) {
    await dependencies.store.saveSetting("fingerprint", dependencies.fingerprint);
    dependencies.memory.set("fingerprint", { value: dependencies.fingerprint, readAt: startedAt });
  }
  const { classes, marks } = await presentClasses(dependencies.store, dry ? null : lease, startedAt);
  const recentRuns = await dependencies.store.runs(MOST_RECENT_RUNS);
  return {
    run,
    ...(await lastRuns(dependencies, recentRuns, run)),
    startedAt,
    cursors: await dependencies.store.cursors(),
    recentRuns,
    lease,
    dry,
    accounts,
    owners,
    schemas,
    widened,
    salesClasses: classes,
    reclassed: marks,
    mayWrite: mayWriteBy(schemas),
    holdsMoment: holdsMomentBy(schemas),
    spentToday: spent,
    deadline: later(startedAt, rulebook.connector.timeBudgetSeconds * 1_000),
  };
}

/**
 * The last instant at which the state knows of a run; null before the first. A run that was killed may have gone on for as long as it was allowed. And the
 * bulk jobs that are still to be accounted for, and the reads that are to go on: asked for only where the last whole run did not come to its end.
 */
async function lastRuns(
  { store, rulebook }: SyncDependencies,
  recent: readonly RunRow[],
  run: string,
): Promise<Pick<RunFacts, "knownUntil" | "bulkJobs" | "readPasses">> {
  const runs = recent.filter((row) => row.id !== run);
  const [last] = runs;
  if (last === undefined) return { knownUntil: null, bulkJobs: [], readPasses: [] };
  const whole = runs.find(({ job }) => job !== CHANGES_JOB);
  const ended = isAtItsEnd(whole);
  const read = isAtItsEnd(runs.find(({ job }) => job === SYNC_JOB));
  return {
    knownUntil: last.endedAt ?? later(last.startedAt, rulebook.connector.timeBudgetSeconds * 1_000),
    bulkJobs: ended ? [] : await store.openBulkJobs(),
    readPasses: read ? [] : await store.readPasses(),
  };
}

function isAtItsEnd(run: RunRow | undefined): boolean {
  return run?.outcome === "done" || run?.outcome === "needs-attention";
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
  // Asked for every field of every person: the name of what is looked up is not made anew each time.
  type Fields = Readonly<Record<"update" | "create", ReadonlySet<string> | undefined>>;
  const known = { hubspot: new Map<string, Fields>(), salesforce: new Map<string, Fields>() };
  return (system, object, field, operation) => {
    let fields = known[system].get(object);
    if (fields === undefined) {
      const key = schemaKey(system, object);
      fields = { update: writable.get(`${key}:update`), create: writable.get(`${key}:create`) };
      known[system].set(object, fields);
    }
    return fields[operation]?.has(field) ?? true;
  };
}

function holdsMomentBy(schemas: ReadonlyMap<string, ObjectSchema>): HoldsMoment {
  const isMoment = (system: System, object: string, name: string): boolean => {
    const fields = schemas.get(schemaKey(system, object))?.fields ?? [];
    return fields.some((field) => field.name === name && field.type === "datetime");
  };
  const known = new Map<string, boolean>();
  return (system, object, field) => {
    const key = `${system} ${object} ${field}`;
    const answer = known.get(key) ?? isMoment(system, object, field);
    known.set(key, answer);
    return answer;
  };
}

/** Salesforce has just refused somebody who was active when its users were last read: the next run reads them again. */
export async function forgetOwners({ store, memory }: Pick<SyncDependencies, "store" | "memory">): Promise<void> {
  memory.delete("owners salesforce");
  const stored = await store.owners("salesforce");
  if (stored !== null) await store.saveOwners("salesforce", stored.owners, "1970-01-01T00:00:00.000Z");
}
