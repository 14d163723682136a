/** Tasks, after the state was put back from a backup that does not know them: one that a rep deleted stays deleted. */
import { afterEach, expect, test } from "vitest";
import { couples } from "../support/couple.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { backupOf } from "../support/memory-state-tables.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

let world: SyncWorld;
afterEach(() => world.close());

const tasks = (): readonly unknown[] => world.sandbox.salesforce.records("Task").map((task) => task["IsDeleted"]);

function deleteTheTask(): void {
  const { salesforce } = world.sandbox;
  const [task] = salesforce.records("Task");
  salesforce.remove("Task", String(task?.["Id"]), salesforce.people.repIds[0] ?? "");
}

async function runs(count: number): Promise<void> {
  for (let run = 0; run < count; run += 1) {
    await world.pass(20);
    await world.sync();
  }
}

/** The person qualified and the task came after the backup; then a rep deleted it, and the backup is put back. */
async function deletedThenPutBack(putBack: () => void): Promise<void> {
  await world.settle();
  expect(tasks()).toEqual([false]);
  deleteTheTask();
  await world.pass(30);
  putBack();
  await runs(5);
  expect(tasks()).toEqual([true]);
}

test("one whose person the backup knows, who was no MQL yet", async () => {
  const { store, tables } = openMemoryState();
  world = await openSyncWorld({ store: () => store, close: async () => undefined });
  const [ann] = await couples(world, 2);
  const putBack = backupOf(tables);
  await world.pass(24 * 60);
  ann?.hubspot({ lifecyclestage: "marketingqualifiedlead" });
  await deletedThenPutBack(putBack);
  expect(await ann?.both("lifecyclestage", "LeadLoop_Stage__c")).toEqual(["marketingqualifiedlead", "MQL"]);
});

test("one whose person is not in the backup at all, and is known by the key on both records", async () => {
  const { store, tables } = openMemoryState();
  world = await openSyncWorld({ store: () => store, close: async () => undefined });
  const putBack = backupOf(tables);
  const email = "ann@example.com";
  world.sandbox.hubspot.createContact({ email, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" }, MARKETER);
  await deletedThenPutBack(putBack);
  expect((await world.person(email)).state).toBe("linked");
});
