/** An org with Person Accounts: a person is an Account and a Contact in one, and what LeadLoop has to say to the contact is written to the account. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";
import { watchRequests } from "../support/watch-requests.ts";

let database: SharedDatabase;
let world: SyncWorld;
beforeAll(async () => {
  database = await openSharedDatabase();
});
afterEach(() => world.close());
afterAll(() => database.close());

const rep = (): string => world.sandbox.salesforce.people.repIds[0] ?? "";

interface Person {
  readonly hubspotId: string;
  readonly accountId: string;
  readonly contactId: string;
  account(field: string): unknown;
  contact(field: string): unknown;
  hubspot(property: string): string | null;
}

/** Somebody who came as a lead without a company, whom a rep has converted, and who is linked. */
async function converted(email: string): Promise<Person> {
  const { hubspot, salesforce } = world.sandbox;
  const marketing = { lifecyclestage: "marketingqualifiedlead", city: "Turin" };
  const hubspotId = hubspot.createContact({ email, firstname: "Ada", lastname: "Byron", ...marketing }, MARKETER);
  const leadId = salesforce.create("Lead", { Email: email, FirstName: "Ada", LastName: "Byron" }, rep());
  await world.settle();
  const { accountId, contactId } = salesforce.convertLead(
    { leadId, convertedStatus: "Closed - Converted", doNotCreateOpportunity: true },
    rep(),
  );
  await world.pass(5);
  await world.settle();
  return {
    ...{ hubspotId, accountId, contactId },
    account: (field) => salesforce.record("Account", accountId)?.[field] ?? null,
    contact: (field) => salesforce.record("Contact", contactId)?.[field] ?? null,
    hubspot: (property) => hubspot.contact(hubspotId)?.properties[property] ?? null,
  };
}

async function open(options: Parameters<typeof openSyncWorld>[1] = {}): Promise<void> {
  world = await openSyncWorld(database, options);
  world.sandbox.salesforce.usePersonAccounts();
}

test("a lead without a company that is converted goes on as a Person Account: edits of either side reach the other, by the account's own names", async () => {
  await open();
  const ada = await converted("ada@example.com");
  expect(await world.person("ada@example.com")).toMatchObject({
    ...{ state: "linked", salesforceObject: "Contact", salesforceId: ada.contactId },
  });
  expect(ada.account("IsPersonAccount")).toBe(true);
  const { hubspot, salesforce } = world.sandbox;
  const sent = watchRequests(world.sandbox.salesforceFaults, world.clock);
  const edits = { lastname: "Lovelace", jobtitle: "Countess", phone: "+39 011 5550100", city: "London" };
  hubspot.editContact(ada.hubspotId, { ...edits, product_interest: "analytics", do_not_call: "true" }, MARKETER);
  await world.settle();
  expect([ada.account("LastName"), ada.account("PersonTitle"), ada.account("PersonMailingCity")]).toEqual([
    ...["Lovelace", "Countess", "London"],
  ]);
  expect([ada.account("Product_Interest__pc"), ada.account("PersonDoNotCall")]).toEqual(["analytics", true]);
  expect(ada.account("Phone")).toMatch(/5550100/);
  expect([ada.account("Name"), ada.contact("Title")]).toEqual(["Ada Lovelace", "Countess"]);
  const bodies = [...sent.bodies("/composite"), ...sent.bodies("/sobjects")].join("\n");
  expect(bodies).toContain('"PersonTitle":"Countess"');
  expect(bodies).not.toMatch(/"Name":/);
  salesforce.edit("Account", ada.accountId, { PersonTitle: "Analyst", PersonMailingCity: "Marylebone" }, rep());
  await world.settle();
  expect(ada.hubspot("jobtitle")).toBe("Analyst");
  await world.pass(5);
  expect(writesOf(await world.sync())).toBe(0);
  expect(await world.store.rejects({ limit: 9 })).toEqual([]);
});

test("an edit of the account that falls between our read and our write is not run over, and one of the account alone holds up nothing", async () => {
  await open();
  const ada = await converted("ada@example.com");
  const { hubspot, salesforce } = world.sandbox;
  // A process that has met the account before, so that it does not try the contact first.
  const dependencies = world.dependencies();
  hubspot.editContact(ada.hubspotId, { firstname: "Augusta" }, MARKETER);
  await world.pass(5);
  await world.sync({}, dependencies);
  expect(ada.account("FirstName")).toBe("Augusta");
  const write = dependencies.clients.salesforce.write.bind(dependencies.clients.salesforce);
  let edit: (() => void) | null = () => salesforce.edit("Account", ada.accountId, { PersonTitle: "Rep's" }, rep());
  Object.assign(dependencies.clients.salesforce, {
    write: async (writes: Parameters<typeof write>[0]) => {
      await world.pass(0.1);
      edit?.();
      edit = null;
      return write(writes);
    },
  });
  hubspot.editContact(ada.hubspotId, { jobtitle: "Marketer's" }, MARKETER);
  await world.pass(5);
  await world.sync({}, dependencies);
  expect(ada.account("PersonTitle")).toBe("Rep's");
  await world.settle();
  expect(await world.store.conflicts({ limit: 9 })).toMatchObject([
    { hubspot: "Marketer's", salesforce: "Rep's", kept: "salesforce" },
  ]);
  expect(ada.hubspot("jobtitle")).toBe("Rep's");
  // A stamp of the account's own, later than the contact's.
  await world.pass(2);
  salesforce.edit("Account", ada.accountId, { Website: "https://example.com" }, rep());
  hubspot.editContact(ada.hubspotId, { jobtitle: "Countess" }, MARKETER);
  await world.settle();
  expect(ada.account("PersonTitle")).toBe("Countess");
});

test("what a rule of the account refuses is told with the contact's name for the field, and the rest is written", async () => {
  await open();
  const ada = await converted("ada@example.com");
  const { hubspot, salesforce } = world.sandbox;
  salesforce.addValidationRule("Account", {
    ...{ name: "no counts", message: "No nobility.", field: "PersonTitle" },
    refuses: (record) => record["PersonTitle"] === "Countess",
  });
  hubspot.editContact(ada.hubspotId, { jobtitle: "Countess", lastname: "Lovelace" }, MARKETER);
  await world.settle();
  expect(await world.store.rejects({ limit: 9 })).toMatchObject([
    { code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", object: "Contact", recordId: ada.contactId, fields: ["Title"] },
  ]);
  expect([ada.account("LastName"), ada.account("PersonTitle")]).toEqual(["Lovelace", null]);
});

const PEOPLE = 6;

test("a backlog goes to the accounts too, although a bulk job cannot write them; a locked account is tried again", async () => {
  await open({
    adjust: (loaded) => {
      const { rulebook } = loaded;
      const bulk = { ...rulebook.connector.bulk, fromRecords: 2, jobRecords: 10, pollSeconds: 10 };
      return { ...loaded, rulebook: { ...rulebook, connector: { ...rulebook.connector, chunkSize: 2, bulk } } };
    },
  });
  const { hubspot, salesforce } = world.sandbox;
  const contacts: string[] = [];
  const accounts = Array.from({ length: PEOPLE }, (_, index) => {
    const email = `person${index}@example.com`;
    contacts.push(hubspot.createContact({ email, lastname: "Lee", lifecyclestage: "lead" }, MARKETER));
    return salesforce.create("Account", { LastName: "Lee", PersonEmail: email }, rep());
  });
  await world.settle();
  // Their scores alone go by job.
  const opened = { hs_email_open: "4", hs_email_last_open_date: world.clock.now() };
  for (const id of contacts) hubspot.editContact(id, opened, { sourceType: "ANALYTICS", sourceId: "analytics" });
  await world.pass(10);
  await world.sync();
  expect(world.sandbox.calls.byPath["POST /services/data/v66.0/jobs/ingest"]).toBe(1);
  salesforce.lockRows(accounts.slice(0, 1), 1);
  await world.settle();
  const scores = accounts.map((id) => salesforce.record("Account", id)?.["LeadLoop_Score__pc"]);
  expect(new Set(scores).size).toBe(1);
  expect(scores[0]).toBeGreaterThan(0);
  expect(world.sandbox.calls.byPath["POST /services/data/v66.0/jobs/ingest"]).toBe(1);
  expect(await world.store.rejects({ limit: 9 })).toEqual([]);
});
