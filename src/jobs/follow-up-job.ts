/** The time-driven pass: whose score decay changes today, who has a step of a ladder or cadence due, whose pending checks are due. It costs only what is due. */

import type { Link } from "../core/model/link.ts";
import type { Instant } from "../core/model/record.ts";
import type { Rulebook } from "../core/model/rulebook.ts";
import { acceptanceDue, lookedAtAgain } from "../core/rules/default-acceptance.ts";
import { isWorthShowing } from "../core/rules/fading-score.ts";
import { scoreLead } from "../core/rules/score-lead.ts";
import { membershipMoved } from "../core/rules/segment-membership.ts";
import { withDerived } from "../core/sync/gather-facts.ts";
import { lookByNewRules } from "./look-by-new-rules.ts";
import type { DirtyMark, Lease } from "./state-port.ts";
import { SYNC_JOB, type SyncDependencies } from "./sync-dependencies.ts";
import { runSync } from "./sync-job.ts";
import type { SyncResult } from "./sync-result.ts";

/** People per pass; whoever is left is due again at the next one. */
const MOST_PEOPLE = 5_000;

export interface FollowUpResult {
  /** People whose score was looked at because decay was due, or is to be because an admin has changed the rules. */
  readonly rescored: number;
  /** People with a step due: of a handoff's ladder, a cadence, or on the date that a buyer named. */
  readonly steps: number;
  /** Handoffs among them whose deadline has passed without an answer. */
  readonly late: number;
  readonly sync: SyncResult;
}

/** Marks what is due, then lets the one writer do the rest. Reads no changes. */
export async function runFollowUp(dependencies: SyncDependencies): Promise<FollowUpResult> {
  const { store, clock, rulebook, holder } = dependencies;
  const now = clock.now();
  const lease = await store.acquireLease(SYNC_JOB, holder, rulebook.connector.leaseSeconds * 1_000, now);
  if (lease === null)
    return { rescored: 0, steps: 0, late: 0, sync: await runSync(dependencies, { onlyMarked: true }) };
  let rescored = 0;
  let late = 0;
  let steps = 0;
  try {
    const due = await store.linksDueForScore(now, MOST_PEOPLE);
    const faded = await rescore(dependencies, lease, due, now);
    rescored = due.length + (await lookByNewRules(dependencies, lease));
    const waiting = await store.linksDueForFollowUp(now, MOST_PEOPLE);
    const ids = waiting.map(({ id }) => id);
    late = (await store.handoffsOf(ids)).filter(({ outcome, deadline }) => outcome === "open" && deadline < now).length;
    const taking = ids.map((id): DirtyMark => ({ key: `l:${id}`, reason: "follow-up", dueAt: now }));
    const dirty = [...faded, ...taking];
    if (dirty.length > 0) await store.ingest(lease, { dirty, cursors: [], seen: [], now });
    steps = taking.length;
  } finally {
    await store.releaseLease(lease);
  }
  return { rescored, steps, late, sync: await runSync(dependencies, { onlyMarked: true }) };
}

/** Counts as accepted by default since a moment ago. */
function isAccepted(link: Link, { lifecycle }: Rulebook, now: Instant): boolean {
  const due = acceptanceDue(lifecycle, link.stage);
  return due !== null && due <= now;
}

/**
 * Marks the scores that faded far enough to matter for the sync, which shows them; the others only learn when to be looked at next. Nobody is read
 * from either system for it.
 */
async function rescore(
  dependencies: SyncDependencies,
  lease: Lease,
  due: readonly Link[],
  now: Instant,
): Promise<readonly DirtyMark[]> {
  const { store, rulebook } = dependencies;
  const dirty: DirtyMark[] = [];
  const quiet: Link[] = [];
  for (const link of due) {
    const present = scoreLead(rulebook.scoring, link.facts, now);
    const asked = withDerived(link.facts, link.score, link.stage, []);
    if (
      link.score === null ||
      isWorthShowing(link.score, present, rulebook.scoring) ||
      isAccepted(link, rulebook, now) ||
      membershipMoved(rulebook.segments, link.facts, asked, now)
    ) {
      dirty.push({ key: `l:${link.id}`, reason: "rescore", dueAt: now });
      continue;
    }
    quiet.push({
      ...link,
      version: link.version + 1,
      score: { ...link.score, nextChangeAt: lookedAtAgain(present, rulebook, link.stage, asked, now).nextChangeAt },
    });
  }
  await store.postponeScores(lease, quiet);
  return dirty;
}
