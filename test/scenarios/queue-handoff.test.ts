/** Nobody can be given a lead but the queue: over HTTP it lies there without a task until a rep takes it. */
import { afterAll, expect, test } from "vitest";
import { explainText } from "../../src/cli/explain-text.ts";
import type { Loaded } from "../../src/config/load-config.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const opened: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const one of opened.toReversed()) await one.close();
});

async function deskOnly(fallbackPerson: string | null = null): Promise<SyncWorld & { loaded: Loaded }> {
  const database: SharedDatabase = await openSharedDatabase();
  let loaded: Loaded | null = null;
  const world = await openSyncWorld(database, {
    adjust: (read) => {
      const { routing } = read.rulebook;
      const rulebook = { ...read.rulebook, routing: { ...routing, companyFirst: null, rules: [], fallbackPerson } };
      loaded = { ...read, rulebook };
      return loaded;
    },
  });
  opened.push(database, world);
  if (loaded === null) throw new Error("nothing was read");
  return { ...world, loaded };
}

function wantsDemo(world: SyncWorld, email: string): string {
  const { hubspot } = world.sandbox;
  const who = {
    email,
    firstname: "Ada",
    lastname: "Lovelace",
    jobtitle: "CEO",
    company: "Engines",
    country: "Germany",
  };
  const id = hubspot.createContact(who, MARKETER);
  const form = { recent_conversion_event_name: "Book a demo", recent_conversion_date: world.clock.now() };
  hubspot.editContact(id, { ...form, num_conversion_events: "1" }, { sourceType: "ANALYTICS", sourceId: "analytics" });
  return id;
}

async function later(world: SyncWorld): Promise<void> {
  await world.pass(10);
  await world.sync();
  await world.settle();
}

const told = async (world: SyncWorld & { loaded: Loaded }, email: string): Promise<string> =>
  (await explainText(world.store, world.loaded, await world.person(email))).replaceAll(/\s+/g, " ");
const row = (world: SyncWorld, object: string, id: string | null) =>
  world.sandbox.salesforce.records(object).find((one) => one["Id"] === id);
const tasks = (world: SyncWorld) => world.sandbox.salesforce.records("Task");

test.each([
  ["a lead that LeadLoop makes is made in the queue", false],
  ["a lead of the integration user is put into the queue", true],
])("%s, without a task; whoever takes it gets one, once", async (_, isThere) => {
  const world = await deskOnly();
  const email = "desk@engines.example.com";
  const { people } = world.sandbox.salesforce;
  if (isThere)
    world.sandbox.salesforce.create(
      "Lead",
      { Email: email, LastName: "Lovelace", Company: "Engines" },
      people.integrationUserId,
    );
  wantsDemo(world, email);
  await later(world);
  const person = await world.person(email);
  const lead = () => row(world, "Lead", person.salesforceId);
  expect(lead()).toMatchObject({ OwnerId: people.queueId, LeadLoop_Stage__c: expect.stringMatching(/MQL|SQL/) });
  expect(tasks(world)).toEqual([]);
  expect(await told(world, email)).toContain("in queue Unassigned leads since 2026-03-02, nobody has taken it");
  expect(await told(world, email)).toContain(
    "in the queue Unassigned leads, nobody has taken it: somebody is to take it",
  );

  const rep = people.repIds[1] ?? "";
  world.sandbox.salesforce.edit("Lead", person.salesforceId ?? "", { OwnerId: rep }, rep);
  await later(world);
  await later(world);
  expect(lead()).toMatchObject({ OwnerId: rep });
  expect(tasks(world)).toMatchObject([
    { OwnerId: rep, WhoId: person.salesforceId, Subject: expect.stringContaining("Call Ada Lovelace") },
  ]);
  expect(await world.store.handoffsOf([person.id])).toMatchObject([{ outcome: "open", reactedAt: expect.any(String) }]);
  expect(await told(world, email)).toContain("took the lead out of the queue it was given to 2026-03-02");
  await later(world);
  expect(tasks(world)).toHaveLength(1);
});
