/** Reads one page of people with their ledgers for the report: one statement, whose answer is one row of JSON documents. */
import { CompiledQuery } from "kysely";
import type { ScoreReason } from "../core/model/link.ts";
import type {
  DealRow,
  HandoffRow,
  Moment,
  PersonLedger,
  ReportSection,
  TaskRow,
  TouchRow,
} from "../core/model/report-row.ts";
import { PersonReader } from "./person-documents.ts";
import { HistoryReader } from "./stage-history.ts";
import type { StateDatabase } from "./state-database.ts";

/** People of a page: enough that a statement's fixed cost vanishes (at 500 planning it took a fifth of the database's time), few enough that two pages fit into memory. */
export const PAGE = 2_000;

/** Pieces of JSON as SQL: json_build_array and json_agg take six times as long as texts put together. */
const word = (column: string): string => `coalesce(to_json(${column})::text, 'null')`;
/** An id, a code or a day: nothing in it means anything to JSON, and to_json takes three times as long. */
const code = (column: string): string => `coalesce('"' || ${column} || '"', 'null')`;
const plain = (column: string): string => `coalesce(${column}::text, 'null')`;
/** A moment as milliseconds since 1970; fractions would take the database twice as long to spell. */
const moment = (column: string): string => plain(`(date_part('epoch', ${column}) * 1000)::bigint`);

/** What one table tells of the people of the page: each row an array on a line of its own, the link first, in link order. */
const ofPage = (table: string, columns: readonly string[], order: string): string =>
  `(select string_agg('["' || link || '",' || ${columns.join(" || ',' || ")} || ']', '\n') from (
    select * from ${table} where connection = $1 and link > $2 and link <= (select last from page) order by link, ${order}) as entry) as ${table}`;

const HANDOFF_COLUMNS = [
  ...["epoch", word("owner_email"), word("routed_by"), moment("at"), moment("deadline"), code("outcome")],
  ...[moment("ended_at"), word("ended_by"), "reasons", moment("reacted_at")],
  // The step's key is that of `ladderKey`. The table of steps has a link and an epoch too: without `entry` they would be meant.
  `coalesce((select (date_part('epoch', taken.at) * 1000)::bigint::text from follow_up_event as taken where taken.connection = $1 and taken.kind = 'reassign'
    and taken.key = 'handoff:' || entry.link || ':' || entry.epoch || ':reassign'), 'null')`,
  "coalesce(after_hours, false)::text",
];
const TASK_COLUMNS = [
  ...[word("cause"), "epoch", word("purpose"), code("state"), code("due_on"), word("owner_email")],
  ...[moment("created_at"), code("salesforce_id"), moment("closed_at"), "closed_by_us::text"],
  ...[moment("delivered_at"), moment("touched_at")],
];
const DEAL_COLUMNS = [
  ...[code("opportunity_id"), word("name"), word("stage_name"), word("amount"), word("currency")],
  ...["closed::text", "won::text", moment("opened_at"), moment("stage_at"), word("lost_reason")],
  ...["counts::text", code("close_date")],
];

/**
 * Drivers take a result apart row by row and column by column, which for a million people costs more than to count them. Histories and documents are a
 * line for each person, read when their turn comes: what a whole page would be made into is garbage that must be moved about first.
 */
const READ_PAGE = `
  with page as materialized (
    select max(link) as last, string_agg(document::text, '\n') as people, string_agg(history, '\n') as histories
    from (select link, document, history from report_person
      where connection = $1 and link > $2 and ($3::text is null or link <= $3) order by link limit $4) as person)
  select last, people, histories,
    ${ofPage("handoff", HANDOFF_COLUMNS, "epoch")},
    ${ofPage("task", TASK_COLUMNS, "created_at, cause")},
    ${ofPage("outcome", DEAL_COLUMNS, "opened_at, opportunity_id")},
    ${ofPage("touch", [moment("at"), word("campaign")], "at")}
  from page`;

type PageRow = Readonly<
  Record<"last" | "people" | "histories" | "handoff" | "task" | "outcome" | "touch", string | null>
>;

/** People in link order; `last` is the link of the last one. Each time they are gone through they are read anew. */
export interface LedgerPage {
  readonly last: string;
  readonly people: Iterable<PersonLedger>;
}

/** The people behind `after`, as many as stand on a page; null when it was the last. */
export async function readPage(database: StateDatabase, after: string): Promise<LedgerPage | null> {
  const row = await fetchPage(database, { after, last: null }, PAGE);
  return row === undefined || row.last === null ? null : { last: row.last, people: peopleIn(row) };
}

/** All people of a section. */
export async function readSection(database: StateDatabase, section: ReportSection): Promise<Iterable<PersonLedger>> {
  const row = await fetchPage(database, section, null);
  return row === undefined ? [] : peopleIn(row);
}

function peopleIn(row: PageRow): Iterable<PersonLedger> {
  return { [Symbol.iterator]: () => peopleOf(row) };
}

async function fetchPage(
  database: StateDatabase,
  { after, last }: ReportSection,
  most: number | null,
): Promise<PageRow | undefined> {
  const query = CompiledQuery.raw(READ_PAGE, [database.connection, after, last, most]);
  const answer = await database.read((db) => db.executeQuery<PageRow>(query));
  return answer.rows[0];
}

function* peopleOf(row: PageRow): Generator<PersonLedger> {
  const handoffs = new Following(row.handoff, handoffOf);
  const tasks = new Following(row.task, taskOf);
  const deals = new Following(row.outcome, dealOf);
  const touches = new Following(row.touch, touchOf);
  const histories = new HistoryReader(row.histories ?? "");
  const documents = new PersonReader(row.people ?? "");
  for (let person = documents.next(); person !== null; person = documents.next()) {
    yield {
      person,
      stages: histories.next(),
      handoffs: handoffs.of(person.id),
      tasks: tasks.of(person.id),
      deals: deals.of(person.id),
      touches: touches.of(person.id),
    };
  }
}

/** Rows in link order, each on a line, handed out to people who are asked for in the same order. */
class Following<Columns, Made> {
  readonly #rows: string;
  readonly #make: (columns: Columns) => Made;
  /** Where the next row begins. */
  #start = 0;
  /** Whose it is. */
  #link: string;

  constructor(rows: string | null, make: (columns: Columns) => Made) {
    this.#rows = rows ?? "";
    this.#make = make;
    this.#link = this.#nextLink();
  }

  of(link: string): readonly Made[] {
    if (this.#link > link) return NOTHING;
    const made: Made[] = [];
    // A row of somebody in between belongs to a person who was erased.
    for (; this.#link <= link; this.#link = this.#nextLink()) {
      const row = this.#takeRow();
      if (this.#link === link) made.push(this.#make(JSON.parse(row)));
    }
    return made;
  }

  #takeRow(): string {
    const end = this.#rows.indexOf("\n", this.#start);
    const row = this.#rows.slice(this.#start, end < 0 ? this.#rows.length : end);
    this.#start += row.length + 1;
    return row;
  }

  /** A link has no quotes; behind the last row a sign that none reaches. */
  #nextLink(): string {
    const start = this.#start + '["'.length;
    return start > this.#rows.length ? "\uffff" : this.#rows.slice(start, this.#rows.indexOf('"', start));
  }
}

const NOTHING: readonly never[] = [];

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

/** NaN for null. */
function millis(sinceEpoch: number | null): Moment {
  return sinceEpoch ?? Number.NaN;
}
