/** Keeps the planner's figures fit for tables that a first sync fills within minutes. */
import { sql } from "kysely";
import type { Statements } from "./row-table.ts";

/**
 * Looking whether a table has grown costs a round trip, so not every transaction looks: the more there have been, the more it takes for a table to double.
 * Somebody may begin to load a million people at any time, though.
 */
const LOOK_AT_LEAST_EVERY = 50;
const LOOK_AT_MOST_EVERY = 10;

/**
 * Without figures, or with those of an empty table, PostgreSQL takes `connection` for selective and reads everybody for each chunk. A server's autovacuum
 * mends that within minutes, where it is on; the embedded database has none. So a table that has doubled is analysed at once.
 */
export class TableStatistics {
  readonly #db: Statements;
  #writes = 0;
  #next = 1;

  constructor(db: Statements) {
    this.#db = db;
  }

  async afterWrite(): Promise<void> {
    this.#writes += 1;
    if (this.#writes < this.#next) return;
    const wait = Math.min(LOOK_AT_LEAST_EVERY, Math.max(LOOK_AT_MOST_EVERY, Math.round(this.#writes / 10)));
    this.#next = this.#writes + wait;
    // relpages is what the last analysis saw.
    const grown = await sql<{ name: string }>`select relname as name from pg_class
      where oid in (to_regclass('link'), to_regclass('alias'), to_regclass('dirty'), to_regclass('intent'), to_regclass('conflict'),
          to_regclass('reject'), to_regclass('stage_event'), to_regclass('handoff'), to_regclass('task'), to_regclass('outcome'), to_regclass('report_person'), to_regclass('touch'))
        and pg_relation_size(oid) / current_setting('block_size')::int > 2 * relpages + 50
      order by relname`.execute(this.#db);
    for (const { name } of grown.rows) await sql`analyze ${sql.table(name)}`.execute(this.#db);
  }
}
