import { describe, expect, test } from "vitest";
import { salesforceCaller } from "./salesforce-caller.ts";

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

  test("can be aborted while it is open, and not closed twice", () => {
    const { call } = salesforceCaller();
    const open = () => `/jobs/ingest/${call("POST", "/jobs/ingest", { object: "Lead", operation: "insert" }).body.id}`;
    expect(call("PATCH", open(), { state: "Aborted" }).body.state).toBe("Aborted");
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
