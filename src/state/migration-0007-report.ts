/** Creates what the report reads: everybody's narrow row beside the wide link, stage entries that an index alone answers, and touches. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    // A link takes kilobytes, and reading a million of them takes longer than a report may. This repeats the little that the report tells of a person.
    `create table report_person (
      connection text not null, link text collate "C" not null, state text not null, name text not null,
      hubspot_id text, salesforce_object text, salesforce_id text, first_seen_at timestamptz not null,
      stage text, marks text not null, facts json not null,
      primary key (connection, link))`,
    // Answers by itself, without the table. Reasons may be longer than an index takes, and only exits have one that the report tells.
    `create index stage_event_report on stage_event (connection, link, sequence) include (epoch, stage, at, score, band)`,
    `create index stage_event_exit on stage_event (connection, link, sequence) where stage in ('recycled', 'disqualified')`,
    `create table touch (
      connection text not null, link text collate "C" not null, at timestamptz not null, campaign text not null,
      primary key (connection, link, at))`,
  ]);
}
