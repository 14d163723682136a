/** I8 to I12, I30: tasks once and always, a ledger that is complete, stages that only climb, and clears before backward moves. */
import type { Checker, Evidence } from "../evidence.ts";
import type { ChangeRow } from "../stand-ins.ts";
import { isForgotten } from "./naive.ts";

/** I8: one task for one cause, deleted ones included. */
export const noDuplicateTasks: Checker = ({ systems, humans }) => {
  const made = systems.changes.filter((change) => change.created && change.field === "LeadLoop_Cause__c");
  return made.flatMap((change, index) => {
    const earlier = made.slice(0, index).filter((other) => other.after === change.after);
    // Section 2.10: a request that left before a person deleted the first task, and arrives after, can be called back by nobody.
    const sentAt = systems.requests.find(
      ({ system, at, invocation }) => system === "salesforce" && at === change.at && invocation === change.invocation,
    )?.sentAt;
    const deletedOnTheWay = (id: string): boolean =>
      humans.some((row) => row.what === "delete-task" && row.id === id && row.at > (sentAt ?? 0) && row.at < change.at);
    if (earlier.every((other) => deletedOnTheWay(other.id))) return [];
    return [`two tasks for ${String(change.after)}`];
  });
};

/** I9: every task of a linked person is done and there (or a person deleted it); none hangs. */
export const tasksHappen: Checker = ({ state, systems, humans }) => {
  const linked = new Set(state.links.filter((link) => link.state === "linked").map((link) => link.id));
  return state.tasks
    .filter((task) => linked.has(task.link) && task.state !== "suppressed")
    .flatMap((task) => {
      const said = `the task of ${task.link} for ${task.cause}`;
      if (task.state !== "done")
        return state.rejects.some((reject) => reject.id === `task:${task.cause}`)
          ? []
          : [`${said} is still ${task.state}`];
      const record = systems.salesforce.records("Task").find((row) => row["LeadLoop_Cause__c"] === task.cause);
      if (record === undefined) return [`${said} is done, but is not in Salesforce`];
      // Salesforce deletes tasks along with the person they are about.
      const byHand = humans.some((row) => row.id === record["Id"] || row.what === "delete" || row.what === "merge");
      return record["IsDeleted"] === true && !byHand ? [`${said} was deleted, and no person did it`] : [];
    });
};

/** I10: every task that we made has its row in the ledger. */
export const taskLedgerIsComplete: Checker = (evidence) => {
  const { state, systems } = evidence;
  const known = new Set(state.tasks.map((task) => task.cause));
  return (
    systems.changes
      // A ledger that was put back knows nothing of what was made after the backup, unless the same cause stands again.
      .filter((change) => !isForgotten(evidence, change.at))
      .filter((change) => change.created && change.field === "LeadLoop_Cause__c")
      .filter((change) => !known.has(String(change.after)))
      .map((change) => `task ${change.id} for ${String(change.after)} is in no ledger`)
  );
};

const RANKS = ["subscriber", "lead", "mql", "sal", "sql", "opportunity", "customer", "evangelist"];

/** I11: (cycle, rank) only rises; a lower rank needs the next cycle and a reason. */
export const stagesClimb: Checker = ({ state }) => {
  const found: string[] = [];
  for (const { id, state: standing } of state.links) {
    const events = state.stages
      .filter((event) => event.link === id)
      .sort((one, other) => one.sequence - other.sequence);
    for (const [index, event] of events.entries()) {
      // Whoever is erased leaves no words behind.
      if (event.reason === "" && standing !== "erased") found.push(`${id}: entered ${event.stage} without a reason`);
      const before = events[index - 1];
      if (before === undefined) continue;
      const climbs = event.epoch === before.epoch && rankOf(event.stage) > rankOf(before.stage);
      if (climbs || event.epoch > before.epoch) continue;
      found.push(`${id}: from ${before.stage} of cycle ${before.epoch} to ${event.stage} of cycle ${event.epoch}`);
    }
  }
  return found;
};

/** The two exits come before everything else of their cycle. */
function rankOf(stage: string): number {
  return RANKS.indexOf(stage);
}

const HUBSPOT_RANKS = ["subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer"];

/** I30: in HubSpot a lower stage is never set over a higher one that was there when the record was read: it is cleared first. */
export const clearedFirst: Checker = (evidence) =>
  evidence.systems.changes
    .filter((change) => change.field === "lifecyclestage" && !change.created)
    .filter(({ before, after }) => {
      const [from, to] = [HUBSPOT_RANKS.indexOf(String(before)), HUBSPOT_RANKS.indexOf(String(after))];
      return from >= 0 && to >= 0 && to < from;
    })
    .filter((change) => !couldNotKnow(evidence, change))
    .map(
      ({ id, before, after }) =>
        `contact ${id} was set back from ${String(before)} to ${String(after)} without a clear`,
    );

/**
 * Section 2.12, C8: a request that arrives late was sent before the value that it replaces was written; the next run puts that right. HubSpot has no conditional
 * write, so the same goes for what a person set, or brought along by a merge, since the run had read the record: history tells it, and the next read decides.
 */
function couldNotKnow({ systems, humans }: Evidence, change: ChangeRow): boolean {
  const sent = systems.requests.find(
    ({ system, at, invocation }) => system === "hubspot" && at === change.at && invocation === change.invocation,
  );
  const sentAt = sent?.sentAt ?? change.at;
  const reads = systems.requests.filter(
    ({ system, at, invocation, request, response }) =>
      system === "hubspot" &&
      invocation === change.invocation &&
      at <= sentAt &&
      request.path.endsWith("/batch/read") &&
      response.body.includes(`"${change.id}"`),
  );
  const knownAt = Math.max(...reads.map(({ at }) => at), reads.length === 0 ? sentAt : 0);
  const ours = systems.changes.some(
    ({ id, field, at }) => id === change.id && field === change.field && at < change.at && at > sentAt,
  );
  const theirs = humans.some(
    ({ id, what, field, after, at }) =>
      (what === "merge" ? after === change.id : id === change.id && field === "lifecyclestage") &&
      at > knownAt &&
      at <= change.at,
  );
  return ours || theirs;
}
