/** Killed at any await and started again, a run ends where an undisturbed one would have: no record twice, no task twice, nothing lost. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { playKilled, playUndisturbed } from "../support/crash-story.ts";
import { lawSeed } from "../support/law-cases.ts";
import { openSharedDatabase } from "../support/sync-world.ts";

/** One kill in every so many awaits is tried; 1 tries them all. */
const EVERY = Number(process.env["LAWS_CRASH_EVERY"] ?? 8);
const OFFSET = (lawSeed ?? Date.now()) % EVERY;

let database: SharedDatabase;
beforeAll(async () => {
  database = await openSharedDatabase();
});
afterAll(() => database.close());

test.each(["before", "after"] as const)(
  "A run killed just %s any of its calls took effect leaves the same end state",
  async (moment) => {
    const undisturbed = await playUndisturbed(database);
    expect(undisturbed.awaits).toBeGreaterThan(20);
    const start = moment === "before" ? OFFSET : (OFFSET + Math.floor(EVERY / 2)) % EVERY;
    for (let kill = start; kill < undisturbed.awaits; kill += EVERY) {
      const killed = await playKilled(database, { kill, moment });
      expect(killed.end, `killed ${moment} await ${kill}: ${killed.label}`).toEqual(undisturbed.end);
    }
  },
  600_000,
);
