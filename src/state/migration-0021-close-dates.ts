/** Keeps of each opportunity the day on which it closes, by which its amount is converted; not known of those read before. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [`alter table outcome add column close_date text`]);
}
