/** A company that sales knows already: its name reaches the texts of its contacts, and a newcomer from there goes to whoever owns the account. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const ANALYTICS = { sourceType: "ANALYTICS", sourceId: "analytics" } as const;
let database: SharedDatabase;
let world: SyncWorld;
beforeAll(async () => {
  database = await openSharedDatabase();
});
beforeEach(async () => {
  world = await openSyncWorld(database);
  return () => world.close();
});
afterAll(() => database.close());

/** A contact of an account, each with an owner of their own; known in both systems. */
async function knownContact(): Promise<{
  readonly accountRep: string;
  readonly contactRep: string;
  readonly account: string;
}> {
  const { hubspot, salesforce } = world.sandbox;
  const [accountRep = "", contactRep = ""] = salesforce.people.repIds;
  const details = { Name: "Engines", Industry: "Manufacturing", NumberOfEmployees: 250, OwnerId: accountRep };
  const account = salesforce.create("Account", details, accountRep);
  const email = "grace@engines.example.com";
  const name = { FirstName: "Grace", LastName: "Hopper", OwnerId: contactRep };
  salesforce.create("Contact", { AccountId: account, Email: email, ...name }, contactRep);
  hubspot.createContact({ email, firstname: "Grace", lastname: "Hopper" }, MARKETER);
  await world.settle();
  return { accountRep, contactRep, account };
}

function wantsDemo(email: string, jobtitle: string): void {
  const { hubspot } = world.sandbox;
  const id = hubspot.createContact(
    { email, firstname: "Ada", lastname: "Lovelace", jobtitle, country: "Germany" },
    MARKETER,
  );
  const form = { recent_conversion_event_name: "Book a demo", recent_conversion_date: world.clock.now() };
  hubspot.editContact(id, { ...form, num_conversion_events: "1" }, ANALYTICS);
}

test("a contact's company, industry and size are those of its account, and follow it when the contact moves", async () => {
  const { account, contactRep } = await knownContact();
  const { salesforce } = world.sandbox;
  const facts = async () => (await world.person("grace@engines.example.com")).facts;
  const known = { company: "Engines", industry: "Manufacturing", employees: "250" };
  expect(await facts()).toMatchObject({ ...known, account_owner: "amara.okafor@northwind.example.com" });
  const [contact] = salesforce.records("Contact");
  const other = salesforce.create("Account", { Name: "Looms" }, contactRep);
  expect(contact?.["AccountId"]).toBe(account);
  salesforce.edit("Contact", String(contact?.["Id"]), { AccountId: other }, contactRep);
  await world.settle();
  expect(await facts()).toMatchObject({ company: "Looms", account_owner: "ben.whitlock@northwind.example.com" });
  expect(Object.keys(await facts())).not.toContain("employees");
});

test("a newcomer from the company goes to whoever owns the account, before the owner of its contacts and any territory", async () => {
  const { accountRep } = await knownContact();
  wantsDemo("ada@engines.example.com", "CEO");
  await world.settle();
  const { salesforceId, id } = await world.person("ada@engines.example.com");
  const lead = world.sandbox.salesforce.records("Lead").find((row) => row["Id"] === salesforceId);
  expect(lead).toMatchObject({ OwnerId: accountRep });
  const [task] = await world.store.tasksOf([id]);
  expect(task?.reason).toBe("Amara Okafor looks after the contacts at engines.example.com");
});
