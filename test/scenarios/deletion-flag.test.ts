/** `on-delete: flag`: the record that is left says that the other one was deleted, once, and no more when that one is back. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Couple, couples } from "../support/couple.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let world: SyncWorld;
let people: Couple[];

beforeAll(async () => {
  const { store } = openMemoryState();
  world = await openSyncWorld(
    { store: () => store, close: async () => undefined },
    {
      adjust: (loaded) => ({
        ...loaded,
        mappings: loaded.mappings.map((mapping) => ({ ...mapping, onDelete: "flag" as const })),
      }),
    },
  );
  people = await couples(world, 2);
});
afterAll(() => world.close());

/** Calls of a run that finds nothing new, once nothing that was read lately is read again. */
async function quietCalls() {
  for (let run = 0; run < 4; run += 1) {
    await world.pass(60);
    await world.sync();
  }
  const { calls, outcome } = await world.sync();
  return { calls, outcome };
}

test("a lead that is deleted is said on its contact, once, and taken back when the lead is restored", async () => {
  const [ann] = people as [Couple];
  const rep = world.sandbox.salesforce.people.managerId;
  const flag = () => ann.hubspotValue("leadloop_deleted");
  const before = await quietCalls();
  world.sandbox.salesforce.remove("Lead", ann.leadId, rep);
  await world.pass(5);
  const { plan } = await world.sync();
  expect(plan?.writes).toMatchObject([
    { system: "hubspot", id: ann.hubspotId, operation: "update", reason: "on-delete: flag (deleted in Salesforce)" },
  ]);
  expect(flag()).toBe("deleted in Salesforce, noticed on 2026-03-02");
  expect(await quietCalls()).toEqual(before);
  ann.hubspot({ leadloop_deleted: "" });
  await world.pass(5);
  expect(writesOf(await world.sync())).toBe(0);
  ann.hubspot({ leadloop_deleted: "deleted in Salesforce, noticed on 2026-03-02" });
  await world.settle();
  world.sandbox.salesforce.restore("Lead", ann.leadId);
  await world.settle();
  expect(flag()).toBeNull();
  ann.salesforce({ Title: "Back again" });
  await world.settle();
  expect(ann.hubspotValue("jobtitle")).toBe("Back again");
  world.sandbox.salesforce.remove("Lead", ann.leadId, rep);
  await world.settle();
  expect(flag()).toContain("deleted in Salesforce");
});

test("a contact that is archived is said on its lead, and taken back when the contact is restored", async () => {
  const bob = people[1] as Couple;
  const flag = () => bob.salesforceValue("LeadLoop_Deleted__c");
  world.sandbox.hubspot.archiveContact(bob.hubspotId);
  await world.pass(25 * 60);
  await world.settle();
  expect(flag()).toBe("deleted in HubSpot, noticed on 2026-03-03");
  world.sandbox.hubspot.restoreContact(bob.hubspotId);
  await world.settle();
  expect(flag()).toBeNull();
});
