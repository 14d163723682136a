/** Keeps a person's row in one piece: squeezing and unsqueezing the larger ones cost more than the space it saved. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, ["alter table link set (toast_tuple_target = 4080)"]);
}
