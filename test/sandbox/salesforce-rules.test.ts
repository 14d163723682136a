import { describe, expect, test } from "vitest";
import { quiet, salesforceCaller, startOfTests } from "./salesforce-caller.ts";

const lead = { LastName: "Lee", Company: "Lee Ltd" };

describe("the owner", () => {
  test("is taken by the assignment rule unless the call switches it off", () => {
    const caller = salesforceCaller();
    const { queueId } = caller.sandbox.salesforce.people;
    caller.sandbox.salesforce.setAutoAssign(queueId);
    const owned = (headers: Record<string, string>) => {
      const { id } = caller.call("POST", "/sobjects/Lead", { ...lead, OwnerId: caller.reps[1] }, headers).body;
      return caller.sandbox.salesforce.record("Lead", id)?.["OwnerId"];
    };
    expect([owned({}), owned({ "sforce-auto-assign": "TRUE" }), owned(quiet)]).toEqual([
      queueId,
      queueId,
      caller.reps[1],
    ]);
  });

  test("may not be someone who left", () => {
    const { call, sandbox } = salesforceCaller();
    const { formerRepId } = sandbox.salesforce.people;
    expect(call("POST", "/sobjects/Lead", { ...lead, OwnerId: formerRepId }).body[0].errorCode).toBe(
      "INACTIVE_OWNER_OR_USER",
    );
  });
});

describe("the org's own rules", () => {
  test("a validation rule refuses with its message", () => {
    const { call, sandbox } = salesforceCaller();
    sandbox.salesforce.addValidationRule("Lead", {
      name: "phone",
      message: "Needs a phone",
      field: "Phone",
      refuses: (record) => record["Phone"] === null,
    });
    expect(call("POST", "/sobjects/Lead", lead).body).toEqual([
      { message: "Needs a phone", errorCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION", fields: ["Phone"] },
    ]);
  });

  test.each([
    ["alert", {}, 400],
    ["alert", { "sforce-duplicate-rule-header": "allowSave=true" }, 201],
    ["block", { "sforce-duplicate-rule-header": "allowSave=true" }, 400],
  ] as const)("a duplicate rule that should %s, with headers %o, answers %i", (mode, headers, status) => {
    const { call, sandbox } = salesforceCaller();
    sandbox.salesforce.addDuplicateRule("Lead", { name: "Standard_Lead_Duplicate_Rule", mode, matchOn: ["Email"] });
    const first = call("POST", "/sobjects/Lead", { ...lead, Email: "a@example.com" }).body.id;
    const answer = call("POST", "/sobjects/Lead", { ...lead, Email: "A@example.com" }, headers);
    expect(answer.status).toBe(status);
    if (status === 201) return;
    expect(answer.body[0].errorCode).toBe("DUPLICATES_DETECTED");
    expect(answer.body[0].duplicateResult.matchResults[0].matchRecords[0].record.Id).toBe(first);
  });

  test("a locked row refuses as often as was asked, and people are not refused", () => {
    const { call, sandbox, reps } = salesforceCaller();
    const { id } = call("POST", "/sobjects/Lead", lead).body;
    sandbox.salesforce.lockRows([id], 1);
    sandbox.salesforce.edit("Lead", id, { Phone: "2" }, reps[0]!);
    expect(call("PATCH", `/sobjects/Lead/${id}`, { Phone: "1" }).body[0].errorCode).toBe("UNABLE_TO_LOCK_ROW");
    expect(call("PATCH", `/sobjects/Lead/${id}`, { Phone: "1" }).status).toBe(204);
  });

  test("a workflow changes the record after our write, as our user, and moves its stamp", () => {
    const { call, sandbox, reps } = salesforceCaller();
    sandbox.salesforce.addWorkflow("Lead", (record) => (record["Phone"] === null ? null : { Rating: "Hot" }));
    const id = sandbox.salesforce.create("Lead", lead, reps[0]!);
    sandbox.clock.advance(60_000);
    call("PATCH", `/sobjects/Lead/${id}`, { Phone: "1" });
    expect(sandbox.salesforce.record("Lead", id)).toMatchObject({
      Rating: "Hot",
      LastModifiedById: sandbox.salesforce.people.integrationUserId,
      SystemModstamp: "2026-01-05T09:01:00.000+0000",
    });
  });
});

describe("a composite call", () => {
  const sub = (
    method: string,
    path: string,
    referenceId: string,
    body?: unknown,
    httpHeaders?: Record<string, string>,
  ) => ({
    method,
    url: `/services/data/v66.0${path}`,
    referenceId,
    body,
    httpHeaders,
  });

  test("updates each record only when it was not modified after the second its header gives", () => {
    const { call, sandbox, reps } = salesforceCaller();
    const org = sandbox.salesforce;
    const [one, two] = [org.create("Lead", lead, reps[0]!), org.create("Lead", lead, reps[0]!)];
    const read = { "If-Unmodified-Since": new Date(startOfTests).toUTCString() };
    sandbox.clock.advance(1_000);
    org.edit("Lead", two, { Phone: "human" }, reps[0]!);
    const body = {
      compositeRequest: [one, two].map((id, index) =>
        sub("PATCH", `/sobjects/Lead/${id}`, `r${index}`, { Phone: "ours" }, read),
      ),
    };
    const answer = call("POST", "/composite", body, quiet);
    expect(answer.body.compositeResponse.map((part: { httpStatusCode: number }) => part.httpStatusCode)).toEqual([
      204, 412,
    ]);
    expect([org.record("Lead", one)?.["Phone"], org.record("Lead", two)?.["Phone"]]).toEqual(["ours", "human"]);
  });

  test("an edit in the very second of the header is not seen: the vendor compares whole seconds", () => {
    const { call, sandbox, reps } = salesforceCaller();
    const id = sandbox.salesforce.create("Lead", lead, reps[0]!);
    sandbox.clock.advance(900);
    sandbox.salesforce.edit("Lead", id, { Phone: "human" }, reps[0]!);
    const headers = { "if-unmodified-since": new Date(startOfTests).toUTCString() };
    expect(call("PATCH", `/sobjects/Lead/${id}`, { Phone: "ours" }, headers).status).toBe(204);
    expect(call("PATCH", `/sobjects/Lead/${id}`, {}, { "if-unmodified-since": "yesterday-ish" }).status).toBe(400);
  });

  test("hands results on by reference, and takes all back when one part fails with allOrNone", () => {
    const { call, query } = salesforceCaller();
    const parts = [
      sub("POST", "/sobjects/Account", "acc", { Name: "X" }),
      sub("POST", "/sobjects/Contact", "con", { LastName: "Y", AccountId: "@{acc.id}" }),
    ];
    const good = call("POST", "/composite", { allOrNone: true, compositeRequest: parts }).body.compositeResponse;
    expect(good.map((part: { httpStatusCode: number }) => part.httpStatusCode)).toEqual([201, 201]);
    const bad = [...parts, sub("POST", "/sobjects/Contact", "third", {})];
    const failed = call("POST", "/composite", { allOrNone: true, compositeRequest: bad }).body.compositeResponse;
    expect(failed[0]).toEqual({
      body: [
        {
          errorCode: "PROCESSING_HALTED",
          message: "The transaction was rolled back since another operation in the same transaction failed.",
        },
      ],
      httpHeaders: {},
      httpStatusCode: 400,
      referenceId: "acc",
    });
    expect(failed[2].body[0].errorCode).toBe("REQUIRED_FIELD_MISSING");
    expect(query("SELECT COUNT() FROM Account").body.totalSize).toBe(1);
  });

  test("a reference to a part that failed is refused, the other parts stand", () => {
    const { call } = salesforceCaller();
    const parts = [
      sub("POST", "/sobjects/Account", "acc", {}),
      sub("POST", "/sobjects/Contact", "con", { LastName: "Y", AccountId: "@{acc.id}" }),
    ];
    const answer = call("POST", "/composite", { compositeRequest: parts }).body.compositeResponse;
    expect(answer[1].body[0].errorCode).toBe("PROCESSING_HALTED");
  });

  test("takes 25 parts, five of them queries, and counts as one call", () => {
    const { call, sandbox } = salesforceCaller();
    const query = (index: number) => sub("GET", "/query?q=SELECT+Id+FROM+Lead", `q${index}`);
    const many = (count: number) => Array.from({ length: count }, (_, index) => sub("GET", "/limits", `r${index}`));
    expect(call("POST", "/composite", { compositeRequest: many(26) }).status).toBe(400);
    expect(call("POST", "/composite", { compositeRequest: [1, 2, 3, 4, 5, 6].map(query) }).status).toBe(400);
    const before = sandbox.calls.salesforce;
    const five = call("POST", "/composite", { compositeRequest: [...[1, 2, 3, 4, 5].map(query), ...many(20)] });
    expect(five.body.compositeResponse).toHaveLength(25);
    expect(sandbox.calls.salesforce - before).toBe(1);
  });
});
