/** What the tables of the ledger hold of a page's people: asked for as lines of JSON, and read back person by person. */
import type { ScoreReason } from "../core/model/link.ts";
import type {
  DealRow,
  HandoffRow,
  Moment,
  PersonLedger,
  ReportPerson,
  StageEntry,
  TaskRow,
  TouchRow,
} from "../core/model/report-row.ts";

/** Pieces of JSON as SQL: json_build_array and json_agg take six times as long as texts put together. */
const word = (column: string): string => `coalesce(to_json(${column})::text, 'null')`;
/** An id, a code or a day: nothing in it means anything to JSON, and to_json takes three times as long. */
const code = (column: string): string => `coalesce('"' || ${column} || '"', 'null')`;
const plain = (column: string): string => `coalesce(${column}::text, 'null')`;
/** A moment as milliseconds since 1970; fractions would take the database twice as long to spell. */
const moment = (column: string): string => plain(`(date_part('epoch', ${column}) * 1000)::bigint`);

/** What one table tells of the people whom `who` chooses: each row an array on a line of its own, the link first, in link order. */
const ofPage = (table: string, who: string, columns: readonly string[], order: string): string =>
  `(select string_agg('["' || link || '",' || ${columns.join(" || ',' || ")} || ']', '\n') from (
    select * from ${table} where connection = $1 and ${who} order by link, ${order}) as entry) as ${table}`;

const HANDOFF_COLUMNS = [
  ...["epoch", word("owner_email"), word("routed_by"), moment("at"), moment("deadline"), code("outcome")],
  ...[moment("ended_at"), word("ended_by"), "reasons", moment("reacted_at")],
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

/** The select list of the ledger of these people; `who` is SQL over `connection` and `link`. */
export const ledgerColumns = (who: string): string =>
  [
    ofPage("handoff", who, HANDOFF_COLUMNS, "epoch"),
    // Read once for the page: looked up for each handoff they took a third of its time.
    ofPage("follow_up_event", `${who} and kind = 'reassign'`, ["epoch", moment("at")], "epoch"),
    ofPage("task", who, TASK_COLUMNS, "created_at, cause"),
    ofPage("outcome", who, DEAL_COLUMNS, "opened_at, opportunity_id"),
    ofPage("touch", who, [moment("at"), word("campaign")], "at"),
  ].join(", ");

export type LedgerTexts = Readonly<Record<"handoff" | "follow_up_event" | "task" | "outcome" | "touch", string | null>>;

/** Hands out what such a row holds of people who are asked for in link order. */
export class LedgerReader {
  readonly #handoffs: Following<HandoffColumns, HandoffRow>;
  readonly #reassigned: Following<ReassignedColumns, ReassignedColumns>;
  readonly #tasks: Following<TaskColumns, TaskRow>;
  readonly #deals: Following<DealColumns, DealRow>;
  readonly #touches: Following<TouchColumns, TouchRow>;

  constructor(texts: LedgerTexts) {
    this.#handoffs = new Following(texts.handoff, handoffOf);
    this.#reassigned = new Following(texts.follow_up_event, (columns) => columns);
    this.#tasks = new Following(texts.task, taskOf);
    this.#deals = new Following(texts.outcome, dealOf);
    this.#touches = new Following(texts.touch, touchOf);
  }

  of(person: ReportPerson, stages: readonly StageEntry[]): PersonLedger {
    const { id } = person;
    return {
      person,
      stages,
      handoffs: withReassigned(this.#handoffs.of(id), this.#reassigned.of(id)),
      tasks: this.#tasks.of(id),
      deals: this.#deals.of(id),
      touches: this.#touches.of(id),
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
    reassignedAt: Number.NaN,
    afterHours: columns[11],
  };
}

/** That the handoff of this cycle went from an owner who gave no sign to another. */
type ReassignedColumns = readonly [link: string, epoch: number, at: number];

function withReassigned(
  handoffs: readonly HandoffRow[],
  reassigned: readonly ReassignedColumns[],
): readonly HandoffRow[] {
  if (reassigned.length === 0) return handoffs;
  const moments = new Map(reassigned.map(([, epoch, at]) => [epoch, at]));
  return handoffs.map((handoff) => ({ ...handoff, reassignedAt: moments.get(handoff.epoch) ?? Number.NaN }));
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
