/** HubSpot makes a merge a new contact with an id of its own: the person goes on there, and nobody is asked to settle anything. */
import { afterEach, expect, test } from "vitest";
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
  hubspot.editContact(merged, { jobtitle: "Countess" }, PERSON);
  await world.pass(10);
  await world.settle();
  expect(salesforce.record("Lead", lead)?.["Title"]).toBe("Countess");
});
