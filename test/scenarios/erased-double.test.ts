/** Whoever is erased in HubSpot is forgotten with all records of theirs, also one that was left unpaired because it was a double. */
import { afterEach, expect, test } from "vitest";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";

const EMAIL = "ann@example.com";
let world: TestWorld | undefined;
afterEach(async () => world?.close());

test("a double of somebody who is erased in HubSpot is proposed to be erased too, and makes nobody anew, not even when everybody is read", async () => {
  world = await openTestWorld();
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const newLead = (): string => salesforce.create("Lead", { Email: EMAIL, LastName: "Lee", Company: "Acme" }, rep);
  const lead = newLead();
  await world.settle();
  const double = newLead();
  await world.pass(5);
  await world.settle();

  hubspot.eraseContact(hubspot.contactByEmail(EMAIL)?.id ?? "");
  for (let day = 0; day < 9; day += 1) {
    await world.pass(24 * 60);
    await world.sync();
  }
  expect(hubspot.contacts().filter(({ archived }) => !archived)).toEqual([]);
  const rejects = await world.connection.store.rejects({ limit: 10 });
  expect(rejects.map(({ code, recordId }) => [code, recordId]).toSorted()).toEqual(
    [
      ["ERASED_IN_HUBSPOT", lead],
      ["ERASED_IN_HUBSPOT", double],
    ].toSorted(),
  );
  const links = await world.connection.store.scanLinks(null, 10);
  expect(links.map(({ state, email }) => [state, email])).toEqual([
    ["erased", null],
    ["erased", null],
  ]);
});

test("a lead that a merge of two contacts left behind is of the same person: it is forgotten with them and proposed too", async () => {
  world = await openTestWorld();
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const [lead, other] = [EMAIL, "bob@example.com"].map((Email) =>
    salesforce.create("Lead", { Email, LastName: "Lee", Company: "Acme" }, rep),
  );
  await world.settle();
  const contacts = [EMAIL, "bob@example.com"].map((email) => hubspot.contactByEmail(email)?.id ?? "");
  const merged = hubspot.mergeContacts(contacts[0] ?? "", contacts[1] ?? "");
  await world.pass(5);
  await world.settle();
  hubspot.eraseContact(merged);
  for (let day = 0; day < 9; day += 1) {
    await world.pass(24 * 60);
    await world.sync();
  }
  const rejects = await world.connection.store.rejects({ limit: 10 });
  expect(rejects.map(({ recordId }) => recordId).toSorted()).toEqual([lead, other].toSorted());
  const links = await world.connection.store.scanLinks(null, 10);
  expect(links.map(({ state, email, facts }) => [state, email, facts])).toEqual([
    ["erased", null, {}],
    ["erased", null, {}],
  ]);
});
