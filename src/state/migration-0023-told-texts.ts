/** Blanks what notices about nobody in particular said once they were told: their samples name people, and no erasure finds them there. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `update notice set text = '', html = null where link is null and state not in ('due', 'sending')`,
  ]);
}
