/** Keeps everybody's narrow row for the report in step with their link. */
import { type RawBuilder, sql } from "kysely";
import type { StageEvent } from "../core/model/ledger.ts";
import type { Link, LinkState } from "../core/model/link.ts";
import { type Instant, SYSTEMS } from "../core/model/record.ts";
import type { Moment, ReportReading } from "../core/model/report-row.ts";
import type { Facts, Stage } from "../core/model/rulebook.ts";
import { binaryArray } from "./binary-array.ts";
import { RowTable, type Statements } from "./row-table.ts";
import { historyOf } from "./stage-history.ts";

/** What the report reads of a person: `[link, state, name, HubSpot's id, Salesforce's object and id, first seen, stage, marks, facts]`. */
export type PersonDocument = readonly [
  link: string,
  state: LinkState,
  name: string,
  hubspotId: string | null,
  salesforceObject: string | null,
  salesforceId: string | null,
  firstSeenAt: Moment,
  stage: Stage | null,
  /** "clearing", and `system:cause` or `system:cause:code` of a side that does not show the stage, with blanks between. */
  marks: string,
  /** Only those that the report asks for. */
  facts: Facts,
];

/** Put together when it is stored: for a million people the database takes longer to make documents of columns than to read them. */
interface ReportPersonRow {
  readonly link: string;
  readonly document: PersonDocument;
  /** The person's stage entries as `historyOf` writes them. */
  readonly history: string;
}

/** A version is the transaction that changed the person last: another one also where the row was gone meanwhile. */
const LINE_IS_UNTRUE = "version = pg_current_xact_id()::text::bigint, counted = null";

/** The setting that names the facts which the rows hold. */
const READING_SETTING = "report reading";

/** What the rows hold; null before anybody asked for a report. */
export async function heldReading(db: Statements, connection: string): Promise<ReportReading | null> {
  const answer = await readingSetting(connection).execute(db);
  const value = answer.rows[0]?.value;
  return value === undefined ? null : (JSON.parse(value) as ReportReading);
}

/** Selects what the rows hold, as JSON. */
export function readingSetting(connection: string): RawBuilder<{ readonly value: string }> {
  return sql`select value from setting where connection = ${connection} and name = ${READING_SETTING}`;
}

export async function saveHeldReading(db: Statements, connection: string, reading: ReportReading): Promise<void> {
  await sql`insert into setting (connection, name, value) values (${connection}, ${READING_SETTING}, ${JSON.stringify(reading)})
    on conflict (connection, name) do update set value = excluded.value`.execute(db);
}

/** Where nobody is stored yet, the rows hold these facts from the start, and the first report need not read every link. */
export async function prepareReportPeople(db: Statements, connection: string, reading: ReportReading): Promise<void> {
  const answer = await sql<{ empty: boolean }>`select not exists (select 1 from link where connection = ${connection})
    and not exists (select 1 from setting where connection = ${connection} and name = ${READING_SETTING}) as empty`.execute(
    db,
  );
  if (answer.rows[0]?.empty === true) await saveHeldReading(db, connection, reading);
}

/**
 * Stores the rows of these links, each at most once, with the facts that are held and the stages just entered; what has not changed is not written. The
 * history goes on with what is told. A row that is there changes in its place, which an upsert would look for, lock and compare one by one.
 */
export async function storeReportPeople(
  tx: Statements,
  connection: string,
  links: readonly Link[],
  entered: readonly StageEvent[],
  reading: ReportReading,
): Promise<void> {
  if (links.length === 0) return;
  const events = Map.groupBy(entered, (event) => event.link);
  const rows = links.map((link) => rowOf(link, reading.facts, events.get(link.id) ?? []));
  const text = (property: "link" | "history") =>
    binaryArray(
      "text",
      rows.map((row) => row[property]),
    );
  const documents = binaryArray(
    "json",
    rows.map((row) => row.document),
  );
  await sql`with told as materialized (
      select * from unnest(${text("link")}::text[], ${documents}::json[], ${text("history")}::text[]) as told(link, document, history)),
    changed as (update report_person set document = told.document, history = report_person.history || told.history, ${sql.raw(LINE_IS_UNTRUE)} from told
      where report_person.connection = ${connection} and report_person.link = told.link
        and (report_person.document::text <> told.document::text or told.history <> ''))
    insert into report_person (connection, link, document, history) select ${connection}, told.* from told
      where not exists (select 1 from report_person as known where known.connection = ${connection} and known.link = told.link)`.execute(
    tx,
  );
}

/** Stores the touches that the facts of these links tell of; those that are there already stay. */
export async function storeTouches(
  tx: Statements,
  connection: string,
  links: readonly Link[],
  reading: ReportReading,
): Promise<void> {
  const touches = links.flatMap((link) => touchesOf(link, reading));
  await TOUCHES.store(tx, connection, touches, { do: "nothing" });
}

interface TouchColumns {
  readonly link: string;
  readonly at: Instant;
  readonly campaign: string;
}

const TOUCHES = new RowTable<TouchColumns>("touch", ["link", "at"], { link: "text", at: "instant", campaign: "text" });

/** One moment is one touch, whatever facts tell of it. */
function touchesOf(link: Link, { touches }: ReportReading): readonly TouchColumns[] {
  if (link.state === "erased") return [];
  const found = new Map<Instant, TouchColumns>();
  for (const { at, campaign } of touches) {
    const ms = Date.parse(link.facts[at] ?? "");
    if (Number.isNaN(ms)) continue;
    const instant = new Date(ms).toISOString();
    if (!found.has(instant)) found.set(instant, { link: link.id, at: instant, campaign: link.facts[campaign] ?? "" });
  }
  return [...found.values()];
}

/** The facts, with the stage as a record shows it where that is not what was decided. */
function shownFacts({ facts, unshown }: Link): Facts {
  if (unshown === undefined) return facts;
  const shown = Object.entries(unshown).map(([system, side]) => [`${system}_stage`, side.shown]);
  return { ...facts, ...Object.fromEntries(shown) };
}

/**
 * Only a write of the stage leaves a mark until it is answered, so that a crash leaves the truth: what was read, and that there is no answer. Any other
 * write changes nothing that the row tells, which is then written once for the decision and its answer.
 */
function marksOf({ stage, unshown }: Link): string {
  const marks = stage?.clearing === true ? ["clearing"] : [];
  for (const system of SYSTEMS) {
    const side = unshown?.[system];
    if (side !== undefined)
      marks.push([system, side.because, ...(side.code === undefined ? [] : [side.code])].join(":"));
  }
  return marks.join(" ");
}

function rowOf(link: Link, names: readonly string[], entered: readonly StageEvent[]): ReportPersonRow {
  const { id, state, name, hubspotId, salesforceObject, salesforceId, stage } = link;
  const facts: Record<string, string> = {};
  const shown = shownFacts(link);
  for (const fact of names) {
    const value = shown[fact];
    if (value !== undefined && value !== null) facts[fact] = value;
  }
  const firstSeenAt = Date.parse(link.firstSeenAt);
  const records = [hubspotId, salesforceObject, salesforceId] as const;
  return {
    link: id,
    document: [id, state, name, ...records, firstSeenAt, stage?.stage ?? null, marksOf(link), facts],
    history: historyOf(entered),
  };
}
