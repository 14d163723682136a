/** One run of the sync: read what changed, decide, write, commit; stops cleanly at a checkpoint when time, quota or safety says so. */
import { RetryLater, StopRun } from "../core/errors.ts";
import type { Link } from "../core/model/link.ts";
import type { Write } from "../core/model/plan.ts";
import {
  tally as addToTally,
  checkSafety,
  mostChanges,
  NOTHING_YET,
  type SafetyTally,
} from "../core/sync/check-safety.ts";
import { deliverTasks, noteTaskChanges } from "./deliver-tasks.ts";
import { followNewContacts, followOpportunities } from "./follow-opportunities.ts";
import { PeopleIndex } from "./people-index.ts";
import { prepareRun } from "./prepare-run.ts";
import { type ChangesRead, readChanges } from "./read-changes.ts";
import type { DirtyMark, DirtyRow, Lease } from "./state-port.ts";
import { syncChunk } from "./sync-chunk.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";
import { type RunOutcome, RunTally, type SyncResult } from "./sync-result.ts";

export const SYNC_JOB = "sync";

/** A person is worked on at most this often in one run; whoever keeps changing waits for the next. */
const MOST_PASSES = 3;

export interface SyncOptions {
  /** Read and decide, store and send nothing. */
  readonly dry?: boolean;
  /** Read everything there is, whatever the cursors say. */
  readonly full?: boolean;
  /** Only work marks that are stored already (the follow-up pass has made them); read no changes. */
  readonly onlyMarked?: boolean;
  /** Give back every write, conflict, skip and reject, not only their counts. A dry run always does. */
  readonly keepPlan?: boolean;
  /** Lets a plan through that safety would stop: it was looked at by a person. Asked with the writes of each chunk. */
  readonly approve?: (writes: readonly Write[]) => boolean;
}

/** Runs once. Never throws for one record; a StopRun becomes the outcome, with everything before it committed. */
export async function runSync(dependencies: SyncDependencies, options: SyncOptions = {}): Promise<SyncResult> {
  const { store, clock, log, clients, rulebook } = dependencies;
  const started = Date.parse(clock.now());
  const callsBefore = { hubspot: clients.hubspot.calls, salesforce: clients.salesforce.calls };
  const run = dependencies.newId();
  const tally =
    options.dry === true ? new RunTally(true, Number.POSITIVE_INFINITY) : new RunTally(options.keepPlan === true);
  const finish = (outcome: RunOutcome): SyncResult => {
    const calls = {
      hubspot: clients.hubspot.calls - callsBefore.hubspot,
      salesforce: clients.salesforce.calls - callsBefore.salesforce,
    };
    return tally.result(run, outcome, calls, Date.parse(clock.now()) - started);
  };
  const lease = await store.acquireLease(
    SYNC_JOB,
    dependencies.holder,
    rulebook.connector.leaseSeconds * 1_000,
    clock.now(),
  );
  if (lease === null) {
    tally.reasons.push("another run of the sync is under way; this one did nothing");
    log.warn({ event: "lease.busy", job: SYNC_JOB, holder: dependencies.holder });
    return finish("paused");
  }
  log.info({ event: "run.started", job: SYNC_JOB, connection: dependencies.connection });
  if (options.dry !== true)
    await store.startRun({ id: run, job: SYNC_JOB, startedAt: clock.now(), endedAt: null, outcome: null, counts: {} });
  const outcome = await runLeased(dependencies, options, lease, run, tally);
  const result = finish(outcome);
  if (options.dry !== true) {
    const { plan: _plan, ...counts } = result;
    await store.finishRun({
      id: run,
      job: SYNC_JOB,
      startedAt: new Date(started).toISOString(),
      endedAt: clock.now(),
      outcome,
      counts: { ...counts },
    });
  }
  log.info({ event: "run.finished", job: SYNC_JOB, outcome, counts: { ...result.considered } });
  return result;
}

async function runLeased(
  dependencies: SyncDependencies,
  options: SyncOptions,
  lease: Lease,
  run: string,
  tally: RunTally,
): Promise<RunOutcome> {
  try {
    const facts = await prepareRun(dependencies, lease, run, options.dry === true);
    const refused = await work(dependencies, facts, options, tally);
    if (refused !== null) {
      tally.reasons.push(refused);
      return "needs-attention";
    }
    if (tally.unpaired > 0) {
      tally.reasons.push(
        `left unpaired because others have the same e-mail address: ${tally.unpaired === 1 ? "1 record" : `${tally.unpaired} records`}; merge the doubles, or give one of them another address`,
      );
    }
    return tally.rejects + tally.openConflicts + tally.unpaired > 0 ? "needs-attention" : "done";
  } catch (error) {
    // Patience has been spent on a call that everything depends on: the run ends here, the cursors stand, the next one tries again.
    const patience = error instanceof RetryLater;
    if (!patience && !(error instanceof StopRun)) throw error;
    const advice =
      ", and repeating it did not help; check the network, HUBSPOT_BASE_URL and SALESFORCE_LOGIN_URL, or wait: the next run goes on from here";
    const reason = patience ? `${error.message}${advice}` : error.message;
    tally.reasons.push(reason);
    dependencies.log.warn({ event: "run.stopped", job: SYNC_JOB, reason });
    return patience ? "stopped" : error.kind;
  } finally {
    await dependencies.store.releaseLease(lease);
  }
}

/** Gives the safety stop's reason, or null. */
async function work(
  dependencies: SyncDependencies,
  facts: RunFacts,
  options: SyncOptions,
  tally: RunTally,
): Promise<string | null> {
  const changes: ChangesRead =
    options.onlyMarked === true
      ? {
          records: { hubspot: 0, salesforce: 0 },
          unchanged: 0,
          marks: [],
          salesforce: new Map(),
          tasks: [],
          links: new Map(),
        }
      : await readChanges(dependencies, facts, options.full === true);
  tally.read.hubspot += changes.records.hubspot;
  tally.read.salesforce += changes.records.salesforce;
  tally.verdict("unchanged", changes.unchanged);
  await noteTaskChanges(dependencies, facts, changes.tasks);
  if (facts.dry) return workOnce(dependencies, facts, options, tally, changes);
  const refused =
    (await rehearse(dependencies, facts, options, changes)) ??
    (await workMarks(dependencies, facts, options, tally, changes));
  await keepStop(dependencies, refused);
  if (refused === null) await deliverTasks(dependencies, facts, tally);
  return refused;
}

/** Where the last safety stop is kept until a plan has been let through or the danger is gone: the next run must not begin its count anew. */
const SAFETY_STOP = "safety-stop";

async function keepStop({ store }: SyncDependencies, refused: string | null): Promise<void> {
  const kept = (await store.setting(SAFETY_STOP)) ?? "";
  if (kept !== (refused ?? "")) await store.saveSetting(SAFETY_STOP, refused ?? "");
}

/**
 * Plans everything before the first write when so many linked people are marked that a stop half-way is to be expected, or when the last run was
 * stopped. It costs a second read of those people, which ordinary runs are spared.
 */
async function rehearse(
  dependencies: SyncDependencies,
  facts: RunFacts,
  options: SyncOptions,
  changes: ChangesRead,
): Promise<string | null> {
  if (options.approve !== undefined) return null;
  const { safety } = dependencies.rulebook.connector;
  const stopped = ((await dependencies.store.setting(SAFETY_STOP)) ?? "") !== "";
  if (!stopped && changes.links.size <= safety.maxChangesFloor) return null;
  if (!stopped && changes.links.size <= mostChanges(await linkedCount(dependencies), safety)) return null;
  const copy = { ...changes, salesforce: new Map(changes.salesforce) };
  return workOnce(dependencies, { ...facts, dry: true }, options, new RunTally(false), copy);
}

/** A dry run keeps its marks to itself and looks at everybody in one go. */
async function workOnce(
  dependencies: SyncDependencies,
  facts: RunFacts,
  options: SyncOptions,
  tally: RunTally,
  changes: ChangesRead,
): Promise<string | null> {
  const stored = await dependencies.store.dirtyDue(1_000_000, dependencies.clock.now());
  const rows = new Map<string, DirtyRow>(stored.map((row) => [row.key, row]));
  for (const mark of changes.marks) if (!rows.has(mark.key)) rows.set(mark.key, asRow(mark));
  const people = [...rows.values()].filter((row) => !row.key.startsWith("o:")).sort(asDue);
  const safety = safetyOf(dependencies, options);
  const index = new PeopleIndex(dependencies.store);
  const chunk = await syncChunk(dependencies, facts, tally, {
    rows: people,
    index,
    known: changes.salesforce,
    refuse: safety,
  });
  return chunk.refused;
}

/** In the order in which a real run takes them up, so that routing serves the same owners in turn. */
function asDue(a: DirtyRow, b: DirtyRow): number {
  if (a.dueAt !== b.dueAt) return a.dueAt < b.dueAt ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

function asRow(mark: DirtyMark): DirtyRow {
  return { ...mark, version: 0, attempts: 0, firstSeenAt: mark.dueAt };
}

async function workMarks(
  dependencies: SyncDependencies,
  facts: RunFacts,
  options: SyncOptions,
  tally: RunTally,
  changes: ChangesRead,
): Promise<string | null> {
  const { store, clock, rulebook } = dependencies;
  const safety = safetyOf(dependencies, options);
  const passes = new Map<string, number>();
  /** Keys of records that were read after this run marked them. */
  const satisfied = new Set<string>();
  let lease = facts.lease;
  while (true) {
    const now = clock.now();
    if (now >= facts.deadline)
      throw new StopRun("the time budget is spent; the next run goes on from here", { kind: "paused" });
    const rows = await store.dirtyDue(rulebook.connector.chunkSize, now);
    const due = rows.filter((row) => (passes.get(row.key) ?? 0) < MOST_PASSES);
    if (due.length === 0) return null;
    for (const row of due) passes.set(row.key, (passes.get(row.key) ?? 0) + 1);
    lease = await store.renewLease(lease, rulebook.connector.leaseSeconds * 1_000, now);
    const present = { ...facts, lease };
    const index = new PeopleIndex(store, changes.links);
    const people = due.filter((row) => !row.key.startsWith("o:"));
    const known = people.filter((row) => isSatisfied(row, satisfied));
    await forget(dependencies, present, tally, known);
    const rest = people.filter((row) => !isSatisfied(row, satisfied));
    const chunk = await syncChunk(dependencies, present, tally, {
      rows: rest,
      index,
      known: changes.salesforce,
      refuse: safety,
    });
    if (chunk.refused !== null) return chunk.refused;
    for (const key of chunk.read) satisfied.add(key);
    dropChanged(changes.links, new Set(index.ids()));
    await followNewContacts(
      dependencies,
      present,
      index.newContacts().filter((id) => !chunk.followed.has(id)),
    );
    await followOpportunities(
      dependencies,
      present,
      tally,
      due.filter((row) => row.key.startsWith("o:")),
    );
  }
}

/** What a chunk has worked on is not what the store holds any more. */
function dropChanged(links: Map<string, Link>, changed: ReadonlySet<string>): void {
  for (const [key, link] of links) if (changed.has(link.id)) links.delete(key);
}

/** Marked once, by this run, and read since: there is nothing left to look for. */
function isSatisfied(row: DirtyRow, satisfied: ReadonlySet<string>): boolean {
  return row.version === 1 && row.attempts === 0 && satisfied.has(row.key);
}

async function forget(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  rows: readonly DirtyRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await dependencies.store.commitOutcomes(facts.lease, {
    links: [],
    intents: [],
    tasks: [],
    rejects: [],
    dirty: [],
    done: rows,
  });
  tally.verdict("unchanged", rows.length);
}

/** Safety looks at the sum of everything planned so far, so that a danger cut in slices is still one danger. */
function safetyOf(
  dependencies: SyncDependencies,
  options: SyncOptions,
): (writes: readonly Write[]) => Promise<string | null> {
  const { safety } = dependencies.rulebook.connector;
  let sum: SafetyTally = NOTHING_YET;
  let linked: number | null = null;
  return async (writes) => {
    if (options.approve?.(writes) === true) return null;
    sum = addToTally(sum, writes);
    // Counting everybody costs more the more there are: only a run that would be too much for the smallest company is measured against all.
    if (checkSafety(sum, 0, safety) === null) return null;
    linked ??= await linkedCount(dependencies);
    return checkSafety(sum, linked, safety);
  };
}

async function linkedCount(dependencies: SyncDependencies): Promise<number> {
  return (await dependencies.store.counts())["linked"] ?? 0;
}
