/** Creates the jobs that were handed over to Salesforce and whose outcome is still to be read. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `create table bulk_job (
      connection text not null, id text collate "C" not null, run text not null, object text not null, operation text not null, key_field text,
      since timestamptz not null, keys json not null, links json not null,
      primary key (connection, id))`,
  ]);
}
