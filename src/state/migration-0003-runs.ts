/** Creates what runs need: leases, cursors, marks of what may have changed, their history, and what was read of the systems' schemas. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    `create table lease (
      connection text not null, job text not null, holder text not null, fence integer not null, until timestamptz not null,
      primary key (connection, job))`,
    `create table cursor (
      connection text not null, system text not null, object text not null, lane text not null,
      position timestamptz not null, account text not null,
      primary key (connection, system, object, lane))`,
    `create table dirty (
      connection text not null, key text collate "C" not null, reason text not null, due_at timestamptz not null,
      version integer not null, attempts integer not null, first_seen_at timestamptz not null,
      primary key (connection, key))`,
    `create index dirty_due on dirty (connection, due_at, key)`,
    `create table run (
      connection text not null, id text collate "C" not null, job text not null, started_at timestamptz not null,
      ended_at timestamptz, outcome text, counts json not null,
      primary key (connection, id))`,
    `create index run_started on run (connection, started_at)`,
    `create table schema_cache (
      connection text not null, system text not null, object text not null, schema json not null, read_at timestamptz not null,
      primary key (connection, system, object))`,
    `create table owner_cache (
      connection text not null, system text not null, owners json not null, read_at timestamptz not null,
      primary key (connection, system))`,
  ]);
}
