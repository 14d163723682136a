/** Stores tasks and handoffs so that none is ever made twice or taken back. */
import { sql } from "kysely";
import { type HandoffEntry, type TaskEntry, taskWriteKey } from "../core/model/ledger.ts";
import type { Decisions } from "../jobs/state-port.ts";
import { HANDOFFS, TASKS } from "./ledger-tables.ts";
import type { Statements } from "./row-table.ts";

/** A task that is done stays done: a rep who deletes it does not get it again. */
const NOT_BACK_FROM_DONE = "task.state <> 'done' or excluded.state = 'done'";

/** A task that was not sent yet may still go to another owner. */
const WAITS_FOR_ANOTHER = "task.state = 'due' and task.owner_email <> excluded.owner_email";

/** Tasks that a decision calls for: a cause that has its task already keeps it as it is, unless it still waits and is for another owner now. */
export async function storeDueTasks(tx: Statements, connection: string, tasks: readonly TaskEntry[]): Promise<void> {
  await TASKS.store(tx, connection, firstOfEachCause(tasks.filter((task) => task.state === "due")), {
    do: "update",
    set: TASKS.takeAll(),
    when: WAITS_FOR_ANOTHER,
  });
  await storeTasks(
    tx,
    connection,
    tasks.filter((task) => task.state !== "due"),
  );
}

/** What became of tasks. One that has arrived leaves no refusal behind. */
export async function storeTasks(tx: Statements, connection: string, tasks: readonly TaskEntry[]): Promise<void> {
  const last = new Map(tasks.map((task) => [task.cause, task]));
  await TASKS.store(tx, connection, [...last.values()], {
    do: "update",
    set: TASKS.takeAll(),
    when: NOT_BACK_FROM_DONE,
  });
  const arrived = tasks.filter((task) => task.state === "done").map((task) => taskWriteKey(task.cause));
  if (arrived.length === 0) return;
  await sql`delete from reject where connection = ${connection} and id = any(${arrived}::text[])`.execute(tx);
}

/** One handoff per person and cycle; one that has ended is not opened again, unless it was withdrawn with a record that came back. */
export async function storeHandoffs(
  tx: Statements,
  connection: string,
  handoffs: readonly HandoffEntry[],
): Promise<void> {
  const last = new Map(handoffs.map((handoff) => [`${handoff.link} ${handoff.epoch}`, handoff]));
  await HANDOFFS.store(tx, connection, [...last.values()], {
    do: "update",
    set: HANDOFFS.takeAll(),
    when: "handoff.outcome in ('open', 'withdrawn') or excluded.outcome <> 'open'",
  });
}

/** Adds these handoffs to the counters that round robin goes by. */
export async function countRouted(tx: Statements, connection: string, routed: Decisions["routed"]): Promise<void> {
  if (routed.length === 0) return;
  await sql`insert into routed (connection, rule, owner_email, handoffs)
    select ${connection}::text, given.rule, given.owner_email, count(*)
      from unnest(${routed.map((entry) => entry.rule)}::text[], ${routed.map((entry) => entry.ownerEmail)}::text[]) as given(rule, owner_email)
      group by given.rule, given.owner_email order by given.rule, given.owner_email
    on conflict (connection, rule, owner_email) do update set handoffs = routed.handoffs + excluded.handoffs`.execute(
    tx,
  );
}

function firstOfEachCause(tasks: readonly TaskEntry[]): TaskEntry[] {
  const first = new Map<string, TaskEntry>();
  for (const task of tasks) if (!first.has(task.cause)) first.set(task.cause, task);
  return [...first.values()];
}
