/** Nobody can be given a lead but the queue: over HTTP it lies there without a task until a rep takes it. */
import { afterAll, describe, expect, test } from "vitest";
import { explainText } from "../../src/cli/explain-text.ts";
import type { Loaded } from "../../src/config/load-config.ts";
import { runFollowUp } from "../../src/jobs/follow-up-job.ts";
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

describe("a contact, whom no queue can own", () => {
  /** Known in both systems, and the contact of a rep who has left. */
  async function contactOfFormerRep(world: SyncWorld, email: string): Promise<string> {
    const { salesforce } = world.sandbox;
    const { managerId } = salesforce.people;
    const leaver = salesforce.people.repIds[5] ?? "";
    const AccountId = salesforce.create("Account", { Name: "Engines" }, managerId);
    const values = { AccountId, Email: email, FirstName: "Ada", LastName: "Lovelace", OwnerId: leaver };
    const contact = salesforce.create("Contact", values, leaver);
    salesforce.edit("User", leaver, { IsActive: false }, managerId);
    wantsDemo(world, email);
    await later(world);
    return contact;
  }

  test("is left where it is; that nobody can be given it is told once, with what to do", async () => {
    const world = await deskOnly();
    const email = "known@engines.example.com";
    const contact = await contactOfFormerRep(world, email);
    const leaver = world.sandbox.salesforce.people.repIds[5];
    expect(row(world, "Contact", contact)).toMatchObject({ OwnerId: leaver, LeadLoop_Stage__c: "MQL" });
    const person = await world.person(email);
    expect(await world.store.handoffsOf([person.id])).toEqual([]);
    const notices = await world.store.noticesOf([person.id]);
    expect(notices.map(({ kind, title }) => [kind, title])).toEqual([
      ["handoff-slow", "Nobody can be given Ada Lovelace"],
    ]);
    expect(notices[0]?.text).toContain("no queue can own a Contact in Salesforce, and fallback-person in routing.yml");
    expect(await told(world, email)).toContain(
      "waiting Nobody can be given Ada Lovelace. An MQL waits for an owner: no routing rule fits; no queue can own a Contact",
    );
    expect(await told(world, email)).toMatch(
      /Owner farid.haddad@.*: entered in salesforce .*; no active user in Salesforce any more/,
    );
  });

  test("goes to the fallback person, with the task", async () => {
    const world = await deskOnly("ingrid.solberg@northwind.example.com");
    const email = "known@engines.example.com";
    const contact = await contactOfFormerRep(world, email);
    const { managerId } = world.sandbox.salesforce.people;
    expect(row(world, "Contact", contact)).toMatchObject({ OwnerId: managerId });
    expect(tasks(world)).toMatchObject([{ OwnerId: managerId, WhoId: contact }]);
  });
});

test("the call of a cadence to a lead in a queue goes to whom the cadence names, and a queue can have none", async () => {
  const world = await deskOnly();
  const { hubspot, salesforce } = world.sandbox;
  const { integrationUserId, queueId, repIds } = salesforce.people;
  const email = "new@engines.example.com";
  const values = { Email: email, FirstName: "Ada", LastName: "Lovelace", Company: "Engines", OwnerId: queueId };
  salesforce.create("Lead", values, integrationUserId);
  const id = hubspot.createContact({ email }, MARKETER);
  const form = { recent_conversion_event_name: "A paper", recent_conversion_date: world.clock.now() };
  hubspot.editContact(id, { ...form, num_conversion_events: "1" }, { sourceType: "ANALYTICS", sourceId: "analytics" });
  await later(world);
  for (const days of [3, 1]) {
    await world.pass(days * 24 * 60 + 1);
    await runFollowUp(world.dependencies());
  }
  expect(tasks(world)).toMatchObject([{ OwnerId: repIds[0], Subject: "Call Ada Lovelace about A paper" }]);
  expect(row(world, "Lead", (await world.person(email)).salesforceId)).toMatchObject({ OwnerId: queueId });
});
