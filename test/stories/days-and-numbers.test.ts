/** Days, numbers and blanks over both APIs: the same day in every zone, a number that is none parks its field alone, and a blank is what each system calls one. */
import { afterEach, expect, test } from "vitest";
import { ConfigFolder } from "../config/config-folder.ts";
import { couple } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";
import { watchRequests } from "../support/watch-requests.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
let folder: ConfigFolder;
afterEach(async () => {
  await world.close();
  folder.remove(".");
});

const LINES = [
  "{ hubspot: renewal_day, salesforce: Renewal_Day__c, rule: two-way, as: date }",
  "{ hubspot: reminder, salesforce: Reminder__c, rule: two-way, as: date }",
  "{ hubspot: seats, salesforce: Seats__c, rule: two-way, as: number }",
  "{ hubspot: seats_text, salesforce: Seats_Wanted__c, rule: two-way, as: number }",
  "{ hubspot: plan, salesforce: Plan__c, rule: two-way }",
  "{ hubspot: extras, salesforce: Extras__c, rule: two-way, as: set }",
];

/** Leads and contacts with a field of each kind, in a time zone. */
async function openIn(zone: string): Promise<void> {
  folder = new ConfigFolder();
  folder.edit("mappings/contact-lead.yml", "fields:\n", `fields:\n${LINES.map((line) => `  - ${line}\n`).join("")}`);
  folder.edit("config/connector.yml", "time-zone: UTC", `time-zone: ${zone}`);
  const folders = { mappingsFolder: folder.path("mappings"), configFolder: folder.path("config") };
  world = await openSyncWorld(database, { folders });
  const { hubspot, salesforce } = world.sandbox;
  const group = { groupName: "contactinformation", label: "L" } as const;
  const options = ["a", "b"].map((value) => ({ label: value, value, displayOrder: 0, hidden: false }));
  hubspot.defineProperty({ name: "renewal_day", type: "date", fieldType: "date", ...group });
  hubspot.defineProperty({ name: "seats", type: "number", fieldType: "number", ...group });
  for (const name of ["seats_text", "reminder"])
    hubspot.defineProperty({ name, type: "string", fieldType: "text", ...group });
  hubspot.defineProperty({ name: "plan", type: "enumeration", fieldType: "select", options, ...group });
  hubspot.defineProperty({ name: "extras", type: "enumeration", fieldType: "checkbox", options, ...group });
  salesforce.defineField("Lead", { name: "Renewal_Day__c", label: "L", type: "date" });
  salesforce.defineField("Lead", { name: "Reminder__c", label: "L", type: "string", length: 20 });
  for (const name of ["Seats__c", "Seats_Wanted__c"])
    salesforce.defineField("Lead", { name, label: "L", type: "double", precision: 18, scale: 2 });
  const values = ["a", "b"];
  const list = { label: "L", restrictedPicklist: true, picklistValues: values } as const;
  salesforce.defineField("Lead", { name: "Plan__c", type: "picklist", ...list });
  salesforce.defineField("Lead", { name: "Extras__c", type: "multipicklist", ...list });
}

test.each(["Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata"])(
  "a day is the same day on both sides, whoever enters it, and nobody writes it back: %s",
  async (zone) => {
    await openIn(zone);
    const ann = await couple(world, "ann@example.com");
    ann.salesforce({ Renewal_Day__c: "2026-03-29" });
    await world.settle();
    expect(ann.hubspotValue("renewal_day")).toBe("2026-03-29");
    ann.hubspot({ renewal_day: "2026-10-25" });
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(1);
    expect(await ann.both("renewal_day", "Renewal_Day__c")).toEqual(["2026-10-25", "2026-10-25"]);
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(0);
    expect(await ann.conflicts()).toEqual([]);
  },
);

test.each([
  ["1,234.50", "1234.5"],
  ["3092727991;3881228353", "3092727991"],
  ["about ten", "7"],
])(
  "%s is no number: its field is parked and told once, the rest of the edit is written, and with %s after it all is well",
  async (text, after) => {
    await openIn("UTC");
    const ann = await couple(world, "ann@example.com");
    ann.salesforce({ Seats_Wanted__c: 7 });
    await world.settle();
    ann.hubspot({ seats_text: text, jobtitle: "Biologist" });
    await world.pass(5);
    const run = await world.sync();
    expect([run.outcome, run.rejected]).toEqual(["needs-attention", 1]);
    expect([ann.salesforceValue("Title"), ann.salesforceValue("Seats_Wanted__c")]).toEqual(["Biologist", 7]);
    expect(await world.store.rejects({ limit: 10 })).toMatchObject([
      { fields: ["seats_text"], code: "CANNOT_READ", message: expect.stringContaining("plain number") },
    ]);
    // Told once, not at every look.
    ann.hubspot({ firstname: "Anna" });
    await world.pass(5);
    expect(await world.sync()).toMatchObject({ outcome: "done", rejected: 0 });
    expect(ann.hubspotValue("seats_text")).toBe(text);
    ann.hubspot({ seats_text: after });
    await world.settle();
    expect(ann.salesforceValue("Seats_Wanted__c")).toBe(Number(after));
    expect(await world.store.rejects({ limit: 10 })).toEqual([]);
    expect(await ann.conflicts()).toEqual([]);
  },
);

test("what neither side shows as a day is told of both, and each of the two is over by itself", async () => {
  await openIn("UTC");
  const ann = await couple(world, "ann@example.com");
  ann.hubspot({ reminder: "soon" });
  ann.salesforce({ Reminder__c: "later" });
  await world.settle();
  const told = async () => (await world.store.rejects({ limit: 10 })).map(({ system }) => system).sort();
  expect(await told()).toEqual(["hubspot", "salesforce"]);
  ann.hubspot({ reminder: "2026-10-25" });
  await world.settle();
  expect(await told()).toEqual(["salesforce"]);
  ann.salesforce({ Reminder__c: "2026-10-25" });
  await world.settle();
  expect(await told()).toEqual([]);
});

test("a blank of any kind is an empty text in HubSpot and null in Salesforce, both ways", async () => {
  await openIn("UTC");
  const [ann, bob] = [await couple(world, "ann@example.com"), await couple(world, "bob@example.com")];
  const filled = { renewal_day: "2026-03-29", seats: "3", plan: "a", extras: "a;b" };
  for (const person of [ann, bob]) person.hubspot(filled);
  await world.settle();
  const inSalesforce = ["Renewal_Day__c", "Seats__c", "Plan__c", "Extras__c"];
  expect(inSalesforce.map((name) => bob.salesforceValue(name))).toEqual(["2026-03-29", 3, "a", "a;b"]);
  const requests = watchRequests(world.sandbox.hubspotFaults, world.clock);
  ann.hubspot(Object.fromEntries(Object.keys(filled).map((name) => [name, ""])));
  bob.salesforce(Object.fromEntries(inSalesforce.map((name) => [name, null])));
  await world.pass(5);
  expect(writesOf(await world.sync())).toBe(2);
  expect(inSalesforce.map((name) => ann.salesforceValue(name))).toEqual([null, null, null, null]);
  expect(Object.keys(filled).map((name) => bob.hubspotValue(name) || null)).toEqual([null, null, null, null]);
  const [sent] = requests.bodies("/batch/update").map((body) => JSON.parse(body).inputs[0].properties);
  expect(sent).toMatchObject({ renewal_day: "", seats: "", plan: "", extras: "" });
  await world.pass(5);
  expect(writesOf(await world.sync())).toBe(0);
  expect([...(await ann.conflicts()), ...(await bob.conflicts())]).toEqual([]);
});
