/** Finds the contacts of a company by their e-mail domain: whoever looks after them gets the next lead from there. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `create index link_domain on link (connection, (split_part(email, '@', 2)))
      where salesforce_object = 'Contact' and state = 'linked' and email is not null`,
  ]);
}
