/** A schedule that fires twice for one run: what the second costs both systems. */
import { afterEach, expect, test } from "vitest";
import { couples } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld } from "../support/sync-world.ts";
import { watchRequests } from "../support/watch-requests.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

interface Fired {
  readonly outcomes: readonly string[];
  /** Requests of all runs that reached each system. */
  readonly requests: readonly [hubspot: number, salesforce: number];
  readonly titles: readonly unknown[];
}

/** The same world each time: three edits wait, and the schedule fires once, or twice 0.3 seconds apart. */
async function fire(twice: boolean): Promise<Fired> {
  world = await openSyncWorld(database);
  const people = await couples(world, 3);
  for (const person of people) person.hubspot({ jobtitle: "Biologist" });
  await world.pass(5);
  const { hubspotFaults, salesforceFaults } = world.sandbox;
  const watched = [hubspotFaults, salesforceFaults].map((faults) => watchRequests(faults, world.clock));
  const runs = [world.sync()];
  if (twice) {
    await world.clock.sleep(300);
    runs.push(world.sync());
  }
  const results = await Promise.all(runs);
  const [hubspot = 0, salesforce = 0] = watched.map((seen) => seen.times("").length);
  const titles = people.map((person) => person.salesforceValue("Title"));
  return { outcomes: results.map(({ outcome }) => outcome).toSorted(), requests: [hubspot, salesforce], titles };
}

test("the second of two schedules 0.3 seconds apart asks neither system for anything, and ends as if there had been one", async () => {
  const once = await fire(false);
  await world.close();
  const twice = await fire(true);
  expect([once.outcomes, twice.outcomes]).toEqual([["done"], ["done", "paused"]]);
  expect(once.requests.every((count) => count > 0)).toBe(true);
  expect(twice.requests).toEqual(once.requests);
  expect(twice.titles).toEqual(Array(3).fill("Biologist"));
});
