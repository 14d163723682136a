/** Gives reps their tasks: one per cause, found again by its key when an answer was lost, and never made twice even if a rep deleted it. */
import { type RejectEntry, type TaskEntry, taskWriteKey } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { Write } from "../core/model/plan.ts";
import type { CrmRecord, Instant, Owner } from "../core/model/record.ts";
import { type Rulebook, SIGNAL_KINDS } from "../core/model/rulebook.ts";
import { taskOwner } from "../core/rules/route-lead.ts";
import type { PersonDecision } from "../core/sync/person-decision.ts";
import { later } from "../core/sync/sight-fields.ts";
import { plannedChanges } from "./change-tasks.ts";
import { mayBeThere } from "./lost-tasks.ts";
import { forgetOwners } from "./prepare-run.ts";
import { ONCE_OWNERS_ARE_READ, OWNER_LEFT } from "./record-outcomes.ts";
import { refusedTask } from "./refused-task.ts";
import { type DirtyMark, NOTHING_TOLD } from "./state-port.ts";
import { type RunFacts, type SyncDependencies, TASK } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";
import { stopForUnknownCode } from "./unknown-codes.ts";

const BATCH = 200;
/** Salesforce's own word for a task that nobody has begun. */
const NOT_STARTED = "Not Started";

/** Sends every task that is due and whose person has a Salesforce record. */
export async function deliverTasks(dependencies: SyncDependencies, facts: RunFacts, tally: RunTally): Promise<void> {
  const { store, clock, rulebook } = dependencies;
  const due = await store.tasksDue(clock.now(), 10 * BATCH);
  if (due.length === 0) return;
  const links = new Map((await store.links(due.map((task) => task.link))).map((link) => [link.id, link]));
  const anyMayBeThere = await mayBeThere(store, clock.now());
  const uncertain = due.filter((task) => task.state === "sent" || anyMayBeThere);
  const found = await findByCause(dependencies, uncertain);
  const settled = uncertain.flatMap((task) => {
    const record = found.get(task.cause);
    return record === undefined
      ? []
      : [
          {
            ...task,
            state: "done" as const,
            notBefore: null,
            salesforceId: record.ref.id,
            deliveredAt: task.deliveredAt ?? record.createdAt,
          },
        ];
  });
  const over = due.flatMap((task) =>
    isGivenUp(task, found)
      ? [{ ...task, state: "suppressed" as const, notBefore: null, reason: task.change?.close?.note ?? task.reason }]
      : overTask(task, links.get(task.link), rulebook, clock.now()),
  );
  if (settled.length + over.length > 0) await store.saveTasks(facts.lease, [...settled, ...over]);
  const sendable = due
    .filter((task) => !found.has(task.cause))
    .flatMap((task) => readyTask(task, links.get(task.link), dependencies, facts.owners.salesforce));
  const notBefore = later(clock.now(), rulebook.connector.quarantineSeconds * 1_000);
  for (let start = 0; start < sendable.length; start += BATCH) {
    const batch = sendable.slice(start, start + BATCH);
    await store.saveTasks(
      facts.lease,
      batch.map(({ task }) => ({ ...task, state: "sent" as const, notBefore })),
    );
    await sendBatch(dependencies, facts, tally, batch);
  }
}

/** It was to be closed before its answer came, and never arrived: nobody needs it any more. */
function isGivenUp({ state, change, cause }: TaskEntry, found: ReadonlyMap<string, CrmRecord>): boolean {
  return state === "sent" && change?.close !== undefined && !found.has(cause);
}

/** A task that can reach nobody any more is not kept waiting in front of the others. */
function overTask(task: TaskEntry, link: Link | undefined, { signals }: Rulebook, now: Instant): TaskEntry[] {
  if (task.state !== "due") return [];
  const over = (why: string): TaskEntry[] => [{ ...task, state: "suppressed", reason: `not made: ${why}` }];
  if (link === undefined || GONE.has(link.state)) return over("the person was deleted, or merged into another");
  const isSignal = SIGNAL_KINDS.some((kind) => kind === task.purpose);
  if (!isSignal || link.salesforceId !== null || task.createdAt > later(now, -signals.freshDays * DAY_MS)) return [];
  return over(`the person was not in Salesforce within ${signals.freshDays} days`);
}

const GONE: ReadonlySet<Link["state"]> = new Set(["tombstoned", "superseded", "erased"]);
const DAY_MS = 86_400_000;

interface Sendable {
  readonly task: TaskEntry;
  readonly write: Write;
}

function readyTask(
  task: TaskEntry,
  link: Link | undefined,
  dependencies: SyncDependencies,
  owners: readonly Owner[],
): Sendable[] {
  if (link === undefined || link.salesforceId === null || link.state !== "linked") return [];
  if (task.change?.close !== undefined) return [];
  return [{ task, write: taskWrite(task, link, dependencies, owners) }];
}

/** What a real run would send: tasks already due, and those of people decided just now, whose record may be created in the same run. */
export async function plannedTasks(
  dependencies: SyncDependencies,
  facts: RunFacts,
  decided: readonly PersonDecision[],
): Promise<readonly Write[]> {
  const { store, clock } = dependencies;
  const owners = facts.owners.salesforce;
  const due = await store.tasksDue(clock.now(), 10 * BATCH);
  const links = new Map((await store.links(due.map((task) => task.link))).map((link) => [link.id, link]));
  const stored = due
    .flatMap((task) => readyTask(task, links.get(task.link), dependencies, owners))
    .map(({ write }) => write);
  const fresh = decided.flatMap(({ link, tasks, writes }) => {
    const there =
      link.salesforceId !== null || writes.some((write) => write.purpose === "create" && write.system === "salesforce");
    return there
      ? tasks.filter((task) => task.state === "due").map((task) => taskWrite(task, link, dependencies, owners))
      : [];
  });
  const told = decided.flatMap(({ tasks }) => tasks.filter((task) => task.change != null));
  const changes = await store.tasksToChange(10 * BATCH);
  const names = new Map([
    ...(await store.links(changes.map(({ link }) => link))).map((link): [string, Link] => [link.id, link]),
    ...decided.map(({ link }): [string, Link] => [link.id, link]),
  ]);
  const changed = plannedChanges([...changes, ...told], names, owners);
  return [...new Map([...stored, ...fresh, ...changed].map((write) => [write.key, write])).values()];
}

/** A task as a write: an upsert on its cause. */
function taskWrite(
  task: TaskEntry,
  link: Pick<Link, "id" | "name" | "salesforceId">,
  { ownFields, rulebook }: SyncDependencies,
  owners: readonly Owner[],
): Write {
  const owner = taskOwner(task.ownerEmail, owners, rulebook.routing);
  const values = {
    Subject: task.subject,
    Description: task.description,
    Priority: task.priority,
    Status: NOT_STARTED,
    ActivityDate: task.dueOn,
    WhoId: link.salesforceId,
    ...(owner === null ? {} : { OwnerId: owner.id }),
  };
  const fields = Object.fromEntries(
    Object.entries(values).map(([name, to]) => [name, { from: undefined, to, rule: task.purpose }]),
  );
  return {
    key: taskWriteKey(task.cause),
    link: link.id,
    recordName: link.name,
    system: "salesforce",
    object: TASK,
    id: null,
    operation: "create",
    fields,
    reason: task.reason,
    unique: { field: ownFields.cause, value: task.cause },
    ifUnmodifiedSince: null,
    step: 1,
    purpose: "task",
  };
}

async function findByCause(
  dependencies: SyncDependencies,
  tasks: readonly TaskEntry[],
): Promise<ReadonlyMap<string, CrmRecord>> {
  if (tasks.length === 0) return new Map();
  const field = dependencies.ownFields.cause;
  const records = await dependencies.clients.salesforce.readByField({
    object: TASK,
    field,
    values: tasks.map((task) => task.cause),
    fields: [field, "Status"],
    includeDeleted: true,
  });
  return new Map(records.map((record) => [String(record.fields[field] ?? ""), record]));
}

async function sendBatch(
  dependencies: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  batch: readonly Sendable[],
): Promise<void> {
  const { store, clients, clock } = dependencies;
  const outcomes = await clients.salesforce.write(batch.map(({ write }) => write));
  const byKey = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
  const saved: TaskEntry[] = [];
  const rejects: RejectEntry[] = [];
  const dirty: DirtyMark[] = [];
  for (const { task, write } of batch) {
    const outcome = byKey.get(write.key);
    if (tally.keepPlan) tally.writes.push(write);
    if (outcome?.kind === "written") {
      tally.wrote(write, outcome.created);
      saved.push({
        ...task,
        state: "done",
        notBefore: null,
        salesforceId: outcome.id,
        status: NOT_STARTED,
        deliveredAt: task.deliveredAt ?? clock.now(),
      });
    } else if (outcome?.kind === "rejected" || outcome?.kind === "gone") {
      const reject = refusedTask(dependencies, facts, write, outcome);
      rejects.push(reject);
      if (reject.code === OWNER_LEFT) {
        // Nothing was made. The person is decided anew with the users as they are now, and routed once more.
        const dueAt = later(clock.now(), ONCE_OWNERS_ARE_READ.inSeconds * 1_000);
        dirty.push({ key: `l:${task.link}`, reason: ONCE_OWNERS_ARE_READ.reason, dueAt });
        saved.push({ ...task, state: "due", notBefore: dueAt });
      } else {
        // Tried again in an hour: the record may be mended by then.
        saved.push({ ...task, state: "sent", notBefore: later(clock.now(), HOUR_MS) });
      }
    } else if (outcome?.kind === "deferred") saved.push({ ...task, state: "due", notBefore: null });
  }
  tally.rejects += rejects.length;
  if (tally.keepPlan) tally.planned.rejects.push(...rejects);
  await store.commitOutcomes(facts.lease, { ...NOTHING_TOLD, tasks: saved, rejects, dirty });
  if (dirty.length > 0) await forgetOwners(dependencies);
  const stop = stopForUnknownCode(
    batch.map(({ write }) => write),
    outcomes,
  );
  if (stop !== null) throw stop;
}

const HOUR_MS = 3_600_000;

/** What reps did with their tasks, as Salesforce tells it. */
export async function noteTaskChanges(
  dependencies: SyncDependencies,
  facts: RunFacts,
  records: readonly CrmRecord[],
): Promise<void> {
  if (records.length === 0 || facts.dry) return;
  const { store } = dependencies;
  const byId = new Map(records.map((record) => [record.ref.id, record]));
  const tasks = await store.tasksBySalesforceId([...byId.keys()]);
  const changed = tasks.flatMap((task) => {
    const record = task.salesforceId === null ? undefined : byId.get(task.salesforceId);
    if (record === undefined) return [];
    const deleted = record.fate.kind === "deleted";
    const closed = record.fields["IsClosed"] === true || deleted;
    const status = deleted ? "Deleted" : String(record.fields["Status"] ?? "");
    const closedAt = closed ? closedAtOf(record) : null;
    // What we closed ourselves was closed when we said so.
    if (task.status === status && (task.closedAt === closedAt || (task.closedByUs && closed))) return [];
    const touchedAt = task.touchedAt ?? (status === NOT_STARTED ? null : (closedAt ?? record.modifiedAt));
    return [{ ...task, status, closedAt, touchedAt }];
  });
  if (changed.length === 0) return;
  await store.saveTasks(facts.lease, changed);
  // A task that a rep has closed may be the acceptance of the handoff.
  const dirty = [...new Set(changed.map((task) => task.link))].map((link) => ({
    key: `l:${link}`,
    reason: "task changed",
    dueAt: facts.startedAt,
  }));
  await store.ingest(facts.lease, { dirty, cursors: [], seen: [], now: facts.startedAt });
}

function closedAtOf(record: CrmRecord): Instant {
  const completed = record.fields["CompletedDateTime"];
  return typeof completed === "string" ? new Date(Date.parse(completed)).toISOString() : record.modifiedAt;
}
