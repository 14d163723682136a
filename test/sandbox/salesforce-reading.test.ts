import { describe, expect, test } from "vitest";
import { quiet, salesforceCaller, startOfTests } from "./salesforce-caller.ts";

const lead = (LastName: string, more: Record<string, unknown> = {}) => ({ LastName, Company: "C", ...more });

/** Five leads, one second apart. */
function withLeads() {
  const caller = salesforceCaller();
  const { salesforce, clock } = caller.sandbox;
  const rows = [
    lead("Ann", {
      Email: "ann@example.com",
      NumberOfEmployees: 10,
      LeadLoop_Retry_On__c: "2026-02-01",
      Product_Interest__c: "analytics;reporting",
    }),
    lead("Bob", { Email: "bob@example.com", NumberOfEmployees: 20, DoNotCall: true }),
    lead("Cat", { NumberOfEmployees: 20, Product_Interest__c: "reporting" }),
    lead("Dan_1", { Email: "o'x\\@example.com".replace("\\", ""), Title: "100%" }),
    lead("ed", { Title: "O'Neil \\ Co" }),
  ];
  const ids = rows.map((row) => {
    const id = salesforce.create("Lead", row, caller.reps[1]!);
    clock.advance(1_000);
    return id;
  });
  return { ...caller, ids };
}

describe("WHERE", () => {
  test.each([
    ["Email = 'ANN@example.com'", ["Ann"]],
    ["Email != 'ann@example.com'", ["Bob", "Cat", "Dan_1", "ed"]],
    ["Email = null", ["Cat", "ed"]],
    ["Email != null AND DoNotCall = false", ["Ann", "Dan_1"]],
    ["NumberOfEmployees > 10", ["Bob", "Cat"]],
    ["NumberOfEmployees <= 10", ["Ann"]],
    ["NumberOfEmployees IN (10, 99)", ["Ann"]],
    ["LastName IN ('bob','CAT','zed')", ["Bob", "Cat"]],
    ["LastName NOT IN ('bob','CAT')", ["Ann", "Dan_1", "ed"]],
    ["LastName LIKE '%a%'", ["Ann", "Cat", "Dan_1"]],
    ["LastName LIKE '_d'", ["ed"]],
    ["Title = 'O\\'Neil \\\\ Co'", ["ed"]],
    ["Title LIKE '100%'", ["Dan_1"]],
    ["LeadLoop_Retry_On__c >= 2026-02-01", ["Ann"]],
    ["CreatedDate > 2026-01-05T09:00:02Z", ["Dan_1", "ed"]],
    ["CreatedDate >= 2026-01-05T11:00:03+02:00", ["Dan_1", "ed"]],
    ["CreatedDate = TODAY", ["Ann", "Bob", "Cat", "Dan_1", "ed"]],
    ["NOT LastName = 'Ann' AND NumberOfEmployees = 20", ["Bob", "Cat"]],
    ["NOT (LastName = 'Ann' OR NumberOfEmployees = 20)", ["Dan_1", "ed"]],
    ["LastName = 'Ann' OR (NumberOfEmployees = 20 AND DoNotCall = true)", ["Ann", "Bob"]],
    ["(LastName = 'Ann' OR LastName = 'Bob') AND DoNotCall = true", ["Bob"]],
    ["Product_Interest__c INCLUDES ('analytics;reporting')", ["Ann"]],
    ["Product_Interest__c INCLUDES ('analytics','reporting')", ["Ann", "Cat"]],
    ["Owner.Email LIKE 'ben.%'", ["Ann", "Bob", "Cat", "Dan_1", "ed"]],
    ["Id > ''", ["Ann", "Bob", "Cat", "Dan_1", "ed"]],
  ])("%s", (where, expected) => {
    expect(withLeads().values(`SELECT LastName FROM Lead WHERE ${where}`, "LastName")).toEqual(expected);
  });

  test.each([
    ["SELECT Nope FROM Lead", "INVALID_FIELD"],
    ["SELECT Id FROM Lead WHERE Nope = 1", "INVALID_FIELD"],
    ["SELECT Id FROM Lead ORDER BY Nope", "INVALID_FIELD"],
    ["SELECT Nope.Id FROM Lead", "INVALID_FIELD"],
    ["SELECT Id FROM Lead WHERE DoNotCall = 'true'", "INVALID_FIELD"],
    ["SELECT Id FROM Lead WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD"],
    ["SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD"],
    ["SELECT Id FROM Nope", "INVALID_TYPE"],
    ["SELECT Id FROM Lead WHERE", "MALFORMED_QUERY"],
    ["SELECT FROM Lead", "MALFORMED_QUERY"],
    ["SELECT Id, Id FROM Lead", "MALFORMED_QUERY"],
    ["SELECT Id FROM Lead WHERE Id = '1' AND Id = '2' OR Id = '3'", "MALFORMED_QUERY"],
    ["SELECT Id FROM Lead WHERE Email = 'o'x'", "MALFORMED_QUERY"],
    ["SELECT Id FROM Lead WHERE Id = 'not an id at all'", "INVALID_QUERY_FILTER_OPERATOR"],
    ["SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"],
  ])("%s is refused with %s", (soql, code) => {
    const answer = salesforceCaller().query(soql);
    expect([answer.status, answer.body[0].errorCode]).toEqual([400, code]);
  });
});

test("ORDER BY takes several fields, directions and places for nulls", () => {
  const { values } = withLeads();
  const order = (by: string) => values(`SELECT LastName FROM Lead ORDER BY ${by}`, "LastName");
  expect(order("NumberOfEmployees DESC NULLS LAST, LastName DESC")).toEqual(["Cat", "Bob", "Ann", "ed", "Dan_1"]);
  expect(order("NumberOfEmployees, LastName")).toEqual(["Dan_1", "ed", "Ann", "Bob", "Cat"]);
  expect(order("LastName LIMIT 2 OFFSET 1")).toEqual(["Bob", "Cat"]);
});

test("a lead shows its parents' fields, null where there is none", () => {
  const { query, sandbox, reps } = withLeads();
  const { records } = query("SELECT Id, Owner.Name, Owner.Email, ConvertedAccount.Name FROM Lead LIMIT 1").body;
  expect(records[0]).toMatchObject({
    attributes: { type: "Lead", url: expect.stringContaining("/services/data/v66.0/sobjects/Lead/00Q") },
    Owner: { attributes: { type: "User" }, Name: "Ben Whitlock", Email: "ben.whitlock@northwind.example.com" },
    ConvertedAccount: null,
  });
  const account = sandbox.salesforce.create("Account", { Name: "Acme" }, reps[0]!);
  sandbox.salesforce.create("Contact", { LastName: "X", AccountId: account }, reps[0]!);
  const contact = query("SELECT Account.Name, Account.Owner.Name FROM Contact").body.records[0];
  expect([contact.Account.Name, contact.Account.Owner.Name]).toEqual(["Acme", "Amara Okafor"]);
});

test("counts and groups", () => {
  const { query } = withLeads();
  expect(query("SELECT COUNT() FROM Lead WHERE NumberOfEmployees = 20").body).toEqual({
    totalSize: 2,
    done: true,
    records: [],
  });
  const grouped = query(
    "SELECT NumberOfEmployees, COUNT(Id), MAX(LastName) highest FROM Lead GROUP BY NumberOfEmployees",
  ).body;
  expect(grouped.records).toContainEqual({
    attributes: { type: "AggregateResult" },
    NumberOfEmployees: 20,
    expr0: 2,
    highest: "Cat",
  });
});

test("results come in pages of at most 2,000 with a locator that expires", () => {
  const { query, call, sandbox, reps } = salesforceCaller({ salesforceApp: { queryLocatorTtlMs: 60_000 } });
  for (let index = 0; index < 4_100; index += 1) sandbox.salesforce.create("Lead", lead(`L${index}`), reps[0]!);
  const seen = new Set<string>();
  const collect = (body: { records: { Id: string }[] }) => body.records.forEach((row) => void seen.add(row.Id));
  const first = query("SELECT Id FROM Lead").body;
  collect(first);
  expect([first.totalSize, first.done, first.records.length]).toEqual([4_100, false, 2_000]);
  const path = (url: string) => url.replace("/services/data/v66.0", "");
  const second = call("GET", path(first.nextRecordsUrl)).body;
  collect(second);
  const third = call("GET", path(second.nextRecordsUrl)).body;
  collect(third);
  expect([third.done, third.records.length, seen.size]).toEqual([true, 100, 4_100]);
  const small = call("GET", "/query?q=SELECT+Id+FROM+Lead", undefined, { "sforce-query-options": "batchSize=250" });
  expect(small.body.records).toHaveLength(250);
  sandbox.clock.advance(60_000);
  expect(call("GET", path(first.nextRecordsUrl)).body[0].errorCode).toBe("INVALID_QUERY_LOCATOR");
});

test("a keyset over (SystemModstamp, Id) reads every row once, whatever the order of edits within a second", () => {
  const { query, sandbox, reps } = salesforceCaller();
  const org = sandbox.salesforce;
  const ids = Array.from({ length: 60 }, (_, index) => org.create("Lead", lead(`L${index}`), reps[0]!));
  sandbox.clock.advance(5_000);
  for (const id of ids.slice(0, 30).reverse()) org.edit("Lead", id, { Phone: "1" }, reps[0]!);
  const read: string[] = [];
  let stamp = "2000-01-01T00:00:00.000Z";
  let last = "";
  for (;;) {
    const where = `SystemModstamp >= ${stamp} AND (SystemModstamp > ${stamp} OR Id > '${last}')`;
    const { records } = query(
      `SELECT Id, SystemModstamp FROM Lead WHERE ${where} ORDER BY SystemModstamp ASC, Id ASC LIMIT 7`,
    ).body;
    for (const row of records) read.push(row.Id);
    if (records.length < 7) break;
    stamp = records.at(-1).SystemModstamp.replace("+0000", "Z");
    last = records.at(-1).Id;
  }
  expect(read).toEqual([...ids.slice(30), ...ids.slice(0, 30)]);
});

describe("with a commit delay", () => {
  test("a write becomes visible later than its stamp says", () => {
    const { query, call, sandbox, reps } = salesforceCaller();
    const org = sandbox.salesforce;
    const old = org.create("Lead", lead("Old"), reps[0]!);
    sandbox.clock.advance(10_000);
    org.setCommitDelay(30_000);
    org.edit("Lead", old, { Phone: "new" }, reps[0]!);
    const made = call("POST", "/sobjects/Lead", lead("Made"), quiet).body.id;
    const seen = () => query("SELECT Id, Phone FROM Lead ORDER BY SystemModstamp, Id").body.records;
    expect(seen().map((row: { Phone: unknown }) => row.Phone)).toEqual([null]);
    expect(call("GET", `/sobjects/Lead/${made}`).status).toBe(404);
    sandbox.clock.advance(29_000);
    expect(seen()).toHaveLength(1);
    sandbox.clock.advance(1_000);
    expect(seen().map((row: { Phone: unknown }) => row.Phone)).toEqual(["new", null]);
    expect(org.record("Lead", old)?.["SystemModstamp"]).toBe("2026-01-05T09:00:10.000+0000");
  });

  test("the updated list says how far it can be trusted", () => {
    const { call, sandbox } = salesforceCaller();
    sandbox.salesforce.setCommitDelay(180_000);
    sandbox.clock.advance(600_000);
    const window = "start=2026-01-05T09:00:00%2B00:00&end=2026-01-05T09:30:00%2B00:00";
    expect(call("GET", `/sobjects/Lead/updated?${window}`).body).toEqual({
      ids: [],
      latestDateCovered: "2026-01-05T09:07:00.000+0000",
    });
  });
});

test("updated and deleted list the ids of a window of minutes", () => {
  const { call, sandbox, reps } = salesforceCaller();
  const [kept, gone] = [0, 1].map((index) => sandbox.salesforce.create("Lead", lead(`L${index}`), reps[0]!));
  sandbox.clock.advance(120_000);
  sandbox.salesforce.remove("Lead", gone!, reps[0]!);
  const window = "start=2026-01-05T09:00:30%2B00:00&end=2026-01-05T09:10:59%2B00:00";
  expect(call("GET", `/sobjects/Lead/updated?${window}`).body.ids).toEqual([kept]);
  expect(call("GET", `/sobjects/Lead/deleted?${window}`).body.deletedRecords).toEqual([
    { id: gone, deletedDate: "2026-01-05T09:02:00.000+0000" },
  ]);
  const early = "start=2025-11-01T00:00:00Z&end=2026-01-05T00:00:00Z";
  expect(call("GET", `/sobjects/Lead/updated?${early}`).body[0].errorCode).toBe("INVALID_REPLICATION_DATE");
});

test("a row answers 304 to a client that has seen its last modification", () => {
  const { call, sandbox, reps } = salesforceCaller();
  const id = sandbox.salesforce.create("Lead", lead("X"), reps[0]!);
  const seen = new Date(startOfTests).toUTCString();
  expect(call("GET", `/sobjects/Lead/${id}`).headers["Last-Modified"]).toBe(seen);
  expect(call("GET", `/sobjects/Lead/${id}`, undefined, { "if-modified-since": seen }).status).toBe(304);
  expect(call("GET", "/sobjects/Lead/nonsense").status).toBe(404);
});

test("the same seed gives the same ids", () => {
  const make = (seed: string) => salesforceCaller({ seed }).call("POST", "/sobjects/Lead", lead("X")).body.id;
  expect([make("a"), make("a") === make("b")]).toEqual([make("a"), false]);
});
