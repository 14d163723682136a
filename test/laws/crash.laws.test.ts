/** Killed at any await and started again, a run ends where an undisturbed one would have: no record twice, no task twice, nothing lost. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { type EndState, type Kill, playKilled, playUndisturbed } from "../support/crash-story.ts";
import { lawSeed } from "../support/law-cases.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
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
    expect(undisturbed.awaits.length).toBeGreaterThan(20);
    const start = moment === "before" ? OFFSET : (OFFSET + Math.floor(EVERY / 2)) % EVERY;
    for (let kill = start; kill < undisturbed.awaits.length; kill += EVERY)
      await expectSameEnd(database, undisturbed.end, { kill, moment });
  },
  600_000,
);

/** What a run stores or sends; whatever else it waits for changes nothing. */
const EFFECT =
  /\.(acquireLease|startRun|ingest|closeWrites|commit\w+|save\w+|write|releaseLease|claimNotices|finishRun)$/;

test("So does one killed around any call that stores or sends something, each of them", async () => {
  const memory = openMemoryDatabase();
  const { awaits, end } = await playUndisturbed(memory);
  const effects = [...awaits.keys()].filter((kill) => EFFECT.test(awaits[kill] ?? ""));
  expect(effects.length).toBeGreaterThan(12);
  for (const kill of effects) {
    // The moment before a call of the store is the one after the call before it, and nobody has seen a difference.
    if (awaits[kill]?.endsWith(".write") === true) await expectSameEnd(memory, end, { kill, moment: "before" });
    await expectSameEnd(memory, end, { kill, moment: "after" });
  }
}, 600_000);

async function expectSameEnd(where: SharedDatabase, end: EndState, at: Kill): Promise<void> {
  const killed = await playKilled(where, at);
  expect(killed.end, `killed ${at.moment} await ${at.kill}: ${killed.label}`).toEqual(end);
}
