/** People who are found, made, doubled, merged, converted and deleted: one person stays one person, and nobody comes back who was sent away. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { couple } from "../support/couple.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let database: SharedDatabase;
let world: SyncWorld;

beforeAll(async () => {
  database = await openSharedDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  world = await openSyncWorld(database);
});
afterEach(() => world.close());

const EMAIL = "ann@example.com";
const rep = (): string => world.sandbox.salesforce.people.repIds[0] ?? "";
const newContact = (properties: Readonly<Record<string, string>> = {}): string =>
  world.sandbox.hubspot.createContact({ email: EMAIL, lastname: "Lee", ...properties }, MARKETER);
const newLead = (fields: Readonly<Record<string, string>> = {}): string =>
  world.sandbox.salesforce.create("Lead", { Email: EMAIL, LastName: "Lee", Company: "Acme", ...fields }, rep());
const newPerson = (fields: Readonly<Record<string, string>> = {}): string =>
  world.sandbox.salesforce.create("Contact", { Email: EMAIL, LastName: "Lee", ...fields }, rep());
const MQL = { lifecyclestage: "marketingqualifiedlead" } as const;
const leads = () => world.sandbox.salesforce.records("Lead").filter((lead) => lead["IsDeleted"] !== true);
const contacts = () => world.sandbox.hubspot.contacts().filter((contact) => !contact.archived);
const tasks = () => world.sandbox.salesforce.records("Task");

describe("Somebody who is in both systems already", () => {
  test("is linked by e-mail, gets our key on both sides, fills blanks both ways, and nothing is blanked", async () => {
    const id = newContact({ jobtitle: "Biologist", phone: "4155550100" });
    const lead = newLead({ FirstName: "Ann", Phone: "4155550199" });
    await world.settle();
    const link = await world.person(EMAIL);
    const [contact, record] = [
      world.sandbox.hubspot.contact(id)?.properties,
      world.sandbox.salesforce.record("Lead", lead),
    ];
    expect(contact).toMatchObject({ leadloop_key: link.id, firstname: "Ann", jobtitle: "Biologist" });
    expect(record).toMatchObject({
      LeadLoop_Key__c: link.id,
      FirstName: "Ann",
      Title: "Biologist",
      Phone: "4155550199",
    });
    expect(await world.store.conflicts({ limit: 10 })).toMatchObject([{ field: "phone", kept: "salesforce" }]);
  });

  test.each([
    ["together", []],
    ["the lead first", ["lead", "contact", "hubspot"]],
    ["the lead and HubSpot first", ["lead", "hubspot", "contact"]],
    ["HubSpot first", ["hubspot", "contact", "lead"]],
    ["the contact first", ["contact", "lead", "hubspot"]],
  ])("as a Lead and as a Contact is the Contact, in whatever order they are seen: %s", async (_title, order) => {
    const make: Record<string, () => string> = {
      lead: newLead,
      contact: newPerson,
      hubspot: () => (contacts().length === 0 ? newContact() : ""),
    };
    for (const which of order.length === 0 ? ["hubspot", "lead", "contact"] : order) {
      make[which]?.();
      if (order.length > 0) await world.settle();
    }
    await world.settle();
    const links = await world.store.linksByEmail([EMAIL]);
    const linked = links.filter((link) => link.state === "linked");
    expect(linked.map((link) => link.salesforceObject)).toEqual(["Contact"]);
  });
});

describe("Somebody who is in one system", () => {
  test("and sales-ready is made in Salesforce once with one task, and the run after writes nothing", async () => {
    newContact(MQL);
    await world.pass(5);
    const first = await world.sync();
    expect(first.written).toMatchObject({ salesforce: { created: 1 }, tasks: 1 });
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(0);
    expect([leads().length, tasks().length]).toEqual([1, 1]);
  });

  test("and not ready for sales is not made in Salesforce", async () => {
    newContact();
    await world.settle();
    expect(leads()).toHaveLength(0);
  });

  test("as a lead is made in HubSpot once, and the run after writes nothing", async () => {
    newLead();
    await world.pass(5);
    await world.sync();
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(0);
    expect(contacts()).toHaveLength(1);
  });
});

describe("Conversion", () => {
  test("moves the link from the lead to its contact, where later edits land once", async () => {
    const ann = await couple(world, EMAIL);
    const { contactId } = world.sandbox.salesforce.convertLead(
      { leadId: ann.leadId, convertedStatus: "Closed - Converted" },
      rep(),
    );
    ann.hubspot({ jobtitle: "Converted" });
    await world.settle();
    expect(world.sandbox.salesforce.record("Contact", contactId)).toMatchObject({ Title: "Converted" });
    expect(await world.person(EMAIL)).toMatchObject({ salesforceObject: "Contact", salesforceId: contactId });
    expect(contacts()).toHaveLength(1);
  });
});
