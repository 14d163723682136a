/** What a person may have to look at: conflicts and rejects. */
import { sql } from "kysely";
import type { ConflictEntry, RejectEntry } from "../core/model/ledger.ts";
import type { DirtyMark, StateStore } from "../jobs/state-port.ts";
import { markDirty } from "./dirty-part.ts";
import { selectRows } from "./ledger-part.ts";
import { CONFLICTS, REJECTS } from "./ledger-tables.ts";
import type { StateDatabase } from "./state-database.ts";

type AttentionPart = Pick<StateStore, "conflicts" | "rejects" | "retryRejects">;

export function attentionPart(database: StateDatabase): AttentionPart {
  const { connection } = database;
  return {
    conflicts(filter): Promise<readonly ConflictEntry[]> {
      const open = filter.open === undefined ? sql`` : sql`and open = ${filter.open}`;
      const link = filter.link === undefined ? sql`` : sql`and link = ${filter.link}`;
      return database.read((db) =>
        selectRows(db, connection, CONFLICTS, sql`${open} ${link} order by at desc, id limit ${filter.limit}`),
      );
    },

    rejects(filter): Promise<readonly RejectEntry[]> {
      const link = filter.link === undefined ? sql`` : sql`and link = ${filter.link}`;
      return database.read((db) =>
        selectRows(db, connection, REJECTS, sql`${link} order by at desc, id limit ${filter.limit}`),
      );
    },

    retryRejects(lease, ids, now) {
      return database.fenced(lease, async (tx) => {
        const chosen = ids === "all" ? sql`` : sql`and id = any(${ids}::text[])`;
        const cleared =
          await sql<RejectEntry>`delete from reject where connection = ${connection} ${chosen} returning ${REJECTS.selected}`.execute(
            tx,
          );
        const keys = new Set(cleared.rows.map(markOf).filter((key) => key !== null));
        const marks: DirtyMark[] = [...keys].map((key) => ({ key, reason: "retry", dueAt: now }));
        await markDirty(tx, connection, marks, now);
        return marks.length;
      });
    },
  };
}

/** The person, or the record where none was paired with it. A refused value of no record leaves nothing to read. */
function markOf(reject: RejectEntry): string | null {
  if (reject.link !== null) return `l:${reject.link}`;
  if (reject.recordId === null) return null;
  return `${reject.system === "hubspot" ? "h" : "s"}:${reject.recordId}`;
}
