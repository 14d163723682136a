/** Keeps of each opportunity what it is about. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [`alter table outcome add column products text`]);
}
