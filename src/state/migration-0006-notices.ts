/** Creates the table of notices: what people are told outside of both systems, and whether it arrived. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `create table notice (
      connection text not null, key text collate "C" not null, kind text not null, link text collate "C", title text not null, text text not null,
      html text, owner_email text, manager_email text, at timestamptz not null, state text not null, not_before timestamptz,
      attempts integer not null, detail text,
      primary key (connection, key))`,
    `create index notice_link on notice (connection, link) where link is not null`,
    `create index notice_to_send on notice (connection, at) where state in ('due', 'sending')`,
  ]);
}
