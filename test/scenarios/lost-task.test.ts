/** A task whose request got no answer, and may be there or still on its way: it is waited for, known again by its key, and made once. */
import { afterEach, expect, test } from "vitest";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";
import { watchRequests } from "../support/watch-requests.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

/** An MQL whose task is asked for in a run that hears nothing of the answer. */
async function askForTask(fault: "drop-before" | "drop-after"): Promise<ReturnType<typeof watchRequests>> {
  world = await openSyncWorld(database);
  const { hubspot, salesforceFaults } = world.sandbox;
  const requests = watchRequests(salesforceFaults, world.clock);
  hubspot.createContact(
    { email: "ann@example.com", lastname: "Lee", lifecyclestage: "marketingqualifiedlead" },
    MARKETER,
  );
  salesforceFaults.add({
    path: "/sobjects$",
    method: "POST",
    body: "LeadLoop_Cause__c",
    fault: { kind: fault },
    times: 9,
  });
  await world.pass(5);
  await world.sync();
  salesforceFaults.clear();
  return requests;
}

const asked = (requests: ReturnType<typeof watchRequests>): number =>
  requests.bodies("/composite/sobjects").filter((body) => body.includes("LeadLoop_Cause__c")).length;

test("a task that may still arrive is not asked for once more, and is when the quarantine is over", async () => {
  const requests = await askForTask("drop-before");
  const before = asked(requests);
  expect(before).toBeGreaterThan(0);
  await world.pass(1);
  await world.sync();
  expect(asked(requests)).toBe(before);
  await world.pass(1);
  await world.sync();
  expect(asked(requests)).toBe(before + 1);
  expect(world.sandbox.salesforce.records("Task")).toHaveLength(1);
});

test("a task that was made although its answer was lost is found by its key in the same run, and counts as made", async () => {
  await askForTask("drop-after");
  const { id } = await world.person("ann@example.com");
  expect(world.sandbox.salesforce.records("Task")).toHaveLength(1);
  expect(await world.store.tasksOf([id])).toMatchObject([{ state: "done", notBefore: null }]);
});
