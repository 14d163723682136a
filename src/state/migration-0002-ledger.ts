/** Creates the ledger: writes intended, conflicts, rejects, stages, handoffs, tasks, outcomes. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `create table intent (
      connection text not null, key text collate "C" not null, run text collate "C" not null, link text collate "C",
      system text not null, object text not null, record_id text, operation text not null, fields json not null, reason text not null,
      state text not null, sent_at timestamptz not null, not_before timestamptz not null, detail text,
      primary key (connection, key, run))`,
    `create index intent_link on intent (connection, link)`,
    `create index intent_run on intent (connection, run)`,
    `create index intent_unresolved on intent (connection, not_before, key, run) where state in ('sent', 'unknown')`,
    `create table conflict (
      connection text not null, id text collate "C" not null, link text collate "C" not null, field text not null, rule text not null,
      hubspot text, salesforce text, kept text not null, because text not null, at timestamptz not null, run text not null, open boolean not null,
      primary key (connection, id))`,
    `create index conflict_link on conflict (connection, link)`,
    `create index conflict_open on conflict (connection, at) where open`,
    `create index conflict_at on conflict (connection, at)`,
    `create table reject (
      connection text not null, id text collate "C" not null, link text collate "C", system text not null, object text not null,
      record_id text, record_name text not null, fields json not null, code text not null, message text not null,
      at timestamptz not null, run text not null, attempts integer not null,
      primary key (connection, id))`,
    `create index reject_link on reject (connection, link)`,
    `create table stage_event (
      connection text not null, link text collate "C" not null, sequence integer not null, epoch integer not null, stage text not null,
      at timestamptz not null, side text not null, reason text not null, score float8, band text,
      primary key (connection, link, sequence))`,
    `create table handoff (
      connection text not null, link text collate "C" not null, epoch integer not null, owner_email text not null, routed_by text not null,
      at timestamptz not null, deadline timestamptz not null, outcome text not null, ended_at timestamptz, ended_by text, reasons json not null,
      primary key (connection, link, epoch))`,
    `create index handoff_open on handoff (connection, deadline) where outcome = 'open'`,
    `create table task (
      connection text not null, cause text collate "C" not null, link text collate "C" not null, epoch integer not null, purpose text not null,
      state text not null, subject text not null, description text not null, priority text not null, due_on text not null,
      owner_email text not null, created_at timestamptz not null, not_before timestamptz, salesforce_id text collate "C",
      reason text not null, status text, closed_at timestamptz, closed_by_us boolean not null,
      primary key (connection, cause))`,
    `create index task_link on task (connection, link)`,
    `create index task_salesforce_id on task (connection, salesforce_id) where salesforce_id is not null`,
    `create index task_to_send on task (connection, created_at) where state in ('due', 'sent')`,
    `create table outcome (
      connection text not null, opportunity_id text collate "C" not null, link text collate "C" not null, name text not null,
      stage_name text not null, amount float8, currency text, closed boolean not null, won boolean not null,
      opened_at timestamptz not null, stage_at timestamptz not null, lost_reason text,
      primary key (connection, opportunity_id))`,
    `create index outcome_link on outcome (connection, link)`,
    `create table routed (
      connection text not null, rule text not null, owner_email text not null, handoffs integer not null,
      primary key (connection, rule, owner_email))`,
  ]);
}
