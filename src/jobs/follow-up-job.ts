/** The time-driven pass: whose score decay changes today, which handoffs are late, whose pending checks are due. It costs only what is due. */

import type { SyncDependencies } from "./sync-dependencies.ts";
import { runSync, SYNC_JOB } from "./sync-job.ts";
import type { SyncResult } from "./sync-result.ts";

/** People per pass; whoever is left is due again at the next one. */
const MOST_PEOPLE = 5_000;

export interface FollowUpResult {
  /** People whose score was looked at because decay was due. */
  readonly rescored: number;
  /** Handoffs whose deadline passed without an answer, since the last pass. */
  readonly late: number;
  readonly sync: SyncResult;
}

/** Marks what is due, then lets the one writer do the rest. Reads no changes. */
export async function runFollowUp(dependencies: SyncDependencies): Promise<FollowUpResult> {
  const { store, clock, rulebook, holder } = dependencies;
  const now = clock.now();
  const lease = await store.acquireLease(SYNC_JOB, holder, rulebook.connector.leaseSeconds * 1_000, now);
  if (lease === null) return { rescored: 0, late: 0, sync: await runSync(dependencies, { onlyMarked: true }) };
  let rescored = 0;
  let late = 0;
  try {
    const due = await store.linksDueForScore(now, MOST_PEOPLE);
    const dirty = due.map((link) => ({ key: `l:${link.id}`, reason: "rescore", dueAt: now }));
    if (dirty.length > 0) await store.ingest(lease, { dirty, cursors: [], seen: [], now });
    rescored = due.length;
    const overdue = (await store.openHandoffs()).filter(
      (handoff) => handoff.outcome === "open" && handoff.deadline < now,
    );
    const ended = overdue.map((handoff) => ({
      ...handoff,
      outcome: "late" as const,
      endedAt: handoff.deadline,
      endedBy: "deadline",
    }));
    if (ended.length > 0) await store.saveHandoffs(lease, ended);
    late = ended.length;
  } finally {
    await store.releaseLease(lease);
  }
  return { rescored, late, sync: await runSync(dependencies, { onlyMarked: true }) };
}
