/** Works the marks of a run: chunk by chunk for real, or everybody in one go when nothing is to be written. */
import { RetryLater, StopRun } from "../core/errors.ts";
import type { Link } from "../core/model/link.ts";
import { PRIORITY } from "../core/model/priority.ts";
import { BulkLane } from "./bulk-lane.ts";
import { deliverTasks } from "./deliver-tasks.ts";
import type { JudgedPlan } from "./ended-people.ts";
import { followNewContacts, followOpportunities, foreseeOpportunities } from "./follow-opportunities.ts";
import { keepLease } from "./keep-lease.ts";
import { assertDayBudget } from "./known-quota.ts";
import { PeopleIndex } from "./people-index.ts";
import type { ChangesRead } from "./read-changes.ts";
import { safetyOf } from "./safety-stop.ts";
import { type DirtyMark, type DirtyRow, NOTHING_TOLD } from "./state-port.ts";
import { syncChunk } from "./sync-chunk.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";

/** A person is worked on at most this often in one run; whoever keeps changing waits for the next. */
const MOST_PASSES = 3;

/** Lets a plan through that safety would stop. */
export type Approve = (part: JudgedPlan) => boolean;

/** A dry run keeps its marks to itself and looks at everybody in one go. */
export async function workOnce(
  dependencies: SyncDependencies,
  facts: RunFacts,
  approve: Approve | undefined,
  tally: RunTally,
  changes: ChangesRead,
): Promise<string | null> {
  const stored = await dependencies.store.dirtyDue(1_000_000, dependencies.clock.now());
  const rows = new Map<string, DirtyRow>(stored.map((row) => [row.key, row]));
  for (const mark of changes.marks) if (!rows.has(mark.key)) rows.set(mark.key, asRow(mark));
  const foreseen = await foreseeOpportunities(
    dependencies,
    facts,
    tally,
    [...rows.values()].filter((row) => row.key.startsWith("o:")),
  );
  for (const { link } of foreseen) {
    const mark = { key: `l:${link}`, reason: "opportunity", dueAt: facts.startedAt };
    if (!rows.has(mark.key)) rows.set(mark.key, asRow(mark));
  }
  const people = [...rows.values()].filter((row) => !row.key.startsWith("o:")).sort(asDue);
  const safety = safetyOf(dependencies, approve);
  const index = new PeopleIndex(dependencies.store);
  const chunk = await syncChunk(dependencies, facts, tally, {
    rows: people,
    index,
    known: changes.salesforce,
    isWhole: changes.salesforceIsWhole,
    refuse: safety,
    foreseen,
    bulk: new BulkLane(dependencies, facts, tally),
  });
  return chunk.refused;
}

/** In the order in which a real run takes them up, so that routing serves the same owners in turn. */
function asDue(a: DirtyRow, b: DirtyRow): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  if (a.dueAt !== b.dueAt) return a.dueAt < b.dueAt ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

function asRow(mark: DirtyMark): DirtyRow {
  return { ...mark, priority: mark.priority ?? PRIORITY.ordinary, version: 0, attempts: 0, firstSeenAt: mark.dueAt };
}

/** Gives the safety stop's reason, or null when every mark that was due, or every one of `only`, has been worked. */
export async function workMarks(
  dependencies: SyncDependencies,
  facts: RunFacts,
  approve: Approve | undefined,
  tally: RunTally,
  changes: ChangesRead,
  only?: readonly string[],
): Promise<string | null> {
  const bulk = new BulkLane(dependencies, facts, tally, only !== undefined);
  let refused: string | null;
  try {
    refused = await workDue(dependencies, facts, approve, tally, changes, only, bulk);
  } catch (error) {
    await leaveAfter(error, bulk);
    throw error;
  }
  await bulk.leave();
  const [first, ...others] = bulk.jobs;
  if (first === undefined || refused !== null) return refused;
  throw new StopRun(
    `Salesforce is still working on bulk job ${first.id}${others.length === 0 ? "" : ` and ${others.length} more`}; the next run reads what became of its records`,
    { kind: "paused" },
  );
}

/** A run that ends early hands over what it has gathered, if it still can. What ended it is what counts. */
async function leaveAfter(error: unknown, bulk: BulkLane): Promise<void> {
  if (!(error instanceof StopRun) && !(error instanceof RetryLater)) return;
  try {
    await bulk.leave();
  } catch (second) {
    if (!(second instanceof StopRun) && !(second instanceof RetryLater)) throw second;
  }
}

async function workDue(
  dependencies: SyncDependencies,
  facts: RunFacts,
  approve: Approve | undefined,
  tally: RunTally,
  changes: ChangesRead,
  only: readonly string[] | undefined,
  bulk: BulkLane,
): Promise<string | null> {
  const { store, clock, rulebook } = dependencies;
  const safety = safetyOf(dependencies, approve);
  const passes = new Map<string, number>();
  /** Keys of records that were read after this run marked them. */
  const satisfied = new Set<string>();
  let lease = facts.lease;
  let delivered = false;
  const deliverOnce = async (): Promise<void> => {
    if (!delivered) await deliverTasks(dependencies, { ...facts, lease }, tally);
    delivered = true;
  };
  while (true) {
    const now = clock.now();
    assertTimeLeft(facts, now);
    assertDayBudget(dependencies, facts.spentToday);
    const { chunkSize } = rulebook.connector;
    const marked = only === undefined ? await store.dirtyDue(chunkSize, now) : await store.dirtyOf(only);
    const due = dueAmong(marked, now, passes).slice(0, chunkSize);
    if (due.length === 0 && !bulk.isBusy) return null;
    // Reps have their tasks before a backfill goes on, however long that takes.
    if (due[0]?.priority === PRIORITY.backfill) await deliverOnce();
    countPass(passes, due);
    lease = await keepLease(dependencies, lease, now);
    const present = { ...facts, lease };
    if (due.length === 0) {
      if (await bulk.waitForMore(present)) continue;
      return null;
    }
    await bulk.tend(present, due.length >= chunkSize);
    const index = new PeopleIndex(store, changes.links);
    const people = due.filter((row) => !row.key.startsWith("o:"));
    const known = people.filter((row) => isSatisfied(row, satisfied));
    await forget(dependencies, present, tally, known);
    const rest = people.filter((row) => !isSatisfied(row, satisfied));
    const chunk = await syncChunk(dependencies, present, tally, {
      rows: rest,
      index,
      known: changes.salesforce,
      isWhole: changes.salesforceIsWhole,
      refuse: safety,
      bulk,
    });
    if (chunk.refused !== null) return chunk.refused;
    for (const key of chunk.read) satisfied.add(key);
    dropChanged(changes.links, new Set(index.ids()));
    await finishChunk(dependencies, present, tally, due, index, chunk.followed);
  }
}

function countPass(passes: Map<string, number>, rows: readonly DirtyRow[]): void {
  for (const { key } of rows) passes.set(key, (passes.get(key) ?? 0) + 1);
}

/** Hot leads' reps have their tasks now; and the opportunities of contacts who are new here, or that have changed. */
async function finishChunk(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  due: readonly DirtyRow[],
  index: PeopleIndex,
  followed: ReadonlySet<string>,
): Promise<void> {
  if (due.some((row) => row.priority === PRIORITY.hot)) await deliverTasks(dependencies, facts, tally);
  const contacts = index.newContacts().filter((id) => !followed.has(id));
  await followNewContacts(dependencies, facts, tally, contacts);
  const opportunities = due.filter((row) => row.key.startsWith("o:"));
  await followOpportunities(dependencies, facts, tally, opportunities);
}

function dueAmong(rows: readonly DirtyRow[], now: string, passes: ReadonlyMap<string, number>): readonly DirtyRow[] {
  return rows.filter(({ key, dueAt }) => dueAt <= now && (passes.get(key) ?? 0) < MOST_PASSES);
}

function assertTimeLeft({ deadline }: RunFacts, now: string): void {
  if (now >= deadline)
    throw new StopRun("the time budget is spent; the next run goes on from here", { kind: "paused", outOfTime: true });
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
  await dependencies.store.commitOutcomes(facts.lease, { ...NOTHING_TOLD, done: rows });
  tally.verdict("unchanged", rows.length);
}
