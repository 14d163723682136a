/** Keeps everybody's stage entries as one text beside what else the report reads of them, and drops the indexes that read them one by one. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";
import { HISTORY_OF_EVENTS } from "./stage-history.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    // Five entries for each of a million people, read and grouped for every report, took longer than all of its counting.
    `alter table report_person add column history text not null default ''`,
    `update report_person set history = told.history
      from (select connection, link, ${HISTORY_OF_EVENTS} as history from stage_event group by connection, link) as told
      where told.connection = report_person.connection and told.link = report_person.link`,
    `drop index stage_event_report`,
    `drop index stage_event_exit`,
  ]);
}
