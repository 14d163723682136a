/** An admin gives a mapped field another type, which loses its values in Salesforce: nothing of that reaches HubSpot, somebody is told, and everything else goes on. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { personWrite } from "../../src/sandbox/salesforce/input-resolving.ts";
import { touchRecord } from "../../src/sandbox/salesforce/sobject-writing.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { type Couple, couple } from "../support/couple.ts";
import { openSharedDatabase, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let database: SharedDatabase;
let world: SyncWorld;
beforeAll(async () => {
  database = await openSharedDatabase();
});
afterEach(() => world.close());
afterAll(() => database.close());

const NUMBER = { type: "double", precision: 18, scale: 0 } as const;
const SHORT = { type: "string", length: 6 } as const;
const AS_BEFORE = { type: "string", length: 128 } as const;

/** Salesforce keeps of the title what the new type holds, and no stamp but SystemModstamp tells of it. */
function convertTitle(ann: Couple, shape: typeof NUMBER | typeof SHORT | typeof AS_BEFORE, left: string | null): void {
  const { salesforce } = world.sandbox;
  salesforce.defineField("Lead", { name: "Title", ...shape });
  const leads = salesforce.state.catalog.require("Lead");
  touchRecord(salesforce.state, leads, ann.leadId, { Title: left }, personWrite(salesforce.people.managerId));
}

async function ann(): Promise<Couple> {
  world = await openSyncWorld(database);
  const known = await couple(world, "ann@example.com");
  known.hubspot({ jobtitle: "Head of Buying" });
  await world.settle();
  expect(known.salesforceValue("Title")).toBe("Head of Buying");
  return known;
}

test.each([
  ["a number, and blank", NUMBER, null, /^Title of Lead was text of 128 and is number now, which lost values/],
  ["shorter, and cut", SHORT, "Head o", /^Title of Lead was text of 128 and is text of 6 now, which lost values/],
])(
  "a title that is %s, is left in HubSpot: the run stops and says so, the next ones leave the field out and tell it, and other fields go on",
  async (_, shape, left, said) => {
    const known = await ann();
    convertTitle(known, shape, left);
    known.hubspot({ city: "Bonn" });
    await world.pass(5);
    const plan = await world.sync({ dry: true });
    expect(plan).toMatchObject({ outcome: "stopped", reasons: [expect.stringMatching(said)] });
    const first = await world.sync();
    expect(first).toMatchObject({ outcome: "stopped", reasons: [expect.stringMatching(said)] });
    expect(writesOf(first)).toBe(0);
    await world.pass(5);
    const second = await world.sync();
    expect(second).toMatchObject({ outcome: "needs-attention", reasons: [expect.stringMatching(said)] });
    expect(await known.both("city", "City")).toEqual(["Bonn", "Bonn"]);
    expect(known.hubspotValue("jobtitle")).toBe("Head of Buying");
    // Neither an edit nor a day nor a read of everybody changes that.
    known.hubspot({ jobtitle: "Head of Sales" });
    await world.pass(25 * 60);
    await world.sync({ full: true });
    await world.settle();
    expect(await known.both("jobtitle", "Title")).toEqual(["Head of Sales", left]);
  },
);

test("with its old type back the field goes on, and what was entered meanwhile is carried", async () => {
  const known = await ann();
  convertTitle(known, NUMBER, null);
  await world.pass(5);
  await world.sync();
  convertTitle(known, AS_BEFORE, "Head of Buying");
  known.hubspot({ jobtitle: "Head of Sales" });
  await world.pass(25 * 60);
  await world.settle();
  expect(await known.both("jobtitle", "Title")).toEqual(["Head of Sales", "Head of Sales"]);
  await world.pass(5);
  expect((await world.sync()).outcome).toBe("done");
});

test("the contact of a lead that lost its title, and is converted, takes it from nobody", async () => {
  const known = await ann();
  convertTitle(known, NUMBER, null);
  await world.pass(5);
  expect((await world.sync()).outcome).toBe("stopped");
  const request = { leadId: known.leadId, convertedStatus: "Closed - Converted" };
  const rep = world.sandbox.salesforce.people.repIds[0] ?? "";
  const { contactId } = world.sandbox.salesforce.convertLead(request, rep);
  await world.pass(5);
  const run = await world.sync();
  expect(run.reasons.join()).toMatch(/Title of Contact was filled from Title of Lead and is blank now/);
  known.hubspot({ city: "Bonn" });
  await world.settle();
  expect(world.sandbox.salesforce.record("Contact", contactId)?.["MailingCity"]).toBe("Bonn");
  expect(known.hubspotValue("jobtitle")).toBe("Head of Buying");
});

test("a title that a rep clears is cleared as ever, and costs one look at the schema", async () => {
  const known = await ann();
  known.salesforce({ Title: null });
  await world.pass(5);
  const describes = (): number => world.sandbox.calls.byPath["GET /services/data/v66.0/sobjects/Lead/describe"] ?? 0;
  const before = describes();
  expect((await world.sync()).outcome).toBe("done");
  expect(known.hubspotValue("jobtitle") ?? "").toBe("");
  expect(describes() - before).toBe(1);
});
