/** Keeps of each handoff whether it was given outside its owner's working hours; not known of those given before. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [`alter table handoff add column after_hours boolean`]);
}
