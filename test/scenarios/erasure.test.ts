/** Somebody asks to be forgotten (GDPR): no value of theirs stays in the state, and nobody brings them back. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { forget, samePerson } from "../../src/jobs/forget-person.ts";
import { SYNC_JOB } from "../../src/jobs/sync-dependencies.ts";
import { type Couple, couples } from "../support/couple.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { MARKETER, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let world: SyncWorld;
let people: Couple[];
const { store, tables } = openMemoryState();

beforeAll(async () => {
  world = await openSyncWorld({ store: () => store, close: async () => undefined });
  people = await couples(world, 6);
});
afterAll(() => world.close());

/** Everything in the state that is not a schema, an owner or a run. */
function everythingStored(): string {
  const { schemas: _schemas, owners: _owners, runs: _runs, ...rest } = tables;
  return JSON.stringify(
    Object.values(rest).map((table) =>
      table.select(
        () => true,
        () => [],
      ),
    ),
  );
}

async function tell(person: Couple, canary: string): Promise<void> {
  person.hubspot({ lastname: `${canary}-name`, jobtitle: `${canary}-title` });
  await world.settle();
  person.hubspot({ jobtitle: `${canary}-here` });
  person.salesforce({ Title: `${canary}-there` });
  await world.settle();
  expect(everythingStored()).toContain(`${canary}-there`);
}

test("a contact erased in HubSpot is forgotten, the lead is proposed to a person, and the same address does not come back", async () => {
  const [ann] = people as [Couple];
  await tell(ann, "canary-ann");
  world.sandbox.hubspot.eraseContact(ann.hubspotId);
  ann.salesforce({ Title: "canary-ann-later" });
  await world.pass(5);
  await world.sync();
  await world.settle();
  expect(everythingStored()).not.toContain("canary-ann");
  expect(everythingStored()).not.toContain("person-0@example.com");
  expect(await store.rejects({ limit: 9 })).toMatchObject([
    { code: "ERASED_IN_HUBSPOT", recordId: ann.leadId, recordName: ann.leadId },
  ]);
  const contacts = world.sandbox.hubspot.contacts().length;
  ann.salesforce({ Title: "canary-ann-again" });
  await world.settle();
  expect(world.sandbox.hubspot.contacts()).toHaveLength(contacts);
  expect(everythingStored()).not.toContain("canary-ann");
});

test("a person erased by an operator is not created again when a form brings the same address", async () => {
  const bob = people[1] as Couple;
  await tell(bob, "canary-bob");
  const link = await world.person("person-1@example.com");
  const lease = await store.acquireLease(SYNC_JOB, "test", 1_000, world.clock.now());
  if (lease === null) throw new Error("no lease");
  await store.erase(lease, [link.id], "asked for by an operator", world.clock.now());
  await store.releaseLease(lease);
  world.sandbox.hubspot.editContact(bob.hubspotId, { email: "elsewhere@example.com" }, MARKETER);
  world.sandbox.hubspot.createContact({ email: "Person-1@example.com", lastname: "canary-bob-form" }, MARKETER);
  await world.pass(5);
  expect(writesOf(await world.sync())).toBe(0);
  await world.settle();
  expect(world.sandbox.salesforce.records("Lead")).toHaveLength(6);
  expect(everythingStored()).not.toContain("canary-bob");
});

test("a person erased by an operator, whose contact a marketer merges with somebody else's, stays forgotten: the lead is left alone, and the other one goes on", async () => {
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const [iris, jack] = ["iris@example.com", "jack@example.com"];
  const leads = [iris, jack].map((Email) =>
    salesforce.create("Lead", { Email, LastName: "Moss", Company: "A", Title: `canary-${Email}` }, rep),
  );
  await world.settle();
  const forgotten = await world.person(iris);
  await forget(store, world.clock, await samePerson(store, forgotten));
  const [gone, kept] = [iris, jack].map((email) => hubspot.contactByEmail(email)?.id ?? "");
  hubspot.mergeContacts(kept ?? "", gone ?? "");
  salesforce.edit("Lead", leads[0] ?? "", { HasOptedOutOfEmail: false, Title: "canary-iris-later" }, rep);
  await world.settle();
  await world.sync({ full: true });
  await world.settle();
  expect((await store.links([forgotten.id]))[0]).toMatchObject({ state: "erased", email: null });
  expect(everythingStored()).not.toContain("canary-iris");
  expect(await world.person(jack)).toMatchObject({ state: "linked", salesforceId: leads[1] });
  const before = salesforce.record("Lead", leads[0] ?? "");
  const merged = (await world.person(jack)).hubspotId ?? "";
  hubspot.editContact(merged, { do_not_call: "true" }, MARKETER);
  await world.settle();
  expect(salesforce.record("Lead", leads[1] ?? "")?.["DoNotCall"]).toBe(true);
  expect(salesforce.record("Lead", leads[0] ?? "")).toEqual(before);
});

test("a contact that is only archived is a deletion, not an erasure", async () => {
  const cleo = people[2] as Couple;
  await tell(cleo, "canary-cleo");
  world.sandbox.hubspot.archiveContact(cleo.hubspotId);
  await world.pass(25 * 60);
  await world.settle();
  const links = await store.linksByRecord("salesforce", [cleo.leadId]);
  expect(links.get(cleo.leadId)?.state).toBe("tombstoned");
});

test("a contact erased before the answer to its lead's create came, in the run that meets another lead with the address, is forgotten and not made anew", async () => {
  const { hubspot, salesforce, salesforceFaults } = world.sandbox;
  const email = "canary-dora@example.com";
  const id = hubspot.createContact({ email, lastname: "Dora", lifecyclestage: "marketingqualifiedlead" }, MARKETER);
  salesforceFaults.add({
    path: "/composite/sobjects$",
    method: "POST",
    body: "LeadLoop_Key__c",
    fault: { kind: "drop-before" },
    times: 9,
  });
  await world.pass(5);
  await world.sync();
  salesforceFaults.clear();
  hubspot.eraseContact(id);
  const rep = salesforce.people.repIds[0] ?? "";
  salesforce.create("Lead", { Email: email, LastName: "Dora", Company: "Acme" }, rep);
  await world.settle();
  await world.sync({ full: true });
  await world.settle();
  expect(everythingStored()).not.toContain("canary-dora");
  expect(hubspot.contacts().filter(({ properties }) => properties["email"] === email)).toEqual([]);
});

test("a contact whose lead was merged into another person's, erased in HubSpot, is forgotten when everybody is read, with the lead that came under their address since", async () => {
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const [eve, finn] = ["canary-eve@example.com", "finn@example.com"];
  const enter = (email: string): string =>
    salesforce.create("Lead", { Email: email, LastName: "Lee", Company: "A" }, rep);
  const [gone, kept] = [enter(eve), enter(finn)];
  await world.settle();
  const contact = hubspot.contactByEmail(eve)?.id ?? "";
  salesforce.merge("Lead", kept, [gone], rep);
  const double = enter(eve);
  await world.settle();
  expect((await store.linksByRecord("salesforce", [double])).get(double)?.state).toBe("ambiguous");
  hubspot.eraseContact(contact);
  await world.settle();
  expect(writesOf(await world.sync({ full: true }))).toBe(0);
  await world.settle();
  expect(everythingStored()).not.toContain("canary-eve");
  expect(await store.rejects({ limit: 9 })).toContainEqual(
    expect.objectContaining({ code: "ERASED_IN_HUBSPOT", recordId: double }),
  );
  expect((await world.person(finn)).state).toBe("linked");
});

const A_WEEK_AND_A_DAY = 8 * 24 * 60;

test("a contact whose lead had been deleted before, erased in HubSpot, is forgotten when everybody is read", async () => {
  const gus = people[3] as Couple;
  await tell(gus, "canary-gus");
  world.sandbox.salesforce.remove("Lead", gus.leadId, world.sandbox.salesforce.people.managerId);
  await world.pass(5);
  await world.settle();
  expect((await world.person("person-3@example.com")).state).toBe("tombstoned");
  world.sandbox.hubspot.eraseContact(gus.hubspotId);
  await world.pass(A_WEEK_AND_A_DAY);
  await world.settle();
  await world.settle();
  expect(everythingStored()).not.toContain("canary-gus");
  expect(everythingStored()).not.toContain("person-3@example.com");
});

test("one that is archived then is a deletion, is looked at once, and is not taken for erased when HubSpot no longer lists it", async () => {
  const hal = people[4] as Couple;
  await tell(hal, "canary-hal");
  world.sandbox.salesforce.remove("Lead", hal.leadId, world.sandbox.salesforce.people.managerId);
  await world.pass(5);
  await world.settle();
  // Until nothing else leads to this person any more.
  await world.pass(120);
  await world.settle();
  world.sandbox.hubspot.archiveContact(hal.hubspotId);
  await world.pass(25 * 60);
  await world.settle();
  // HubSpot drops an archived contact after 90 days; to whoever asks then, that looks like an erasure.
  world.sandbox.hubspot.eraseContact(hal.hubspotId);
  await world.pass(A_WEEK_AND_A_DAY);
  await world.settle();
  expect((await world.person("person-4@example.com")).state).toBe("tombstoned");
});
