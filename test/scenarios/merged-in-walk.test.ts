/** Contacts that were merged while all the people behind them had to be looked at anyway: one person is left, with everything that any of them was linked to. */
import { afterEach, expect, test } from "vitest";
import { openTestWorld, PERSON, type TestWorld } from "../support/test-world.ts";

let world: TestWorld | undefined;
afterEach(async () => world?.close());

/** Longer than `reconcile-days`: the next run reads and compares everybody. */
const A_WEEK_AND_A_DAY = 8 * 24 * 60;

test.each([
  ["neither is in Salesforce", [], "single"],
  ["the first is in Salesforce", ["ada@example.com"], "linked"],
  ["the second is in Salesforce", ["ada@private.example.com"], "linked"],
  ["both are in Salesforce", ["ada@example.com", "ada@private.example.com"], "linked"],
])("%s", async (_who, inSalesforce, state) => {
  world = await openTestWorld();
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const contacts = ["ada@example.com", "ada@private.example.com"].map((email) =>
    hubspot.createContact({ email, lastname: "Lovelace" }, PERSON),
  );
  const leads = inSalesforce.map((Email) =>
    salesforce.create("Lead", { Email, LastName: "Lovelace", Company: "Engines" }, rep),
  );
  await world.settle();
  await world.pass(A_WEEK_AND_A_DAY);
  const merged = hubspot.mergeContacts(contacts[0] ?? "", contacts[1] ?? "");
  await world.pass(20);
  await world.settle();
  const links = await world.connection.store.scanLinks(null, 10);
  const alive = links.filter((link) => link.state !== "superseded");
  expect(alive.map((link) => [link.state, link.hubspotId])).toEqual([[state, merged]]);
  if (leads.length === 0) return;
  expect(leads).toContain(alive[0]?.salesforceId);
  hubspot.editContact(merged, { jobtitle: "Countess" }, PERSON);
  await world.pass(10);
  await world.settle();
  expect(salesforce.record("Lead", alive[0]?.salesforceId ?? "")?.["Title"]).toBe("Countess");
});
