/** Reads what following up goes by: who is due, tasks to change, and how facts changed. */
import { sql } from "kysely";
import type { StateStore } from "../jobs/state-port.ts";
import { selectRows } from "./ledger-part.ts";
import { FACT_CHANGES, TASKS } from "./ledger-tables.ts";
import { selectLinks } from "./link-part.ts";
import { LINKS, rowOfLink } from "./link-rows.ts";
import type { StateDatabase } from "./state-database.ts";

type FollowUpPart = Pick<StateStore, "linksDueForFollowUp" | "postponeScores" | "tasksToChange" | "factChangesOf">;

export function followUpPart(database: StateDatabase): FollowUpPart {
  const { connection } = database;
  return {
    linksDueForFollowUp: (now, limit) =>
      database.read((db) =>
        selectLinks(db, connection, sql`and follow_up_at <= ${now} order by follow_up_at, id limit ${limit}`),
      ),
    async postponeScores(lease, links) {
      if (links.length === 0) return;
      const columns = ["version", "score", "scoreDueAt"] as const;
      await database.fenced(lease, (tx) =>
        LINKS.change(tx, connection, links.map(rowOfLink), columns, "link.version = told.version - 1"),
      );
    },
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
