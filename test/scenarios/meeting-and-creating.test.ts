/** People who are found, made, doubled, merged, converted and deleted: one person stays one person, and nobody comes back who was sent away. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { type Couple, couple } from "../support/couple.ts";
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

  test("twice in Salesforce is reported as ambiguous, and nothing is made or written", async () => {
    newContact(MQL);
    newPerson();
    newPerson();
    const run = await (async () => {
      await world.pass(5);
      return world.sync();
    })();
    await world.settle();
    expect(run.plan.skips.length).toBeGreaterThan(0);
    expect(leads()).toHaveLength(0);
    expect(
      world.sandbox.salesforce
        .records("Contact")
        .filter((one) => one["LeadLoop_Key__c"] !== null && one["LeadLoop_Key__c"] !== undefined).length,
    ).toBeLessThan(2);
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

  test("and made in Salesforce with the answer lost twice is there once, and linked", async () => {
    newContact(MQL);
    world.sandbox.salesforceFaults.add({
      method: "PATCH",
      path: "composite/sobjects/Lead/LeadLoop_Key__c",
      fault: { kind: "drop-after" },
      times: 2,
    });
    await world.settle();
    await world.settle();
    expect(leads()).toHaveLength(1);
    expect((await world.person(EMAIL)).state).toBe("linked");
    expect(tasks()).toHaveLength(1);
  });

  test("and made in HubSpot with the answer lost is there once, and linked", async () => {
    newLead();
    world.sandbox.hubspotFaults.add({
      method: "POST",
      path: "contacts/batch/(upsert|create)",
      fault: { kind: "drop-after" },
      times: 2,
    });
    await world.settle();
    await world.settle();
    expect(contacts()).toHaveLength(1);
    expect((await world.person(EMAIL)).state).toBe("linked");
  });

  test("and comes by a form into HubSpot in the moment we make them there is attached, not made again", async () => {
    const ann = await soleSubject();
    newLead();
    await world.pass(5);
    const dependencies = world.dependencies();
    ann.before(dependencies.clients.hubspot, () => newContact({ jobtitle: "From the form" }));
    await world.sync({}, dependencies);
    await world.settle();
    expect(contacts().filter((contact) => contact.properties["email"] === EMAIL)).toHaveLength(1);
    expect((await world.person(EMAIL)).state).toBe("linked");
    expect(leads().find((lead) => lead["Email"] === EMAIL)).toMatchObject({ Title: "From the form" });
  });
});

/** Only for `before`, which needs no person. */
async function soleSubject(): Promise<Pick<Couple, "before">> {
  return couple(world, "somebody-else@example.com");
}

describe("A person who was sent away", () => {
  test("by deleting the lead is not made again, and the contact is left as it is", async () => {
    const ann = await couple(world, EMAIL);
    world.sandbox.salesforce.remove("Lead", ann.leadId, rep());
    await world.settle();
    ann.hubspot({ jobtitle: "Still here", ...MQL });
    await world.settle();
    expect(leads()).toHaveLength(0);
    expect(contacts()).toHaveLength(1);
    expect((await world.person(EMAIL)).state).toBe("tombstoned");
  });

  test("by archiving the contact is not made again when the lead changes", async () => {
    const ann = await couple(world, EMAIL);
    world.sandbox.hubspot.archiveContact(ann.hubspotId);
    await world.pass(1_500);
    await world.settle();
    ann.salesforce({ Title: "Still here" });
    await world.settle();
    expect(contacts()).toHaveLength(0);
    expect((await world.person(EMAIL)).state).toBe("tombstoned");
  });

  test("and whose lead is converted afterwards does not come back as a contact in HubSpot", async () => {
    const ann = await couple(world, EMAIL);
    world.sandbox.hubspot.archiveContact(ann.hubspotId);
    await world.pass(1_500);
    await world.settle();
    world.sandbox.salesforce.convertLead({ leadId: ann.leadId, convertedStatus: "Closed - Converted" }, rep());
    await world.settle();
    expect(contacts()).toHaveLength(0);
  });

  test("and restored from the recycle bin goes on under the old link", async () => {
    const ann = await couple(world, EMAIL);
    const before = await world.person(EMAIL);
    world.sandbox.salesforce.remove("Lead", ann.leadId, rep());
    await world.settle();
    world.sandbox.salesforce.restore("Lead", ann.leadId);
    ann.salesforce({ Title: "Back again" });
    await world.settle();
    expect(ann.hubspotValue("jobtitle")).toBe("Back again");
    expect(await world.person(EMAIL)).toMatchObject({ id: before.id, state: "linked", generation: 2 });
  });
});

describe("Conversion and merging", () => {
  test("move the link from the lead to its contact, where later edits land once", async () => {
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

  test("in the moment of our write lead the value to the contact", async () => {
    const ann = await couple(world, EMAIL);
    ann.hubspot({ jobtitle: "In flight" });
    await world.pass(5);
    const dependencies = world.dependencies();
    let contactId = "";
    ann.before(dependencies.clients.salesforce, () => {
      contactId = world.sandbox.salesforce.convertLead(
        { leadId: ann.leadId, convertedStatus: "Closed - Converted" },
        rep(),
      ).contactId;
    });
    await world.sync({}, dependencies);
    await world.settle();
    expect(world.sandbox.salesforce.record("Contact", contactId)).toMatchObject({ Title: "In flight" });
  });

  test("of two linked contacts in HubSpot leave one link, and the other lead alone", async () => {
    const ann = await couple(world, EMAIL);
    const other = await couple(world, "other@example.com");
    world.sandbox.hubspot.mergeContacts(ann.hubspotId, other.hubspotId);
    await world.settle();
    const links = (await world.store.scanLinks(null, 10)).map((link) => link.state).sort();
    expect(links).toEqual(["linked", "superseded"]);
    expect([leads().length, contacts().length]).toEqual([2, 1]);
  });

  test("of two linked leads in Salesforce leave the loser unwritten and follow the master", async () => {
    const ann = await couple(world, EMAIL);
    const other = await couple(world, "other@example.com");
    world.sandbox.salesforce.merge("Lead", ann.leadId, [other.leadId], rep(), { Title: "Merged" });
    await world.settle();
    expect(ann.hubspotValue("jobtitle")).toBe("Merged");
    expect([leads().length, contacts().length]).toEqual([1, 2]);
  });
});
