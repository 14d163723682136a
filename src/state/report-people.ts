/** Keeps everybody's narrow row for the report in step with their link. */
import { sql } from "kysely";
import type { StageEvent } from "../core/model/ledger.ts";
import type { Link } from "../core/model/link.ts";
import { type Instant, SYSTEMS } from "../core/model/record.ts";
import type { ReportReading } from "../core/model/report-row.ts";
import type { Facts } from "../core/model/rulebook.ts";
import { RowTable, type Statements } from "./row-table.ts";
import { historyOf } from "./stage-history.ts";

/**
 * `marks`: "clearing" and the systems with an unknown write, with blanks between. `facts`: only those that the report asks for. `history`: the person's
 * stage entries as `historyOf` writes them.
 */
export interface ReportPersonRow {
  readonly link: string;
  readonly state: string;
  readonly name: string;
  readonly hubspotId: string | null;
  readonly salesforceObject: string | null;
  readonly salesforceId: string | null;
  readonly firstSeenAt: Instant;
  readonly stage: string | null;
  readonly marks: string;
  readonly facts: Facts;
  readonly history: string;
}

const REPORT_PEOPLE = new RowTable<ReportPersonRow>("report_person", ["link"], {
  link: "text",
  state: "text",
  name: "text",
  hubspotId: "text",
  salesforceObject: "text",
  salesforceId: "text",
  firstSeenAt: "instant",
  stage: "text",
  marks: "text",
  facts: "json",
  history: "text",
});

/** The setting that names the facts which the rows hold. */
const READING_SETTING = "report reading";

const CHANGED =
  "(report_person.state, report_person.name, report_person.hubspot_id, report_person.salesforce_object, report_person.salesforce_id, report_person.stage, report_person.marks, report_person.facts::text) is distinct from " +
  "(excluded.state, excluded.name, excluded.hubspot_id, excluded.salesforce_object, excluded.salesforce_id, excluded.stage, excluded.marks, excluded.facts::text) or excluded.history <> ''";
/** The history goes on with what is told; all else is replaced by it. */
const GO_ON = `${REPORT_PEOPLE.takeAll(["history"])}, history = report_person.history || excluded.history`;

/** What the rows hold; null before anybody asked for a report. */
export async function heldReading(db: Statements, connection: string): Promise<ReportReading | null> {
  const answer = await sql<{ value: string }>`select value from setting
    where connection = ${connection} and name = ${READING_SETTING}`.execute(db);
  const value = answer.rows[0]?.value;
  return value === undefined ? null : (JSON.parse(value) as ReportReading);
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
  const facts: Record<string, string> = {};
  for (const name of names) {
    const value = link.facts[name];
    if (value !== undefined && value !== null) facts[name] = value;
  }
  const marks = SYSTEMS.filter((system) => link.quarantine[system] !== undefined) as string[];
  if (link.stage?.clearing === true) marks.push("clearing");
  return {
    link: link.id,
    state: link.state,
    name: link.name,
    hubspotId: link.hubspotId,
    salesforceObject: link.salesforceObject,
    salesforceId: link.salesforceId,
    firstSeenAt: link.firstSeenAt,
    stage: link.stage?.stage ?? null,
    marks: marks.join(" "),
    facts,
    history: historyOf(entered),
  };
}
