/** Adds what guarded a write, so that edits it could run over are looked for; and who asked to be forgotten, as hashes. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    "alter table intent add column if_unmodified_since timestamptz",
    `create table erased (
      connection text not null, identity text collate "C" not null, reason text not null, at timestamptz not null,
      primary key (connection, identity))`,
  ]);
}
