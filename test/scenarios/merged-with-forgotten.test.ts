/** A living person's record is merged with that of somebody whom `leadloop erase` has forgotten: whose the record is that is left, in both systems. */
import { afterEach, expect, test } from "vitest";
import type { Link } from "../../src/core/model/link.ts";
import { forget, samePerson } from "../../src/jobs/forget-person.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { MARKETER, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

const [EVE, ANN] = ["eve@example.com", "ann@example.com"];
let world: SyncWorld;
afterEach(() => world.close());

interface Both {
  readonly rep: string;
  /** Of the one who is forgotten, and of the living one. */
  readonly leads: readonly [string, string];
  readonly contacts: readonly [string, string];
  /** The living one's link, as it is stored now. */
  living(): Promise<Link | undefined>;
  stored(): string;
}

/** Both are linked, deletions are followed, and Eve has been forgotten. */
async function forgotten(onDelete: "archive" | "flag" = "archive"): Promise<Both> {
  const { store, tables } = openMemoryState();
  world = await openSyncWorld(
    { store: () => store, close: async () => undefined },
    {
      adjust: (loaded) => ({
        ...loaded,
        mappings: loaded.mappings.map((mapping) => ({ ...mapping, onDelete })),
      }),
    },
  );
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const enter = (Email: string): string =>
    salesforce.create("Lead", { Email, LastName: "Moss", Company: "A", Title: `title of ${Email}` }, rep);
  const leads = [enter(EVE), enter(ANN)] as const;
  await world.settle();
  const contactOf = (email: string): string => hubspot.contactByEmail(email)?.id ?? "";
  const contacts = [contactOf(EVE), contactOf(ANN)] as const;
  const [eve, ann] = [await world.person(EVE), await world.person(ANN)];
  await forget(store, world.clock, await samePerson(store, eve));
  const stored = (): string => {
    const { schemas: _schemas, owners: _owners, runs: _runs, ...rest } = tables;
    const everything = Object.values(rest).map((table) =>
      table.select(
        () => true,
        () => [],
      ),
    );
    return JSON.stringify(everything);
  };
  return { rep, leads, contacts, living: async () => (await store.links([ann.id]))[0], stored };
}

/** Whole comparisons and the days after: whatever was only put off is done by then. */
async function waitAndCompare(): Promise<SyncResult> {
  await world.pass(5);
  const first = await world.sync();
  await world.settle();
  await world.pass(25 * 60);
  await world.settle();
  await world.sync({ full: true });
  await world.settle();
  return first;
}

test("A rep merges the living one's lead into the forgotten one's: it is left alone, the living one's link ends and is told, and their contact stays", async () => {
  const { rep, leads, contacts, living, stored } = await forgotten();
  const { hubspot, salesforce } = world.sandbox;
  salesforce.merge("Lead", leads[0], [leads[1]], rep);
  const before = salesforce.record("Lead", leads[0]);
  const first = await waitAndCompare();
  expect(salesforce.record("Lead", leads[0])).toEqual(before);
  expect(await living()).toMatchObject({ state: "tombstoned", hubspotId: contacts[1], email: ANN });
  expect(first.plan.skips.filter(({ reason }) => reason.includes("asked to be forgotten"))).toEqual([
    expect.objectContaining({ recordName: expect.stringContaining("Moss"), reason: expect.stringContaining(leads[0]) }),
  ]);
  expect(hubspot.contact(contacts[1])?.archived).toBe(false);
  expect(salesforce.records("Lead").filter((lead) => lead["IsDeleted"] !== true)).toHaveLength(1);
  expect(stored()).not.toContain(EVE);

  hubspot.editContact(contacts[1], { jobtitle: "nobody's now" }, MARKETER);
  await world.settle();
  expect(salesforce.record("Lead", leads[0])).toEqual(before);
  // A rep gives what is left the living one's address: so it is theirs.
  salesforce.edit("Lead", leads[0], { Email: ANN, Title: "theirs" }, rep);
  await world.settle();
  await world.sync({ full: true });
  await world.settle();
  expect(await living()).toMatchObject({ state: "linked", hubspotId: contacts[1], salesforceId: leads[0] });
  expect(hubspot.contact(contacts[1])?.properties["jobtitle"]).toBe("theirs");
  expect(stored()).not.toContain(EVE);
});

test("A rep converts the living one's lead into the contact of the forgotten one: it is left alone too", async () => {
  const { rep, leads, living, stored } = await forgotten();
  const { salesforce } = world.sandbox;
  const account = salesforce.create("Account", { Name: "A" }, rep);
  const contact = salesforce.create("Contact", { Email: EVE, LastName: "Moss", AccountId: account }, rep);
  const into = { accountId: account, contactId: contact, doNotCreateOpportunity: true };
  salesforce.convertLead({ leadId: leads[1], convertedStatus: "Closed - Converted", ...into }, rep);
  const before = salesforce.record("Contact", contact);
  await waitAndCompare();
  expect(salesforce.record("Contact", contact)).toEqual(before);
  expect((await living())?.state).toBe("tombstoned");
  expect(stored()).not.toContain(EVE);
});

test("A marketer merges the living one's contact into the forgotten one's: it is left alone, nobody takes it for an erasure, and the lead stays", async () => {
  const { leads, contacts, living, stored } = await forgotten();
  const { hubspot, salesforce } = world.sandbox;
  const merged = hubspot.mergeContacts(contacts[0], contacts[1]);
  const lead = salesforce.record("Lead", leads[1]);
  const first = await waitAndCompare();
  expect(await living()).toMatchObject({ state: "tombstoned", salesforceId: leads[1], email: ANN });
  expect(first.plan.skips.map(({ reason }) => reason)).toEqual([expect.stringContaining("asked to be forgotten")]);
  expect(salesforce.record("Lead", leads[1])).toEqual(lead);
  expect(await world.store.rejects({ limit: 9 })).toEqual([]);
  expect(stored()).not.toContain(EVE);
  hubspot.editContact(merged, { jobtitle: "nobody's now" }, MARKETER);
  expect(writesOf(await world.sync())).toBe(0);
  await world.settle();
  expect(salesforce.record("Lead", leads[1])).toEqual(lead);
});

test.each(["salesforce", "hubspot"] as const)(
  "A record that has become part of the forgotten one's in %s is not said to be deleted on the one that the living person keeps (on-delete: flag)",
  async (system) => {
    const { rep, leads, contacts, living } = await forgotten("flag");
    const { hubspot, salesforce } = world.sandbox;
    if (system === "salesforce") salesforce.merge("Lead", leads[0], [leads[1]], rep);
    else hubspot.mergeContacts(contacts[0], contacts[1]);
    const flags = () => [
      hubspot.contact(contacts[1])?.properties["leadloop_deleted"] ?? null,
      salesforce.record("Lead", leads[1])?.["LeadLoop_Deleted__c"] ?? null,
    ];
    const first = await waitAndCompare();
    expect((await living())?.state).toBe("tombstoned");
    expect([writesOf(first), flags()]).toEqual([0, [null, null]]);
    // Whatever is edited of what they keep, nobody has deleted anything.
    if (system === "salesforce") hubspot.editContact(contacts[1], { jobtitle: "still here" }, MARKETER);
    else salesforce.edit("Lead", leads[1], { Title: "still here" }, rep);
    await world.settle();
    expect(flags()).toEqual([null, null]);
  },
);
