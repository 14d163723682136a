/** The two clocks of a handoff, the system's and the owner's, and whose promises were broken. */
import type { HandoffRow, PersonLedger } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import { isWithin } from "./cohorts.ts";
import type { DurationList } from "./duration-list.ts";
import { firstSign, isBreached, isReassigned, isWithdrawn, promisedBy } from "./handoff-promise.ts";
import { MQL, type ReportMoments } from "./report-lead.ts";

/**
 * `assignment`: from becoming an MQL to having an owner. `notification`: from there to the task being in Salesforce. These two are the system's.
 * `reaction`: from the task (or the handoff, where no task arrived) to the owner's first sign, who may be another owner by then.
 */
export const CLOCKS = ["assignment", "notification", "reaction"] as const;
export type ServiceClock = (typeof CLOCKS)[number];

/** Hours by the clock on the wall. `stopped` of the handoffs given in the period reached the end of it, `running` are still on the way, `never` ended before they did. */
export interface ClockRow {
  readonly clock: ServiceClock;
  readonly stopped: number;
  readonly running: number;
  readonly never: number;
  readonly medianHours: number | null;
  readonly p90Hours: number | null;
}

/**
 * Of the handoffs given in the period. `breached`: no sign of the owner by the deadline, or taken from an owner who gave none (then the deadline is the next
 * owner's). A withdrawn one is no breach: it counts against nobody.
 */
export interface ServiceFigures {
  readonly clocks: readonly ClockRow[];
  readonly breached: number;
  /** Taken from an owner who gave no sign, and given to another. */
  readonly reassigned: number;
  /** Given outside the owner's working hours. */
  readonly afterHours: number;
  /** Whose promises these were; each handoff in one row. */
  readonly byOwner: readonly OwnerService[];
}

/** "(taken from its owner)" stands for the owners of those that were given to another. */
export interface OwnerService {
  readonly owner: string;
  readonly breached: number;
  readonly reassigned: number;
  readonly afterHours: number;
  /** Handoffs that they gave a sign of, and how long it took them. */
  readonly reacted: number;
  readonly medianHours: number | null;
  readonly p90Hours: number | null;
}

const HOUR_MS = 3_600_000;
const HANDOFF_TASK = "mql";
const [RUNNING, NEVER] = [1, 2];
const BREACH_COLUMNS = ["breached", "reassigned", "afterHours", "reacted"] as const;
const OWNER = "owner ";

export class ServiceCounter {
  readonly #moments: ReportMoments;
  readonly #clocks: CellTable;
  readonly #breaches: CellTable;
  readonly #book: CellBook;
  /** Hours by clock; those of the reaction also by owner. */
  readonly #hours: readonly DurationList[];

  constructor(book: CellBook, moments: ReportMoments) {
    this.#book = book;
    this.#moments = moments;
    this.#hours = CLOCKS.map((clock) => book.list(`clock ${clock}`, HOUR_MS));
    this.#clocks = book.table("serviceClocks", ["stopped", "running", "never"]);
    this.#breaches = book.table("serviceBreaches", BREACH_COLUMNS);
  }

  add(ledger: PersonLedger): void {
    for (const handoff of ledger.handoffs) {
      if (!isWithin(handoff.at, this.#moments)) continue;
      this.#book.recording?.at(handoff.at);
      this.#addHandoff(ledger, handoff);
    }
  }

  figures(): ServiceFigures {
    const clocks = CLOCKS.flatMap((clock, place): readonly ClockRow[] => {
      const hours = this.#hours[place];
      if (hours === undefined) return [];
      const { median, p90 } = hours.list.middleAndSlowEnd();
      const count = (column: number): number => this.#clocks.count(clock, column);
      return [{ clock, stopped: count(0), running: count(1), never: count(2), medianHours: median, p90Hours: p90 }];
    });
    return { clocks, ...this.#breachesOf("all"), byOwner: this.#byOwner() };
  }

  #addHandoff({ person: { id }, stages, tasks }: PersonLedger, handoff: HandoffRow): void {
    const { asOf } = this.#moments;
    const { epoch, at } = handoff;
    const task = tasks.find((one) => one.epoch === epoch && one.purpose === HANDOFF_TASK);
    const delivered = known(task?.deliveredAt, asOf);
    const reacted = firstSign(handoff, asOf);
    const qualified = stages.find((entry) => entry.place === MQL && entry.epoch === epoch)?.at ?? Number.NaN;
    // Where the ledger does not tell when somebody became an MQL there is no clock to stop; a task that never came has none to stop until the handoff ends.
    if (qualified <= at) this.#stop(0, id, at - qualified);
    const isSilent = Number.isNaN(reacted) && !isWithdrawn(handoff, asOf);
    const notStopped = handoff.endedAt <= asOf ? NEVER : RUNNING;
    if (!Number.isNaN(delivered)) this.#stop(1, id, delivered - at);
    else if (isSilent) this.#clocks.add(CLOCKS[1], notStopped, id);
    const owner = `${OWNER}${promisedBy(handoff, asOf)}`;
    if (!Number.isNaN(reacted)) {
      const took = Math.max(0, reacted - (Number.isNaN(delivered) ? at : delivered));
      this.#stop(2, id, took);
      this.#hoursOf(owner).push(took);
    } else if (isSilent) this.#clocks.add(CLOCKS[2], notStopped, id);
    const columns =
      (isBreached(handoff, asOf) ? 0b0001 : 0) |
      (isReassigned(handoff, asOf) ? 0b0010 : 0) |
      (handoff.afterHours ? 0b0100 : 0) |
      (Number.isNaN(reacted) ? 0 : 0b1000);
    for (const row of ["all", owner]) this.#breaches.row(row).addToAll(columns, id);
  }

  #breachesOf(name: string): Pick<ServiceFigures, "breached" | "reassigned" | "afterHours"> {
    const [breached = 0, reassigned = 0, afterHours = 0] = this.#breaches.rows.get(name)?.counts ?? [];
    return { breached, reassigned, afterHours };
  }

  /** By name, and those without one first. */
  #byOwner(): readonly OwnerService[] {
    const rows = [...this.#breaches.rows.keys()].filter((row) => row !== "all").sort();
    return rows.map((row) => {
      const { median, p90 } = this.#hoursOf(row).list.middleAndSlowEnd();
      const reacted = this.#breaches.count(row, BREACH_COLUMNS.indexOf("reacted"));
      const owner = row.slice(OWNER.length);
      return { owner, ...this.#breachesOf(row), reacted, medianHours: median, p90Hours: p90 };
    });
  }

  #hoursOf(owner: string): DurationList {
    return this.#book.list(`reaction ${owner}`, HOUR_MS);
  }

  #stop(place: number, id: string, took: number): void {
    this.#clocks.add(CLOCKS[place] ?? "", 0, id);
    this.#hours[place]?.push(took);
  }
}

/** The moment, where it had come by then. */
function known(moment: number | undefined, asOf: number): number {
  return moment !== undefined && moment <= asOf ? moment : Number.NaN;
}
