/** Adds up what the runs of a demo did. */
import { StopRun } from "../../core/errors.ts";
import type { Instant, System } from "../../core/model/record.ts";
import type { SyncResult } from "../../jobs/sync-result.ts";

/** Records created and changed, and tasks made, on both sides. */
export function writtenBy({ written }: SyncResult): number {
  const { hubspot, salesforce, tasks } = written;
  return [hubspot, salesforce].reduce(
    (sum, { created, updated, archived }) => sum + created + updated + archived,
    tasks,
  );
}

export class DemoTally {
  runs = 0;
  conflicts = 0;
  rejected = 0;
  tasks = 0;
  readonly calls: Record<System, number> = { hubspot: 0, salesforce: 0 };
  readonly created: Record<System, number> = { hubspot: 0, salesforce: 0 };
  readonly updated: Record<System, number> = { hubspot: 0, salesforce: 0 };
  /** What runs had to say beside their counts: a safety stop, doubles that were paired with nobody. */
  readonly notes: { readonly at: Instant; readonly reason: string }[] = [];

  /** Throws StopRun when the run could not work at all: the demo would tell nothing. */
  add(result: SyncResult, at: Instant): void {
    if (result.outcome === "stopped") throw new StopRun(`a run at ${at} stopped: ${result.reasons.join("; ")}`);
    this.runs += 1;
    this.conflicts += result.conflicts;
    this.rejected += result.rejected;
    this.tasks += result.written.tasks;
    for (const system of ["hubspot", "salesforce"] as const) {
      this.calls[system] += result.calls[system];
      this.created[system] += result.written[system].created;
      this.updated[system] += result.written[system].updated;
    }
    for (const reason of result.reasons) this.notes.push({ at, reason });
  }
}
