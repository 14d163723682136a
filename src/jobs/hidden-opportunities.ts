/** Opportunities or their contact roles that Salesforce does not show our user: people are synced all the same, and both are read from the beginning once they are shown. */
import { StopRun } from "../core/errors.ts";
import { isDispensable, voidCursors } from "./change-requests.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";
import type { RunTally } from "./sync-result.ts";

/** Gives null where what was asked for is hidden from us; it is told by the run, and read once it is shown. Throws whatever else goes wrong. */
export async function unlessHidden<Answer>(
  { store }: SyncDependencies,
  facts: RunFacts,
  tally: RunTally,
  asked: Promise<Answer>,
): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    const object = error instanceof StopRun ? error.hiddenObject : null;
    if (!(error instanceof StopRun) || object === null || !isDispensable(object)) throw error;
    tally.hidden.add(error.message);
    const cursors = voidCursors(facts, object);
    if (!facts.dry && cursors.length > 0)
      await store.ingest(facts.lease, { dirty: [], seen: [], cursors, now: facts.startedAt });
    return null;
  }
}

/** For the admin, one line for each object. */
export function hiddenInWords(hidden: ReadonlySet<string>): readonly string[] {
  return [...hidden].map(
    (said) =>
      `people are synced, but not what becomes of them in sales, which is read once LeadLoop's user may: ${said}`,
  );
}
