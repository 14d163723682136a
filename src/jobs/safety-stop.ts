/** When a run is too dangerous to go on: counted over its writes, kept until a person has looked, and foreseen where that is cheap. */
import type { Write } from "../core/model/plan.ts";
import {
  tally as addToTally,
  checkSafety,
  mostChanges,
  NOTHING_YET,
  type SafetyTally,
} from "../core/sync/check-safety.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

/** Where the last safety stop is kept until a plan has been let through or the danger is gone: the next run must not begin its count anew. */
const SAFETY_STOP = "safety-stop";

/** Remembers the reason of a stop, or that there is none. */
export async function keepStop({ store }: SyncDependencies, refused: string | null): Promise<void> {
  const kept = (await store.setting(SAFETY_STOP)) ?? "";
  if (kept !== (refused ?? "")) await store.saveSetting(SAFETY_STOP, refused ?? "");
}

/**
 * Whether everything must be planned before the first write: so many linked people are marked that a stop half-way is to be expected, or the last run
 * was stopped. It costs a second read of those people, which ordinary runs are spared.
 */
export async function needsRehearsal(dependencies: SyncDependencies, markedLinks: number): Promise<boolean> {
  const { store, rulebook } = dependencies;
  const { safety } = rulebook.connector;
  if (((await store.setting(SAFETY_STOP)) ?? "") !== "") return true;
  if (markedLinks <= safety.maxChangesFloor) return false;
  return markedLinks > mostChanges(await linkedCount(dependencies), safety);
}

/** Safety looks at the sum of everything planned so far, so that a danger cut in slices is still one danger. */
export function safetyOf(
  dependencies: SyncDependencies,
  approve?: (writes: readonly Write[]) => boolean,
): (writes: readonly Write[]) => Promise<string | null> {
  const { safety } = dependencies.rulebook.connector;
  let sum: SafetyTally = NOTHING_YET;
  let linked: number | null = null;
  return async (writes) => {
    if (approve?.(writes) === true) return null;
    sum = addToTally(sum, writes);
    // Counting everybody costs more the more there are: only a run that would be too much for the smallest company is measured against all.
    if (checkSafety(sum, 0, safety) === null) return null;
    linked ??= await linkedCount(dependencies);
    return checkSafety(sum, linked, safety);
  };
}

async function linkedCount(dependencies: SyncDependencies): Promise<number> {
  return (await dependencies.store.counts())["linked"] ?? 0;
}
