/** Creates the places where reads of everybody go on, and the ids that such a read has met. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `create table read_pass (
      connection text not null, system text not null, object text not null, account text not null, fields text not null, begun_at timestamptz not null,
      position text, ended boolean not null, compares boolean not null, foreseen json not null,
      primary key (connection, system, object))`,
    `create table read_page (connection text not null, system text not null, ids text not null)`,
    `create index read_page_of on read_page (connection)`,
  ]);
}
