/** Keeps what was counted of people ahead of the report in a narrow table of its own: a report that goes by the lines need not read the wide rows beside them. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    // What was counted until now is counted anew over the next passes: to move a million lines would hold everybody up.
    `delete from setting where name = 'counted ahead'`,
    `delete from report_word`,
    // With the column goes its index. Whether there is a true line: null where it is yet to be made, false where the person is counted anew for each report.
    `alter table report_person drop column counted`,
    `alter table report_person add column counted boolean`,
    `create index report_person_to_count on report_person (connection, link) where counted is null`,
    `create index report_person_without_line on report_person (connection, link) where not counted`,
    // A line that is no longer true stays until there is another; only an erasure takes it away.
    `create table report_line (connection text not null, link text collate "C" not null, line text not null, primary key (connection, link))
      with (fillfactor = 90)`,
  ]);
}
