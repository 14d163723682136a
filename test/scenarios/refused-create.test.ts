/** A create that a system refuses because of one value: made without it where that can be, told, and not asked for again and again. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";
import { watchRequests } from "../support/watch-requests.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld(database);
});
afterEach(() => world.close());

const EMAIL = "ann@example.com";
const lead = (fields: Readonly<Record<string, string>> = {}): string =>
  world.sandbox.salesforce.create(
    "Lead",
    { Email: EMAIL, LastName: "Lee", Company: "Acme", ...fields },
    world.sandbox.salesforce.people.repIds[0] ?? "",
  );

test("a contact whose product interest HubSpot no longer knows is made without it, in the same run, and the value is told", async () => {
  world.sandbox.hubspot.removePropertyOption("product_interest", "automation");
  lead({ Title: "Biologist", Product_Interest__c: "automation" });
  await world.settle();
  expect(world.sandbox.hubspot.contactByEmail(EMAIL)?.properties).toMatchObject({ jobtitle: "Biologist" });
  expect((await world.person(EMAIL)).state).toBe("linked");
  expect(await world.store.rejects({ limit: 9 })).toMatchObject([{ fields: ["product_interest"] }]);
});

test("a contact whose address HubSpot refuses is asked for once, told, and tried again when the address is another", async () => {
  const forgotten = world.sandbox.hubspot.createContact({ email: EMAIL, lastname: "Lee" }, MARKETER);
  world.sandbox.hubspot.eraseContact(forgotten);
  const id = lead();
  await world.pass(5);
  const requests = watchRequests(world.sandbox.hubspotFaults, world.clock);
  for (let run = 0; run < 4; run += 1) {
    await world.sync();
    await world.pass(5);
  }
  expect(requests.times("/contacts/batch/upsert")).toHaveLength(1);
  expect(await world.store.rejects({ limit: 9 })).toMatchObject([{ fields: ["email"], system: "hubspot" }]);
  const rep = world.sandbox.salesforce.people.repIds[0] ?? "";
  world.sandbox.salesforce.edit("Lead", id, { Email: "ann.lee@example.com" }, rep);
  await world.settle();
  expect(world.sandbox.hubspot.contactByEmail("ann.lee@example.com")).toBeDefined();
  expect(await world.store.rejects({ limit: 9 })).toEqual([]);
});
