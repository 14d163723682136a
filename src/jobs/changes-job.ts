/** Near real time: records of which one of the systems said that they changed are synced at once, by the same run and on those records alone. */
import type { System } from "../core/model/record.ts";
import type { DirtyMark } from "./state-port.ts";
import { CHANGES_JOB, OPPORTUNITY, personObjects, type SyncDependencies } from "./sync-dependencies.ts";
import { runSync } from "./sync-job.ts";
import type { SyncResult } from "./sync-result.ts";

/** A record of which one was told. What has changed is not believed, it is read. */
export interface Hint {
  readonly system: System;
  readonly object: string;
  readonly id: string;
}

export interface ChangesOptions {
  /** How long to wait for a run that is under way before the marks are left to it, in milliseconds. */
  readonly waitMs: number;
}

const LOOK_AGAIN_MS = 250;

/**
 * Marks the records, which nothing can lose any more, then works those marks. While another run has the lease it is waited for; one that takes longer
 * finds the marks itself. Duplicates, any order and records that nobody syncs are harmless.
 */
export async function runChanges(
  dependencies: SyncDependencies,
  hints: readonly Hint[],
  { waitMs }: ChangesOptions,
): Promise<SyncResult> {
  const { store, clock } = dependencies;
  const now = clock.now();
  const marks = [...new Map(hints.flatMap((hint) => markOf(dependencies, hint, now)).map((mark) => [mark.key, mark]))]
    .map(([, mark]) => mark)
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  await store.hint(marks, now);
  const keys = marks.map((mark) => mark.key);
  const until = Date.parse(now) + waitMs;
  for (;;) {
    const result = await runSync(dependencies, { only: keys, job: CHANGES_JOB });
    if (!result.busy || Date.parse(clock.now()) >= until) return result;
    await clock.sleep(LOOK_AGAIN_MS);
    if ((await store.dirtyOf(keys)).length === 0) return result;
  }
}

function markOf({ mappings }: SyncDependencies, { system, object, id }: Hint, dueAt: string): DirtyMark[] {
  const reason = "told";
  if (system === "hubspot") return [{ key: `h:${id}`, reason, dueAt }];
  if (object === OPPORTUNITY) return [{ key: `o:${id}`, reason, dueAt }];
  return personObjects(mappings).includes(object) ? [{ key: `s:${object}:${id}`, reason, dueAt }] : [];
}
