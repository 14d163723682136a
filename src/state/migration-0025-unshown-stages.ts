/** Keeps beside each person which side is not known to show their stage, what it shows and why. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [`alter table link add column unshown json not null default '{}'`]);
}
