/** HubSpot makes a merge a new contact with an id of its own: the person goes on there, and nobody is asked to settle anything. */
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../../src/app/open-state.ts";
import { explainText } from "../../src/cli/explain-text.ts";
import { openTestWorld, PERSON, type TestWorld } from "../support/test-world.ts";

let world: TestWorld | undefined;
afterEach(async () => world?.close());

test("a linked person whose contact was merged stays linked, in the very next run", async () => {
  world = await openTestWorld();
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const email = "ada@lovelace.example.com";
  const lead = salesforce.create("Lead", { Email: email, LastName: "Lovelace", Company: "Engines" }, rep);
  await world.settle();
  const first = hubspot.contactByEmail(email)?.id ?? "";
  const second = hubspot.createContact({ email: "ada@private.example.com", lastname: "Lovelace" }, PERSON);
  await world.pass(10);
  const merged = hubspot.mergeContacts(first, second);
  await world.pass(10);
  const run = await world.sync();
  expect(run.reasons).toEqual([]);
  const links = await world.connection.store.linksByEmail([email]);
  expect(links.map(({ state, hubspotId, salesforceId }) => ({ state, hubspotId, salesforceId }))).toEqual([
    { state: "linked", hubspotId: merged, salesforceId: lead },
  ]);
  const loaded = readConfig({ mappingsFolder: "mappings", configFolder: "config" });
  const [link] = links;
  const told = link === undefined ? "" : await explainText(world.connection.store, loaded, link);
  expect(told).toContain(`HubSpot contact ${first} was merged into this one`);
  hubspot.editContact(merged, { jobtitle: "Countess" }, PERSON);
  await world.pass(10);
  await world.settle();
  expect(salesforce.record("Lead", lead)?.["Title"]).toBe("Countess");
});

test("two linked people whose contacts were merged are one, although the run comes to them by a lead", async () => {
  world = await openTestWorld();
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const [kept, gone] = ["ada@lovelace.example.com", "ada@private.example.com"].map((email) => ({
    email,
    lead: salesforce.create("Lead", { Email: email, LastName: "Lovelace", Company: "Engines" }, rep),
  }));
  if (kept === undefined || gone === undefined) throw new Error("two people");
  await world.settle();
  const [first, second] = [kept, gone].map(({ email }) => hubspot.contactByEmail(email)?.id ?? "");
  await world.pass(70);
  await world.settle();
  const merged = hubspot.mergeContacts(first ?? "", second ?? "");
  salesforce.edit("Lead", kept.lead, { Title: "Countess" }, rep);
  await world.pass(10);
  await world.sync();
  expect(hubspot.contact(merged)?.properties["jobtitle"]).toBe("Countess");
  const links = await world.connection.store.scanLinks(null, 10);
  expect(links.map(({ state, salesforceId }) => [state, salesforceId]).sort()).toEqual([
    ["linked", kept.lead],
    ["superseded", gone.lead],
  ]);
});

test("a contact whose lead was deleted, merged with one that never had a lead, makes no lead anew", async () => {
  world = await openTestWorld();
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const stage = { lifecyclestage: "salesqualifiedlead" };
  const first = hubspot.createContact({ email: "ada@lovelace.example.com", lastname: "Lovelace", ...stage }, PERSON);
  const second = hubspot.createContact({ email: "ada@private.example.com", lastname: "Lovelace" }, PERSON);
  await world.pass(10);
  await world.settle();
  const [lead] = salesforce.records("Lead");
  salesforce.remove("Lead", String(lead?.["Id"]), rep);
  await world.pass(10);
  await world.settle();
  hubspot.mergeContacts(first, second);
  await world.pass(70);
  await world.settle();
  expect(salesforce.records("Lead").filter((one) => one["IsDeleted"] !== true)).toEqual([]);
});
