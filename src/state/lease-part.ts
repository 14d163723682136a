/** Leases: one run per job, each with a fence number that only rises. */
import { sql } from "kysely";
import type { Instant } from "../core/model/record.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { leaseLost, type StateDatabase } from "./state-database.ts";

type LeasePart = Pick<StateStore, "acquireLease" | "renewLease" | "releaseLease">;

export function leasePart(database: StateDatabase): LeasePart {
  const { connection } = database;
  return {
    async acquireLease(job, holder, ttlMs, now) {
      const until = later(now, ttlMs);
      const taken = await database.writeAlone((db) =>
        sql<{ fence: number }>`insert into lease (connection, job, holder, fence, until)
          values (${connection}, ${job}, ${holder}, 1, ${until})
          on conflict (connection, job) do update set holder = excluded.holder, fence = lease.fence + 1, until = excluded.until
          where lease.until <= ${now}::timestamptz
          returning fence`.execute(db),
      );
      const fence = taken.rows[0]?.fence;
      return fence === undefined ? null : { job, holder, fence, until };
    },

    async renewLease(lease, ttlMs, now) {
      const until = later(now, ttlMs);
      const renewed = await database.writeAlone((db) =>
        sql`update lease set until = ${until}
          where connection = ${connection} and job = ${lease.job} and fence = ${lease.fence} returning fence`.execute(
          db,
        ),
      );
      if (renewed.rows.length === 0) throw leaseLost(lease);
      return { ...lease, until };
    },

    async releaseLease(lease) {
      // The row stays: a fence must never be given out twice.
      await database.writeAlone((db) =>
        sql`update lease set until = '-infinity'
          where connection = ${connection} and job = ${lease.job} and fence = ${lease.fence}`.execute(db),
      );
    },
  };
}

function later(now: Instant, ms: number): Instant {
  return new Date(Date.parse(now) + ms).toISOString();
}
