/** Leaves room beside the rows that each run changes, so that they change in their place and no index need be told. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    // A row changes in its place only where no index looks at what changes (https://www.postgresql.org/docs/current/storage-hot.html): this one held the
    // writes without an answer, so that every answer cost a new entry in all the others. They are few, and counted for a person who asks.
    `drop index intent_unresolved`,
    // An answer makes one copy of the row.
    `alter table intent set (fillfactor = 50)`,
    `alter table report_person set (fillfactor = 60)`,
  ]);
}
