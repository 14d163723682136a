/** What a run writes later than the decisions it follows from, for a plan to show beside them: tasks, and stages that were cleared first. */
import type { Write } from "../core/model/plan.ts";
import { setAfterClear } from "../core/sync/own-values.ts";
import type { PersonDecision } from "../core/sync/person-decision.ts";
import { plannedTasks } from "./deliver-tasks.ts";
import type { RunFacts, SyncDependencies } from "./sync-dependencies.ts";

/** Empty for a run that is no dry one: it writes them when their time has come. */
export async function plannedToFollow(
  dependencies: SyncDependencies,
  facts: RunFacts,
  decided: readonly { readonly decision: PersonDecision }[],
): Promise<readonly Write[]> {
  if (!facts.dry) return [];
  const { rulebook, ownFields } = dependencies;
  const decisions = decided.map(({ decision }) => decision);
  const sets = decisions.flatMap(({ link, writes }) =>
    writes
      .filter(({ purpose }) => purpose === "clear-stage")
      .map((clear) => setAfterClear(clear, link, rulebook.lifecycle, ownFields)),
  );
  return [...sets, ...(await plannedTasks(dependencies, facts, decisions))];
}
