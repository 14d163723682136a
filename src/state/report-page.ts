/** Reads one page of people with their ledgers for the report: one statement, whose answer is one row of JSON documents. */
import { CompiledQuery } from "kysely";
import type { ScoreReason } from "../core/model/link.ts";
import type { System } from "../core/model/record.ts";
import type {
  DealRow,
  HandoffRow,
  Moment,
  PersonLedger,
  ReportPerson,
  TaskRow,
  TouchRow,
} from "../core/model/report-row.ts";
import type { PersonDocument } from "./report-people.ts";
import { HistoryReader } from "./stage-history.ts";
import type { StateDatabase } from "./state-database.ts";

/** People of a page: enough that a statement's fixed cost vanishes (at 500 planning it took a fifth of the database's time), few enough that two pages fit into memory. */
const PAGE = 1_000;

/** Pieces of JSON as SQL: json_build_array and json_agg take six times as long as texts put together. */
const word = (column: string): string => `coalesce(to_json(${column})::text, 'null')`;
const plain = (column: string): string => `coalesce(${column}::text, 'null')`;
/** A moment as seconds since 1970. */
const seconds = (column: string): string => plain(`date_part('epoch', ${column})`);

/** What one table tells of the people of the page: an array for each row, the link first, in link order. */
const ofPage = (table: string, columns: readonly string[], order: string): string =>
  `(select '[' || string_agg('["' || link || '",' || ${columns.join(" || ',' || ")} || ']', ',') || ']' from (
    select * from ${table} where connection = $1 and link > $2 and link <= (select last from page) order by link, ${order}) as entry) as ${table}`;

const HANDOFF_COLUMNS = [
  ...["epoch", word("owner_email"), word("routed_by"), seconds("at"), seconds("deadline"), word("outcome")],
  ...[seconds("ended_at"), word("ended_by"), "reasons", seconds("reacted_at")],
  // The step's key is that of `ladderKey`. The table of steps has a link and an epoch too: without `entry` they would be meant.
  `coalesce((select date_part('epoch', taken.at)::text from follow_up_event as taken where taken.connection = $1 and taken.kind = 'reassign'
    and taken.key = 'handoff:' || entry.link || ':' || entry.epoch || ':reassign'), 'null')`,
  "coalesce(after_hours, false)::text",
];
const TASK_COLUMNS = [
  ...[word("cause"), "epoch", word("purpose"), word("state"), word("due_on"), word("owner_email")],
  ...[seconds("created_at"), word("salesforce_id"), seconds("closed_at"), "closed_by_us::text"],
  ...[seconds("delivered_at"), seconds("touched_at")],
];
const DEAL_COLUMNS = [
  ...[word("opportunity_id"), word("name"), word("stage_name"), word("amount"), word("currency")],
  ...["closed::text", "won::text", seconds("opened_at"), seconds("stage_at"), word("lost_reason")],
  ...["counts::text", word("close_date")],
];

/**
 * Drivers take a result apart row by row and column by column, which for a million people costs more than to count them. Histories stand beside the
 * documents as they are: within the JSON each would be read twice.
 */
const READ_PAGE = `
  with page as materialized (
    select max(link) as last, '[' || string_agg(document::text, ',') || ']' as people, string_agg(history, '\n') as histories
    from (select link, document, history from report_person where connection = $1 and link > $2 order by link limit ${PAGE}) as person)
  select people, histories,
    ${ofPage("handoff", HANDOFF_COLUMNS, "epoch")},
    ${ofPage("task", TASK_COLUMNS, "created_at, cause")},
    ${ofPage("outcome", DEAL_COLUMNS, "opened_at, opportunity_id")},
    ${ofPage("touch", [seconds("at"), word("campaign")], "at")}
  from page`;

type PageRow = Readonly<Record<"people" | "histories" | "handoff" | "task" | "outcome" | "touch", string | null>>;

/** The people behind `after` in link order; none when it was the last. */
export async function readPage(database: StateDatabase, after: string): Promise<readonly PersonLedger[]> {
  const row = await fetchPage(database, after);
  return row === undefined ? [] : pageOf(row);
}

async function fetchPage(database: StateDatabase, after: string): Promise<PageRow | undefined> {
  const query = CompiledQuery.raw(READ_PAGE, [database.connection, after]);
  const answer = await database.read((db) => db.executeQuery<PageRow>(query));
  return answer.rows[0];
}

function pageOf(row: PageRow): readonly PersonLedger[] {
  const handoffs = new Following(rowsOf<HandoffColumns>(row.handoff), handoffOf);
  const tasks = new Following(rowsOf<TaskColumns>(row.task), taskOf);
  const deals = new Following(rowsOf<DealColumns>(row.outcome), dealOf);
  const touches = new Following(rowsOf<TouchColumns>(row.touch), touchOf);
  const histories = new HistoryReader(row.histories ?? "");
  return rowsOf<PersonDocument>(row.people).map((document) => {
    const [link] = document;
    return {
      person: personOf(document),
      stages: histories.next(),
      handoffs: handoffs.of(link),
      tasks: tasks.of(link),
      deals: deals.of(link),
      touches: touches.of(link),
    };
  });
}

function rowsOf<Columns>(document: string | null | undefined): readonly Columns[] {
  return document === null || document === undefined ? [] : JSON.parse(document);
}

/** Rows in link order, handed out to people who are asked for in the same order. */
class Following<Columns extends readonly [string, ...unknown[]], Made> {
  readonly #rows: readonly Columns[];
  readonly #make: (columns: Columns) => Made;
  #next = 0;

  constructor(rows: readonly Columns[], make: (columns: Columns) => Made) {
    this.#rows = rows;
    this.#make = make;
  }

  of(link: string): readonly Made[] {
    // A row of somebody in between belongs to a person who was erased.
    while (this.#link() < link) this.#next += 1;
    if (this.#link() !== link) return NOTHING;
    const made: Made[] = [];
    for (let row = this.#rows[this.#next]; row?.[0] === link; row = this.#rows[this.#next]) {
      made.push(this.#make(row));
      this.#next += 1;
    }
    return made;
  }

  /** Whose row comes next; behind the last one a sign that no id reaches. */
  #link(): string {
    return this.#rows[this.#next]?.[0] ?? "\uffff";
  }
}

const NOTHING: readonly never[] = [];
const NO_SYSTEM: readonly System[] = [];

function personOf(document: PersonDocument): ReportPerson {
  const [id, state, name, hubspotId, salesforceObject, salesforceId, firstSeenAt, stage, marks, facts] = document;
  return {
    id,
    state,
    name,
    hubspotId,
    salesforceObject,
    salesforceId,
    firstSeenAt,
    stage,
    clearing: marks !== "" && marks.includes("clearing"),
    quarantined:
      marks === "" ? NO_SYSTEM : (["hubspot", "salesforce"] as const).filter((system) => marks.includes(system)),
    facts,
  };
}

type HandoffColumns = readonly [
  link: string,
  epoch: number,
  ownerEmail: string,
  routedBy: string,
  at: number,
  deadline: number,
  outcome: HandoffRow["outcome"],
  endedAt: number | null,
  endedBy: string | null,
  reasons: readonly ScoreReason[],
  reactedAt: number | null,
  reassignedAt: number | null,
  afterHours: boolean,
];

function handoffOf(columns: HandoffColumns): HandoffRow {
  const [, epoch, ownerEmail, routedBy, at, deadline, outcome, endedAt, endedBy, reasons, reactedAt] = columns;
  return {
    epoch,
    ownerEmail,
    routedBy,
    at: millis(at),
    deadline: millis(deadline),
    outcome,
    endedAt: millis(endedAt),
    endedBy,
    reasons,
    reactedAt: millis(reactedAt),
    reassignedAt: millis(columns[11]),
    afterHours: columns[12],
  };
}

type TaskColumns = readonly [
  link: string,
  cause: string,
  epoch: number,
  purpose: string,
  state: TaskRow["state"],
  dueOn: string,
  ownerEmail: string,
  createdAt: number,
  salesforceId: string | null,
  closedAt: number | null,
  closedByUs: boolean,
  deliveredAt: number | null,
  touchedAt: number | null,
];

function taskOf(columns: TaskColumns): TaskRow {
  const [, cause, epoch, purpose, state, dueOn, ownerEmail, createdAt, salesforceId, closedAt, closedByUs] = columns;
  return {
    cause,
    epoch,
    purpose,
    state,
    dueOn,
    ownerEmail,
    createdAt: millis(createdAt),
    salesforceId,
    closedAt: millis(closedAt),
    closedByUs,
    deliveredAt: millis(columns[11]),
    touchedAt: millis(columns[12]),
  };
}

type DealColumns = readonly [
  link: string,
  opportunityId: string,
  name: string,
  stageName: string,
  amount: number | null,
  currency: string | null,
  closed: boolean,
  won: boolean,
  openedAt: number,
  stageAt: number,
  lostReason: string | null,
  counts: boolean,
  closeDate: string | null,
];

function dealOf(columns: DealColumns): DealRow {
  const [, opportunityId, name, stageName, amount, currency, closed, won, openedAt, stageAt, lostReason] = columns;
  return {
    opportunityId,
    counts: columns[11],
    name,
    stageName,
    amount,
    currency,
    closed,
    won,
    openedAt: millis(openedAt),
    stageAt: millis(stageAt),
    lostReason,
    closeDate: columns[12],
  };
}

type TouchColumns = readonly [link: string, at: number, campaign: string];

function touchOf([, at, campaign]: TouchColumns): TouchRow {
  return { at: millis(at), campaign };
}

/** Seconds since 1970, as the database counts them; NaN for null. */
function millis(sinceEpoch: number | null): Moment {
  return sinceEpoch === null ? Number.NaN : Math.round(sinceEpoch * 1_000);
}
