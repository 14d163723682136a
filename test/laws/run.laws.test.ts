/** Laws of whole runs: the order in which changes arrive is nothing, the same moment plans the same, and no run spends more calls than it may. */
import { afterEach, describe, expect, test } from "vitest";
import type { ChangePage } from "../../src/jobs/ports.ts";
import type { DirtyRow } from "../../src/jobs/state-port.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import { endState, prepareEverything } from "../support/crash-story.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld, type SyncWorldOptions } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

const open = async (options: SyncWorldOptions = {}): Promise<void> => {
  world = await openSyncWorld(database, { seed: "order", ...options });
};
const connector = (changes: object): SyncWorldOptions => ({
  adjust: (loaded) => ({
    ...loaded,
    rulebook: { ...loaded.rulebook, connector: { ...loaded.rulebook.connector, ...changes } },
  }),
});

/** The story that the crashes interrupt, whose changes come in another order: within a page, between pages, among the marks, and in other chunks. */
async function endWith(arrange: <T>(items: readonly T[]) => readonly T[], chunkSize: number): Promise<unknown> {
  await open(connector({ chunkSize }));
  await prepareEverything(world);
  for (let run = 0; run < 8; run += 1) {
    await world.sync({}, rearranged(world.dependencies(), arrange));
    await world.pass(run === 5 ? 70 : 5);
  }
  const { contacts, leads, ...rest } = await endState(world);
  // Whose turn it is depends on who comes first; that they take turns does not.
  const withoutOwner = (rows: readonly unknown[]): unknown[] => rows.map((row) => (row as unknown[]).slice(0, -1));
  await world.close();
  return { ...rest, contacts: withoutOwner(contacts), leads: withoutOwner(leads) };
}

function rearranged(
  dependencies: SyncDependencies,
  arrange: <T>(items: readonly T[]) => readonly T[],
): SyncDependencies {
  for (const client of Object.values(dependencies.clients)) {
    const read = client.readChanges.bind(client);
    async function* reordered(requests: Parameters<typeof read>[0]): AsyncGenerator<ChangePage> {
      const pages: ChangePage[] = [];
      for await (const page of read(requests)) pages.push(page);
      const moved = arrange(pages.filter(({ last }) => !last));
      const ends = arrange(pages.filter(({ last }) => last));
      for (const page of [...moved, ...ends]) yield { ...page, records: arrange(page.records) };
    }
    Object.assign(client, { readChanges: reordered });
  }
  const { store } = dependencies;
  const dirtyDue = async (limit: number, now: string): Promise<readonly DirtyRow[]> =>
    arrange(await store.dirtyDue(1_000_000, now)).slice(0, limit);
  return { ...dependencies, store: { ...store, dirtyDue } };
}

test("The order in which changes arrive, and the chunks they are worked in, do not alter where everybody ends", async () => {
  const asItComes = await endWith((items) => items, 500);
  const backwards = await endWith((items) => items.toReversed(), 500);
  const oneByOne = await endWith((items) => items.toReversed(), 1);
  const oddFirst = <T>(items: readonly T[]): readonly T[] => [
    ...items.filter((_, index) => index % 2 === 1),
    ...items.filter((_, index) => index % 2 === 0),
  ];
  const shuffled = await endWith(oddFirst, 3);
  await open();
  expect(backwards).toEqual(asItComes);
  expect(oneByOne).toEqual(asItComes);
  expect(shuffled).toEqual(asItComes);
});

test("Two plans of the same moment are the same, and the run after them writes what they say", async () => {
  await open();
  await prepareEverything(world);
  const plans = [await world.sync({ dry: true }), await world.sync({ dry: true })].map(({ plan, written }) => ({
    // Who is new gets an id with each plan.
    writes: plan.writes.map(({ system, object, id, operation, fields, recordName }) => {
      const told = Object.entries(fields).filter(([name]) => !/leadloop_?key|LeadLoop_Cause__c/i.test(name));
      return { system, object, id, operation, recordName, fields: Object.fromEntries(told) };
    }),
    conflicts: plan.conflicts.map(({ field, hubspot, salesforce, kept }) => ({ field, hubspot, salesforce, kept })),
    written,
  }));
  expect(plans[0]?.writes.length).toBeGreaterThan(5);
  expect(plans[1]).toEqual(plans[0]);
  expect((await world.sync()).written).toEqual(plans[0]?.written);
});

describe("No run spends more calls than it may", () => {
  test.each([
    [8, 10],
    [12, 14],
  ])(
    "%d to HubSpot and %d to Salesforce: it pauses, the next ones go on, and in the end everybody is there once",
    async (hubspot, salesforce) => {
      const calls = {
        hubspot: { perRun: hubspot, dailyReserveShare: 0.2 },
        salesforce: { perRun: salesforce, dailyReserveShare: 0.2 },
      };
      await open(connector({ calls, chunkSize: 4 }));
      for (let person = 0; person < 24; person += 1) {
        const properties = {
          email: `p${person}@example.com`,
          lastname: "MQL",
          lifecyclestage: "marketingqualifiedlead",
        };
        world.sandbox.hubspot.createContact(properties, MARKETER);
      }
      const outcomes = new Set<string>();
      for (let run = 0; run < 40; run += 1) {
        await world.pass(5);
        const result = await world.sync();
        outcomes.add(result.outcome);
        expect(result.calls.hubspot).toBeLessThanOrEqual(hubspot);
        expect(result.calls.salesforce).toBeLessThanOrEqual(salesforce);
        if (result.outcome === "done" && world.sandbox.salesforce.records("Task").length === 24) break;
      }
      expect([...outcomes].sort()).toEqual(["done", "paused"]);
      expect(world.sandbox.salesforce.records("Lead")).toHaveLength(24);
      expect(world.sandbox.salesforce.records("Task")).toHaveLength(24);
    },
  );

  test("and none eats into the reserve that is left for others", async () => {
    await open({ sandbox: { limits: { salesforceDaily: 60 } } });
    for (let person = 0; person < 24; person += 1) {
      const properties = { email: `p${person}@example.com`, lastname: "MQL", lifecyclestage: "marketingqualifiedlead" };
      world.sandbox.hubspot.createContact(properties, MARKETER);
    }
    const atReserve: number[] = [];
    for (let run = 0; run < 60; run += 1) {
      await world.pass(5);
      const used = world.sandbox.calls.salesforce;
      const { calls } = await world.sync();
      if (used >= 48) atReserve.push(calls.salesforce);
      // The answer that tells of the reserve is the last one.
      else expect(used + calls.salesforce).toBeLessThanOrEqual(50);
    }
    // A process that has just started asks once, and learns from the answer how much is left.
    expect(atReserve.length).toBeGreaterThan(5);
    expect(Math.max(...atReserve)).toBeLessThanOrEqual(2);
  });
});
