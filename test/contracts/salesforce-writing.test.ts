import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Write, WriteOutcome } from "../../src/core/model/plan.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import { write } from "../support/salesforce-test-client.ts";
import { type SalesforceHarness, salesforceHarness } from "./salesforce-harness.ts";

let harness: SalesforceHarness;
let client: CrmClient;

beforeEach(async () => {
  harness = await salesforceHarness();
  client = harness.connect();
});
afterEach(() => harness.close());

function lead(values: Readonly<Record<string, unknown>> = {}): string {
  return harness.org.create("Lead", { LastName: "Vance", Company: "Northwind", ...values }, harness.rep);
}

function leads(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => lead({ LastName: `Vance ${index}` }));
}

function creation(key: string, fields: Parameters<typeof write>[0]["fields"] = {}): Write {
  return write({
    unique: { field: "LeadLoop_Key__c", value: key },
    fields: { LastName: "Vance", Company: "Northwind", ...fields },
  });
}

/** The last second in which the record was changed, as a reader would have seen it. */
function modified(id: string): string {
  return new Date(Date.parse(String(harness.org.record("Lead", id)?.["LastModifiedDate"]))).toISOString();
}

function kinds(outcomes: readonly WriteOutcome[]): readonly string[] {
  return [...new Set(outcomes.map(({ kind }) => kind))];
}

describe("batches", () => {
  test("carry 200 updates or 25 conditional ones, of any objects", async () => {
    const ids = leads(230);
    const contact = harness.org.create("Contact", { LastName: "Reyes" }, harness.rep);
    harness.clock.advance(5_000);
    const one = await client.write([...ids.map((id) => write({ id })), write({ id: contact, object: "Contact" })]);
    expect([kinds(one), client.calls]).toEqual([["written"], 2]);
    const before = client.calls;
    const guarded = ids.slice(0, 60).map((id) => write({ id, ifUnmodifiedSince: modified(id) }));
    harness.clock.advance(5_000);
    expect([kinds(await client.write(guarded)), client.calls - before]).toEqual([["written"], 3]);
  });

  test("keep the owner that was chosen although an assignment rule is active", async () => {
    harness.org.setAutoAssign(harness.org.people.managerId);
    const [id] = leads(1);
    const owner = harness.org.people.repIds[2] ?? "";
    const outcomes = await client.write([
      creation("key-1", { OwnerId: owner }),
      write({ id: id ?? "", fields: { OwnerId: owner } }),
      write({ id: id ?? "", key: "guarded", fields: { Title: "CEO" }, ifUnmodifiedSince: "2026-10-05T13:00:00.000Z" }),
    ]);
    expect(kinds(outcomes)).toEqual(["written"]);
    expect(harness.org.records("Lead").map((record) => record["OwnerId"])).toEqual([owner, owner]);
  });

  test("hold a record once: a second write to it follows in a later batch", async () => {
    const id = lead();
    const outcomes = await client.write([
      write({ id, key: "a", fields: { Title: "First" } }),
      write({ id, key: "b", fields: { Title: "Second" } }),
    ]);
    expect([kinds(outcomes), client.calls]).toEqual([["written"], 2]);
    expect(harness.org.record("Lead", id)?.["Title"]).toBe("Second");
  });

  test("that are refused whole are halved down to the row at fault", async () => {
    const ids = leads(8);
    await client.account();
    const fault = {
      kind: "answer" as const,
      status: 400,
      body: [{ message: "Unexpected character", errorCode: "JSON_PARSER_ERROR" }],
    };
    harness.faults.add({ path: "/composite/sobjects", body: "poison", times: 99, fault });
    const outcomes = await client.write(
      ids.map((id, index) => write({ id, fields: { Title: index === 5 ? "poison" : "CTO" } })),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(ids.map((_, index) => (index === 5 ? "rejected" : "written")));
    expect(
      harness.logged.filter(({ event }) => event === "batch.split").map((event) => "size" in event && event.size),
    ).toEqual([8, 4, 2]);
  });

  test("with a link that is damaged reject that write and send the others", async () => {
    const id = lead();
    expect(await client.write([write({ id: "00Q/../x" }), write({ id })])).toMatchObject([
      { kind: "rejected", code: "MALFORMED_ID" },
      { kind: "written", id },
    ]);
  });

  test("count characters of every script right", async () => {
    const id = lead();
    await client.write([write({ id, fields: { Title: "Geschäftsführerin 東京 😀" } })]);
    expect(harness.org.record("Lead", id)?.["Title"]).toBe("Geschäftsführerin 東京 😀");
  });
});

describe("conditional updates", () => {
  test("wait once, all together, until the second of the last change is over", async () => {
    const ids = leads(60);
    await client.limits();
    const before = harness.clock.now();
    await client.write(ids.map((id) => write({ id, ifUnmodifiedSince: modified(id) })));
    expect(harness.clock.now() - before).toBe(1_000);
    expect(Math.floor(harness.clock.now() / 1000)).toBe(Math.floor(before / 1000) + 1);
  });

  test("do not wait for changes of earlier seconds", async () => {
    const id = lead();
    harness.clock.advance(2_000);
    await client.limits();
    const before = harness.clock.now();
    await client.write([write({ id, ifUnmodifiedSince: modified(id) })]);
    expect(harness.clock.now()).toBe(before);
  });

  test("of converted and deleted leads are gone", async () => {
    const [converted, deleted] = [lead(), lead()];
    const seen = "2026-10-05T13:00:00.000Z";
    harness.org.convertLead({ leadId: converted, convertedStatus: "Closed - Converted" }, harness.rep);
    harness.org.remove("Lead", deleted, harness.rep);
    const guarded = [converted, deleted].map((id) => write({ id, ifUnmodifiedSince: seen }));
    expect(kinds(await client.write(guarded))).toEqual(["gone"]);
    expect(kinds(await client.write([converted, deleted].map((id) => write({ id }))))).toEqual(["gone"]);
  });

  test("whose answer is lost are unknown, all of the call and no other", async () => {
    const ids = leads(50);
    harness.clock.advance(5_000);
    await client.account();
    harness.faults.add({ path: "/composite$", fault: { kind: "drop-after" } });
    const outcomes = await client.write(ids.map((id) => write({ id, ifUnmodifiedSince: modified(id) })));
    expect(outcomes.filter(({ kind }) => kind === "unknown")).toHaveLength(25);
    expect(outcomes.filter(({ kind }) => kind === "written")).toHaveLength(25);
  });
});

describe("rows", () => {
  test("that were locked are tried again in smaller batches", async () => {
    const ids = leads(30);
    harness.org.lockRows(ids.slice(0, 12), 2);
    const outcomes = await client.write(ids.map((id) => write({ id })));
    expect(kinds(outcomes)).toEqual(["written"]);
    expect(harness.logged.filter(({ event }) => event === "http.retried")).toHaveLength(2);
    expect(client.calls).toBe(1 + 1 + 2);
  });

  test("that stay locked are left to the next run, the others are written", async () => {
    const [locked = "", free = ""] = leads(2);
    harness.org.lockRows([locked], 99);
    const outcomes = await client.write([write({ id: locked }), write({ id: free })]);
    expect(outcomes).toMatchObject([
      { kind: "deferred", message: expect.stringContaining("UNABLE_TO_LOCK_ROW") },
      { kind: "written" },
    ]);
  });

  test.each([
    ["a value too long", { Title: "x".repeat(500) }, "STRING_TOO_LONG", ["Title"]],
    [
      "a picklist value that does not exist",
      { LeadLoop_Stage__c: "Nope" },
      "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
      ["LeadLoop_Stage__c"],
    ],
    ["an address that is none", { Email: "nobody" }, "INVALID_EMAIL_ADDRESS", ["Email"]],
    ["a required field made blank", { LastName: null }, "REQUIRED_FIELD_MISSING", ["LastName"]],
    ["a field that does not exist", { Nope__c: "x" }, "INVALID_FIELD", []],
  ])("with %s are rejected with the code and the field", async (_what, fields, code, names) => {
    const [outcome] = await client.write([write({ id: lead(), fields })]);
    expect(outcome).toMatchObject({ kind: "rejected", code, fields: expect.arrayContaining(names), existingId: null });
  });

  test("with an owner who left are rejected", async () => {
    const [outcome] = await client.write([write({ id: lead(), fields: { OwnerId: harness.org.people.formerRepId } })]);
    expect(outcome).toMatchObject({ kind: "rejected", fields: ["OwnerId"] });
  });

  test("refused by a validation rule carry its message", async () => {
    harness.org.addValidationRule("Lead", {
      name: "NoCto",
      message: "We do not sell to CTOs.",
      field: "Title",
      refuses: ({ Title }) => Title === "CTO",
    });
    expect(await client.write([write({ id: lead() })])).toMatchObject([
      {
        kind: "rejected",
        code: "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        message: "We do not sell to CTOs.",
        fields: ["Title"],
      },
    ]);
  });

  test("refused by a duplicate rule are not forced through, and name the record that is there", async () => {
    const holder = lead({ Email: "ada@example.com" });
    harness.org.addDuplicateRule("Lead", { name: "Standard_Lead_Duplicate_Rule", mode: "alert", matchOn: ["Email"] });
    const [outcome] = await client.write([creation("key-1", { Email: "ada@example.com" })]);
    expect(outcome).toMatchObject({ kind: "rejected", code: "DUPLICATES_DETECTED" });
    expect([holder, null]).toContain(outcome?.kind === "rejected" ? outcome.existingId : undefined);
    expect(harness.people.count()).toBe(1);
  });

  test("whose unique value another record holds name that record", async () => {
    const holder = lead({ LeadLoop_Key__c: "key-1" });
    const [outcome] = await client.write([write({ id: lead(), fields: { LeadLoop_Key__c: "key-1" } })]);
    const fields = ["LeadLoop_Key__c"];
    expect(outcome).toMatchObject({ kind: "rejected", code: "DUPLICATE_VALUE", existingId: holder, fields });
  });
});

describe("tasks", () => {
  test("are there once however often they are sent", async () => {
    const who = lead();
    const task = write({
      object: "Task",
      purpose: "task",
      unique: { field: "LeadLoop_Cause__c", value: "cause-1" },
      fields: { Subject: "Call Ada", Status: "Not Started", Priority: "High", WhoId: who, ActivityDate: "2026-10-06" },
    });
    const [first] = await client.write([task]);
    const [second] = await client.write([task]);
    expect([first, second]).toMatchObject([
      { kind: "written", created: true },
      { kind: "written", created: false },
    ]);
    expect(harness.org.records("Task")).toHaveLength(1);
  });

  test("stay as the rep left them when a first try arrives late", async () => {
    const task = write({
      object: "Task",
      purpose: "task",
      unique: { field: "LeadLoop_Cause__c", value: "cause-2" },
      fields: {
        Subject: "Call Ada",
        Status: "Not Started",
        Priority: "High",
        WhoId: lead(),
        ActivityDate: "2026-10-06",
      },
    });
    const [made] = await client.write([task]);
    const id = made?.kind === "written" ? made.id : "";
    harness.org.edit("Task", id, { Status: "Completed", Subject: "Called Ada" }, String(harness.org.people.repIds[0]));
    expect(await client.write([task])).toMatchObject([{ kind: "written", id, created: false }]);
    expect(harness.org.record("Task", id)).toMatchObject({ Status: "Completed", Subject: "Called Ada" });
  });
});

describe("a stop in the middle", () => {
  test("defers what was not sent and keeps what was written", async () => {
    const ids = leads(600);
    await client.account();
    const limit = {
      kind: "answer" as const,
      status: 403,
      body: [{ message: "TotalRequests Limit exceeded.", errorCode: "REQUEST_LIMIT_EXCEEDED" }],
    };
    harness.faults.add({ path: "/composite/sobjects", skip: 1, times: 99, fault: limit });
    const outcomes = await client.write(ids.map((id) => write({ id })));
    const changed = harness.org.records("Lead").filter((record) => record["Title"] === "CTO").length;
    expect(outcomes.filter(({ kind }) => kind === "written")).toHaveLength(changed);
    expect(outcomes.filter(({ kind }) => kind === "deferred")).toHaveLength(600 - changed);
    expect(changed).toBe(200);
    await expect(client.write([write({ id: ids[0] ?? "" })])).rejects.toMatchObject({ kind: "paused" });
  });

  test("by storage that is full stops the run and says so", async () => {
    const id = lead();
    await client.account();
    const full = [
      {
        success: false,
        errors: [{ statusCode: "STORAGE_LIMIT_EXCEEDED", message: "storage limit exceeded", fields: [] }],
      },
    ];
    harness.faults.add({ path: "/composite/sobjects", fault: { kind: "answer", status: 200, body: full } });
    await expect(client.write([write({ id })])).rejects.toThrow(/STORAGE_LIMIT_EXCEEDED.*no data storage left/);
  });
});
