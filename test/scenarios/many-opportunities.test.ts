/** A contact with more opportunities than a page of any answer holds: all of them count, and what becomes of each is followed. */
import { afterEach, expect, test } from "vitest";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

/** More than a page of any answer holds. */
const DEALS = 2_300;

test.each([
  ["that were there before it was linked", true],
  ["that come while it is linked", false],
])(
  "2,300 opportunities of one contact, %s, are all known, and a win of the last of them is followed",
  async (_, before) => {
    world = await openSyncWorld(database);
    const { salesforce, hubspot } = world.sandbox;
    const rep = salesforce.people.repIds[0] ?? "";
    const account = salesforce.create("Account", { Name: "Acme" }, rep);
    const person = { Email: "busy@example.com", LastName: "Busy", AccountId: account };
    const contact = salesforce.create("Contact", person, rep);
    const link = (): void => {
      const properties = { email: "busy@example.com", lastname: "Busy" };
      hubspot.importContacts([{ properties, createdAt: world.clock.now() }]);
    };
    if (!before) {
      link();
      await world.settle();
    }
    const deal = { AccountId: account, StageName: "Prospecting", CloseDate: "2026-06-30" };
    const deals = Array.from({ length: DEALS }, (_row, index) => {
      const id = salesforce.create("Opportunity", { ...deal, Name: `Deal ${index}` }, rep);
      salesforce.create("OpportunityContactRole", { OpportunityId: id, ContactId: contact, IsPrimary: true }, rep);
      return id;
    });
    if (before) link();
    await world.settle();
    const { id, stage } = await world.person("busy@example.com");
    expect(await world.store.outcomesOf([id])).toHaveLength(DEALS);
    expect(stage?.stage).toBe("opportunity");
    // Past both lanes, so that nothing is read again.
    for (const _run of [1, 2]) {
      await world.pass(70);
      await world.sync();
    }
    salesforce.edit("Opportunity", deals.at(-1) ?? "", { StageName: "Closed Won", Amount: 1 }, rep);
    await world.pass(5);
    const run = await world.sync();
    expect(run.read.salesforce).toBeLessThan(10);
    await world.settle();
    expect((await world.person("busy@example.com")).stage?.stage).toBe("customer");
  },
);
