/** Keeps of each opportunity everybody whom it belongs to, through what, and for whom of them its money counts. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `alter table outcome add column contact_id text collate "C" not null default '',
      add column through text not null default 'contact role', add column counts boolean not null default true`,
    `update outcome set contact_id = link.salesforce_id from link
      where link.connection = outcome.connection and link.id = outcome.link and link.salesforce_object = 'Contact' and link.salesforce_id is not null`,
    `alter table outcome drop constraint outcome_pkey, add primary key (connection, opportunity_id, contact_id)`,
  ]);
}
