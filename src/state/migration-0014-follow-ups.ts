/** Creates what following up needs: cadences under way, steps taken, what is to be changed in tasks, when each person is due next, and how facts changed. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `alter table link add column follow_up_at timestamptz`,
    `create index link_follow_up on link (connection, follow_up_at, id) where follow_up_at is not null`,
    `alter table handoff add column reacted_at timestamptz`,
    `alter table task add column delivered_at timestamptz, add column touched_at timestamptz, add column change json`,
    `create index task_to_change on task (connection, cause) where change is not null`,
    `create table cadence_run (
      connection text not null, link text collate "C" not null, cadence text not null, epoch integer not null, anchor_at timestamptz not null,
      started_at timestamptz not null, taken integer not null, last_at timestamptz, state text not null, ended_at timestamptz, because text,
      primary key (connection, link, cadence, epoch, anchor_at))`,
    `create table follow_up_event (
      connection text not null, key text collate "C" not null, link text collate "C" not null, epoch integer not null, kind text not null,
      at timestamptz not null, text text not null,
      primary key (connection, key))`,
    `create index follow_up_event_link on follow_up_event (connection, link)`,
    `create table fact_change (
      connection text not null, link text collate "C" not null, version integer not null, at timestamptz not null, facts json not null,
      primary key (connection, link, version))`,
  ]);
}
