/** An erasure reaches every table: each column of the schema that takes text is filled for one person, and whatever is still there afterwards is listed here with its reason. */
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { NoticeState } from "../../src/core/model/notice.ts";
import { openEmbedded } from "../../src/state/embedded-database.ts";
import { erasurePart } from "../../src/state/erasure-part.ts";
import { leasePart } from "../../src/state/lease-part.ts";
import { noticePart } from "../../src/state/notice-part.ts";
import { type OpenDatabase, StateDatabase } from "../../src/state/state-database.ts";
import { emptyStateFolder } from "../support/empty-state.ts";
import { noticeOf, T } from "./state-samples.ts";

/** What stays, by table. A column that is not here must be blank, or its row gone, once its person was erased. */
const STAYS: Readonly<Record<string, { readonly columns: readonly string[]; readonly because: string }>> = {
  alias: { columns: ["cause", "old_id", "system"], because: "earlier ids, so that a late change of one is known" },
  bulk_job: { columns: ["id", "key_field", "keys", "links", "object", "operation", "run"], because: "ids" },
  cursor: { columns: ["account", "lane", "object", "system"], because: "of no person" },
  dirty: { columns: ["key", "reason"], because: "ids of records to look at, and what made them due" },
  erased: { columns: ["identity", "reason"], because: "the keyed hash that keeps the person from coming back" },
  handoff: { columns: ["ended_by", "outcome", "owner_email", "routed_by"], because: "the colleague, and how it ended" },
  intent: { columns: ["key", "object", "operation", "record_id", "run", "state", "system"], because: "ids" },
  lease: { columns: ["holder", "job"], because: "of no person" },
  link: {
    columns: ["hubspot_id", "hubspot_version", "salesforce_id", "salesforce_object", "salesforce_version"],
    because: "ids",
  },
  outcome: {
    columns: ["close_date", "currency", "opportunity_id", "stage_name", "through"],
    because: "the company's money, without a name",
  },
  owner_cache: { columns: ["owners", "system"], because: "colleagues, read anew within the day" },
  read_page: { columns: ["ids", "system"], because: "ids, until everybody was read" },
  read_pass: { columns: ["account", "fields", "foreseen", "object", "position", "system"], because: "of no person" },
  report_word: { columns: ["word"], because: "sources, owners and reasons that counts share, without a name" },
  routed: { columns: ["owner_email", "rule"], because: "colleagues" },
  run: { columns: ["counts", "id", "job", "outcome"], because: "of no person" },
  schema_cache: { columns: ["object", "schema", "system"], because: "of no person" },
  setting: { columns: ["name", "value"], because: "of no person" },
  stage_event: { columns: ["band", "side", "stage"], because: "the funnel's counts, without a name" },
  task: {
    columns: ["cause", "due_on", "owner_email", "priority", "purpose", "salesforce_id", "state", "status"],
    because: "ids, and the colleague",
  },
};

/** What stays of rows that are tied to nobody, so that no erasure finds whom they name. A table whose `link` may be null and that is not here must keep nothing. */
const STAYS_ALONE: typeof STAYS = {
  intent: {
    columns: ["detail", "fields", "key", "object", "operation", "reason", "record_id", "run", "state", "system"],
    because: "lines about campaigns, which are nobody's records",
  },
  notice: {
    columns: ["detail", "key", "kind", "manager_email", "owner_email", "title"],
    because: "that something was told and to which colleague; titles name nobody",
  },
  reject: {
    columns: ["code", "fields", "id", "message", "object", "record_id", "record_name", "run", "system"],
    because: "lines about campaigns that were refused",
  },
};
const PERSON = "l1";
const CONNECTION = "main";

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
}

let open: OpenDatabase;
let columns: readonly Column[];

beforeAll(async () => {
  open = await openEmbedded(await emptyStateFolder(), "erasure", false);
  const answer =
    await sql<Column>`select table_name as "table", column_name as "column", data_type as type, is_nullable = 'YES' as nullable
    from information_schema.columns where table_schema = 'public' and table_name not like 'leadloop_migration%'
    order by table_name, column_name`.execute(open.kysely);
  columns = answer.rows;
});
afterAll(() => open.close());

const tables = (): readonly string[] => [...new Set(columns.map(({ table }) => table))];

/** A value for any column; those that take text tell where they stand. */
function filling({ table, column, type }: Column): unknown {
  if (column === "connection") return CONNECTION;
  if (column === "link" || (table === "link" && column === "id")) return PERSON;
  if (type === "text") return `canary ${table}.${column}`;
  if (type.startsWith("json")) return JSON.stringify({ told: `canary ${table}.${column}` });
  if (type === "boolean") return false;
  if (type.startsWith("timestamp")) return T();
  if (/^(integer|bigint|double precision|numeric)$/.test(type)) return 1;
  throw new Error(`say what fills ${table}.${column} (${type}) here, and whether an erasure blanks it`);
}

async function fill(table: string, given: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const own = columns.filter((column) => column.table === table);
  const values = own.map((column) => (column.column in given ? given[column.column] : filling(column)));
  await sql`insert into ${sql.table(table)} (${sql.join(own.map(({ column }) => sql.ref(column)))})
    values (${sql.join(values)})`.execute(open.kysely);
}

/** The places whose text is still somewhere, by table. */
async function stillThere(): Promise<Record<string, string[]>> {
  const found = new Set<string>();
  for (const table of tables()) {
    const { rows } = await sql<object>`select * from ${sql.table(table)}`.execute(open.kysely);
    for (const [, place = ""] of JSON.stringify(rows).matchAll(/canary (\w+\.\w+)/g)) found.add(place);
  }
  const places = [...found].sort().map((place) => place.split("."));
  return Object.fromEntries(
    Object.entries(Object.groupBy(places, ([table = ""]) => table)).map(([table, some = []]) => [
      table,
      some.map(([, column = ""]) => column),
    ]),
  );
}

async function erase(): Promise<void> {
  const database = new StateDatabase(open, CONNECTION);
  const lease = await leasePart(database).acquireLease("sync", "test", 60_000, T());
  if (lease === null) throw new Error("no lease");
  await erasurePart(database).erase(lease, [PERSON], "asked for", T());
}

function listed(stays: typeof STAYS): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(stays).map(([table, { columns: names }]) => [table, names]));
}

afterEach(async () => {
  for (const table of tables()) await sql`delete from ${sql.table(table)}`.execute(open.kysely);
});

test("after an erasure no column of any table tells of the person but those listed here", async () => {
  for (const table of tables()) await fill(table);
  expect(Object.keys(await stillThere()).length).toBe(tables().length);
  await erase();
  expect(await stillThere()).toEqual(listed(STAYS));
});

test.each(["due", "sending"])(
  "after an erasure no row without a link names anybody but those listed here (a notice that is %s)",
  async (state) => {
    const alone = columns.filter(({ column, nullable }) => column === "link" && nullable).map(({ table }) => table);
    expect(alone).toEqual(Object.keys(STAYS_ALONE));
    for (const table of alone) await fill(table, table === "notice" ? { link: null, state } : { link: null });
    await erase();
    const kept = await stillThere();
    expect(Object.fromEntries(alone.map((table) => [table, kept[table] ?? []]))).toEqual(listed(STAYS_ALONE));
  },
);

test("a notice about nobody in particular keeps its text until it was told, or its sender died, and no longer", async () => {
  const { saveNotices, claimNotices, closeNotices } = noticePart(new StateDatabase(open, CONNECTION));
  const about = noticeOf("about", { link: PERSON });
  await saveNotices([noticeOf("again"), noticeOf("lost"), noticeOf("told"), about]);
  const close = (key: string, state: NoticeState) => closeNotices([{ ...noticeOf(key), state, notBefore: T(90) }]);
  await claimNotices(T(), T(60), 9);
  await close("again", "due");
  await close("told", "sent");
  await closeNotices([{ ...about, state: "sent" }]);
  // Whoever claimed the lost one is gone.
  await claimNotices(T(60), T(120), 9);
  const { rows } = await sql`select key, state, text, html from notice order by key`.execute(open.kysely);
  const { text, html } = about;
  expect(rows).toEqual([
    { key: "about", state: "sent", text, html },
    { key: "again", state: "due", text, html },
    { key: "lost", state: "unknown", text: "", html: null },
    { key: "told", state: "sent", text: "", html: null },
  ]);
});
