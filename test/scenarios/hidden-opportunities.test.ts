/** Opportunities, or the roles of contacts on them, that Salesforce does not show LeadLoop's user: people are synced, the run says so, and both are read later. */
import { afterEach, expect, test } from "vitest";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

const rep = (): string => world.sandbox.salesforce.people.repIds[0] ?? "";
const emailOf = (name: string): string => `${name}@example.com`;

function contact(name: string): string {
  const { hubspot, salesforce } = world.sandbox;
  hubspot.createContact({ email: emailOf(name), lastname: name }, MARKETER);
  return salesforce.create("Contact", { Email: emailOf(name), LastName: name }, rep());
}

function opportunity(ContactId: string, StageName: string): string {
  const { salesforce } = world.sandbox;
  const id = salesforce.create("Opportunity", { Name: "Pumps", StageName, CloseDate: "2026-06-01", Amount: 9 }, rep());
  salesforce.create("OpportunityContactRole", { OpportunityId: id, ContactId, IsPrimary: true }, rep());
  return id;
}

async function stageOf(name: string): Promise<string | undefined> {
  return (await world.person(emailOf(name))).stage?.stage;
}

async function outcomesOf(name: string): Promise<readonly string[]> {
  const { id } = await world.person(emailOf(name));
  return (await world.store.outcomesOf([id])).map(({ stageName }) => stageName);
}

const cases = [["OpportunityContactRole"], ["Opportunity"], ["OpportunityContactRole", "Opportunity"]];

test.each(cases.map((hidden) => [hidden.join(" and "), hidden] as const))(
  "%s hidden: the people of both sides are synced in the same run, which says what is hidden, and what came meanwhile is read once it is shown",
  async (_, hidden) => {
    world = await openSyncWorld(database);
    const { hubspot, salesforce } = world.sandbox;
    const ann = contact("ann");
    const deal = opportunity(ann, "Prospecting");
    await world.settle();
    expect([await stageOf("ann"), await outcomesOf("ann")]).toEqual(["opportunity", ["Prospecting"]]);
    for (const object of hidden) salesforce.hideObject(object);
    salesforce.edit("Contact", ann, { Title: "Biologist" }, rep());
    salesforce.edit("Opportunity", deal, { StageName: "Closed Won" }, rep());
    const bob = contact("bob");
    opportunity(bob, "Prospecting");
    await world.pass(5);
    const run = await world.sync();
    expect(run.outcome).toBe("needs-attention");
    for (const object of hidden.slice(0, 1))
      expect(run.reasons.join("\n")).toMatch(new RegExp(`people are synced.*the query of ${object}: INVALID_TYPE`));
    const { total, ...verdicts } = run.considered;
    expect(Object.values(verdicts).reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(hubspot.contactByEmail(emailOf("ann"))?.properties["jobtitle"]).toBe("Biologist");
    expect((await world.person(emailOf("bob"))).state).toBe("linked");
    expect([await outcomesOf("ann"), await outcomesOf("bob")]).toEqual([["Prospecting"], []]);
    for (let more = 0; more < 3; more += 1) {
      await world.pass(30);
      expect((await world.sync()).outcome).toBe("needs-attention");
    }
    for (const object of hidden) salesforce.showObject(object);
    await world.pass(5);
    const shown = await world.sync();
    expect([shown.outcome, shown.reasons]).toEqual(["done", []]);
    await world.pass(60);
    await world.settle();
    expect([await stageOf("ann"), await outcomesOf("ann")]).toEqual(["customer", ["Closed Won"]]);
    expect([await stageOf("bob"), await outcomesOf("bob")]).toEqual(["opportunity", ["Prospecting"]]);
  },
);

test("people who come while contact roles are hidden from the first run on have their opportunities once those are shown", async () => {
  world = await openSyncWorld(database);
  const { salesforce } = world.sandbox;
  salesforce.hideObject("OpportunityContactRole");
  opportunity(contact("ann"), "Closed Won");
  await world.settle();
  expect([(await world.person(emailOf("ann"))).state, await outcomesOf("ann")]).toEqual(["linked", []]);
  const { writes } = (await world.sync({ dry: true })).plan;
  expect(writes).toEqual([]);
  salesforce.showObject("OpportunityContactRole");
  await world.pass(65);
  await world.settle();
  expect([await stageOf("ann"), await outcomesOf("ann")]).toEqual(["customer", ["Closed Won"]]);
});

test("somebody who is met while contact roles are hidden has the opportunities that are older than everything read since", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  const lead = salesforce.create("Lead", { Email: emailOf("ann"), LastName: "ann", Company: "Pumps" }, rep());
  const account = salesforce.create("Account", { Name: "Pumps" }, rep());
  // Nobody whom LeadLoop knows: a contact without an address.
  const there = salesforce.create("Contact", { LastName: "ann", AccountId: account }, rep());
  opportunity(there, "Closed Won");
  await world.settle();
  await world.pass(26 * 60);
  await world.settle();
  expect((await world.store.linksByRecord("salesforce", [there])).get(there)?.state).not.toBe("linked");
  salesforce.hideObject("OpportunityContactRole");
  const into = { accountId: account, contactId: there, doNotCreateOpportunity: true };
  salesforce.convertLead({ leadId: lead, convertedStatus: "Closed - Converted", ...into }, rep());
  await world.pass(5);
  await world.sync();
  await world.pass(5);
  await world.sync();
  expect((await world.person(emailOf("ann"))).salesforceId).toBe(there);
  expect(await outcomesOf("ann")).toEqual([]);
  salesforce.showObject("OpportunityContactRole");
  await world.settle();
  expect([await stageOf("ann"), await outcomesOf("ann")]).toEqual(["customer", ["Closed Won"]]);
  expect(hubspot.contacts().filter(({ archived }) => !archived)).toHaveLength(1);
});
