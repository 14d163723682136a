/** Changes tasks that reps have already: new reasons, another owner, more urgent, or closed with a note. A task that a rep has closed is left alone. */
import type { TaskEntry } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import type { FieldWrite, Write } from "../core/model/plan.ts";
import type { Owner, RawValue } from "../core/model/record.ts";
import { refusedTask } from "./refused-task.ts";
import { NOTHING_TOLD } from "./state-port.ts";
import { type RunFacts, type SyncDependencies, TASK } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";

const BATCH = 200;
/** Salesforce's own word for a task that is done; it is always among the values of Status. */
const CLOSED_STATUS = "Completed";

/** Sends every change that Salesforce has not taken yet. Sending one twice changes nothing, so a lost answer is no trouble. */
export async function changeTasks(dependencies: SyncDependencies, facts: RunFacts, tally: RunTally): Promise<void> {
  const { store, clients } = dependencies;
  const wanted = await store.tasksToChange(10 * BATCH);
  if (wanted.length === 0) return;
  const moot = wanted.filter(({ closedAt }) => closedAt !== null).map((task): TaskEntry => ({ ...task, change: null }));
  if (moot.length > 0) await store.saveTasks(facts.lease, moot);
  const open = wanted.filter(({ closedAt }) => closedAt === null);
  const links = new Map((await store.links(open.map(({ link }) => link))).map((link) => [link.id, link]));
  for (let start = 0; start < open.length; start += BATCH) {
    const batch = open.slice(start, start + BATCH).map((task) => ({
      task,
      write: changeWrite(task, links.get(task.link), facts.owners.salesforce),
    }));
    const outcomes = await clients.salesforce.write(batch.map(({ write }) => write));
    const byKey = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
    const saved: TaskEntry[] = [];
    const rejects = [];
    for (const { task, write } of batch) {
      const outcome = byKey.get(write.key);
      if (tally.keepPlan) tally.writes.push(write);
      if (outcome?.kind === "written") {
        tally.wrote(write, false);
        saved.push(changed(task, dependencies.clock.now()));
      } else if (outcome?.kind === "rejected" || outcome?.kind === "gone") {
        rejects.push(refusedTask(dependencies, facts, write, outcome));
        saved.push({ ...task, change: null });
      }
    }
    tally.rejects += rejects.length;
    if (tally.keepPlan) tally.planned.rejects.push(...rejects);
    await store.commitOutcomes(facts.lease, { ...NOTHING_TOLD, tasks: saved, rejects });
  }
}

/** What a real run would send of these tasks. */
export function plannedChanges(
  tasks: readonly TaskEntry[],
  links: ReadonlyMap<string, Pick<Link, "name">>,
  owners: readonly Owner[],
): Write[] {
  return tasks
    .filter(({ change, salesforceId, closedAt }) => change != null && salesforceId !== null && closedAt === null)
    .map((task) => changeWrite(task, links.get(task.link), owners));
}

function changed(task: TaskEntry, now: string): TaskEntry {
  if (task.change?.close === undefined) return { ...task, change: null };
  return { ...task, change: null, status: CLOSED_STATUS, closedAt: now, closedByUs: true };
}

function changeWrite(task: TaskEntry, link: Pick<Link, "name"> | undefined, owners: readonly Owner[]): Write {
  const { change, salesforceId } = task;
  const fields: Record<string, FieldWrite> = {};
  const put = (name: string, to: RawValue | undefined): void => {
    if (to !== undefined) fields[name] = { from: undefined, to, rule: task.purpose };
  };
  put("Subject", change?.subject);
  put("Description", change?.description);
  put("Priority", change?.priority);
  if (change?.ownerEmail !== undefined) put("OwnerId", ownerId(change.ownerEmail, owners));
  if (change?.close !== undefined) {
    put("Status", CLOSED_STATUS);
    put("Description", `${task.description}\n\nClosed by LeadLoop: ${change.close.note}.`.trim());
  }
  const what = change?.close === undefined ? "task brought up to date" : `task closed: ${change.close.note}`;
  return {
    key: `task:${task.cause}:change`,
    link: task.link,
    recordName: link?.name ?? task.link,
    system: "salesforce",
    object: TASK,
    id: salesforceId,
    operation: "update",
    fields,
    reason: what,
    unique: null,
    ifUnmodifiedSince: null,
    step: 1,
    purpose: "task",
  };
}

function ownerId(email: string, owners: readonly Owner[]): string | undefined {
  const wanted = email.toLowerCase();
  return owners.find((owner) => owner.active && owner.email?.toLowerCase() === wanted)?.id;
}
