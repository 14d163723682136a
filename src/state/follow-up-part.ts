/** Reads what following up goes by: who is due, cadences under way, steps taken, tasks to change, and how facts changed. */
import { sql } from "kysely";
import type { StateStore } from "../jobs/state-port.ts";
import { selectRows } from "./ledger-part.ts";
import { CADENCE_RUNS, FACT_CHANGES, FOLLOW_UP_EVENTS, TASKS } from "./ledger-tables.ts";
import { selectLinks } from "./link-part.ts";
import type { StateDatabase } from "./state-database.ts";

type FollowUpPart = Pick<
  StateStore,
  "linksDueForFollowUp" | "cadenceRunsOf" | "followUpEventsOf" | "tasksToChange" | "factChangesOf"
>;

export function followUpPart(database: StateDatabase): FollowUpPart {
  const { connection } = database;
  return {
    linksDueForFollowUp: (now, limit) =>
      database.read((db) =>
        selectLinks(db, connection, sql`and follow_up_at <= ${now} order by follow_up_at, id limit ${limit}`),
      ),
    cadenceRunsOf: (links) =>
      database.read((db) =>
        selectRows(
          db,
          connection,
          CADENCE_RUNS,
          sql`and link = any(${links}::text[]) order by link, started_at, cadence, anchor_at`,
        ),
      ),
    followUpEventsOf: (links) =>
      database.read((db) =>
        selectRows(db, connection, FOLLOW_UP_EVENTS, sql`and link = any(${links}::text[]) order by link, at, key`),
      ),
    tasksToChange: (limit) =>
      database.read((db) =>
        selectRows(
          db,
          connection,
          TASKS,
          sql`and change is not null and state = 'done' and salesforce_id is not null order by cause limit ${limit}`,
        ),
      ),
    factChangesOf: (links) =>
      database.read((db) =>
        selectRows(db, connection, FACT_CHANGES, sql`and link = any(${links}::text[]) order by link, version`),
      ),
  };
}
