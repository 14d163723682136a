/** Values that two systems hold differently: finer and coarser choices, days and moments, and ids that no number can hold. */
import fc from "fast-check";
import nock from "nock";
import { afterEach, describe, expect, test } from "vitest";
import { SILENT_LOG } from "../../src/app/log.ts";
import { transformNamed } from "../../src/core/mapping/transforms.ts";
import { createHubSpotClient } from "../../src/crm/hubspot/hubspot-client.ts";
import { ConfigFolder } from "../config/config-folder.ts";
import { couple, couples } from "../support/couple.ts";
import { cases } from "../support/law-cases.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld | undefined;
let folder: ConfigFolder | undefined;
afterEach(async () => {
  await world?.close();
  folder?.remove(".");
  [world, folder] = [undefined, undefined];
});

/** A world whose leads have one more line in their mapping, in a time zone. */
async function worldWith(
  line: string,
  options: { readonly zone?: string; readonly start?: string } = {},
): Promise<SyncWorld> {
  folder = new ConfigFolder();
  folder.edit("mappings/contact-lead.yml", "fields:\n", `fields:\n  - ${line}\n`);
  folder.edit("config/connector.yml", "time-zone: UTC", `time-zone: ${options.zone ?? "UTC"}`);
  const folders = { mappingsFolder: folder.path("mappings"), configFolder: folder.path("config") };
  world = await openSyncWorld(database, { folders, ...(options.start === undefined ? {} : { start: options.start }) });
  const moment = { type: "datetime", fieldType: "date", groupName: "contactinformation", label: "Met at" } as const;
  world.sandbox.hubspot.defineProperty({ name: "met_at", ...moment });
  world.sandbox.salesforce.defineField("Lead", { name: "Met_On__c", label: "Met On", type: "date" });
  return world;
}

const runsQuietly = async (present: SyncWorld, runs: number): Promise<void> => {
  for (let run = 0; run < runs; run += 1) {
    await present.pass(5);
    expect(writesOf(await present.sync())).toBe(0);
  }
};

test("two choices in HubSpot that are one in Salesforce: an unrelated edit leaves HubSpot its finer one", async () => {
  const present = await worldWith(
    "{ hubspot: hs_lead_status, salesforce: Rating, rule: two-way, as: picklist, values: { NEW: Warm, OPEN: Warm, IN_PROGRESS: Hot } }",
  );
  const ann = await couple(present, "ann@example.com");
  ann.hubspot({ hs_lead_status: "OPEN" });
  await present.settle();
  expect(ann.salesforceValue("Rating")).toBe("Warm");
  ann.salesforce({ Title: "Biologist" });
  await present.settle();
  ann.hubspot({ hs_lead_status: "NEW" });
  await runsQuietly(present, 2);
  expect(await ann.both("hs_lead_status", "Rating")).toEqual(["NEW", "Warm"]);
  ann.salesforce({ Rating: "Hot" });
  await present.settle();
  expect(ann.hubspotValue("hs_lead_status")).toBe("IN_PROGRESS");
  expect(await ann.conflicts()).toEqual([]);
});

const DAY_LINE = "{ hubspot: met_at, salesforce: Met_On__c, rule: two-way, as: date }";

describe("A moment in HubSpot that is a day in Salesforce", () => {
  test.each([
    ["just before midnight in New York", "2026-03-04T04:59:00.000Z", "2026-03-03"],
    ["just after it", "2026-03-04T05:01:00.000Z", "2026-03-04"],
  ])(
    "%s is the day it was there, nobody sends it back and forth, and the time of day stays",
    async (_, moment, day) => {
      const present = await worldWith(DAY_LINE, { zone: "America/New_York" });
      const ann = await couple(present, "ann@example.com");
      ann.hubspot({ met_at: moment });
      await present.settle();
      expect(ann.salesforceValue("Met_On__c")).toBe(day);
      await runsQuietly(present, 3);
      expect(Date.parse(String(ann.hubspotValue("met_at")))).toBe(Date.parse(moment));
    },
  );

  test.each([
    ["in winter", "2026-03-02T08:00:00.000Z", "2026-03-05", "2026-03-05T05:00:00.000Z"],
    ["in summer", "2026-06-01T08:00:00.000Z", "2026-06-05", "2026-06-05T04:00:00.000Z"],
  ])("fills a blank with the midnight where we are when the day comes first, %s", async (_, start, day, midnight) => {
    const present = await worldWith(DAY_LINE, { zone: "America/New_York", start });
    const ann = await couple(present, "ann@example.com");
    ann.salesforce({ Met_On__c: day });
    await present.settle();
    expect(Date.parse(String(ann.hubspotValue("met_at")))).toBe(Date.parse(midnight));
    expect(ann.salesforceValue("Met_On__c")).toBe(day);
    await runsQuietly(present, 3);
    expect(await present.store.rejects({ limit: 10 })).toEqual([]);
  });

  test("comes with a lead that HubSpot does not have yet", async () => {
    const present = await worldWith(DAY_LINE, { zone: "America/New_York" });
    const { hubspot, salesforce } = present.sandbox;
    const bell = { LastName: "Bell", Company: "Pumps", Email: "bo@example.com", Met_On__c: "2026-03-05" };
    salesforce.create("Lead", bell, salesforce.people.managerId);
    await present.pass(10);
    await present.settle();
    const made = hubspot.contacts().find(({ properties }) => properties["email"] === "bo@example.com");
    expect(Date.parse(String(made?.properties["met_at"]))).toBe(Date.parse("2026-03-05T05:00:00.000Z"));
    await runsQuietly(present, 2);
  });

  test("is right on both sides of the hour that a zone skips", async () => {
    // Berlin goes from 02:00 to 03:00 at 01:00 UTC.
    const present = await worldWith(DAY_LINE, { zone: "Europe/Berlin", start: "2026-03-29T00:20:00.000Z" });
    const ann = await couple(present, "ann@example.com");
    ann.hubspot({ met_at: "2026-03-28T22:59:00.000Z" });
    await present.pass(10);
    await present.sync();
    expect(ann.salesforceValue("Met_On__c")).toBe("2026-03-28");
    await present.pass(30);
    ann.hubspot({ met_at: "2026-03-29T21:59:00.000Z" });
    await present.settle();
    expect(ann.salesforceValue("Met_On__c")).toBe("2026-03-29");
    ann.salesforce({ Met_On__c: "2026-03-30" });
    await present.settle();
    const moment = new Date(String(ann.hubspotValue("met_at")));
    expect(new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(moment)).toBe("2026-03-30");
    await runsQuietly(present, 2);
    expect(await ann.conflicts()).toEqual([]);
  });
});

test("a day is the same day on the way there and back, in every time zone there is", () => {
  const zones = Intl.supportedValuesOf("timeZone");
  expect(zones.length).toBeGreaterThan(300);
  const days = fc.date({ min: new Date("1970-01-02"), max: new Date("2099-12-30"), noInvalidDate: true });
  fc.assert(
    fc.property(fc.constantFrom(...zones), days, (timeZone, at) => {
      const day = at.toISOString().slice(0, 10);
      const transform = transformNamed("date", { timeZone });
      for (const [from, to] of [
        ["salesforce", "hubspot"],
        ["hubspot", "salesforce"],
      ] as const) {
        const written = transform.encode(day, to, undefined);
        expect(transform.decode(day, from)).toEqual({ ok: true, value: day });
        expect(written.ok && transform.decode(written.value, to)).toEqual({ ok: true, value: day });
      }
    }),
    { numRuns: cases(400) },
  );
});

test("ids beyond what a number can hold are kept to the last digit, in paging and in writing", async () => {
  const first = 9_007_199_254_740_993n;
  const ids = Array.from({ length: 200 }, (_, index) => String(first + BigInt(index * 2)));
  const row = (id: string) => ({
    id,
    properties: { hs_object_id: id, lastmodifieddate: "2026-03-02T08:00:00.000Z" },
    createdAt: "2026-03-02T08:00:00.000Z",
    updatedAt: "2026-03-02T08:00:00.000Z",
    archived: false,
  });
  const asked: string[] = [];
  const written: string[] = [];
  const host = nock("https://api.hubapi.com");
  for (const results of [ids.map(row), []])
    host
      .post("/crm/v3/objects/contacts/search", (body) => asked.push(JSON.stringify(body)) > 0)
      .reply(
        200,
        { total: 201, results, ...(results.length === 0 ? {} : { paging: { next: { after: "200" } } }) },
        { Date: "Mon, 02 Mar 2026 08:00:00 GMT" },
      );
  host
    .post("/crm/v3/objects/contacts/batch/update", (body) => written.push(JSON.stringify(body)) > 0)
    .reply(200, { status: "COMPLETE", results: [row(ids[199] ?? "")] });
  const pace = { burst: 190, burstSeconds: 10, searchPerSecond: 4, concurrency: 4 };
  const budget = { perRun: 100, perDay: null, dailyReserveShare: 0 };
  const client = createHubSpotClient({
    accessToken: "pat-test",
    clock: { now: () => "2026-03-02T09:00:00.000Z", sleep: async () => undefined },
    log: SILENT_LOG,
    settings: { calls: { hubspot: budget, salesforce: budget }, hubspot: pace },
    requestTimeoutMs: 2_000,
    random: () => 0.5,
  });
  const read: string[] = [];
  for await (const page of client.readChanges([
    { object: "contacts", fields: [], windows: [{ from: null, to: null }] },
  ]))
    read.push(...page.records.map(({ ref }) => ref.id));
  expect(read).toEqual(ids);
  expect(asked[1]).toContain(`"value":"${ids[199]}"`);
  await client.write([
    {
      key: "k",
      link: "l",
      recordName: "Somebody",
      system: "hubspot",
      object: "contacts",
      id: ids[199] ?? "",
      operation: "update",
      fields: { jobtitle: { from: null, to: "Biologist", rule: "two-way" } },
      reason: "test",
      unique: null,
      ifUnmodifiedSince: null,
      step: 1,
      purpose: "fields",
    },
  ]);
  expect(written[0]).toContain(`"id":"${ids[199]}"`);
  nock.cleanAll();
});

test("the moment a stage was entered has fractions in HubSpot and none in Salesforce: it is written once", async () => {
  world = await openSyncWorld(database, { start: "2026-03-02T08:00:00.432Z" });
  const ann = await couple(world, "ann@example.com");
  ann.hubspot({ lifecyclestage: "customer" });
  await world.settle();
  const entered = ann.hubspotValue("leadloop_customer_at");
  expect(Date.parse(String(ann.salesforceValue("LeadLoop_Customer_At__c")))).toBe(Date.parse(String(entered)));
  ann.salesforce({ Title: "Biologist" });
  await world.settle();
  ann.hubspot({ jobtitle: "Botanist" });
  await world.settle();
  expect(ann.salesforceValue("Title")).toBe("Botanist");
  await runsQuietly(world, 3);
});

test.each([
  ["to summer time", "2026-03-29T00:40:00.000Z", "2026-03-29T00:59:30.000Z", "2026-03-29T01:00:30.000Z"],
  ["back from it", "2026-10-25T00:40:00.000Z", "2026-10-25T00:59:30.000Z", "2026-10-25T01:00:30.000Z"],
])(
  "runs before, over and after the change %s hand over once, keep the day of each moment, and come to rest",
  async (_when, start, before, after) => {
    const present = await worldWith(DAY_LINE, {
      zone: "Europe/Berlin",
      start: new Date(Date.parse(start) - 86_400_000).toISOString(),
    });
    const [ann, bob] = await couples(present, 2);
    await present.pass((Date.parse(start) - Date.parse(present.clock.now())) / 60_000);
    ann?.hubspot({ met_at: before, lifecyclestage: "marketingqualifiedlead" });
    await present.pass(15);
    await present.sync();
    // This run is on the other side of the change.
    bob?.hubspot({ met_at: after, lifecyclestage: "marketingqualifiedlead" });
    await present.pass(10);
    await present.sync();
    await present.settle();
    await runsQuietly(present, 12);
    const day = start.slice(0, 10);
    expect([ann?.salesforceValue("Met_On__c"), bob?.salesforceValue("Met_On__c")]).toEqual([day, day]);
    expect([ann?.hubspotValue("met_at"), bob?.hubspotValue("met_at")].map((at) => Date.parse(at ?? ""))).toEqual(
      [before, after].map((at) => Date.parse(at)),
    );
    const tasks = present.sandbox.salesforce.records("Task");
    expect(tasks).toHaveLength(2);
    // The deadlines are in working hours of the same day, on whichever side the lead came.
    expect(new Set(tasks.map((task) => task["ActivityDate"])).size).toBe(1);
  },
);
