/** Keeps everybody's narrow row for the report in step with their link. */
import { type RawBuilder, sql } from "kysely";
import type { StageEvent } from "../core/model/ledger.ts";
import type { Link, LinkState } from "../core/model/link.ts";
import { type Instant, SYSTEMS } from "../core/model/record.ts";
import type { Moment, ReportReading } from "../core/model/report-row.ts";
import type { Facts, Stage } from "../core/model/rulebook.ts";
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
  /** "clearing" and the systems with an unknown write, with blanks between. */
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

const REPORT_PEOPLE = new RowTable<ReportPersonRow>("report_person", ["link"], {
  link: "text",
  document: "json",
  history: "text",
});

/** The setting that names the facts which the rows hold. */
const READING_SETTING = "report reading";

const CHANGED = "report_person.document::text <> excluded.document::text or excluded.history <> ''";
/** The history goes on with what is told; all else is replaced by it. */
const GO_ON = `${REPORT_PEOPLE.takeAll(["history"])}, history = report_person.history || excluded.history`;

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

/** Stores the rows of these links, each at most once, with the facts that are held and the stages just entered; what has not changed is not written. */
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
  await REPORT_PEOPLE.store(tx, connection, rows, { do: "update", set: GO_ON, when: CHANGED });
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

function rowOf(link: Link, names: readonly string[], entered: readonly StageEvent[]): ReportPersonRow {
  const { id, state, name, hubspotId, salesforceObject, salesforceId, stage } = link;
  const facts: Record<string, string> = {};
  for (const fact of names) {
    const value = link.facts[fact];
    if (value !== undefined && value !== null) facts[fact] = value;
  }
  const marks = SYSTEMS.filter((system) => link.quarantine[system] !== undefined) as string[];
  if (stage?.clearing === true) marks.push("clearing");
  const firstSeenAt = Date.parse(link.firstSeenAt);
  const records = [hubspotId, salesforceObject, salesforceId] as const;
  return {
    link: id,
    document: [id, state, name, ...records, firstSeenAt, stage?.stage ?? null, marks.join(" "), facts],
    history: historyOf(entered),
  };
}
