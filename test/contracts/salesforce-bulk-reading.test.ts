/** Everything of a large object read by a query job: the same records as page by page, from wherever an earlier run stopped. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CrmRecord } from "../../src/core/model/record.ts";
import type { ChangePage, ChangeRequest } from "../../src/jobs/ports.ts";
import { collect } from "../support/salesforce-test-client.ts";
import { type SalesforceHarness, salesforceHarness } from "./salesforce-harness.ts";

const FIELDS = [
  "LastName",
  "Title",
  "LeadLoop_Score__c",
  "DoNotCall",
  "Email",
  "LeadLoop_Retry_On__c",
  "Owner.Email",
  "Phone",
];
const EVERYTHING: ChangeRequest = { object: "Lead", fields: FIELDS, windows: [{ from: null, to: null }] };

let harness: SalesforceHarness;
beforeEach(async () => {
  harness = await salesforceHarness();
  const { org, rep } = harness;
  const lead = { Company: "Northwind" };
  org.create(
    "Lead",
    { ...lead, LastName: 'a "quoted", one\nwith two lines', Title: "A;B", LeadLoop_Score__c: 60 },
    rep,
  );
  org.create("Lead", { ...lead, LastName: "Ünal", DoNotCall: true, Email: "u@example.com", LeadLoop_Score__c: 0 }, rep);
  org.create("Lead", { ...lead, LastName: "007", LeadLoop_Retry_On__c: "2026-11-02", Phone: "+49 89 1" }, rep);
  org.remove("Lead", org.create("Lead", { ...lead, LastName: "Gone" }, rep), rep);
  const converted = org.create("Lead", { ...lead, LastName: "Converted" }, rep);
  org.convertLead({ leadId: converted, convertedStatus: "Closed - Converted" }, rep);
  org.setBulkResultRows(2);
});
afterEach(() => harness.close());

const byId = (records: readonly CrmRecord[]) => records.toSorted((one, other) => (one.ref.id < other.ref.id ? -1 : 1));
const recordsOf = (pages: readonly ChangePage[]) => byId(pages.flatMap(({ records }) => records));
const asked = (part: string) => harness.requests.filter(({ path }) => path.includes(part)).length;

test("a job tells the same records as pages do, each value of the same type", async () => {
  const byPages = recordsOf(await collect(harness.connect().readChanges([EVERYTHING])));
  expect(asked("/jobs/query")).toBe(0);
  const pages = await collect(harness.connect({ readFromRecords: 3 }).readChanges([EVERYTHING]));
  expect(asked("/jobs/query")).toBeGreaterThan(0);
  expect(byPages.map(({ fate }) => fate.kind).sort()).toEqual(["converted", "deleted", "live", "live", "live"]);
  expect(recordsOf(pages)).toEqual(byPages);
  expect(pages.filter(({ last }) => last)).toHaveLength(1);
  expect(pages.at(-1)?.last).toBe(true);
});

test.each([
  ["fewer records than it is worth", { readFromRecords: 5 }, EVERYTHING],
  ["never", { readFromRecords: 0 }, EVERYTHING],
  ["a window", { readFromRecords: 1 }, { ...EVERYTHING, windows: [{ from: "2026-01-01T00:00:00.000Z", to: null }] }],
  ["only some of them", { readFromRecords: 1 }, { ...EVERYTHING, onlyWith: "Email" }],
])("no job is made for %s", async (_what, settings, request) => {
  const pages = await collect(harness.connect(settings).readChanges([request]));
  expect(recordsOf(pages).length).toBeGreaterThan(0);
  expect(asked("/jobs/query")).toBe(0);
});

describe("another run", () => {
  test.each(["job", "pages"])("goes on after any page by %s, and misses nobody", async (way) => {
    const settings = { readFromRecords: way === "job" ? 1 : 0 };
    const pages = await collect(harness.connect(settings).readChanges([EVERYTHING]));
    const everybody = recordsOf(pages).map(({ ref }) => ref.id);
    for (const [index, { position, last, serverTime }] of pages.entries()) {
      if (last) continue;
      const after = position ?? "";
      const rest = await collect(harness.connect(settings).readChanges([{ ...EVERYTHING, after }]));
      const known = pages.slice(0, index + 1).flatMap(({ records }) => records.map(({ ref }) => ref.id));
      const met = [...known, ...rest.flatMap(({ records }) => records.map(({ ref }) => ref.id))];
      expect([...new Set(met)].sort()).toEqual(everybody);
      expect(met).toHaveLength(everybody.length);
      // What changed since the first run began may be missing, so the time is still that of its first page.
      expect(rest[0]?.serverTime).toBe(serverTime);
    }
    expect(
      harness.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/jobs/query")),
    ).toHaveLength(way === "job" ? 1 : 0);
  });

  test("reads anew by a new job where Salesforce has cleared the old one away", async () => {
    const client = harness.connect({ readFromRecords: 1 });
    const [first] = await collect(client.readChanges([EVERYTHING]));
    const gone = (first?.position ?? "").replace(/750\w+/, "750000000000999AAA");
    const pages = await collect(harness.connect({ readFromRecords: 1 }).readChanges([{ ...EVERYTHING, after: gone }]));
    expect(recordsOf(pages)).toHaveLength(5);
    expect(harness.logged).toContainEqual(expect.objectContaining({ event: "bulk.ended", state: "gone" }));
  });

  test("reads anew where the place in the result is not known any more", async () => {
    const first = (await collect(harness.connect({ readFromRecords: 1 }).readChanges([EVERYTHING])))[0]?.position ?? "";
    const pages = await collect(
      harness.connect({ readFromRecords: 1 }).readChanges([{ ...EVERYTHING, after: `${first.trim()} nonsense` }]),
    );
    expect(recordsOf(pages)).toHaveLength(5);
  });
});

test.each([
  ["no jobs are left today", "LIMIT_EXCEEDED", 400],
  ["jobs are not for this user", "FUNCTIONALITY_NOT_ENABLED", 403],
])("where %s, pages are read", async (_what, errorCode, status) => {
  const fault = { kind: "answer", status, body: [{ errorCode, message: "no" }] } as const;
  harness.faults.add({ method: "POST", path: "/jobs/query$", fault });
  const pages = await collect(harness.connect({ readFromRecords: 1 }).readChanges([EVERYTHING]));
  expect(recordsOf(pages)).toHaveLength(5);
  expect(harness.logged).toContainEqual(expect.objectContaining({ event: "bulk.refused", object: "Lead" }));
});
