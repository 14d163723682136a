/** Leads that were merged in Salesforce while both people behind them had to be looked at anyway: one link goes on, and nobody is made or written twice. */
import { afterEach, expect, test } from "vitest";
import { openTestWorld, PERSON, type TestWorld } from "../support/test-world.ts";

let world: TestWorld | undefined;
afterEach(async () => world?.close());

/** Longer than `reconcile-days`: the next run reads and compares everybody. */
const A_WEEK_AND_A_DAY = 8 * 24 * 60;

test.each([
  ["the first is kept", 0],
  ["the second is kept", 1],
])("the leads of two linked people, both looked at in one run: %s", async (_which, kept) => {
  world = await openTestWorld();
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const emails = ["ada@example.com", "ada@private.example.com"];
  const leads = emails.map((Email) =>
    salesforce.create("Lead", { Email, LastName: "Lovelace", Company: "Engines" }, rep),
  );
  await world.settle();
  const contacts = emails.map((email) => hubspot.contactByEmail(email)?.id ?? "");
  await world.pass(A_WEEK_AND_A_DAY);
  const [master = "", loser = ""] = [leads[kept], leads[1 - kept]];
  salesforce.merge("Lead", master, [loser], rep);
  salesforce.edit("Lead", master, { Title: "Countess" }, rep);
  hubspot.editContact(contacts[1 - kept] ?? "", { firstname: "Augusta" }, PERSON);
  await world.pass(20);
  await world.settle();
  const links = await world.connection.store.scanLinks(null, 10);
  const alive = links.filter((link) => link.state !== "superseded");
  expect(alive.map((link) => [link.state, link.hubspotId, link.salesforceId])).toEqual([
    ["linked", contacts[kept], master],
  ]);
  expect(hubspot.contacts()).toHaveLength(2);
  expect(hubspot.contact(contacts[kept] ?? "")?.properties["jobtitle"]).toBe("Countess");
  // Nothing but objections is carried to whoever stepped aside, and nothing from there.
  expect(salesforce.record("Lead", master)?.["FirstName"]).toBeNull();
  expect(hubspot.contact(contacts[1 - kept] ?? "")?.properties["jobtitle"] ?? "").toBe("");
});

test("the contact that a merge of leads set aside, once a marketer deletes it, is not made again when a rep enters its address anew", async () => {
  world = await openTestWorld();
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const [ada, bob] = ["ada@example.com", "bob@example.com"];
  const enter = (Email: string): string =>
    salesforce.create("Lead", { Email, LastName: "Lovelace", Company: "Engines" }, rep);
  const [gone, kept] = [enter(ada), enter(bob)];
  await world.settle();
  salesforce.merge("Lead", kept, [gone], rep);
  await world.settle();
  hubspot.archiveContact(hubspot.contactByEmail(ada)?.id ?? "");
  enter(ada);
  await world.settle();
  const shown = hubspot.contacts().map(({ properties, archived }) => [properties["email"], archived]);
  expect(shown.toSorted()).toEqual([
    [ada, true],
    [bob, false],
  ]);
});
