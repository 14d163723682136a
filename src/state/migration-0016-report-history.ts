/** Keeps what the report reads of a person as two texts, document and history, and drops the indexes that read stage entries one by one. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";
import { HISTORY_OF_EVENTS } from "./stage-history.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    // Five entries for each of a million people, read and grouped for every report, and a document put together from columns took longer than all counting.
    `drop table report_person`,
    `create table report_person (
      connection text not null, link text collate "C" not null, document json not null, history text not null,
      primary key (connection, link))`,
    `insert into report_person select connection, link, '[]', ${HISTORY_OF_EVENTS} from stage_event group by connection, link`,
    // The first report then fills the documents from the links.
    `delete from setting where name = 'report reading'`,
    `drop index stage_event_report`,
    `drop index stage_event_exit`,
  ]);
}
