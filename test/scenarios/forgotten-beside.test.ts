/** Whoever is forgotten is forgotten with every record that is theirs, however it came to stand beside the others: nobody is made anew out of one. */
import { afterEach, expect, test } from "vitest";
import { forget, samePerson } from "../../src/jobs/forget-person.ts";
import { dieAfterCreateIn } from "../support/die-after-create.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

const [ANN, OTHER] = ["ann@example.com", "ann.lee@example.com"];
const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

function rep(): string {
  return world.sandbox.salesforce.people.repIds[0] ?? "";
}

function newLead(Email = ANN): string {
  return world.sandbox.salesforce.create("Lead", { Email, LastName: "Lee", Company: "Acme" }, rep());
}

function newContact(email = ANN): string {
  const properties = { email, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" };
  return world.sandbox.hubspot.createContact(properties, MARKETER);
}

function liveContacts(): unknown[] {
  return world.sandbox.hubspot
    .contacts()
    .filter(({ archived }) => !archived)
    .map(({ properties }) => properties["email"]);
}

async function askedToErase(): Promise<unknown[]> {
  const rejects = await world.store.rejects({ limit: 9 });
  return rejects
    .filter(({ code }) => code === "ERASED_IN_HUBSPOT")
    .map(({ recordId }) => recordId)
    .toSorted();
}

async function states(): Promise<unknown[]> {
  return (await world.store.scanLinks(null, 9)).map(({ state, email }) => [state, email]);
}

/** What reads everybody finds nothing to write, now and a week later. */
async function expectRest(): Promise<void> {
  expect(writesOf(await world.sync({ full: true }))).toBe(0);
  await world.pass(8 * 24 * 60);
  expect(writesOf(await world.sync())).toBe(0);
  expect(writesOf(await world.sync({ full: true }))).toBe(0);
}

const FORGOTTEN = ["erased", null];

test("a lead with an additional address of a contact that is erased in HubSpot is of the same person", async () => {
  world = await openSyncWorld(database);
  const [kept, merged] = [newContact(), newContact(OTHER)];
  world.sandbox.hubspot.mergeContacts(kept, merged);
  const double = newLead(OTHER);
  await world.settle();
  const lead = (await world.person(ANN)).salesforceId;
  expect((await world.person(OTHER)).state).toBe("ambiguous");
  world.sandbox.hubspot.eraseContact(liveId());
  await world.pass(60);
  await world.sync({ full: true });
  await expectRest();
  expect(await states()).toEqual([FORGOTTEN, FORGOTTEN]);
  expect(await askedToErase()).toEqual([lead, double].toSorted());
  expect(liveContacts()).toEqual([]);
});

test("a lead that came under the address after the first one was deleted is forgotten with the contact that is erased, and the deleted one is not to be erased", async () => {
  world = await openSyncWorld(database);
  const lead = newLead();
  await world.settle();
  world.sandbox.salesforce.remove("Lead", lead, rep());
  await world.pass(5);
  await world.settle();
  // Until nothing else leads to this person any more.
  await world.pass(120);
  await world.settle();
  world.sandbox.hubspot.eraseContact(liveId());
  const second = newLead();
  await world.pass(5);
  await world.settle();
  expect(await states()).toEqual([
    ["tombstoned", ANN],
    ["tombstoned", ANN],
  ]);
  await world.sync({ full: true });
  await expectRest();
  expect(await states()).toEqual([FORGOTTEN, FORGOTTEN]);
  expect(await askedToErase()).toEqual([second]);
});

test("nobody is asked to erase a lead that was deleted before another contact came under its address and was erased", async () => {
  world = await openSyncWorld(database);
  const lead = newLead();
  await world.settle();
  world.sandbox.salesforce.remove("Lead", lead, rep());
  world.sandbox.hubspot.archiveContact(liveId());
  await world.settle();
  newContact();
  await world.settle();
  expect(await states()).toEqual([
    ["tombstoned", ANN],
    ["tombstoned", ANN],
  ]);
  world.sandbox.hubspot.eraseContact(liveId());
  await world.sync({ full: true });
  expect(await states()).toEqual([FORGOTTEN, FORGOTTEN]);
  expect(await askedToErase()).toEqual([]);
});

test("a lead that we made without hearing of it, and that has another address by the time its contact is erased, is known for theirs", async () => {
  world = await openSyncWorld(database);
  const contact = newContact();
  await world.pass(5);
  await dieAfterCreateIn(world, "salesforce");
  const [lead] = world.sandbox.salesforce.recordsBy("Lead", "Email", ANN);
  world.sandbox.salesforce.edit("Lead", String(lead?.["Id"]), { Email: OTHER }, rep());
  world.sandbox.hubspot.eraseContact(contact);
  await world.pass(5);
  await world.settle();
  await expectRest();
  expect(await states()).toEqual([FORGOTTEN]);
  expect(await askedToErase()).toEqual([lead?.["Id"]]);
  expect(liveContacts()).toEqual([]);
});

test.each(["salesforce", "hubspot"] as const)(
  "a record in %s that we made without hearing of it, and that has another address by the time we meet it, is of whoever `leadloop erase` forgot",
  async (system) => {
    world = await openSyncWorld(database);
    const { hubspot, salesforce } = world.sandbox;
    if (system === "salesforce") newContact();
    else newLead();
    await world.pass(5);
    await dieAfterCreateIn(world, system);
    await world.pass(10);
    await forget(world.store, world.clock, await samePerson(world.store, await world.person(ANN)));
    const [lead] = salesforce.recordsBy("Lead", "Email", ANN);
    if (system === "salesforce") salesforce.edit("Lead", String(lead?.["Id"]), { Email: OTHER }, rep());
    else hubspot.editContact(liveId(), { email: OTHER }, MARKETER);
    await world.settle();
    await expectRest();
    const ids = { hubspotId: liveId(), salesforceId: String(lead?.["Id"]) };
    expect(await world.store.scanLinks(null, 9)).toMatchObject([{ state: "erased", email: null, ...ids }]);
    // Somebody living with the address that it has now is not taken for the person of it.
    if (system === "salesforce") newContact(OTHER);
    else newLead(OTHER);
    await world.settle();
    expect((await world.store.linksByRecord(system, [ids[`${system}Id`] ?? ""])).size).toBe(1);
    expect(await world.person(OTHER)).toMatchObject({ state: "ambiguous" });
  },
);

test("a lead that was converted before its contact was found erased is known by the id that it has then", async () => {
  world = await openSyncWorld(database);
  const leadId = newLead();
  await world.settle();
  const { contactId } = world.sandbox.salesforce.convertLead({ leadId, convertedStatus: "Closed - Converted" }, rep());
  world.sandbox.hubspot.eraseContact(liveId());
  await world.pass(5);
  await world.settle();
  expect(await askedToErase()).toEqual([contactId]);
  for (const id of [leadId, contactId])
    expect((await world.store.linksByRecord("salesforce", [id])).get(id)).toMatchObject({ state: "erased" });
  world.sandbox.salesforce.edit("Contact", contactId, { Email: OTHER, LeadLoop_Key__c: null }, rep());
  await world.settle();
  await expectRest();
  expect(await states()).toEqual([FORGOTTEN]);
  expect(liveContacts()).toEqual([]);
});

test("a lead of whoever `leadloop erase` forgot stays theirs when it is converted, by our key, whatever address it gets", async () => {
  world = await openSyncWorld(database);
  const leadId = newLead();
  await world.settle();
  await forget(world.store, world.clock, await samePerson(world.store, await world.person(ANN)));
  const { contactId } = world.sandbox.salesforce.convertLead({ leadId, convertedStatus: "Closed - Converted" }, rep());
  world.sandbox.salesforce.edit("Contact", contactId, { Email: OTHER }, rep());
  await world.settle();
  await expectRest();
  expect(await states()).toEqual([FORGOTTEN]);
  expect(liveContacts()).toEqual([ANN]);
});

test("`leadloop erase` forgets whoever has an additional address of the contact, too", async () => {
  world = await openSyncWorld(database);
  world.sandbox.hubspot.mergeContacts(newContact(), newContact(OTHER));
  newLead(OTHER);
  await world.settle();
  await forget(world.store, world.clock, await samePerson(world.store, await world.person(ANN)));
  expect(await states()).toEqual([FORGOTTEN, FORGOTTEN]);
  await expectRest();
});

test("`leadloop erase` forgets whoever came after a deletion, too", async () => {
  world = await openSyncWorld(database);
  const lead = newLead();
  await world.settle();
  world.sandbox.salesforce.remove("Lead", lead, rep());
  world.sandbox.hubspot.archiveContact(liveId());
  newLead();
  await world.settle();
  const first = (await world.store.linksByRecord("salesforce", [lead])).get(lead);
  expect(await states()).toEqual([
    ["tombstoned", ANN],
    ["tombstoned", ANN],
  ]);
  if (first !== undefined) await forget(world.store, world.clock, await samePerson(world.store, first));
  expect(await states()).toEqual([FORGOTTEN, FORGOTTEN]);
  await expectRest();
  expect(liveContacts()).toEqual([]);
});

test("a lead with an additional address of a forgotten person's contact is not made in HubSpot when that contact is deleted", async () => {
  world = await openSyncWorld(database);
  world.sandbox.hubspot.mergeContacts(newContact(), newContact(OTHER));
  await world.settle();
  await forget(world.store, world.clock, await samePerson(world.store, await world.person(ANN)));
  newLead(OTHER);
  await world.pass(5);
  await world.settle();
  expect((await world.person(OTHER)).state).toBe("ambiguous");
  world.sandbox.hubspot.archiveContact(liveId());
  await world.pass(25 * 60);
  await world.settle();
  await expectRest();
  expect(liveContacts()).toEqual([]);
});

function liveId(): string {
  return world.sandbox.hubspot.contacts().find(({ archived }) => !archived)?.id ?? "";
}
