/** Creates the tables of people: links, their earlier ids, and what the connection knows of itself. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

/** Ids are compared byte by byte (`"C"`), so that the database, an index and JavaScript agree on their order. */
export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `create table setting (
      connection text not null, name text not null, value text not null,
      primary key (connection, name))`,
    // Rows of two to four kilobytes stay whole in their page: compressing them costs more than the space.
    `create table link (
      connection text not null, id text collate "C" not null, state text not null,
      hubspot_id text collate "C", salesforce_object text, salesforce_id text collate "C",
      email text collate "C", name text not null, version integer not null, generation integer not null,
      hubspot_version text, hubspot_seen_at timestamptz, salesforce_version text, salesforce_seen_at timestamptz,
      stage text, epoch integer, score_total float8, score_due_at timestamptz, first_seen_at timestamptz not null,
      fields json not null, facts json not null, stage_state json not null, score json not null, quarantine json not null,
      primary key (connection, id)) with (toast_tuple_target = 8160, fillfactor = 60)`,
    `create unique index link_hubspot_id on link (connection, hubspot_id) where state <> 'superseded'`,
    `create unique index link_salesforce_id on link (connection, salesforce_id) where state <> 'superseded'`,
    `create index link_email on link (connection, email) where email is not null`,
    `create index link_score_due on link (connection, score_due_at, id) where score_due_at is not null`,
    `create table alias (
      connection text not null, system text not null, old_id text collate "C" not null, link text collate "C" not null, cause text not null,
      primary key (connection, system, old_id))`,
    `create index alias_link on alias (connection, link)`,
  ]);
}
