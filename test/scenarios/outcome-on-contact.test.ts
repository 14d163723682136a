/** What became of somebody's deal stands on their HubSpot contact: won or lost and why, when, and for how much. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

let world: SyncWorld;
let contact: string;
let rep: string;
let account: string;
let person: string;

beforeAll(async () => {
  world = await openSyncWorld(openMemoryDatabase());
  const { hubspot, salesforce } = world.sandbox;
  rep = salesforce.people.repIds[0] ?? "";
  contact = hubspot.createContact({ email: "ann@example.com", firstname: "Ann", lastname: "Lee" }, MARKETER);
  account = salesforce.create("Account", { Name: "Pumps Ltd" }, rep);
  person = salesforce.create("Contact", { AccountId: account, Email: "ann@example.com", LastName: "Lee" }, rep);
});
afterAll(() => world.close());

function openDeal(name: string, Amount: number): string {
  const { salesforce } = world.sandbox;
  const opportunity = { AccountId: account, Name: name, StageName: "Prospecting", CloseDate: "2026-06-01", Amount };
  const id = salesforce.create("Opportunity", opportunity, rep);
  salesforce.create("OpportunityContactRole", { OpportunityId: id, ContactId: person, IsPrimary: true }, rep);
  return id;
}

/** Outcome, whether its date lies between then and now, and amount. */
function shown(since: string): unknown[] {
  const {
    leadloop_outcome: outcome,
    leadloop_outcome_at: at,
    leadloop_outcome_amount: amount,
  } = world.sandbox.hubspot.contact(contact)?.properties ?? {};
  const isWithin = at ? at >= since && at <= world.clock.now() : null;
  return [outcome ?? null, isWithin, amount ?? null];
}

test("nothing while the deal is open; its end with date and amount; and the end of the next one in its place", async () => {
  const start = world.clock.now();
  const first = openDeal("Pumps", 1200.5);
  await world.settle();
  expect(shown(start)).toEqual([null, null, null]);

  const wonFrom = world.clock.now();
  world.sandbox.salesforce.edit("Opportunity", first, { StageName: "Closed Won", CloseDate: "2026-03-02" }, rep);
  await world.settle();
  expect(shown(wonFrom)).toEqual(["won", true, "1200.5"]);

  const second = openDeal("More pumps", 300);
  await world.settle();
  expect(shown(wonFrom)).toEqual(["won", true, "1200.5"]);

  await world.pass(60);
  const lostFrom = world.clock.now();
  const loss = { StageName: "Closed Lost", CloseDate: "2026-03-02", Loss_Reason__c: "Price" };
  world.sandbox.salesforce.edit("Opportunity", second, loss, rep);
  await world.settle();
  expect(shown(lostFrom)).toEqual(["lost: Price", true, "300"]);
});
