/** When calls are short, a hot lead does not wait for a backfill, and nothing that waits is lost. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { PRIORITY } from "../../src/core/model/priority.ts";
import { forecastQuota } from "../../src/jobs/known-quota.ts";
import type { RunRow } from "../../src/jobs/state-port.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const PAIRS = 24;
const HOT = "hot@example.com";
let database: SharedDatabase;
let world: SyncWorld;

beforeAll(async () => {
  database = await openSharedDatabase();
  world = await openSyncWorld(database);
  const rep = world.sandbox.salesforce.people.repIds[0] ?? "";
  for (let person = 0; person < PAIRS; person += 1) {
    const email = `person${person}@example.com`;
    world.sandbox.hubspot.createContact({ email, lastname: "Lee", jobtitle: "Clerk" }, MARKETER);
    world.sandbox.salesforce.create("Lead", { Email: email, LastName: "Lee", Company: "Acme" }, rep);
  }
  await world.pass(10);
});
afterAll(async () => {
  await world.close();
  await database.close();
});

/** Small chunks, and so many HubSpot calls in 24 hours. */
function poor(perDay: number): SyncDependencies {
  const dependencies = world.dependencies();
  const { rulebook } = dependencies;
  const calls = { ...rulebook.connector.calls, hubspot: { ...rulebook.connector.calls.hubspot, perDay } };
  return { ...dependencies, rulebook: { ...rulebook, connector: { ...rulebook.connector, chunkSize: 2, calls } } };
}

const tasks = (): number => world.sandbox.salesforce.records("Task").length;

test("a budget for the day pauses a first load between chunks, and says so", async () => {
  const result = await runSync(poor(12));
  expect(result.outcome).toBe("paused");
  expect(result.reasons.join()).toContain("the day's budget of 12 HubSpot calls is spent (calls.hubspot.per-day");
  expect(result.calls.hubspot).toBeLessThan(16);
  const waiting = await world.store.dirtyDue(100, world.clock.now());
  expect(waiting.length).toBeGreaterThan(PAIRS / 2);
  expect(new Set(waiting.map((row) => row.priority))).toEqual(new Set([PRIORITY.backfill]));
});

test("until the day is over a run makes no call at all", async () => {
  await world.pass(60);
  const before = world.sandbox.calls.hubspot;
  expect((await runSync(poor(12))).outcome).toBe("paused");
  expect(world.sandbox.calls.hubspot).toBe(before);
});

test("then a hot lead goes first, and its rep has the task while the backfill still waits", async () => {
  await world.pass(25 * 60);
  const stage = { lifecyclestage: "marketingqualifiedlead" };
  world.sandbox.hubspot.createContact({ email: HOT, lastname: "Hot", ...stage }, MARKETER);
  await world.pass(10);
  expect((await runSync(poor(12))).outcome).toBe("paused");
  expect(world.sandbox.salesforce.recordsBy("Lead", "Email", HOT)).toHaveLength(1);
  expect(tasks()).toBe(1);
  expect(await world.store.dirtyCount()).toBeGreaterThan(4);
});

test("in the end everybody is linked", async () => {
  await world.pass(25 * 60);
  await world.settle();
  expect((await world.store.counts())["linked"]).toBe(PAIRS + 1);
});

test("the quota's end is foreseen from the calls of the last hours", () => {
  const now = "2026-03-02T12:00:00.000Z";
  const run = (startedAt: string, hubspot: number): RunRow =>
    ({
      id: startedAt,
      job: "sync",
      startedAt,
      endedAt: null,
      outcome: "done",
      counts: { calls: { hubspot } },
    }) as RunRow;
  const runs = [
    run("2026-03-02T11:00:00.000Z", 300),
    run("2026-03-02T10:00:00.000Z", 300),
    run("2026-03-01T10:00:00.000Z", 9_000),
  ];
  const quota = (remaining: number) => ({ limit: 10_000, remaining, at: now });
  expect(forecastQuota(runs, "hubspot", quota(4_000), 0.2, now)).toEqual({
    callsPerHour: 200,
    exhaustedAt: "2026-03-02T22:00:00.000Z",
  });
  expect(forecastQuota(runs, "hubspot", quota(9_000), 0.2, now).exhaustedAt).toBeNull();
  expect(forecastQuota(runs, "hubspot", quota(1_000), 0.2, now).exhaustedAt).toBe(now);
  expect(forecastQuota([], "salesforce", quota(9_000), 0.2, now)).toEqual({ callsPerHour: 0, exhaustedAt: null });
});
