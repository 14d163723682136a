/** A system refuses a value of LeadLoop's own, such as a stage that its list does not have: that value is told and left out, and people's edits are written. */
import { afterEach, expect, test } from "vitest";
import { couple } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

/** The list of stages as an admin made it in Salesforce. */
function stagesOf(...picklistValues: readonly string[]): void {
  const kind = { label: "Stage", type: "picklist", restrictedPicklist: true } as const;
  world.sandbox.salesforce.defineField("Lead", { name: "LeadLoop_Stage__c", ...kind, picklistValues });
}

const quiet = async (runs: number): Promise<void> => {
  for (let run = 0; run < runs; run += 1) {
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(0);
  }
};

test("a stage that Salesforce's list lacks is told by its field, the rest of the edit is written, and the next stage is shown again", async () => {
  world = await openSyncWorld(database);
  const ann = await couple(world, "ann@example.com");
  stagesOf("Lead", "SQL");
  ann.hubspot({ lifecyclestage: "marketingqualifiedlead", jobtitle: "Biologist", firstname: "Anna" });
  await world.pass(5);
  const run = await world.sync();
  expect([run.outcome, run.rejected]).toEqual(["needs-attention", 1]);
  await world.settle();
  expect([ann.salesforceValue("Title"), ann.salesforceValue("FirstName")]).toEqual(["Biologist", "Anna"]);
  const code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST";
  expect(await world.store.rejects({ limit: 10 })).toMatchObject([{ fields: ["LeadLoop_Stage__c"], code }]);
  expect(world.sandbox.salesforce.records("Task")).toHaveLength(1);
  expect(ann.hubspotValue("lifecyclestage")).toBe("marketingqualifiedlead");
  const { unshown } = await world.person("ann@example.com");
  expect(unshown).toMatchObject({ salesforce: { because: "refused", code } });
  await quiet(3);
  // A rep moves the person on to a stage that the list has.
  ann.salesforce({ LeadLoop_Stage__c: "SQL" });
  await world.settle();
  expect(await ann.both("lifecyclestage", "LeadLoop_Stage__c")).toEqual(["salesqualifiedlead", "SQL"]);
  expect(await world.store.rejects({ limit: 10 })).toEqual([]);
  expect((await world.person("ann@example.com")).unshown).toBeUndefined();
});

test("a lead is made without the stage that the list lacks, with its one task", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  stagesOf("Lead", "SQL");
  const person = { email: "ann@example.com", lastname: "Lee", jobtitle: "Biologist" } as const;
  hubspot.createContact({ ...person, lifecyclestage: "marketingqualifiedlead" }, MARKETER);
  await world.settle();
  const leads = salesforce.recordsBy("Lead", "Email", "ann@example.com");
  expect(leads).toMatchObject([{ Title: "Biologist", LeadLoop_Stage__c: null }]);
  expect(salesforce.records("Task")).toHaveLength(1);
  expect(await world.person("ann@example.com")).toMatchObject({ state: "linked", stage: { stage: "mql" } });
  expect(await world.store.rejects({ limit: 10 })).toMatchObject([{ fields: ["LeadLoop_Stage__c"] }]);
  await quiet(3);
});

test("once the list has the stage, a retry of the reject shows it, and nothing of the refusal is kept", async () => {
  world = await openSyncWorld(database);
  const ann = await couple(world, "ann@example.com");
  stagesOf("Lead", "SQL");
  ann.hubspot({ lifecyclestage: "marketingqualifiedlead" });
  await world.settle();
  expect(ann.salesforceValue("LeadLoop_Stage__c")).not.toBe("MQL");
  stagesOf("Lead", "SQL", "MQL");
  const lease = await world.store.acquireLease("sync", "test", 1_000, world.clock.now());
  if (lease === null) throw new Error("no lease");
  await world.store.retryRejects(lease, "all", world.clock.now());
  await world.store.releaseLease(lease);
  await world.settle();
  expect(ann.salesforceValue("LeadLoop_Stage__c")).toBe("MQL");
  expect(await world.store.rejects({ limit: 10 })).toEqual([]);
  expect(Object.keys((await world.person("ann@example.com")).fields)).not.toContain("our LeadLoop_Stage__c");
});
