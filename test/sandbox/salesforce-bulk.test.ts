import { describe, expect, test } from "vitest";
import type { SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import { salesforceCaller, startOfTests } from "./salesforce-caller.ts";

function ingest(job: Record<string, unknown>, csv: string) {
  const caller = salesforceCaller();
  const made = caller.call("POST", "/jobs/ingest", job);
  const path = `/jobs/ingest/${made.body.id}`;
  const upload = caller.call("PUT", `${path}/batches`, csv, { "content-type": "text/csv" });
  const closed = caller.call("PATCH", path, { state: "UploadComplete" });
  const states = [closed.body.state, ...[1, 2].map(() => caller.call("GET", path).body.state)];
  return { ...caller, made, upload, path, states };
}

describe("an ingest job", () => {
  test("goes from open over upload and progress to complete, and tells what became of each row", () => {
    const csv = 'LastName,Company,Phone\n"Le""e",C,1\n,C,2\n';
    const { made, upload, states, call, path } = ingest({ object: "Lead", operation: "insert" }, csv);
    expect([made.body.state, upload.status, ...states]).toEqual([
      "Open",
      201,
      "UploadComplete",
      "InProgress",
      "JobComplete",
    ]);
    expect(made.body).toMatchObject({
      apiVersion: 66,
      contentUrl: `services/data/v66.0${path}/batches`,
      lineEnding: "LF",
    });
    expect(call("GET", path).body).toMatchObject({ numberRecordsProcessed: 2, numberRecordsFailed: 1 });
    expect(call("GET", `${path}/successfulResults`).body).toMatch(
      /^"sf__Id","sf__Created","LastName","Company","Phone"\n"00Q\w{15}","true","Le""e","C","1"\n$/,
    );
    expect(call("GET", `${path}/failedResults/`).body).toContain(
      '"","REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --","","C","2"',
    );
  });

  test("clears with #N/A and leaves alone with nothing", () => {
    const csv = "LeadLoop_Key__c,LastName,Company,Phone,Title\nk,L,C,1,CEO\nk,,,#N/A,\n";
    const { sandbox } = ingest({ object: "Lead", operation: "upsert", externalIdFieldName: "LeadLoop_Key__c" }, csv);
    expect(sandbox.salesforce.records("Lead")).toMatchObject([{ LastName: "L", Phone: null, Title: "CEO" }]);
  });

  test.each([
    ["an unknown column", "Nope\n1\n", "InvalidBatch : Field name not found : Nope"],
    [
      "other line ends than declared",
      "LastName,Company\r\nL,C\r\n",
      "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF",
    ],
    ["broken quotes", 'LastName,Company\n"L,C\n', "InvalidBatch : Failed to parse CSV"],
  ])("fails as a whole for %s, its rows unprocessed", (_, csv, message) => {
    const { states, call, path, sandbox } = ingest({ object: "Lead", operation: "insert" }, csv);
    expect(states.at(-1)).toBe("Failed");
    expect(call("GET", path).body.errorMessage).toContain(message);
    expect(call("GET", `${path}/unprocessedrecords`).body).toBe(csv);
    expect(sandbox.salesforce.records("Lead")).toEqual([]);
  });

  test("can be aborted while it is open, its rows unprocessed, and not closed twice", () => {
    const { call } = salesforceCaller();
    const open = () => `/jobs/ingest/${call("POST", "/jobs/ingest", { object: "Lead", operation: "insert" }).body.id}`;
    const [aborted, csv] = [open(), "LastName,Company\nL,C\n"];
    call("PUT", `${aborted}/batches`, csv, { "content-type": "text/csv" });
    expect(call("PATCH", aborted, { state: "Aborted" }).body.state).toBe("Aborted");
    expect(call("GET", `${aborted}/unprocessedrecords`).body).toBe(csv);
    const path = open();
    call("PATCH", path, { state: "UploadComplete" });
    expect(call("PATCH", path, { state: "UploadComplete" }).body[0].errorCode).toBe("INVALIDJOBSTATE");
    expect(call("POST", "/jobs/ingest", { object: "Nope", operation: "insert" }).status).toBe(400);
  });
});

test("a query job gives its result in pages named by a locator, null on the last", () => {
  const { call, sandbox, reps } = salesforceCaller();
  for (const name of ["a", 'b"c', "d"]) sandbox.salesforce.create("Account", { Name: name }, reps[0]!);
  const job = call("POST", "/jobs/query", { operation: "query", query: "SELECT Name, Phone FROM Account" }).body;
  const path = `/jobs/query/${job.id}`;
  expect(call("GET", `${path}/results`).status).toBe(400);
  expect([job.state, call("GET", path).body.state, call("GET", path).body.state]).toEqual([
    "UploadComplete",
    "InProgress",
    "JobComplete",
  ]);
  const first = call("GET", `${path}/results?maxRecords=2`);
  expect(first.body).toBe('"Name","Phone"\n"a",""\n"b""c",""\n');
  expect(first.headers["Sforce-NumberOfRecords"]).toBe("2");
  const second = call("GET", `${path}/results?maxRecords=2&locator=${first.headers["Sforce-Locator"]}`);
  expect([second.body, second.headers["Sforce-Locator"]]).toEqual(['"Name","Phone"\n"d",""\n', "null"]);
});

describe("a query job", () => {
  const asked = (query: string, more: object = {}) =>
    salesforceCaller().call("POST", "/jobs/query", { operation: "queryAll", query, ...more });

  test.each([
    ["a count", "SELECT COUNT() FROM Lead"],
    ["a group", "SELECT Status, COUNT(Id) FROM Lead GROUP BY Status"],
    ["an order", "SELECT Id FROM Lead ORDER BY Id"],
    ["a limit", "SELECT Id FROM Lead LIMIT 5"],
    ["a compound address", "SELECT Address FROM Lead"],
  ])("does not take %s", (_what, query) => {
    const refused = asked(query);
    expect([refused.status, refused.body[0].errorCode]).toEqual([400, "FEATURENOTENABLED"]);
  });

  test("refuses what any query refuses, and other tables than it gives", () => {
    expect(asked("SELECT Nope FROM Lead").body[0].errorCode).toBe("INVALID_FIELD");
    expect(asked("SELECT Id FROM Lead", { columnDelimiter: "PIPE" }).status).toBe(400);
    expect(asked("SELECT Id FROM Lead", { object: "Lead" }).status).toBe(400);
  });

  function complete(query: string, caller = salesforceCaller()) {
    const { id } = caller.call("POST", "/jobs/query", { operation: "queryAll", query }).body;
    const path = `/jobs/query/${id}`;
    for (let polls = 0; polls < 2; polls += 1) caller.call("GET", path);
    return { ...caller, path };
  }

  test("gives deleted rows too, numbers with a decimal point, times that end in Z, and the fields of a parent", () => {
    const caller = salesforceCaller();
    const [rep = ""] = caller.reps;
    const lead = { LastName: "Lee", Company: "C", LeadLoop_Score__c: 60, DoNotCall: true };
    const gone = caller.sandbox.salesforce.create("Lead", lead, rep);
    caller.sandbox.salesforce.remove("Lead", gone, rep);
    const { call, path } = complete(
      "SELECT LastName, LeadLoop_Score__c, DoNotCall, IsDeleted, CreatedDate, LastModifiedBy.IsActive, Phone FROM Lead",
      caller,
    );
    expect(call("GET", `${path}/results`).body).toBe(
      '"LastName","LeadLoop_Score__c","DoNotCall","IsDeleted","CreatedDate","LastModifiedBy.IsActive","Phone"\n' +
        '"Lee","60.0","true","true","2026-01-05T09:00:00.000Z","true",""\n',
    );
  });

  test("is a picture of the moment it was made, and is cleared away after seven days", () => {
    const clock = manualClock(startOfTests);
    const caller = salesforceCaller({ clock, salesforceSessionTtlMs: 30 * 86_400_000 });
    const { call, path, sandbox, reps } = complete("SELECT Name FROM Account", caller);
    sandbox.salesforce.create("Account", { Name: "later" }, reps[0]!);
    expect(call("GET", `${path}/results`).body).toBe('"Name"\n');
    clock.set(startOfTests + 7 * 86_400_000);
    expect(call("GET", path).status).toBe(200);
    clock.set(startOfTests + 7 * 86_400_000 + 1_000);
    expect(call("GET", path).status).toBe(404);
  });

  test("knows its own locators only", () => {
    const caller = salesforceCaller();
    for (const name of ["a", "b", "c"]) caller.sandbox.salesforce.create("Account", { Name: name }, caller.reps[0]!);
    caller.sandbox.salesforce.setBulkResultRows(2);
    const first = complete("SELECT Name FROM Account", caller);
    const part = first.call("GET", `${first.path}/results`);
    expect(part.headers["Sforce-NumberOfRecords"]).toBe("2");
    const other = complete("SELECT Name FROM Account", caller);
    for (const locator of [part.headers["Sforce-Locator"], "nonsense"]) {
      expect(other.call("GET", `${other.path}/results?locator=${locator}`).body[0].errorCode).toBe(
        "INVALID_QUERY_LOCATOR",
      );
    }
  });

  test("can be aborted until it is complete, and deleted from then on", () => {
    const { call, path } = complete("SELECT Name FROM Account");
    expect(call("PATCH", path, { state: "Aborted" }).body[0].errorCode).toBe("INVALIDJOBSTATE");
    expect([call("DELETE", path).status, call("GET", path).status]).toEqual([204, 404]);
    const { id } = call("POST", "/jobs/query", { operation: "query", query: "SELECT Name FROM Account" }).body;
    expect(call("DELETE", `/jobs/query/${id}`).body[0].errorCode).toBe("INVALIDJOBSTATE");
    expect(call("PATCH", `/jobs/query/${id}`, { state: "Aborted" }).body.state).toBe("Aborted");
  });
});

test("an org tells its currency where it has only one", () => {
  const features = (options: SandboxOptions): unknown =>
    salesforceCaller(options).call("GET", "/connect/organization").body.features;
  expect(features({})).toMatchObject({ defaultCurrencyIsoCode: "EUR", multiCurrency: false });
  expect(features({ currency: "GBP" })).toMatchObject({ defaultCurrencyIsoCode: "GBP", multiCurrency: false });
  expect(features({ currencies: [{ code: "EUR", rate: 1 }] })).toMatchObject({
    defaultCurrencyIsoCode: null,
    multiCurrency: true,
  });
});

test("the count of records leaves out what is deleted, and objects that nobody knows", () => {
  const { call, sandbox, reps } = salesforceCaller();
  const [rep = ""] = reps;
  for (const name of ["a", "b"]) sandbox.salesforce.create("Account", { Name: name }, rep);
  sandbox.salesforce.remove("Account", sandbox.salesforce.create("Account", { Name: "c" }, rep), rep);
  expect(call("GET", "/limits/recordCount?sObjects=Account,Nope").body).toEqual({
    sObjects: [{ count: 2, name: "Account" }],
  });
});
