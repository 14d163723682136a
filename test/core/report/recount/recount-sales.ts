/** Tasks and handoffs of the period counted again by hand: what became of them, how the SLA was kept, and by whom. */
import type { HandoffRow, Moment, TaskRow } from "../../../../src/core/model/report-row.ts";
import { type CellShelf, quantile } from "./cell-shelf.ts";
import { inSpan, isExit, type Known, type Span } from "./known-person.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TAKEN = "(taken from its owner)";

export interface Hours {
  readonly medianHours: number | null;
  readonly p90Hours: number | null;
}

const hoursOf = (hours: readonly number[]): Hours => ({
  medianHours: quantile(hours, 0.5),
  p90Hours: quantile(hours, 0.9),
});

export interface SalesTimes {
  readonly answers: ReadonlyMap<string, Hours>;
  readonly clocks: ReadonlyMap<string, Hours>;
  readonly reactions: ReadonlyMap<string, Hours>;
}

export function recountTasks(shelf: CellShelf, everybody: readonly Known[], span: Span): void {
  for (const { tasks } of everybody) {
    for (const task of tasks) {
      if (!inSpan(task.createdAt, span)) continue;
      const column = columnOf(task, span.asOf);
      shelf.put("tasks", "all", column, task.cause);
      if (column !== "waiting" && column !== "suppressed") shelf.put("tasks", "all", "created", task.cause);
      if (column === "done" && task.closedAt >= endOfDay(task)) shelf.put("tasks", "all", "doneLate", task.cause);
    }
  }
}

function columnOf(task: TaskRow, asOf: Moment): string {
  if (task.state === "suppressed") return "suppressed";
  const isThere = task.salesforceId !== null || task.state === "done";
  if (!isThere || task.deliveredAt > asOf) return "waiting";
  // LeadLoop may have closed one without a word on when.
  const isClosed = Number.isNaN(task.closedAt) ? task.closedByUs : task.closedAt <= asOf;
  if (isClosed) return task.closedByUs ? "closedByUs" : "done";
  return asOf >= endOfDay(task) ? "overdue" : "open";
}

/** A day is over when the next one begins. */
const endOfDay = (task: TaskRow): Moment => Date.parse(`${task.dueOn}T00:00:00.000Z`) + DAY;

class HourLists {
  readonly #lists = new Map<string, number[]>();

  add(row: string, from: Moment, to: Moment): void {
    this.#lists.set(row, [...(this.#lists.get(row) ?? []), (to - from) / HOUR]);
  }

  get hours(): ReadonlyMap<string, Hours> {
    return new Map([...this.#lists].map(([row, hours]) => [row, hoursOf(hours)]));
  }
}

export function recountHandoffs(shelf: CellShelf, everybody: readonly Known[], span: Span): SalesTimes {
  const { asOf } = span;
  const [answers, clocks, reactions] = [new HourLists(), new HourLists(), new HourLists()];
  for (const known of everybody) {
    for (const handoff of known.handoffs) {
      if (!inSpan(handoff.at, span)) continue;
      outcome(shelf, known, handoff, asOf);
      promise(shelf, known, handoff, asOf);
      clock(shelf, known, handoff, asOf);
      followUp(shelf, known, handoff, asOf);
      rules(shelf, known, handoff, outcomeAt(handoff, asOf));
      time(known, handoff, asOf, { answers, clocks, reactions });
    }
  }
  return { answers: answers.hours, clocks: clocks.hours, reactions: reactions.hours };
}

function time(
  known: Known,
  handoff: HandoffRow,
  asOf: Moment,
  { answers, clocks, reactions }: Readonly<Record<"answers" | "clocks" | "reactions", HourLists>>,
): void {
  if (isAnswer(outcomeAt(handoff, asOf)))
    for (const row of ["all", handoff.ownerEmail]) answers.add(row, handoff.at, handoff.endedAt);
  const [qualified, delivered, sign] = [qualifiedAt(known, handoff), deliveryOf(known, handoff), signOf(handoff, asOf)];
  if (qualified <= handoff.at) clocks.add("assignment", qualified, handoff.at);
  if (delivered <= asOf) clocks.add("notification", handoff.at, delivered);
  // From the task, or the handoff where no task arrived; who was quicker took no time.
  const start = delivered <= asOf ? delivered : handoff.at;
  if (!(sign <= asOf)) return;
  clocks.add("reaction", start, Math.max(start, sign));
  reactions.add(promisedBy(handoff, asOf), start, Math.max(start, sign));
}

const isAnswer = (ended: HandoffRow["outcome"]): boolean => ended === "accepted" || ended === "rejected";
const isTaken = (handoff: HandoffRow, asOf: Moment): boolean => handoff.reassignedAt <= asOf;
const promisedBy = (handoff: HandoffRow, asOf: Moment): string => (isTaken(handoff, asOf) ? TAKEN : handoff.ownerEmail);

/** What became of it, by who has it; and the promise to answer, by whose it was. */
function outcome(shelf: CellShelf, known: Known, handoff: HandoffRow, asOf: Moment): void {
  const ended = outcomeAt(handoff, asOf);
  const isPast = asOf > handoff.deadline;
  for (const row of ["all", `owner ${handoff.ownerEmail}`]) {
    shelf.put("handoffs", row, "given", known.id);
    shelf.put("handoffs", row, ended, known.id);
    if (ended === "open" && isPast) shelf.put("handoffs", row, "openPastDeadline", known.id);
  }
  if (ended === "withdrawn" || !(ended !== "open" || isPast || isTaken(handoff, asOf))) return;
  const isKept = isAnswer(ended) && handoff.endedAt <= handoff.deadline && !isTaken(handoff, asOf);
  for (const row of ["all", `owner ${promisedBy(handoff, asOf)}`]) {
    shelf.put("handoffs", row, "due", known.id);
    if (isKept) shelf.put("handoffs", row, "answeredInTime", known.id);
  }
}

function outcomeAt(handoff: HandoffRow, asOf: Moment): HandoffRow["outcome"] {
  return handoff.outcome !== "open" && handoff.endedAt <= asOf ? handoff.outcome : "open";
}

/** The owner's first sign; an answer is one. */
function signOf(handoff: HandoffRow, asOf: Moment): Moment {
  const signs: number[] = [];
  if (handoff.reactedAt <= asOf) signs.push(handoff.reactedAt);
  const ended = outcomeAt(handoff, asOf);
  if (ended === "accepted" || ended === "rejected") signs.push(handoff.endedAt);
  return signs.length === 0 ? Number.NaN : Math.min(...signs);
}

function deliveryOf({ ledger }: Known, { epoch }: HandoffRow): Moment {
  const own = ledger.tasks.find((task) => task.purpose === "mql" && task.epoch === epoch);
  return own?.deliveredAt ?? Number.NaN;
}

function promise(shelf: CellShelf, known: Known, handoff: HandoffRow, asOf: Moment): void {
  const sign = signOf(handoff, asOf);
  const isSilent = asOf > handoff.deadline && !(sign <= handoff.deadline);
  const isBreach = outcomeAt(handoff, asOf) !== "withdrawn" && (isTaken(handoff, asOf) || isSilent);
  for (const row of ["all", `owner ${promisedBy(handoff, asOf)}`]) {
    shelf.begin("serviceBreaches", row);
    if (isBreach) shelf.put("serviceBreaches", row, "breached", known.id);
    if (isTaken(handoff, asOf)) shelf.put("serviceBreaches", row, "reassigned", known.id);
    if (handoff.afterHours) shelf.put("serviceBreaches", row, "afterHours", known.id);
    if (sign <= asOf) shelf.put("serviceBreaches", row, "reacted", known.id);
  }
}

function qualifiedAt({ entries }: Known, { epoch }: HandoffRow): Moment {
  return entries.find((entry) => entry.stage === "mql" && entry.epoch === epoch)?.at ?? Number.NaN;
}

function clock(shelf: CellShelf, known: Known, handoff: HandoffRow, asOf: Moment): void {
  const put = (row: string, column: string): void => shelf.put("serviceClocks", row, column, known.id);
  const ended = outcomeAt(handoff, asOf);
  const hasSign = signOf(handoff, asOf) <= asOf;
  if (qualifiedAt(known, handoff) <= handoff.at) put("assignment", "stopped");
  if (deliveryOf(known, handoff) <= asOf) put("notification", "stopped");
  else if (ended !== "withdrawn" && !hasSign) put("notification", ended === "open" ? "running" : "never");
  if (hasSign) put("reaction", "stopped");
  else if (ended !== "withdrawn") put("reaction", ended === "open" ? "running" : "never");
}

function followUp(shelf: CellShelf, known: Known, handoff: HandoffRow, asOf: Moment): void {
  const ended = outcomeAt(handoff, asOf);
  if (ended === "withdrawn") return;
  let done = 0;
  let doneBefore = 0;
  for (const task of known.tasks) {
    if (task.epoch !== handoff.epoch || task.closedByUs) continue;
    if (!(task.closedAt >= handoff.at && task.closedAt <= asOf)) continue;
    done += 1;
    if (task.closedAt <= handoff.endedAt) doneBefore += 1;
  }
  const isTouched = done > 0 || signOf(handoff, asOf) <= asOf;
  shelf.put("followUp", "all", "given", known.id);
  shelf.put("followUp", "all", isTouched ? "touched" : "neverTouched", known.id);
  if (isAnswer(ended)) shelf.put("attempts", doneBefore >= 5 ? "5 or more" : String(doneBefore), "handoffs", known.id);
}

function rules(shelf: CellShelf, known: Known, handoff: HandoffRow, ended: HandoffRow["outcome"]): void {
  const why = known.entries.find((entry) => entry.at >= handoff.at && isExit(entry.stage))?.reason ?? "";
  const names = new Set(handoff.reasons.map(({ rule }) => rule));
  const put = (table: string, row: string): void => {
    shelf.put(table, row, "handoffs", known.id);
    if (ended === "accepted" || ended === "rejected") shelf.put(table, row, ended, known.id);
  };
  put("rulesOverall", "all");
  for (const name of names) {
    put("rules", name);
    if (ended === "rejected")
      shelf.put("rejectedRules", `${name}: ${why === "" ? "(no reason given)" : why}`, "handoffs", known.id);
  }
}
