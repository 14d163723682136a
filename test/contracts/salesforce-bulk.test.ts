/** Salesforce's bulk jobs through our client: what a table can hold, how far a job is, and what became of each of its rows. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Write } from "../../src/core/model/plan.ts";
import type { BulkDelivery, BulkKind } from "../../src/jobs/ports.ts";
import { write } from "../support/salesforce-test-client.ts";
import { type SalesforceHarness, salesforceHarness } from "./salesforce-harness.ts";

const UPSERT: BulkKind = { object: "Lead", operation: "upsert", keyField: "LeadLoop_Key__c" };
const UPDATE: BulkKind = { object: "Lead", operation: "update", keyField: null };
let harness: SalesforceHarness;
let bulk: BulkDelivery;

beforeEach(async () => {
  harness = await salesforceHarness();
  bulk = harness.connect().bulk!;
});
afterEach(() => harness.close());

type Values = Readonly<Record<string, string | number | boolean | null>>;

function creation(key: string, values: Values = {}): Write {
  const all = { LastName: "Vance", Company: "Northwind", ...values };
  return write({
    key: `${key}:1:salesforce`,
    id: null,
    operation: "create",
    purpose: "create",
    unique: { field: "LeadLoop_Key__c", value: key },
    ifUnmodifiedSince: null,
    fields: all,
  });
}

const update = (id: string, values: Values): Write =>
  write({ key: `${id}:salesforce`, id, ifUnmodifiedSince: null, fields: values });

async function opened(kind: BulkKind): Promise<string> {
  const job = await bulk.open(kind);
  if ("refused" in job) throw new Error(job.refused);
  return job.id;
}

async function done(kind: BulkKind, writes: readonly Write[]) {
  const id = await opened(kind);
  await bulk.upload(id, kind, writes);
  await bulk.start(id);
  const states: string[] = [];
  for (let asked = 0; asked < 3; asked += 1) states.push((await bulk.progress(id)).state);
  const results = await bulk.results(id, kind);
  return { id, states, outcomes: writes.map((one) => results.of(one).outcome) };
}

describe("what travels by job", () => {
  test.each<[string, boolean, Write]>([
    ["a create under its key", true, creation("a")],
    ["an update by id", true, update("00Q4S000002sSacUAE", { Title: "CEO" })],
    ["a create without a key", false, { ...creation("a"), unique: null }],
    ["an update of a damaged id", false, update("nonsense", { Title: "CEO" })],
    [
      "a conditional update",
      false,
      { ...update("00Q4S000002sSacUAE", {}), ifUnmodifiedSince: "2026-10-05T12:00:00.000Z" },
    ],
    ["a task", false, { ...creation("a"), purpose: "task" }],
    ["a text that a table would read as blank", false, creation("a", { Title: "#N/A" })],
    ["a text with a carriage return", false, creation("a", { Title: "one\r\ntwo" })],
  ])("%s: %s", (_what, suits, one) => {
    expect(bulk.suits(one)).toBe(suits);
  });
});

test("a job creates and updates by key, whatever its values hold, and blanks only what it names", async () => {
  const first = creation("k1", { Title: 'a "quoted", one\nwith two lines', Phone: "1", LeadLoop_Score__c: 60 });
  const { states, outcomes } = await done(UPSERT, [first, creation("k2", { DoNotCall: true })]);
  expect(states).toEqual(["working", "complete", "complete"]);
  expect(outcomes).toMatchObject([
    { kind: "written", created: true },
    { kind: "written", created: true },
  ]);
  const again = await done(UPSERT, [creation("K1", { Phone: null })]);
  expect(again.outcomes).toMatchObject([{ kind: "written", created: false }]);
  const leads = harness.org.records("Lead");
  expect(leads).toHaveLength(2);
  expect(leads.find((lead) => lead["LeadLoop_Key__c"] === "k1")).toMatchObject({
    Title: 'a "quoted", one\nwith two lines',
    Phone: null,
    LeadLoop_Score__c: 60,
  });
  expect(leads.find((lead) => lead["LeadLoop_Key__c"] === "k2")).toMatchObject({ DoNotCall: true, Phone: null });
});

test("an update finds its record by id; each refused row says what the error table makes of it", async () => {
  const { org, rep } = harness;
  const id = harness.people.create({ lastName: "Lee", email: "lee@example.com" });
  const gone = harness.people.create({ lastName: "Gone" });
  org.remove("Lead", gone, rep);
  const locked = harness.people.create({ lastName: "Locked" });
  org.lockRows([locked], 1);
  const { outcomes } = await done(UPDATE, [
    update(id, { Title: "CEO" }),
    update(gone, { Title: "CEO" }),
    update(locked, { Title: "CEO" }),
    update(harness.people.create({ lastName: "Odd" }), { Email: "no address" }),
  ]);
  expect(outcomes).toMatchObject([
    { kind: "written", id, created: false },
    { kind: "gone" },
    { kind: "deferred", message: expect.stringContaining("UNABLE_TO_LOCK_ROW") },
    { kind: "rejected", code: "INVALID_EMAIL_ADDRESS", fields: ["Email"] },
  ]);
});

test("a row that no result names may be written or not", async () => {
  const { id } = await done(UPSERT, [creation("k1")]);
  const results = await bulk.results(id, UPSERT);
  expect(results.of(creation("other")).outcome.kind).toBe("unknown");
});

test("a job that fails as a whole leaves its rows undone, and says why", async () => {
  const { id, states, outcomes } = await done(UPSERT, [creation("k1", { No_Such_Field__c: "x" })]);
  expect(states.at(-1)).toBe("failed");
  expect((await bulk.progress(id)).message).toContain("No_Such_Field__c");
  expect(outcomes).toMatchObject([{ kind: "deferred" }]);
  expect(harness.org.records("Lead")).toEqual([]);
});

describe("a job that was not started", () => {
  test("writes nothing, and can be ended; one that has begun can not", async () => {
    const id = await opened(UPSERT);
    await bulk.upload(id, UPSERT, [creation("k1")]);
    expect((await bulk.progress(id)).state).toBe("open");
    expect(await bulk.abort(id)).toBe(true);
    expect((await bulk.progress(id)).state).toBe("aborted");
    expect(harness.org.records("Lead")).toEqual([]);
    const { id: complete } = await done(UPSERT, [creation("k2")]);
    expect(await bulk.abort(complete)).toBe(false);
  });

  test("is refused with Salesforce's reason", async () => {
    expect(await bulk.open({ ...UPSERT, keyField: "Title" })).toMatchObject({
      refused: expect.stringContaining("INVALIDJOB"),
    });
  });

  test("is gone when Salesforce has forgotten it", async () => {
    expect(await bulk.progress("750000000000001AAA")).toMatchObject({ state: "gone" });
  });
});

test("the answer to a start may get lost: the job shows whether it has begun", async () => {
  const id = await opened(UPSERT);
  await bulk.upload(id, UPSERT, [creation("k1")]);
  harness.faults.add({ method: "PATCH", path: "/jobs/ingest/", fault: { kind: "drop-after" } });
  await bulk.start(id);
  expect((await bulk.progress(id)).state).toBe("working");
});
