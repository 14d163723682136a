/** Consent end to end over HTTP: an opt-out on either side reaches the other, always, and no sync ever takes one back. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConflictEntry } from "../../src/core/model/ledger.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import { openTestWorld, PERSON, type TestWorld } from "../support/test-world.ts";

/** HubSpot's own machinery: an unsubscribe link, or a subscription page. */
const SUBSCRIBER = { sourceType: "EMAIL", sourceId: "link" } as const;
let world: TestWorld;
let rep: string;
/** The person of this test; each test has one of its own in the same two accounts. */
let number = 0;
let email: string;
let lead: string;
let contact: string;

beforeAll(async () => {
  world = await openTestWorld();
  rep = world.sandbox.salesforce.people.repIds[0] ?? "";
});
beforeEach(() => {
  number += 1;
  email = `person${number}@example.com`;
});
afterAll(() => world.close());

/** One person on both sides who has not opted out of anything. */
async function linkedPerson(): Promise<void> {
  const { hubspot, salesforce } = world.sandbox;
  const names = { FirstName: "Ada", LastName: "Byron", Company: "Engines", Email: email };
  lead = salesforce.create("Lead", names, rep);
  contact = hubspot.createContact({ email, firstname: "Ada", lastname: "Byron" }, PERSON);
  await world.settle();
}

const inHubSpot = (field = "hs_email_optout"): unknown => world.sandbox.hubspot.contact(contact)?.properties[field];
const inSalesforce = (field = "HasOptedOutOfEmail"): unknown => world.sandbox.salesforce.record("Lead", lead)?.[field];
const both = (): unknown[] => [inHubSpot(), inSalesforce()];
const unticked = (value: unknown): boolean => value === undefined || value === "false" || value === "";

const editLead = (fields: Record<string, string | boolean>): void =>
  world.sandbox.salesforce.edit("Lead", lead, fields, rep);

/** Conflicts of this test's person. Our key on the contact is the link's id. */
const conflicts = (): Promise<readonly ConflictEntry[]> =>
  world.connection.dependencies().store.conflicts({ link: String(inHubSpot("leadloop_key")), limit: 50 });

const writesOf = ({ written }: SyncResult): number =>
  written.hubspot.created +
  written.hubspot.updated +
  written.salesforce.created +
  written.salesforce.updated +
  written.tasks;

/** Runs until all is said, and then once more: that run writes nothing. */
async function settled(): Promise<void> {
  await world.settle();
  await world.pass(5);
  expect(writesOf(await world.sync())).toBe(0);
}

async function optedOutOnBothSides(): Promise<void> {
  await linkedPerson();
  editLead({ HasOptedOutOfEmail: true });
  await settled();
  expect(both()).toEqual(["true", true]);
}

describe("an opt-out of e-mail", () => {
  test("in HubSpot reaches Salesforce", async () => {
    await linkedPerson();
    expect(unticked(inHubSpot())).toBe(true);
    world.sandbox.hubspot.editContact(contact, { hs_email_optout: "true" }, SUBSCRIBER);
    await settled();
    expect(both()).toEqual(["true", true]);
    expect(await conflicts()).toEqual([]);
  });

  test("in Salesforce unsubscribes the address in HubSpot, and nothing else is written", async () => {
    await linkedPerson();
    editLead({ HasOptedOutOfEmail: true });
    await world.pass(5);
    const result = await world.sync({ keepPlan: true });
    expect(result).toMatchObject({ outcome: "done", rejected: 0, written: { hubspot: { updated: 1 } } });
    expect(result.plan.writes.map(({ fields }) => Object.keys(fields))).toEqual([["hs_email_optout"]]);
    await settled();
    expect(both()).toEqual(["true", true]);
    expect(world.sandbox.hubspot.optOuts.since(email)).toBeDefined();
    expect(await conflicts()).toEqual([]);
  });

  test("on a lead that is new to HubSpot comes with it; nobody else is said to consent", async () => {
    const { salesforce, hubspot } = world.sandbox;
    const base = { Company: "Engines" };
    const before = hubspot.contacts().length;
    salesforce.create("Lead", { ...base, LastName: "Out", Email: "out@example.com", HasOptedOutOfEmail: true }, rep);
    salesforce.create("Lead", { ...base, LastName: "In", Email: "in@example.com" }, rep);
    await settled();
    expect(hubspot.contactByEmail("out@example.com")?.properties["hs_email_optout"]).toBe("true");
    expect(hubspot.contactByEmail("in@example.com")?.properties).not.toHaveProperty("hs_email_optout");
    expect(hubspot.contacts()).toHaveLength(before + 2);
  });

  test("that HubSpot does not answer is sent again until it is there", async () => {
    await linkedPerson();
    editLead({ HasOptedOutOfEmail: true });
    world.sandbox.hubspotFaults.add({ path: "unsubscribe-all", fault: { kind: "drop-before" } });
    await world.pass(5);
    await world.sync();
    expect(world.sandbox.hubspot.optOuts.since(email)).toBeUndefined();
    await settled();
    expect(both()).toEqual(["true", true]);
  });

  test("reaches HubSpot although another field of the same edit is refused there", async () => {
    await linkedPerson();
    world.sandbox.hubspotFaults.add({
      path: "/batch/update",
      body: "Countess",
      times: 200,
      fault: { kind: "answer", status: 400, body: { category: "VALIDATION_ERROR", message: "no" } },
    });
    editLead({ HasOptedOutOfEmail: true, Title: "Countess" });
    await settled();
    world.sandbox.hubspotFaults.clear();
    expect([...both(), inHubSpot("jobtitle")]).toEqual(["true", true, undefined]);
  });

  test("of somebody without an address waits for one", async () => {
    await linkedPerson();
    world.sandbox.hubspot.editContact(contact, { email: "" }, PERSON);
    editLead({ Email: "", HasOptedOutOfEmail: true });
    await world.settle();
    world.sandbox.hubspot.editContact(contact, { email: `later-${email}` }, PERSON);
    await settled();
    expect([...both(), inSalesforce("Email")]).toEqual(["true", true, `later-${email}`]);
  });
});

describe("nobody is opted in by a sync", () => {
  test("unticked in Salesforce by a user: true again on both sides, and the conflict is on record", async () => {
    await optedOutOnBothSides();
    editLead({ HasOptedOutOfEmail: false });
    await settled();
    expect(both()).toEqual(["true", true]);
    expect(await conflicts()).toMatchObject([
      { field: "hs_email_optout", rule: "most-restrictive", hubspot: "true", salesforce: "false", open: false },
    ]);
  });

  test("subscribed again in HubSpot: true again on both sides, and the conflict is on record", async () => {
    await optedOutOnBothSides();
    world.sandbox.hubspot.editContact(contact, { hs_email_optout: "false" }, SUBSCRIBER);
    await settled();
    expect(both()).toEqual(["true", true]);
    expect(await conflicts()).toMatchObject([{ field: "hs_email_optout", hubspot: "false", salesforce: "true" }]);
  });

  test("unticked on both sides by hand: stays true", async () => {
    await optedOutOnBothSides();
    world.sandbox.hubspot.editContact(contact, { hs_email_optout: "false" }, SUBSCRIBER);
    editLead({ HasOptedOutOfEmail: false });
    await settled();
    expect(both()).toEqual(["true", true]);
    expect((await conflicts()).map(({ field }) => field)).toContain("hs_email_optout");
  });
});

describe("another address", () => {
  test("in HubSpot is unsubscribed too", async () => {
    await optedOutOnBothSides();
    world.sandbox.hubspot.editContact(contact, { email: `new-${email}` }, PERSON);
    expect(inHubSpot()).toBe("false");
    await settled();
    expect([...both(), inSalesforce("Email")]).toEqual(["true", true, `new-${email}`]);
    expect(world.sandbox.hubspot.optOuts.since(`new-${email}`)).toBeDefined();
  });

  test("in Salesforce is unsubscribed by the run that brings it", async () => {
    await optedOutOnBothSides();
    editLead({ Email: `new-${email}` });
    await world.pass(5);
    await world.sync();
    expect([inHubSpot("email"), world.sandbox.hubspot.optOuts.since(`new-${email}`)]).toEqual([
      `new-${email}`,
      expect.any(Number),
    ]);
    await settled();
    expect(both()).toEqual(["true", true]);
    expect(await conflicts()).toEqual([]);
  });
});

describe("do-not-call", () => {
  test("reaches the other side both ways and is not taken back", async () => {
    await linkedPerson();
    const sides = (): unknown[] => [inHubSpot("do_not_call"), inSalesforce("DoNotCall")];
    world.sandbox.hubspot.editContact(contact, { do_not_call: "true" }, PERSON);
    await settled();
    expect(sides()).toEqual(["true", true]);
    editLead({ DoNotCall: false });
    await settled();
    expect(sides()).toEqual(["true", true]);
    expect(await conflicts()).toMatchObject([{ field: "do_not_call", salesforce: "false" }]);
  });

  test("in Salesforce reaches HubSpot", async () => {
    await linkedPerson();
    editLead({ DoNotCall: true });
    await settled();
    expect([inHubSpot("do_not_call"), inSalesforce("DoNotCall")]).toEqual(["true", true]);
  });
});
