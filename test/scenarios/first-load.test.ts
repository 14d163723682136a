/** A first load is resumed by run after run, each cut off: whoever was read by an earlier run and let go is still met once, and nobody is there twice. */
import { expect, test } from "vitest";
import { runSync } from "../../src/jobs/sync-job.ts";
import { MARKETER, openSharedDatabase, openSyncWorld } from "../support/sync-world.ts";

const PAIRS = 24;
const WAITING = 12;

test("a first load of many, killed three times, ends with everybody linked once", async () => {
  const database = await openSharedDatabase();
  const world = await openSyncWorld(database, {
    adjust: (loaded) => {
      const { connector } = loaded.rulebook;
      const bulk = { ...connector.bulk, fromRecords: 4, jobRecords: 8 };
      return { ...loaded, rulebook: { ...loaded.rulebook, connector: { ...connector, chunkSize: 6, bulk } } };
    },
  });
  try {
    const rep = world.sandbox.salesforce.people.repIds[0] ?? "";
    for (let person = 0; person < PAIRS + WAITING; person += 1) {
      const email = `person${person}@example.com`;
      const isWaiting = person >= PAIRS;
      const stage = isWaiting ? { lifecyclestage: "salesqualifiedlead" } : {};
      world.sandbox.hubspot.createContact({ email, lastname: `Lee ${person}`, ...stage }, MARKETER);
      const lead = { Email: email, LastName: `Lee ${person}`, Company: "Acme" };
      if (!isWaiting) world.sandbox.salesforce.create("Lead", lead, rep);
    }
    await world.pass(10);
    for (const commits of [1, 3, 4]) {
      const dependencies = world.dependencies();
      let left = commits;
      const died = new Promise<string>((resolve) => {
        const store = new Proxy(dependencies.store, {
          get(target, name) {
            const member: unknown = Reflect.get(target, name, target);
            if (typeof member !== "function") return member;
            return async (...values: unknown[]) => {
              if (left === 0) return new Promise(() => {});
              if (name === "commitOutcomes") left -= 1;
              if (left > 0) return member.apply(target, values);
              resolve("killed");
              return new Promise(() => {});
            };
          },
        });
        void runSync({ ...dependencies, store }).then(({ outcome }) => resolve(outcome));
      });
      expect(await died).toBe("killed");
      await world.pass(5);
    }
    await world.settle();
    const leads = world.sandbox.salesforce.records("Lead");
    const contacts = world.sandbox.hubspot.contacts();
    expect([leads.length, contacts.length]).toEqual([PAIRS + WAITING, PAIRS + WAITING]);
    const keys = new Map(leads.map((lead) => [lead["Email"], lead["LeadLoop_Key__c"]]));
    expect(keys.size).toBe(PAIRS + WAITING);
    for (const { properties } of contacts) expect(keys.get(properties["email"] ?? "")).toBe(properties["leadloop_key"]);
    expect(await world.store.counts()).toMatchObject({ linked: PAIRS + WAITING, people: PAIRS + WAITING });
    expect(await world.store.openBulkJobs()).toEqual([]);
  } finally {
    await world.close();
    await database.close();
  }
});
