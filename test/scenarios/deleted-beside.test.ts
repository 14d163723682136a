/** Two people who were merged on one side, one of whose two records on the other side is deleted then: the person is still there, and goes on with the other one. */
import { afterEach, describe, expect, test } from "vitest";
import { type Couple, couple, couples } from "../support/couple.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { MARKETER, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let world: SyncWorld | undefined;
afterEach(async () => world?.close());

const A_DAY = 25 * 60;

async function openWorld(onDelete: "archive" | "unlink"): Promise<SyncWorld> {
  const { store } = openMemoryState();
  world = await openSyncWorld(
    { store: () => store, close: async () => undefined },
    {
      adjust: (loaded) => ({ ...loaded, mappings: loaded.mappings.map((mapping) => ({ ...mapping, onDelete })) }),
    },
  );
  return world;
}

async function twoCouples(opened: SyncWorld): Promise<[Couple, Couple]> {
  const [ann, double] = await couples(opened, 2);
  if (ann === undefined || double === undefined) throw new Error("two couples");
  return [ann, double];
}

const rep = ({ sandbox }: SyncWorld): string => sandbox.salesforce.people.managerId;
const contact = ({ sandbox }: SyncWorld, id: string) => sandbox.hubspot.contact(id);
const live = ({ sandbox }: SyncWorld): [contacts: number, leads: number] => [
  sandbox.hubspot.contacts().filter(({ archived }) => !archived).length,
  sandbox.salesforce.records("Lead").filter((lead) => lead["IsDeleted"] !== true).length,
];

test.each(["archive", "unlink"] as const)(
  "a merged contact whose lead is deleted goes on with the lead of the other one (on-delete: %s)",
  async (onDelete) => {
    const opened = await openWorld(onDelete);
    const { hubspot, salesforce } = opened.sandbox;
    const [ann, double] = await twoCouples(opened);
    const merged = hubspot.mergeContacts(ann.hubspotId, double.hubspotId);
    await opened.pass(10);
    await opened.settle();
    salesforce.remove("Lead", ann.leadId, rep(opened));
    double.salesforce({ Title: "Countess" });
    await opened.pass(10);
    const planned = await opened.sync({ dry: true });
    expect(planned.plan.writes.map(({ operation }) => operation)).not.toContain("archive");
    expect(planned.plan.skips.map(({ reason }) => reason)).toContain(
      `${ann.leadId} was deleted in salesforce; the person goes on with ${double.leadId}, which is theirs too`,
    );
    await opened.settle();
    expect(contact(opened, merged)).toMatchObject({ archived: false, properties: { jobtitle: "Countess" } });
    hubspot.editContact(merged, { jobtitle: "Queen" }, MARKETER);
    await opened.pass(10);
    await opened.settle();
    expect(double.salesforceValue("Title")).toBe("Queen");
    await opened.pass(A_DAY);
    expect(writesOf(await opened.sync())).toBe(0);
    expect(live(opened)).toEqual([1, 1]);
    salesforce.remove("Lead", double.leadId, rep(opened));
    await opened.pass(10);
    await opened.settle();
    expect(contact(opened, merged)?.archived).toBe(onDelete === "archive");
  },
);

test("a lead that a merge of contacts left beside is told our key, so that nobody takes it for somebody new when everybody is read", async () => {
  const opened = await openWorld("unlink");
  const { hubspot, salesforce } = opened.sandbox;
  const [ann, double] = await twoCouples(opened);
  const key = double.salesforceValue("LeadLoop_Key__c");
  double.salesforce({ LeadLoop_Key__c: null, Email: "lee@private.example.com" });
  hubspot.mergeContacts(ann.hubspotId, double.hubspotId);
  await opened.pass(10);
  await opened.settle();
  expect(double.salesforceValue("LeadLoop_Key__c")).toBe(key);
  await opened.pass(A_DAY);
  expect(writesOf(await opened.sync({ full: true }))).toBe(0);
  expect(live(opened)).toEqual([1, 2]);
  expect(salesforce.record("Lead", double.leadId)?.["Email"]).toBe("lee@private.example.com");
});

test.each([
  ["at once", 0],
  ["days later", 3 * A_DAY],
] as const)(
  "a contact that is restored %s, after its lead was merged into another person's, is left beside that one: no lead is made anew",
  async (_when, minutes) => {
    const opened = await openWorld("unlink");
    const { hubspot, salesforce } = opened.sandbox;
    const [ann, double] = await twoCouples(opened);
    hubspot.archiveContact(double.hubspotId);
    await opened.pass(A_DAY);
    await opened.settle();
    salesforce.merge("Lead", ann.leadId, [double.leadId], rep(opened));
    if (minutes > 0) {
      await opened.pass(minutes);
      await opened.settle();
    }
    hubspot.restoreContact(double.hubspotId);
    await opened.pass(10);
    await opened.settle();
    expect(live(opened)).toEqual([2, 1]);
    const edited = { do_not_call: "true", jobtitle: "Chemist", lifecyclestage: "marketingqualifiedlead" };
    hubspot.editContact(double.hubspotId, edited, MARKETER);
    await opened.pass(10);
    await opened.settle();
    expect(ann.salesforceValue("DoNotCall")).toBe(true);
    expect(ann.salesforceValue("Title")).not.toBe("Chemist");
    await opened.pass(8 * A_DAY);
    expect(writesOf(await opened.sync({ full: true }))).toBe(0);
    expect(live(opened)).toEqual([2, 1]);
  },
);

test("a lead that has become part of a third person's by then is theirs: the merged contact keeps its address", async () => {
  const opened = await openWorld("unlink");
  const { hubspot, salesforce } = opened.sandbox;
  const [ann, double, cleo] = await couples(opened, 3);
  if (ann === undefined || double === undefined || cleo === undefined) throw new Error("three couples");
  const merged = hubspot.mergeContacts(ann.hubspotId, double.hubspotId);
  await opened.pass(10);
  await opened.sync();
  const address = contact(opened, merged)?.properties["email"];
  salesforce.merge("Lead", cleo.leadId, [double.leadId], rep(opened));
  salesforce.remove("Lead", ann.leadId, rep(opened));
  await opened.pass(10);
  expect((await opened.sync({ dry: true })).plan.writes.filter(({ id }) => id === merged)).toEqual([]);
  await opened.settle();
  expect(contact(opened, merged)?.properties["email"]).toBe(address);
  expect((await opened.store.linksByRecord("salesforce", [cleo.leadId])).get(cleo.leadId)).toMatchObject({
    state: "linked",
    hubspotId: cleo.hubspotId,
  });
});

test("a merged lead whose contact is deleted goes on with the contact of the other one; one that is erased is forgotten instead", async () => {
  const opened = await openWorld("archive");
  const { hubspot, salesforce } = opened.sandbox;
  const [ann, double] = await twoCouples(opened);
  salesforce.merge("Lead", ann.leadId, [double.leadId], rep(opened));
  await opened.pass(10);
  await opened.settle();
  hubspot.archiveContact(ann.hubspotId);
  await opened.pass(A_DAY);
  await opened.settle();
  expect(live(opened)).toEqual([1, 1]);
  double.hubspot({ jobtitle: "Countess" });
  await opened.pass(10);
  await opened.settle();
  expect(ann.salesforceValue("Title")).toBe("Countess");
  await opened.pass(A_DAY);
  expect(writesOf(await opened.sync())).toBe(0);
  const [cleo, dora] = await couples(opened, 2, "other");
  if (cleo === undefined || dora === undefined) throw new Error("two couples");
  salesforce.merge("Lead", cleo.leadId, [dora.leadId], rep(opened));
  await opened.pass(10);
  await opened.settle();
  hubspot.eraseContact(cleo.hubspotId);
  cleo.salesforce({ Title: "Countess" });
  await opened.pass(10);
  await opened.settle();
  expect(contact(opened, dora.hubspotId)?.properties["jobtitle"] ?? "").toBe("");
  expect((await opened.store.linksByRecord("salesforce", [cleo.leadId])).get(cleo.leadId)?.state).toBe("erased");
});

test("a lead that was known to nobody when the contacts were merged is the one that the merged contact goes on with", async () => {
  const opened = await openWorld("archive");
  const { hubspot, salesforce } = opened.sandbox;
  const [ann] = await twoCouples(opened);
  const other = hubspot.createContact({ email: "ann@private.example.com", lastname: "Lee" }, MARKETER);
  const merged = hubspot.mergeContacts(ann.hubspotId, other);
  const left = salesforce.create(
    "Lead",
    { Email: "ann@private.example.com", LastName: "Lee", Company: "Acme" },
    rep(opened),
  );
  await opened.pass(10);
  await opened.settle();
  salesforce.remove("Lead", ann.leadId, rep(opened));
  await opened.pass(10);
  await opened.settle();
  expect(contact(opened, merged)?.archived).toBe(false);
  expect((await opened.store.linksByRecord("salesforce", [left])).get(left)).toMatchObject({
    state: "linked",
    hubspotId: merged,
  });
  hubspot.editContact(merged, { jobtitle: "Countess" }, MARKETER);
  await opened.pass(10);
  await opened.settle();
  expect(salesforce.record("Lead", left)?.["Title"]).toBe("Countess");
  await opened.pass(8 * A_DAY);
  expect(writesOf(await opened.sync())).toBe(0);
});

test("a lead that is only hidden from LeadLoop is not replaced by the other one", async () => {
  const opened = await openWorld("archive");
  const [ann, double] = await twoCouples(opened);
  const merged = opened.sandbox.hubspot.mergeContacts(ann.hubspotId, double.hubspotId);
  await opened.pass(10);
  await opened.settle();
  // So that the lead is not among what changed lately, and has to be asked for.
  await opened.pass(A_DAY);
  await opened.settle();
  const dependencies = opened.dependencies();
  const { salesforce } = dependencies.clients;
  const read = salesforce.readByIds.bind(salesforce);
  Object.assign(salesforce, {
    readByIds: async (request: Parameters<typeof read>[0]) => {
      const answer = await read(request);
      const found = new Map([...answer.found].filter(([id]) => id !== ann.leadId));
      return { found, missing: [...answer.missing, ann.leadId] };
    },
  });
  opened.sandbox.hubspot.editContact(merged, { jobtitle: "Countess" }, MARKETER);
  await opened.pass(10);
  await opened.sync({}, dependencies);
  expect((await opened.store.linksByRecord("hubspot", [merged])).get(merged)?.state).toBe("tombstoned");
  expect(contact(opened, merged)?.archived).toBe(false);
});

const doubleOf = ({ sandbox }: SyncWorld, by: string): string =>
  sandbox.salesforce.create("Lead", { Email: EMAIL, FirstName: "Ann", LastName: "Lee", Company: "Acme" }, by);
const EMAIL = "ann@example.com";

describe.each(["archive", "unlink"] as const)(
  "of two leads with one address the linked one is deleted (on-delete: %s)",
  (onDelete) => {
    test.each([
      ["runs later", 10],
      ["before any run has seen the double", 0],
    ] as const)("%s: the contact goes on with the other", async (_when, minutes) => {
      const opened = await openWorld(onDelete);
      const { sandbox } = opened;
      const ann = await couple(opened, EMAIL);
      ann.hubspot({ jobtitle: "Chemist" });
      await opened.settle();
      const double = doubleOf(opened, rep(opened));
      if (minutes > 0) await opened.settle();
      sandbox.salesforce.remove("Lead", ann.leadId, rep(opened));
      await opened.pass(10);
      await opened.settle();
      expect(contact(opened, ann.hubspotId)?.archived).toBe(false);
      expect(sandbox.salesforce.record("Lead", double)?.["Title"]).toBe("Chemist");
      sandbox.salesforce.edit("Lead", double, { Title: "Countess" }, rep(opened));
      await opened.pass(10);
      await opened.settle();
      expect(contact(opened, ann.hubspotId)?.properties["jobtitle"]).toBe("Countess");
      await opened.pass(A_DAY);
      expect(writesOf(await opened.sync())).toBe(0);
      expect(live(opened)).toEqual([1, 1]);
    });

    test("of three, nobody knows with which it goes on, until one is left", async () => {
      const opened = await openWorld(onDelete);
      const { sandbox } = opened;
      const ann = await couple(opened, EMAIL);
      const key = contact(opened, ann.hubspotId)?.properties["leadloop_key"];
      expect(key).toBeTruthy();
      const [second, third] = [doubleOf(opened, rep(opened)), doubleOf(opened, rep(opened))];
      await opened.settle();
      sandbox.salesforce.remove("Lead", ann.leadId, rep(opened));
      await opened.pass(10);
      const run = await opened.sync();
      expect(run.reasons.join()).toMatch(/left unpaired because others have the same e-mail address: 1 record/);
      expect(run.plan.skips.map(({ reason }) => reason).join()).toMatch(
        /2 other records have the person's e-mail address/,
      );
      await opened.settle();
      expect(contact(opened, ann.hubspotId)?.archived).toBe(false);
      sandbox.salesforce.remove("Lead", second, rep(opened));
      sandbox.salesforce.edit("Lead", third, { Title: "Countess" }, rep(opened));
      await opened.pass(10);
      await opened.settle();
      expect(contact(opened, ann.hubspotId)).toMatchObject({ archived: false, properties: { jobtitle: "Countess" } });
      // The person is the one they were, with all that is known of them.
      expect(contact(opened, ann.hubspotId)?.properties["leadloop_key"]).toBe(key);
      expect(sandbox.salesforce.record("Lead", third)?.["LeadLoop_Key__c"]).toBe(key);
      await opened.pass(A_DAY);
      expect(writesOf(await opened.sync())).toBe(0);
      expect(live(opened)).toEqual([1, 1]);
    });
  },
);
