/** What became of tasks and handoffs in the period, each in exactly one column, and how people were followed up. */

import type { HandoffRow, PersonLedger, TaskRow } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import { isWithin } from "./cohorts.ts";
import type { DurationList } from "./duration-list.ts";
import { firstSign, isAnswered, isDue, isKept, isWithdrawn, promisedBy } from "./handoff-promise.ts";
import { instantAt, momentOf } from "./moment.ts";
import { DAY_MS, type ReportMoments } from "./report-lead.ts";
import { type Rate, rate } from "./statistics.ts";

/** `created` = done + closedByUs + overdue + open. `waiting` are decided but not yet in Salesforce; `suppressed` will never be. `doneLate` are done ones that were closed after their day. */
export interface TaskFigures {
  readonly created: number;
  readonly done: number;
  readonly overdue: number;
  readonly closedByUs: number;
  readonly open: number;
  readonly waiting: number;
  readonly suppressed: number;
  readonly doneLate: number;
}

/**
 * `given` = accepted + rejected + late + open + withdrawn (the person was deleted before anybody answered, which counts against nobody). Hours are by the clock on
 * the wall, nights and weekends included.
 */
export interface HandoffFigures {
  readonly given: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly late: number;
  readonly open: number;
  readonly openPastDeadline: number;
  readonly withdrawn: number;
  /** The SLA: answered (accepted or rejected) by the deadline, of those that were answered or whose deadline has passed. One that was taken from its owner was not. */
  readonly answeredInTime: Rate;
  /** Of those that ended: accepted, rejected or late. */
  readonly acceptedRate: Rate;
  readonly medianHoursToAnswer: number | null;
  readonly p90HoursToAnswer: number | null;
}

export interface OwnerHandoffs extends HandoffFigures {
  readonly owner: string;
}

/** Of the handoffs of the period, without those that were withdrawn: `given` = touched + neverTouched. A handoff is touched by the owner's first sign (their task touched, or an answer), or by a task of its cycle that somebody did. */
export interface FollowUpRate {
  readonly given: number;
  readonly touched: number;
  readonly neverTouched: number;
  readonly touchedRate: Rate;
  /** How many tasks were done up to the answer; those never answered are left out. */
  readonly attempts: readonly { readonly attempts: string; readonly handoffs: number }[];
}

const TASK_COLUMNS = ["created", "done", "overdue", "closedByUs", "open", "waiting", "suppressed", "doneLate"] as const;
type TaskColumn = (typeof TASK_COLUMNS)[number];
const HANDOFF_COLUMNS = [
  "given",
  "accepted",
  "rejected",
  "late",
  "open",
  "openPastDeadline",
  "withdrawn",
  "due",
  "answeredInTime",
] as const;
const [DUE, IN_TIME] = [1 << HANDOFF_COLUMNS.indexOf("due"), 1 << HANDOFF_COLUMNS.indexOf("answeredInTime")];
const OWNER = "owner ";
const ATTEMPTS = ["1", "2", "3", "4", "5 or more"];
const HOUR_MS = 3_600_000;

/** Counts tasks and handoffs that came into being in [from, to), whichever person they belong to. */
export class FollowUpCounter {
  readonly #moments: ReportMoments;
  readonly #today: string;
  readonly #tasks: CellTable;
  readonly #handoffs: CellTable;
  readonly #touched: CellTable;
  readonly #attempts: CellTable;
  readonly #book: CellBook;

  constructor(book: CellBook, moments: ReportMoments) {
    this.#book = book;
    this.#moments = moments;
    this.#today = instantAt(moments.asOf).slice(0, 10);
    this.#tasks = book.table("tasks", TASK_COLUMNS);
    this.#handoffs = book.table("handoffs", HANDOFF_COLUMNS);
    this.#touched = book.table("followUp", ["given", "touched", "neverTouched"]);
    this.#attempts = book.table("attempts", ["handoffs"]);
  }

  add({ person, tasks, handoffs }: PersonLedger): void {
    for (const task of tasks) this.#addTask(task);
    for (const handoff of handoffs) {
      if (!isWithin(handoff.at, this.#moments)) continue;
      this.#book.recording?.at(handoff.at);
      this.#addHandoff(person.id, handoff);
      if (!isWithdrawn(handoff, this.#moments.asOf)) this.#addTouched(person.id, handoff, tasks);
    }
  }

  tasks(): TaskFigures {
    const count = (column: TaskColumn): number => this.#tasks.count("all", TASK_COLUMNS.indexOf(column));
    return {
      created: count("created"),
      done: count("done"),
      overdue: count("overdue"),
      closedByUs: count("closedByUs"),
      open: count("open"),
      waiting: count("waiting"),
      suppressed: count("suppressed"),
      doneLate: count("doneLate"),
    };
  }

  handoffs(): HandoffFigures {
    return this.#figures("all");
  }

  handoffsByOwner(): readonly OwnerHandoffs[] {
    const owners = [...this.#handoffs.rows.keys()].filter((row) => row !== "all");
    return owners.sort().map((row) => ({ owner: row.slice(OWNER.length), ...this.#figures(row) }));
  }

  followUp(): FollowUpRate {
    const [given = 0, touched = 0, neverTouched = 0] = this.#touched.rows.get("all")?.counts ?? [];
    const attempts = ["0", ...ATTEMPTS].map((name) => ({ attempts: name, handoffs: this.#attempts.count(name, 0) }));
    return { given, touched, neverTouched, touchedRate: rate(touched, given), attempts };
  }

  #addTask(task: TaskRow): void {
    if (!isWithin(task.createdAt, this.#moments)) return;
    this.#book.recording?.at(task.createdAt);
    const row = this.#tasks.row("all");
    const add = (column: TaskColumn): void => row.add(TASK_COLUMNS.indexOf(column), task.cause);
    const column = this.#taskColumn(task);
    add(column);
    if (column !== "waiting" && column !== "suppressed") add("created");
    if (column === "done" && task.closedAt >= momentOf(task.dueOn) + DAY_MS) add("doneLate");
  }

  #taskColumn(task: TaskRow): TaskColumn {
    if (task.state === "suppressed") return "suppressed";
    if (task.salesforceId === null && task.state !== "done") return "waiting";
    if (task.deliveredAt > this.#moments.asOf) return "waiting";
    const closed = Number.isNaN(task.closedAt) ? task.closedByUs : task.closedAt <= this.#moments.asOf;
    if (closed) return task.closedByUs ? "closedByUs" : "done";
    return task.dueOn < this.#today ? "overdue" : "open";
  }

  /** To the answer, by row of `handoffs`. */
  #hours(name: string): DurationList {
    return this.#book.list(`answer ${name}`, HOUR_MS);
  }

  #addHandoff(link: string, handoff: HandoffRow): void {
    const { asOf } = this.#moments;
    const { endedAt, deadline } = handoff;
    const outcome = endedAt <= asOf ? handoff.outcome : "open";
    const answered = isAnswered(handoff, asOf);
    for (const name of ["all", `${OWNER}${handoff.ownerEmail}`]) {
      const row = this.#handoffs.row(name);
      row.add(0, link);
      row.add(HANDOFF_COLUMNS.indexOf(outcome), link);
      if (outcome === "open" && deadline < asOf) row.add(5, link);
      if (answered) this.#hours(name).push(endedAt - handoff.at);
    }
    if (!isDue(handoff, asOf)) return;
    const columns = isKept(handoff, asOf) ? DUE | IN_TIME : DUE;
    for (const name of ["all", `${OWNER}${promisedBy(handoff, asOf)}`])
      this.#handoffs.row(name).addToAll(columns, link);
  }

  #addTouched(link: string, handoff: HandoffRow, tasks: readonly TaskRow[]): void {
    const { asOf } = this.#moments;
    const answered = isAnswered(handoff, asOf);
    const isTouched = !Number.isNaN(firstSign(handoff, asOf));
    const done = tasks.filter(
      (task) =>
        task.epoch === handoff.epoch && !task.closedByUs && task.closedAt <= asOf && task.closedAt >= handoff.at,
    );
    const row = this.#touched.row("all");
    row.add(0, link);
    row.add(isTouched || done.length > 0 ? 1 : 2, link);
    if (!answered) return;
    const attempts = done.filter((task) => task.closedAt <= handoff.endedAt).length;
    this.#attempts.add(attempts === 0 ? "0" : (ATTEMPTS[Math.min(attempts, ATTEMPTS.length) - 1] ?? ""), 0, link);
  }

  #figures(name: string): HandoffFigures {
    const [
      given = 0,
      accepted = 0,
      rejected = 0,
      late = 0,
      open = 0,
      openPastDeadline = 0,
      withdrawn = 0,
      due = 0,
      inTime = 0,
    ] = this.#handoffs.rows.get(name)?.counts ?? [];
    const hours = this.#hours(name).list.middleAndSlowEnd();
    return {
      given,
      accepted,
      rejected,
      late,
      open,
      openPastDeadline,
      withdrawn,
      answeredInTime: rate(inTime, due),
      acceptedRate: rate(accepted, accepted + rejected + late),
      medianHoursToAnswer: hours.median,
      p90HoursToAnswer: hours.p90,
    };
  }
}
