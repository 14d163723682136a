/** The two clocks of a handoff, the system's and the owner's, and whose promises were broken. */
import type { HandoffRow, PersonLedger } from "../model/report-row.ts";
import type { CellBook, CellTable } from "./cell-book.ts";
import { isWithin } from "./cohorts.ts";
import { MQL, type ReportMoments } from "./report-lead.ts";
import { NumberList } from "./statistics.ts";

/**
 * `assignment`: from becoming an MQL to having an owner. `notification`: from there to the task being in Salesforce. These two are the system's.
 * `reaction`: from the task (or the handoff, where no task arrived) to the owner's first sign, who may be another owner by then.
 */
export const CLOCKS = ["assignment", "notification", "reaction"] as const;
export type ServiceClock = (typeof CLOCKS)[number];

/** Hours by the clock on the wall. `stopped` of the handoffs given in the period reached the end of it; `running` are still on the way. */
export interface ClockRow {
  readonly clock: ServiceClock;
  readonly stopped: number;
  readonly running: number;
  readonly medianHours: number | null;
  readonly p90Hours: number | null;
}

/** Of the handoffs given in the period. `breached`: no sign of the owner by the deadline. */
export interface ServiceFigures {
  readonly clocks: readonly ClockRow[];
  readonly breached: number;
  /** Taken from an owner who gave no sign, and given to another. */
  readonly reassigned: number;
  /** Given outside the owner's working hours. */
  readonly afterHours: number;
}

const HOUR_MS = 3_600_000;
const HANDOFF_TASK = "mql";

export class ServiceCounter {
  readonly #moments: ReportMoments;
  readonly #clocks: CellTable;
  readonly #breaches: CellTable;
  /** Hours by clock. */
  readonly tally = CLOCKS.map(() => new NumberList());

  constructor(book: CellBook, moments: ReportMoments) {
    this.#moments = moments;
    this.#clocks = book.table("serviceClocks", ["stopped", "running"]);
    this.#breaches = book.table("serviceBreaches", ["breached", "reassigned", "afterHours"]);
  }

  add(ledger: PersonLedger): void {
    for (const handoff of ledger.handoffs) if (isWithin(handoff.at, this.#moments)) this.#addHandoff(ledger, handoff);
  }

  figures(): ServiceFigures {
    const clocks = CLOCKS.map((clock, place): ClockRow => {
      const { median, p90 } = (this.tally[place] ?? new NumberList()).middleAndSlowEnd();
      const count = (column: number): number => this.#clocks.count(clock, column);
      return { clock, stopped: count(0), running: count(1), medianHours: median, p90Hours: p90 };
    });
    const [breached, reassigned, afterHours] = [0, 1, 2].map((column) => this.#breaches.count("all", column));
    return { clocks, breached: breached ?? 0, reassigned: reassigned ?? 0, afterHours: afterHours ?? 0 };
  }

  #addHandoff({ person: { id }, stages, tasks }: PersonLedger, handoff: HandoffRow): void {
    const { asOf } = this.#moments;
    const { epoch, at, deadline } = handoff;
    const task = tasks.find((one) => one.epoch === epoch && one.purpose === HANDOFF_TASK);
    const delivered = known(task?.deliveredAt, asOf);
    const reacted = known(handoff.reactedAt, asOf);
    const qualified = stages.find((entry) => entry.place === MQL && entry.epoch === epoch)?.at ?? Number.NaN;
    // Where the ledger does not tell when somebody became an MQL there is no clock to stop; a task that never came keeps its own running.
    if (qualified <= at) this.#stop(0, id, at - qualified);
    if (!Number.isNaN(delivered)) this.#stop(1, id, delivered - at);
    else if (Number.isNaN(reacted)) this.#run(1, id);
    if (!Number.isNaN(reacted)) this.#stop(2, id, Math.max(0, reacted - (Number.isNaN(delivered) ? at : delivered)));
    else if (!(handoff.endedAt <= asOf)) this.#run(2, id);
    if (!(reacted <= deadline) && deadline < asOf) this.#breaches.add("all", 0, id);
    if (handoff.reassignedAt <= asOf) this.#breaches.add("all", 1, id);
    if (handoff.afterHours) this.#breaches.add("all", 2, id);
  }

  #stop(place: number, id: string, took: number): void {
    this.#clocks.add(CLOCKS[place] ?? "", 0, id);
    this.tally[place]?.push(took / HOUR_MS);
  }

  #run(place: number, id: string): void {
    this.#clocks.add(CLOCKS[place] ?? "", 1, id);
  }
}

/** The moment, where it had come by then. */
function known(moment: number | undefined, asOf: number): number {
  return moment !== undefined && moment <= asOf ? moment : Number.NaN;
}
