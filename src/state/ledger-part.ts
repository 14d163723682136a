/** Reads the ledger by run and by what is due; saves what the other systems told of tasks, handoffs and outcomes. */

import { type RawBuilder, sql } from "kysely";
import type { IntentEntry } from "../core/model/ledger.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { textArray } from "./binary-array.ts";
import { EARLIER_WRITES, HANDOFFS, INTENTS, OUTCOMES, TASKS } from "./ledger-tables.ts";
import type { RowTable, Statements } from "./row-table.ts";
import type { StateDatabase } from "./state-database.ts";
import { forgetOutcomes, storeOutcomes } from "./store-outcomes.ts";
import { storeHandoffs, storeTasks } from "./store-tasks.ts";

type LedgerPart = Pick<
  StateStore,
  | "unresolvedIntents"
  | "intentsOf"
  | "intentsOfRun"
  | "closeWrites"
  | "recentWrites"
  | "arrivedWrites"
  | "tasksDue"
  | "tasksBySalesforceId"
  | "saveTasks"
  | "openHandoffs"
  | "saveHandoffs"
  | "outcomesOfOpportunities"
  | "saveOutcomes"
  | "routedCounts"
>;

export function ledgerPart(database: StateDatabase): LedgerPart {
  const { connection } = database;
  const select = <Row extends object>(table: RowTable<Row>, rest: RawBuilder<unknown>) =>
    database.read((db) => selectRows(db, connection, table, rest));
  return {
    unresolvedIntents: (now, limit) =>
      select(
        INTENTS,
        sql`and state in ('sent', 'unknown') and not_before <= ${now} order by not_before, key, run limit ${limit}`,
      ),
    intentsOf: (link): Promise<readonly IntentEntry[]> =>
      select(INTENTS, sql`and link = ${link} order by sent_at, key, run`),
    intentsOfRun: (run) => select(INTENTS, sql`and run = ${run} order by sent_at, key`),
    async recentWrites(links, since) {
      if (links.length === 0) return [];
      return select(INTENTS, sql`and link = any(${links}::text[]) and sent_at >= ${since} order by sent_at, key, run`);
    },
    async arrivedWrites(links, since) {
      if (links.length === 0) return [];
      return select(
        EARLIER_WRITES,
        sql`and link = any(${textArray(links)}::text[]) and sent_at >= ${since} and state = 'written' order by sent_at, key, run`,
      );
    },
    closeWrites: (system, runs, withinSeconds) =>
      select(
        INTENTS,
        sql`and run = any(${runs}::text[]) and system = ${system} and state in ('sent', 'unknown', 'settled', 'written')
          and if_unmodified_since > sent_at - make_interval(secs => ${withinSeconds}) order by sent_at, key, run`,
      ),

    // Due ones, and sent ones whose answer never came: those are looked up before they are sent again.
    tasksDue: (now, limit) =>
      select(
        TASKS,
        sql`and state in ('due', 'sent') and (not_before <= ${now} or (not_before is null and state = 'due')) order by created_at, cause limit ${limit}`,
      ),
    tasksBySalesforceId: (ids) => select(TASKS, sql`and salesforce_id = any(${ids}::text[]) order by cause`),
    saveTasks: (lease, tasks) => database.fenced(lease, (tx) => storeTasks(tx, connection, tasks)),

    openHandoffs: () => select(HANDOFFS, sql`and outcome = 'open' order by deadline, link, epoch`),
    saveHandoffs: (lease, handoffs) => database.fenced(lease, (tx) => storeHandoffs(tx, connection, handoffs)),

    outcomesOfOpportunities: (ids) =>
      select(OUTCOMES, sql`and opportunity_id = any(${ids}::text[]) order by opportunity_id, contact_id`),
    saveOutcomes: (lease, outcomes, whole) =>
      database.fenced(lease, async (tx) => {
        await forgetOutcomes(tx, connection, whole, outcomes);
        await storeOutcomes(tx, connection, outcomes);
      }),

    async routedCounts() {
      const answer = await database.read((db) =>
        sql<{
          rule: string;
          ownerEmail: string;
          handoffs: number;
        }>`select rule, owner_email as "ownerEmail", handoffs from routed
          where connection = ${connection} order by rule collate "C", owner_email collate "C"`.execute(db),
      );
      const counts = new Map<string, Map<string, number>>();
      for (const row of answer.rows) {
        const ofRule = counts.get(row.rule) ?? new Map<string, number>();
        counts.set(row.rule, ofRule.set(row.ownerEmail, row.handoffs));
      }
      return counts;
    },
  };
}

/** Rows of one connection; `rest` goes on after its condition. */
export async function selectRows<Row extends object>(
  db: Statements,
  connection: string,
  table: RowTable<Row>,
  rest: RawBuilder<unknown>,
): Promise<readonly Row[]> {
  return table.read(
    db,
    sql`select ${table.selected} from ${sql.table(table.name)} where connection = ${connection} ${rest}`,
  );
}
