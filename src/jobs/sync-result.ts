/** The counts of a run, and how they add up: every record looked at ends in exactly one of five ways. */
import type { Plan, Write } from "../core/model/plan.ts";
import type { System } from "../core/model/record.ts";
import type { RunStop } from "../core/sync/stopped-run.ts";
import type { EndedPerson, JudgedPlan } from "./ended-people.ts";
import { UnansweredWrites } from "./unanswered-writes.ts";

export type RunOutcome = "done" | "paused" | "stopped" | "needs-attention";

export interface WrittenCounts {
  readonly created: number;
  readonly updated: number;
  readonly archived: number;
}

export interface SyncResult {
  readonly run: string;
  readonly outcome: RunOutcome;
  /** Why the run ended early or needs a person, and what it could not get done; empty when all is well. */
  readonly reasons: readonly string[];
  readonly read: Readonly<Record<System, number>>;
  readonly written: { readonly hubspot: WrittenCounts; readonly salesforce: WrittenCounts; readonly tasks: number };
  readonly unchanged: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly deferred: number;
  readonly conflicts: number;
  /** Marks and unchanged records looked at; equals written + unchanged + skipped + rejected + deferred of the same kind. */
  readonly considered: {
    readonly total: number;
    readonly written: number;
    readonly unchanged: number;
    readonly skipped: number;
    readonly rejected: number;
    readonly deferred: number;
  };
  readonly calls: Readonly<Record<System, number>>;
  readonly ms: number;
  /** Work is left only because the time was up: another run may go on at once. */
  readonly outOfTime: boolean;
  /** Another run was under way, and this one did nothing. */
  readonly busy: boolean;
  /** What the run wrote, or would have written, and whose link a deletion ended. */
  readonly plan: Plan & JudgedPlan;
}

/** A run of this size is looked at by its counts; the ledger has every write. */
const MOST_WRITES_KEPT = 20_000;

export type Verdict = "written" | "unchanged" | "skipped" | "rejected" | "deferred";

/** Collects what a run does, for its result and its closing log line. */
export class RunTally {
  readonly read: Record<System, number> = { hubspot: 0, salesforce: 0 };
  readonly written = {
    hubspot: { created: 0, updated: 0, archived: 0 },
    salesforce: { created: 0, updated: 0, archived: 0 },
    tasks: 0,
  };
  readonly verdicts: Record<Verdict, number> = { written: 0, unchanged: 0, skipped: 0, rejected: 0, deferred: 0 };
  readonly reasons: string[] = [];
  /** What is hidden from our user and was done without, as Salesforce said it. */
  readonly hidden = new Set<string>();
  conflicts = 0;
  /** Those that wait for a person. */
  openConflicts = 0;
  /** People found just now to have several candidates on the other side. */
  unpaired = 0;
  rejects = 0;
  outOfTime = false;
  busy = false;
  /** What ended the run, where it could not go on. */
  stop: RunStop | null = null;
  readonly unanswered = new UnansweredWrites();
  readonly writes: Write[] = [];
  /** People whose link a deletion ends; kept with the plan. */
  readonly ended: EndedPerson[] = [];
  readonly planned: {
    conflicts: Plan["conflicts"][number][];
    skips: Plan["skips"][number][];
    rejects: Plan["rejects"][number][];
  } = {
    conflicts: [],
    skips: [],
    rejects: [],
  };
  readonly keepPlan: boolean;
  readonly #mostWrites: number;

  /** Plans of huge runs are counted, not kept; one that was asked for is always kept whole. */
  constructor(keepPlan: boolean, mostWrites = MOST_WRITES_KEPT) {
    this.keepPlan = keepPlan;
    this.#mostWrites = mostWrites;
  }

  verdict(verdict: Verdict, times = 1): void {
    this.verdicts[verdict] += times;
  }

  wrote(write: Write, created: boolean): void {
    if (write.purpose === "task") {
      this.written.tasks += 1;
      return;
    }
    const counts = this.written[write.system];
    if (write.operation === "archive") counts.archived += 1;
    else counts[created ? "created" : "updated"] += 1;
  }

  plan(part: Plan): void {
    this.conflicts += part.conflicts.length;
    this.openConflicts += part.conflicts.filter((conflict) => conflict.open).length;
    this.rejects += part.rejects.length;
    if (!this.keepPlan || this.writes.length + part.writes.length > this.#mostWrites) return;
    // One by one: a call takes no hundred thousand arguments.
    for (const write of part.writes) this.writes.push(write);
    for (const conflict of part.conflicts) this.planned.conflicts.push(conflict);
    for (const skip of part.skips) this.planned.skips.push(skip);
    for (const reject of part.rejects) this.planned.rejects.push(reject);
  }

  endings(ended: readonly EndedPerson[]): void {
    if (!this.keepPlan || this.ended.length + ended.length > this.#mostWrites) return;
    for (const person of ended) this.ended.push(person);
  }

  /** A dry run counts what it would have done. */
  countAsWritten(writes: readonly Write[]): void {
    for (const write of writes) this.wrote(write, write.operation === "create");
  }

  result(run: string, outcome: RunOutcome, calls: Readonly<Record<System, number>>, ms: number): SyncResult {
    const { written, unchanged, skipped, rejected, deferred } = this.verdicts;
    return {
      run,
      outcome,
      reasons: this.reasons,
      read: this.read,
      written: this.written,
      unchanged,
      skipped,
      rejected: this.rejects,
      deferred,
      conflicts: this.conflicts,
      considered: { total: written + unchanged + skipped + rejected + deferred, ...this.verdicts },
      calls,
      ms,
      outOfTime: this.outOfTime,
      busy: this.busy,
      plan: { writes: this.writes, ended: this.ended, ...this.planned },
    };
  }
}
