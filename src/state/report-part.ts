/** Reads everybody's ledger for the report: pages of people in link order, the next ones fetched while one is counted. */
import { CompiledQuery, sql } from "kysely";
import type { ScoreReason } from "../core/model/link.ts";
import type { System } from "../core/model/record.ts";
import type {
  DealRow,
  HandoffRow,
  PersonLedger,
  ReportPerson,
  ReportReading,
  TaskRow,
} from "../core/model/report-row.ts";
import type { Facts, Stage } from "../core/model/rulebook.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { selectLinks } from "./link-part.ts";
import { heldReading, saveHeldReading, storeReportPeople } from "./report-people.ts";
import type { Statements } from "./row-table.ts";
import { eventsOf, millis } from "./stage-history.ts";
import type { StateDatabase } from "./state-database.ts";

/** People of a page: enough that a query's fixed cost vanishes, few enough that several pages fit into memory. */
const PAGE = 500;
/** Pages under way at once; the pool has room for one more. */
const AHEAD = 3;
const REBUILD_PAGE = 1_000;

export function reportPart(database: StateDatabase): Pick<StateStore, "reportPages"> {
  return { reportPages: (reading) => reportPages(database, reading) };
}

async function* reportPages(database: StateDatabase, reading: ReportReading): AsyncGenerator<readonly PersonLedger[]> {
  await rebuildWhereFactsChanged(database, reading);
  const bounds = await pageBounds(database);
  const pages: Promise<readonly PersonLedger[]>[] = [];
  const begin = (index: number): void => {
    const [after, last] = [bounds[index - 1] ?? "", bounds[index]];
    if (last === undefined) return;
    const page = database.read((db) => readPage(db, database.connection, after, last));
    // Waited for in its turn; a failure that comes before that must not end the process.
    page.catch(() => undefined);
    pages.push(page);
  };
  for (let index = 0; index < AHEAD; index += 1) begin(index);
  for (let index = 0; index < bounds.length; index += 1) {
    const page = await pages.shift();
    begin(index + AHEAD);
    if (page !== undefined) yield page;
  }
}

/** The last link of each page, found in the index alone. */
async function pageBounds(database: StateDatabase): Promise<readonly string[]> {
  const { connection } = database;
  const answer = await database.read((db) =>
    sql<{ link: string }>`select link from (
        select link, row_number() over (order by link) as place, count(*) over () as people
        from report_person where connection = ${connection}) as numbered
      where place % ${sql.lit(PAGE)} = 0 or place = people order by link`.execute(db),
  );
  return answer.rows.map((row) => row.link);
}

/** The first report, and the first after report.yml asks for other facts, fills the narrow rows from the links. */
async function rebuildWhereFactsChanged(database: StateDatabase, reading: ReportReading): Promise<void> {
  const { connection } = database;
  const held = await database.read((db) => heldReading(db, connection));
  if (held !== null && JSON.stringify(held) === JSON.stringify(reading)) return;
  let after = "";
  while (true) {
    const last: string | null = await database.write(async (tx) => {
      const links = await selectLinks(
        tx,
        connection,
        sql`and id > ${after} order by id limit ${sql.lit(REBUILD_PAGE)} for share`,
      );
      await storeReportPeople(tx, connection, links, reading);
      return links.at(-1)?.id ?? null;
    });
    if (last === null) break;
    after = last;
  }
  await database.write((tx) => saveHeldReading(tx, connection, reading));
}

/** Each event as "stage epoch at score band", events parted by ";": none of the words holds either sign. */
const PEOPLE = `
  select person.link, person.state, person.name, person.hubspot_id, person.salesforce_object, person.salesforce_id,
    date_part('epoch', person.first_seen_at) as first_seen_at, person.stage, person.marks, person.facts, history.events
  from report_person as person left join (
    select link, string_agg(stage || ' ' || epoch || ' ' || date_part('epoch', at) || ' ' || coalesce(score::text, '') || ' ' || coalesce(band, ''), ';') as events
    from (select link, stage, epoch, at, score, band from stage_event
      where connection = $1 and link > $2 and link <= $3 order by link, sequence) as entry
    group by link) as history on history.link = person.link
  where person.connection = $1 and person.link > $2 and person.link <= $3 order by person.link`;

const EXITS = `select link, sequence, reason from stage_event
  where connection = $1 and link > $2 and link <= $3 and stage in ('recycled', 'disqualified') order by link, sequence`;
const HANDOFFS = `select link, epoch, owner_email, routed_by, date_part('epoch', at) as at, date_part('epoch', deadline) as deadline, outcome,
    date_part('epoch', ended_at) as ended_at, ended_by, reasons from handoff
  where connection = $1 and link > $2 and link <= $3 order by link, epoch`;
const TASKS = `select link, cause, epoch, purpose, state, due_on, owner_email, date_part('epoch', created_at) as created_at, salesforce_id,
    date_part('epoch', closed_at) as closed_at, closed_by_us from task
  where connection = $1 and link > $2 and link <= $3 order by link, created_at, cause`;
const DEALS = `select link, opportunity_id, name, stage_name, amount, currency, closed, won, date_part('epoch', opened_at) as opened_at,
    date_part('epoch', stage_at) as stage_at, lost_reason from outcome
  where connection = $1 and link > $2 and link <= $3 order by link, opened_at, opportunity_id`;
const TOUCHES = `select link, date_part('epoch', at) as at, campaign from touch
  where connection = $1 and link > $2 and link <= $3 order by link, at`;

interface PersonRow {
  readonly link: string;
  readonly state: ReportPerson["state"];
  readonly name: string;
  readonly hubspot_id: string | null;
  readonly salesforce_object: string | null;
  readonly salesforce_id: string | null;
  readonly first_seen_at: number;
  readonly stage: Stage | null;
  readonly marks: string;
  readonly facts: Facts;
  readonly events: string | null;
}

type OfLink<Row> = Row & { readonly link: string };

async function readPage(
  db: Statements,
  connection: string,
  after: string,
  last: string,
): Promise<readonly PersonLedger[]> {
  const rows = async <Row>(text: string): Promise<readonly Row[]> =>
    (await db.executeQuery<Row>(CompiledQuery.raw(text, [connection, after, last]))).rows;
  const people = await rows<PersonRow>(PEOPLE);
  const exits = byLink(await rows<{ link: string; sequence: number; reason: string }>(EXITS), (row) => row);
  const handoffs = byLink(await rows<HandoffColumns>(HANDOFFS), handoffOf);
  const tasks = byLink(await rows<TaskColumns>(TASKS), taskOf);
  const deals = byLink(await rows<DealColumns>(DEALS), dealOf);
  const touches = byLink(await rows<{ link: string; at: number; campaign: string }>(TOUCHES), ({ at, campaign }) => ({
    at: millis(at),
    campaign,
  }));
  return people.map((row) => ({
    person: personOf(row),
    stages: row.events === null ? [] : eventsOf(row.events, exits.get(row.link)),
    handoffs: handoffs.get(row.link) ?? [],
    tasks: tasks.get(row.link) ?? [],
    deals: deals.get(row.link) ?? [],
    touches: touches.get(row.link) ?? [],
  }));
}

function byLink<Row extends { readonly link: string }, Made>(
  rows: readonly Row[],
  make: (row: Row) => Made,
): ReadonlyMap<string, readonly Made[]> {
  const lists = new Map<string, Made[]>();
  for (const row of rows) {
    const list = lists.get(row.link);
    if (list === undefined) lists.set(row.link, [make(row)]);
    else list.push(make(row));
  }
  return lists;
}

function personOf(row: PersonRow): ReportPerson {
  const { marks } = row;
  return {
    id: row.link,
    state: row.state,
    name: row.name,
    hubspotId: row.hubspot_id,
    salesforceObject: row.salesforce_object,
    salesforceId: row.salesforce_id,
    firstSeenAt: millis(row.first_seen_at),
    stage: row.stage,
    clearing: marks !== "" && marks.includes("clearing"),
    quarantined: marks === "" ? NONE : (["hubspot", "salesforce"] as const).filter((system) => marks.includes(system)),
    facts: row.facts,
  };
}

const NONE: readonly System[] = [];

type HandoffColumns = OfLink<{
  readonly epoch: number;
  readonly owner_email: string;
  readonly routed_by: string;
  readonly at: number;
  readonly deadline: number;
  readonly outcome: HandoffRow["outcome"];
  readonly ended_at: number | null;
  readonly ended_by: string | null;
  readonly reasons: readonly ScoreReason[];
}>;

function handoffOf(row: HandoffColumns): HandoffRow {
  return {
    epoch: row.epoch,
    ownerEmail: row.owner_email,
    routedBy: row.routed_by,
    at: millis(row.at),
    deadline: millis(row.deadline),
    outcome: row.outcome,
    endedAt: millis(row.ended_at),
    endedBy: row.ended_by,
    reasons: row.reasons,
  };
}

type TaskColumns = OfLink<{
  readonly cause: string;
  readonly epoch: number;
  readonly purpose: string;
  readonly state: TaskRow["state"];
  readonly due_on: string;
  readonly owner_email: string;
  readonly created_at: number;
  readonly salesforce_id: string | null;
  readonly closed_at: number | null;
  readonly closed_by_us: boolean;
}>;

function taskOf(row: TaskColumns): TaskRow {
  return {
    cause: row.cause,
    epoch: row.epoch,
    purpose: row.purpose,
    state: row.state,
    dueOn: row.due_on,
    ownerEmail: row.owner_email,
    createdAt: millis(row.created_at),
    salesforceId: row.salesforce_id,
    closedAt: millis(row.closed_at),
    closedByUs: row.closed_by_us,
  };
}

type DealColumns = OfLink<{
  readonly opportunity_id: string;
  readonly name: string;
  readonly stage_name: string;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly closed: boolean;
  readonly won: boolean;
  readonly opened_at: number;
  readonly stage_at: number;
  readonly lost_reason: string | null;
}>;

function dealOf(row: DealColumns): DealRow {
  return {
    opportunityId: row.opportunity_id,
    name: row.name,
    stageName: row.stage_name,
    amount: row.amount,
    currency: row.currency,
    closed: row.closed,
    won: row.won,
    openedAt: millis(row.opened_at),
    stageAt: millis(row.stage_at),
    lostReason: row.lost_reason,
  };
}
