/** A score that falls below the threshold and rises again within one cycle makes no second MQL: one entry, one task, one moment, on both sides. */
import { afterEach, expect, test } from "vitest";
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
import { couple } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

const DECIDES = { jobtitle: "CEO", employees: "250", industry: "Software", country: "US", budget: "true" } as const;

test("an MQL whose score falls below the re-arm line and rises twice stays the MQL of that cycle, at the moment of the first time", async () => {
  world = await openSyncWorld(database);
  const ann = await couple(world, "ann@example.com");
  const score = (): number => Number(ann.hubspotValue("leadloop_score"));
  ann.hubspot(DECIDES);
  const form = { num_conversion_events: "2", recent_conversion_date: world.clock.now() };
  world.sandbox.hubspot.editContact(ann.hubspotId, form, { sourceType: "ANALYTICS", sourceId: "analytics" });
  await world.settle();
  expect(score()).toBeGreaterThanOrEqual(60);
  const link = await world.person("ann@example.com");
  const [entered, shown] = await ann.both("leadloop_mql_at", "LeadLoop_MQL_At__c");
  expect(Date.parse(String(entered))).toBe(Date.parse(String(shown)));
  const tasks = world.sandbox.salesforce.records("Task");
  expect(tasks).toHaveLength(1);
  for (let time = 0; time < 2; time += 1) {
    ann.hubspot({ jobtitle: "Student", employees: "3" });
    await world.pass(60);
    await world.settle();
    expect(score()).toBeLessThan(45);
    await runFollowUp(world.dependencies());
    ann.hubspot(DECIDES);
    await world.settle();
    expect(score()).toBeGreaterThanOrEqual(60);
  }
  expect(await ann.both("lifecyclestage", "LeadLoop_Stage__c")).toEqual(["marketingqualifiedlead", "MQL"]);
  expect(await ann.both("leadloop_mql_at", "LeadLoop_MQL_At__c")).toEqual([entered, shown]);
  const entries = (await world.store.stageEventsOf([link.id])).filter(({ stage }) => stage === "mql");
  expect(entries.map(({ epoch }) => epoch)).toEqual([1]);
  expect((await world.store.handoffsOf([link.id])).map(({ epoch }) => epoch)).toEqual([1]);
  const causes = world.sandbox.salesforce.records("Task").map((task) => String(task["LeadLoop_Cause__c"]));
  expect(causes.filter((cause) => cause.startsWith("mql:"))).toHaveLength(1);
});
