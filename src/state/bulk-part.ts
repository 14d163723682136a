/** Keeps the jobs that a system works on by itself until their outcome has been read. */
import { sql } from "kysely";
import type { StateStore } from "../jobs/state-port.ts";
import { selectRows } from "./ledger-part.ts";
import { BULK_JOBS } from "./ledger-tables.ts";
import type { StateDatabase } from "./state-database.ts";

export function bulkPart(database: StateDatabase): Pick<StateStore, "openBulkJobs" | "saveBulkJob" | "closeBulkJob"> {
  const { connection } = database;
  return {
    openBulkJobs: () => database.read((db) => selectRows(db, connection, BULK_JOBS, sql`order by id`)),
    async saveBulkJob(lease, job) {
      await database.fenced(lease, (tx) =>
        BULK_JOBS.store(tx, connection, [job], { do: "update", set: BULK_JOBS.takeAll() }),
      );
    },
    async closeBulkJob(lease, id) {
      await database.fenced(lease, (tx) =>
        sql`delete from bulk_job where connection = ${connection} and id = ${id}`.execute(tx),
      );
    },
  };
}
