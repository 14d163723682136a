/** Stores what a chunk decided and what became of it: one transaction each, under the lease's fence. */

import { sql } from "kysely";
import { type Decisions, NOTHING_DECIDED, type Outcomes, type StateStore } from "../jobs/state-port.ts";
import { textArray } from "./binary-array.ts";
import { clearDirty, markDirty } from "./dirty-part.ts";
import {
  CADENCE_RUNS,
  CONFLICTS,
  FACT_CHANGES,
  FOLLOW_UP_EVENTS,
  INTENTS,
  REJECTS,
  STAGE_EVENTS,
} from "./ledger-tables.ts";
import { storeNotices } from "./notice-part.ts";
import type { Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";
import { storeAliases, storeDelivered, storeLinks } from "./store-links.ts";
import { storeOutcomes } from "./store-outcomes.ts";
import { countRouted, storeDueTasks, storeHandoffs, storeTasks } from "./store-tasks.ts";
import { withoutStale } from "./without-stale.ts";

type CommitPart = Pick<StateStore, "commitDecisions" | "commitOutcomes">;

export function commitPart(database: StateDatabase): CommitPart {
  const { connection } = database;
  return {
    commitDecisions(lease, decisions) {
      return database.fenced(lease, async (tx) => {
        const { stale, before } = await storeLinks(tx, connection, decisions.links, decisions.stageEvents);
        const kept = withoutStale(decisions, stale, before);
        await storeAliases(tx, connection, kept.aliases, before);
        await settle(tx, connection, kept, [...stale]);
        await storeDecided(tx, connection, kept);
        return { stale: [...stale] };
      });
    },

    commitOutcomes(lease, outcomes) {
      return database.fenced(lease, async (tx) => {
        const { stale, before } = await storeDelivered(tx, connection, outcomes.links, outcomes.factsOf);
        // What the other side answered is so whoever asked: only the marks of people who must be read again stay.
        const { done } = withoutStale(
          { ...NOTHING_DECIDED, links: outcomes.links, done: outcomes.done },
          stale,
          before,
        );
        await closeIntents(tx, connection, outcomes.intents);
        await storeTasks(tx, connection, outcomes.tasks);
        await settleRejects(tx, connection, outcomes.settledRejects);
        await storeRejects(tx, connection, outcomes.rejects);
        await clearDirty(tx, connection, done);
        await markDirty(tx, connection, outcomes.dirty, null);
        return { stale: [...stale] };
      });
    },
  };
}

async function storeDecided(tx: Statements, connection: string, decisions: Decisions): Promise<void> {
  await INTENTS.store(
    tx,
    connection,
    lastOfEach(decisions.intents, (intent) => `${intent.key} ${intent.run}`),
    {
      do: "update",
      set: INTENTS.takeAll(),
    },
  );
  await CONFLICTS.store(
    tx,
    connection,
    lastOfEach(decisions.conflicts, (conflict) => conflict.id),
    {
      do: "update",
      set: CONFLICTS.takeAll(),
    },
  );
  await storeRejects(tx, connection, decisions.rejects);
  await STAGE_EVENTS.store(tx, connection, decisions.stageEvents, { do: "nothing" });
  await storeHandoffs(tx, connection, decisions.handoffs);
  await storeDueTasks(tx, connection, decisions.tasks);
  await storeOutcomes(tx, connection, decisions.outcomes);
  await storeNotices(tx, connection, decisions.notices);
  await CADENCE_RUNS.store(tx, connection, decisions.cadenceRuns, { do: "update", set: CADENCE_RUNS.takeAll() });
  await FOLLOW_UP_EVENTS.store(tx, connection, decisions.followUpEvents, { do: "nothing" });
  await FACT_CHANGES.store(tx, connection, decisions.factChanges, { do: "nothing" });
  await countRouted(tx, connection, decisions.routed);
  // First the marks that are worked off, so that one set anew in the same breath stays.
  await clearDirty(tx, connection, decisions.done);
  await markDirty(tx, connection, decisions.dirty, null);
}

/** What is over, but for that of stale links, which stays as it is; a write that is sent again is as open as its new attempt. */
async function settle(
  tx: Statements,
  connection: string,
  { settled, intents }: Pick<Decisions, "settled" | "intents">,
  stale: readonly string[],
): Promise<void> {
  const { conflicts, rejects, writes } = settled;
  if (writes.length > 0) {
    await sql`update intent set state = 'settled'
      where connection = ${connection} and link = any(${writes}::text[]) and state in ('sent', 'unknown')
        and link <> all(${stale}::text[]) and key <> all(${intents.map((intent) => intent.key)}::text[])`.execute(tx);
  }
  if (conflicts.length > 0) {
    await sql`update conflict set open = false
      where connection = ${connection} and open and (id = any(${conflicts}::text[]) or link = any(${conflicts}::text[])
        or link || ':' || field = any(${conflicts}::text[])) and link <> all(${stale}::text[])`.execute(tx);
  }
  if (rejects.length > 0) {
    await sql`delete from reject
      where connection = ${connection} and (id = any(${rejects}::text[]) or link = any(${rejects}::text[]))
        and (link is null or link <> all(${stale}::text[]))`.execute(tx);
  }
}

async function settleRejects(tx: Statements, connection: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`delete from reject where connection = ${connection} and id = any(${textArray(ids)}::text[])`.execute(tx);
}

/** A reject that comes again counts one attempt more. */
async function storeRejects(tx: Statements, connection: string, rejects: Decisions["rejects"]): Promise<void> {
  await REJECTS.store(
    tx,
    connection,
    lastOfEach(rejects, (reject) => reject.id),
    {
      do: "update",
      set: `${REJECTS.takeAll(["attempts"])}, attempts = greatest(reject.attempts + 1, excluded.attempts)`,
    },
  );
}

/** Closes every attempt of these writes whose outcome was still open. */
async function closeIntents(tx: Statements, connection: string, intents: Outcomes["intents"]): Promise<void> {
  if (intents.length === 0) return;
  const told = (property: "key" | "state" | "recordId" | "detail") =>
    textArray(intents.map((intent) => intent[property]));
  await sql`update intent set state = told.state, record_id = coalesce(told.record_id, intent.record_id), detail = told.detail
    from unnest(${told("key")}::text[], ${told("state")}::text[], ${told("recordId")}::text[], ${told("detail")}::text[])
      as told(key, state, record_id, detail)
    where intent.connection = ${connection} and intent.key = told.key and intent.state in ('sent', 'unknown')`.execute(
    tx,
  );
}

function lastOfEach<Row>(rows: readonly Row[], key: (row: Row) => string): readonly Row[] {
  const last = new Map(rows.map((row) => [key(row), row]));
  return last.size === rows.length ? rows : [...last.values()];
}
