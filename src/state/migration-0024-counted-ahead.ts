/** Keeps beside each person what was counted of them ahead for the report, and forgets it with any change of their ledger. */
import type { Statements } from "./row-table.ts";
import { runStatements } from "./run-statements.ts";

/** The tables of the ledger with their keys; their rows tell the report something where `when` allows. */
const TABLES = [
  { table: "handoff", key: ["link", "epoch"], when: "true" },
  { table: "task", key: ["cause"], when: "true" },
  { table: "outcome", key: ["opportunity_id", "contact_id"], when: "true" },
  { table: "touch", key: ["link", "at"], when: "true" },
  { table: "follow_up_event", key: ["key"], when: "kind = 'reassign'" },
] as const;

/** Rows of `one` that are not among `other` as they are, compared byte by byte: not every type has an equality. */
const without = (one: string, other: string, key: readonly string[], when: string): string =>
  `select connection, link from ${one} where ${when} and not exists (select 1 from ${other} where ${other}.connection = ${one}.connection
    and ${key.map((column) => `${other}.${column} = ${one}.${column}`).join(" and ")} and ${other} *= ${one})`;

const told = (rows: string): string =>
  `perform report_people_changed(told.connection, array_agg(distinct told.link)) from (${rows}) as told group by told.connection;`;

/** Once for each statement, however many rows it writes. Plans are made for the rows at hand: one of an empty table would read everybody later. */
const watch = ({ table, key, when }: (typeof TABLES)[number]): readonly string[] => [
  `create function ${table}_changed() returns trigger language plpgsql set plan_cache_mode = force_custom_plan as $$ begin
    if tg_op = 'INSERT' then ${told(`select connection, link from now where ${when}`)}
    elsif tg_op = 'DELETE' then ${told(`select connection, link from before where ${when}`)}
    else ${told(`${without("now", "before", key, when)} union all ${without("before", "now", key, when)}`)}
    end if;
    return null;
  end $$`,
  `create trigger ${table}_inserted after insert on ${table} referencing new table as now
    for each statement execute function ${table}_changed()`,
  `create trigger ${table}_updated after update on ${table} referencing old table as before new table as now
    for each statement execute function ${table}_changed()`,
  `create trigger ${table}_deleted after delete on ${table} referencing old table as before
    for each statement execute function ${table}_changed()`,
];

export async function up(db: Statements): Promise<void> {
  await runStatements(db, [
    // A line is null where it is missing or no longer true, and blank where the person is counted anew for each report. `version` is in no index, so that a
    // person without a line changes in their place. Constants are no new rows.
    `alter table report_person add column version bigint not null default 0, add column counted text`,
    `alter table report_person alter column version set default pg_current_xact_id()::text::bigint`,
    `create index report_person_to_count on report_person (connection, link) where counted is null`,
    // Words that lines name by number. JSON keeps every sign.
    `create table report_word (connection text not null, number integer not null, word json not null, primary key (connection, number))`,
    // Nobody can have read a version that comes from this transaction: one change of the person's row is enough for all that it writes. Both arguments come in
    // with the order of the links, by which no index finds a connection.
    `create function report_people_changed(whose text, links text[]) returns void language sql as $$
      update report_person set version = pg_current_xact_id()::text::bigint, counted = null
      where connection = whose collate "default" and link = any(links collate "C") and (counted is not null or version <> pg_current_xact_id()::text::bigint) $$`,
    ...TABLES.flatMap(watch),
    // Read for each page of the report, among all other steps.
    `create index follow_up_event_reassign on follow_up_event (connection, link) where kind = 'reassign'`,
  ]);
}
