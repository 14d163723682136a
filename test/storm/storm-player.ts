/** Plays storms in memory, or each on a state of its own in a real database. */
import type { StateStore } from "../../src/jobs/state-port.ts";
import { playStorm, type StormOptions, type StormResult } from "./storm.ts";
import { breakingAt, openStormDatabase } from "./storm-database.ts";
import type { StormPlan } from "./storm-plan.ts";

export interface StormPlayer {
  readonly play: (plan: StormPlan, options?: Pick<StormOptions, "traced">) => Promise<StormResult>;
  readonly close: () => Promise<void>;
}

export async function openStormPlayer(where: "memory" | "database"): Promise<StormPlayer> {
  if (where === "memory") return { play: (plan, options) => playStorm(plan, options), close: async () => {} };
  const database = await openStormDatabase();
  const on = (store: StateStore): StormOptions => ({ store, breakAt: breakingAt });
  return {
    play: (plan, options) => playStorm(plan, { ...options, ...on(database.store()) }),
    close: () => database.close(),
  };
}
