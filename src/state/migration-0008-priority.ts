/** Gives marks a priority, so that hot leads go before the ordinary, and the ordinary before a backfill. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `alter table dirty add column priority integer not null default 1`,
    `drop index dirty_due`,
    `create index dirty_due on dirty (connection, priority, due_at, key)`,
  ]);
}
