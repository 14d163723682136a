/** Keeps the history of runs, the connection's settings and what was read of the systems' schemas and owners; counts it all. */
import { sql } from "kysely";
import type { Instant, ObjectSchema, Owner } from "../core/model/record.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { selectRows } from "./ledger-part.ts";
import { RUNS } from "./ledger-tables.ts";
import type { StateDatabase } from "./state-database.ts";

type RunPart = Pick<
  StateStore,
  | "schema"
  | "saveSchema"
  | "owners"
  | "saveOwners"
  | "startRun"
  | "finishRun"
  | "runs"
  | "setting"
  | "saveSetting"
  | "counts"
  | "linkedPeople"
>;

export function runPart(database: StateDatabase): RunPart {
  const { connection } = database;
  const saveRun: RunPart["startRun"] = async (run) => {
    await database.writeAlone((db) => RUNS.store(db, connection, [run], { do: "update", set: RUNS.takeAll() }));
  };
  return {
    ...cachePart(database),
    startRun: saveRun,
    finishRun: saveRun,
    runs: (limit) =>
      database.read((db) => selectRows(db, connection, RUNS, sql`order by started_at desc, id desc limit ${limit}`)),

    async setting(name) {
      const answer = await database.read((db) =>
        sql<{ value: string }>`select value from setting where connection = ${connection} and name = ${name}`.execute(
          db,
        ),
      );
      return answer.rows[0]?.value ?? null;
    },

    async saveSetting(name, value) {
      await database.writeAlone((db) =>
        sql`insert into setting (connection, name, value) values (${connection}, ${name}, ${value})
          on conflict (connection, name) do update set value = excluded.value`.execute(db),
      );
    },

    async counts() {
      const answer = await database.read((db) =>
        sql<{ name: string; rows: number }>`
          select coalesce(state, 'people') as name, count(*)::int as rows from link where connection = ${connection} group by rollup (state)
          union all select 'dirty', count(*)::int from dirty where connection = ${connection}
          union all select 'openConflicts', count(*)::int from conflict where connection = ${connection} and open
          union all select 'rejects', count(*)::int from reject where connection = ${connection}
          union all select 'unresolvedIntents', count(*)::int from intent where connection = ${connection} and state in ('sent', 'unknown')
          union all select 'tasksDue', count(*)::int from task where connection = ${connection} and state in ('due', 'sent')
          union all select 'tasksDone', count(*)::int from task where connection = ${connection} and state = 'done'
          union all select 'openHandoffs', count(*)::int from handoff where connection = ${connection} and outcome = 'open'
          order by name`.execute(db),
      );
      return Object.fromEntries(answer.rows.map((row) => [row.name, row.rows]));
    },

    async linkedPeople(enough) {
      const limit = Number.isFinite(enough) ? sql`limit ${enough}` : sql``;
      const answer = await database.read((db) =>
        sql<{ people: number }>`select count(*)::int as people from (
          select 1 from link where connection = ${connection} and state = 'linked' ${limit}) as counted`.execute(db),
      );
      return answer.rows[0]?.people ?? 0;
    },
  };
}

function cachePart(database: StateDatabase): Pick<StateStore, "schema" | "saveSchema" | "owners" | "saveOwners"> {
  const { connection } = database;
  return {
    async schema(system, object) {
      const answer = await database.read((db) =>
        sql<{ schema: ObjectSchema; readAt: Instant }>`select schema, read_at as "readAt" from schema_cache
          where connection = ${connection} and system = ${system} and object = ${object}`.execute(db),
      );
      return answer.rows[0] ?? null;
    },

    async saveSchema(schema, readAt) {
      await database.writeAlone((db) =>
        sql`insert into schema_cache (connection, system, object, schema, read_at)
          values (${connection}, ${schema.system}, ${schema.object}, ${JSON.stringify(schema)}::json, ${readAt})
          on conflict (connection, system, object) do update set schema = excluded.schema, read_at = excluded.read_at`.execute(
          db,
        ),
      );
    },

    async owners(system) {
      const answer = await database.read((db) =>
        sql<{ owners: readonly Owner[]; readAt: Instant }>`select owners, read_at as "readAt" from owner_cache
          where connection = ${connection} and system = ${system}`.execute(db),
      );
      return answer.rows[0] ?? null;
    },

    async saveOwners(system, owners, readAt) {
      await database.writeAlone((db) =>
        sql`insert into owner_cache (connection, system, owners, read_at)
          values (${connection}, ${system}, ${JSON.stringify(owners)}::json, ${readAt})
          on conflict (connection, system) do update set owners = excluded.owners, read_at = excluded.read_at`.execute(
          db,
        ),
      );
    },
  };
}
