/** What became of tasks and handoffs in the period, each in exactly one column. */
import type { HandoffEntry, TaskEntry } from "../model/ledger.ts";
import type { Instant } from "../model/record.ts";
import type { CellIds } from "./drill.ts";
import type { ReportWindow } from "./report-lead.ts";
import { middleAndSlowEnd, type Rate, rate } from "./statistics.ts";

/** `created` = done + closedByUs + overdue + open. `waiting` are decided but not yet in Salesforce; `suppressed` will never be. */
export interface TaskFigures {
  readonly created: number;
  readonly done: number;
  readonly overdue: number;
  readonly closedByUs: number;
  readonly open: number;
  readonly waiting: number;
  readonly suppressed: number;
}

/** `given` = accepted + rejected + late + open. Hours are by the clock on the wall, nights and weekends included. */
export interface HandoffFigures {
  readonly given: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly late: number;
  readonly open: number;
  readonly openPastDeadline: number;
  readonly acceptedInTime: Rate;
  readonly medianHoursToAnswer: number | null;
  readonly p90HoursToAnswer: number | null;
}

export interface OwnerHandoffs extends HandoffFigures {
  readonly owner: string;
}

type TaskColumn = Exclude<keyof TaskFigures, "created">;

/** Counts tasks and handoffs that came into being in [from, to), whichever person they belong to. */
export class FollowUpCounter {
  readonly #ids: CellIds;
  readonly #window: ReportWindow;
  readonly #hours = new Map<string, number[]>();

  constructor(ids: CellIds, window: ReportWindow) {
    this.#ids = ids;
    this.#window = window;
  }

  addTask(task: TaskEntry): void {
    if (!isWithin(task.createdAt, this.#window)) return;
    const column = taskColumn(task, this.#window.asOf);
    this.#ids.add("tasks", "all", column, task.cause);
    if (column !== "waiting" && column !== "suppressed") this.#ids.add("tasks", "all", "created", task.cause);
  }

  addHandoff(handoff: HandoffEntry): void {
    const { asOf } = this.#window;
    if (!isWithin(handoff.at, this.#window)) return;
    const ended = handoff.endedAt !== null && handoff.endedAt <= asOf;
    const outcome = ended ? handoff.outcome : "open";
    for (const row of ["all", `owner ${handoff.ownerEmail}`]) {
      const add = (column: string): void => this.#ids.add("handoffs", row, column, handoff.link);
      add("given");
      add(outcome);
      if (outcome === "open" && handoff.deadline < asOf) add("openPastDeadline");
      if (outcome === "accepted" && handoff.endedAt !== null && handoff.endedAt <= handoff.deadline)
        add("acceptedInTime");
      if ((outcome !== "accepted" && outcome !== "rejected") || handoff.endedAt === null) continue;
      const hours = this.#hours.get(row) ?? [];
      this.#hours.set(row, hours);
      hours.push((Date.parse(handoff.endedAt) - Date.parse(handoff.at)) / 3_600_000);
    }
  }

  tasks(): TaskFigures {
    const count = (column: string): number => this.#ids.count("tasks", "all", column);
    return {
      created: count("created"),
      done: count("done"),
      overdue: count("overdue"),
      closedByUs: count("closedByUs"),
      open: count("open"),
      waiting: count("waiting"),
      suppressed: count("suppressed"),
    };
  }

  handoffs(): HandoffFigures {
    return this.#figures("all");
  }

  handoffsByOwner(): readonly OwnerHandoffs[] {
    const owners = this.#ids.rows("handoffs").filter((row) => row !== "all");
    return owners.sort().map((row) => ({ owner: row.slice("owner ".length), ...this.#figures(row) }));
  }

  #figures(row: string): HandoffFigures {
    const count = (column: string): number => this.#ids.count("handoffs", row, column);
    const hours = middleAndSlowEnd(this.#hours.get(row) ?? []);
    return {
      given: count("given"),
      accepted: count("accepted"),
      rejected: count("rejected"),
      late: count("late"),
      open: count("open"),
      openPastDeadline: count("openPastDeadline"),
      acceptedInTime: rate(count("acceptedInTime"), count("given")),
      medianHoursToAnswer: hours.median,
      p90HoursToAnswer: hours.p90,
    };
  }
}

export function isWithin(at: Instant, window: ReportWindow): boolean {
  return at <= window.asOf && (window.from === null || at >= window.from) && (window.to === null || at < window.to);
}

function taskColumn(task: TaskEntry, asOf: Instant): TaskColumn {
  if (task.state === "suppressed") return "suppressed";
  if (task.salesforceId === null && task.state !== "done") return "waiting";
  const closed = task.closedAt === null ? task.closedByUs : task.closedAt <= asOf;
  if (closed) return task.closedByUs ? "closedByUs" : "done";
  return task.dueOn < asOf.slice(0, 10) ? "overdue" : "open";
}
