/** Not now, but on a day that the buyer named: over HTTP the rejection becomes one task, on that day, on that owner. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { explainText } from "../../src/cli/explain-text.ts";
import type { Loaded } from "../../src/config/load-config.ts";
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

let database: SharedDatabase;
let world: SyncWorld;
let loaded: Loaded;

beforeAll(async () => {
  database = await openSharedDatabase();
  world = await openSyncWorld(database, {
    adjust: (read) => {
      loaded = read;
      return read;
    },
  });
});
afterAll(async () => {
  await world.close();
  await database.close();
});

test("bad timing with a date: one task on that day, for that owner, and explain tells it before", async () => {
  const { hubspot, salesforce } = world.sandbox;
  const email = "later@engines.example.com";
  const rep = salesforce.people.repIds[2] ?? "";
  hubspot.createContact({ email, firstname: "Ada", lastname: "Lovelace", company: "Engines" }, MARKETER);
  const lead = salesforce.create(
    "Lead",
    { Email: email, FirstName: "Ada", LastName: "Lovelace", Company: "Engines" },
    rep,
  );
  await world.pass(10);
  await world.sync();
  await world.settle();
  const rejection = {
    LeadLoop_Rejection__c: "Bad timing",
    LeadLoop_Retry_On__c: "2026-03-16",
    Status: "Closed - Not Converted",
  };
  salesforce.edit("Lead", lead, rejection, rep);
  await world.pass(10);
  await world.sync();
  await world.settle();
  const person = await world.person(email);
  const calls = () =>
    salesforce.records("Task").filter(({ Subject }) => String(Subject).includes("asked us to come back"));
  expect(person.stage).toMatchObject({ stage: "recycled" });
  expect(calls()).toEqual([]);
  const told = (await explainText(world.store, loaded, person)).replaceAll(/\s+/g, " ");
  expect(told).toContain("a task to call, on the date they named");
  const kept = world.dependencies();
  for (let day = 0; day < 18; day += 1) {
    await world.pass(24 * 60);
    await runFollowUp(kept);
    if (day % 7 === 6) await world.sync({}, kept);
    if (world.clock.now() < "2026-03-16") expect(calls()).toEqual([]);
  }
  expect(calls()).toMatchObject([{ OwnerId: rep, ActivityDate: "2026-03-16", WhoId: lead }]);
});
