/** HubSpot accounts that take a stage back without a clear (the sources disagree): a move that our write ran over is found in the history, and counts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { couple } from "../support/couple.ts";
import { openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

let database: SharedDatabase;
let world: SyncWorld;

beforeAll(async () => {
  database = await openSharedDatabase();
  world = await openSyncWorld(database, { sandbox: { hubspot: { lifecycle: "accepts-backward" } } });
});
afterAll(async () => {
  await world.close();
  await database.close();
});

test("a stage that a marketer sets between our read and our write of a lower one is found, and stands on both sides", async () => {
  const ann = await couple(world, "ann@example.com");
  ann.salesforce({ LeadLoop_Stage__c: "SQL" });
  await world.pass(5);
  const dependencies = world.dependencies();
  ann.before(dependencies.clients.hubspot, () => ann.hubspot({ lifecyclestage: "opportunity" }));
  await world.sync({}, dependencies);
  expect(ann.hubspotValue("lifecyclestage")).toBe("salesqualifiedlead");
  await world.settle();
  expect(await ann.both("lifecyclestage", "LeadLoop_Stage__c")).toEqual(["opportunity", "Opportunity"]);
});
