import { describe, expect, test } from "vitest";
import { type Caller, quiet, salesforceCaller, startOfTests } from "./salesforce-caller.ts";

const lead = { LastName: "Lee", Company: "Lee Ltd" };
const typed = (record: Record<string, unknown>, type = "Lead") => ({ attributes: { type }, ...record });

function createMany(
  caller: Caller,
  records: readonly Record<string, unknown>[],
  headers: Record<string, string> = quiet,
) {
  return caller.call("POST", "/composite/sobjects", { allOrNone: false, records }, headers);
}

describe("one field of a new lead", () => {
  test.each([
    ["a text that is too long", { FirstName: "x".repeat(41) }, "STRING_TOO_LONG", ["FirstName"]],
    ["an e-mail address without a dot", { Email: "a@b" }, "INVALID_EMAIL_ADDRESS", ["Email"]],
    [
      "an unknown value of a restricted picklist",
      { LeadLoop_Stage__c: "Nope" },
      "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
      ["LeadLoop_Stage__c"],
    ],
    [
      "a read-only field",
      { SystemModstamp: "2026-01-01T00:00:00Z" },
      "INVALID_FIELD_FOR_INSERT_UPDATE",
      ["SystemModstamp"],
    ],
    ["a field nobody defined", { Nope__c: 1 }, "INVALID_FIELD", []],
    ["a number out of range", { LeadLoop_Score__c: 1000 }, "NUMBER_OUTSIDE_VALID_RANGE", ["LeadLoop_Score__c"]],
    ["a checkbox that is null", { DoNotCall: null }, "JSON_PARSER_ERROR", ["DoNotCall"]],
    ["a number as text for a text field", { Phone: 123 }, "JSON_PARSER_ERROR", ["Phone"]],
    ["a date that is no day", { LeadLoop_Retry_On__c: "2026-02-30" }, "JSON_PARSER_ERROR", ["LeadLoop_Retry_On__c"]],
    [
      "a date with a time",
      { LeadLoop_Retry_On__c: "2026-02-20T00:00:00Z" },
      "JSON_PARSER_ERROR",
      ["LeadLoop_Retry_On__c"],
    ],
    ["an owner id that is no id", { OwnerId: "nobody" }, "MALFORMED_ID", ["OwnerId"]],
    ["an owner id of another object", { OwnerId: "00Q4S0000000001AAA" }, "MALFORMED_ID", ["OwnerId"]],
    ["a blank required field", { Company: "  " }, "REQUIRED_FIELD_MISSING", ["Company"]],
  ])("is refused for %s", (_, fields, code, names) => {
    const { call } = salesforceCaller();
    const answer = call("POST", "/sobjects/Lead", { ...lead, ...fields });
    expect([answer.status, answer.body[0].errorCode, answer.body[0].fields ?? []]).toEqual([400, code, names]);
  });

  test.each([
    ["an unknown value of an open picklist", { Status: "Napping" }, "Status", "Napping"],
    ["an empty text as null", { Phone: "" }, "Phone", null],
    ["a text with blanks around it, trimmed", { Title: "  CEO " }, "Title", "CEO"],
    [
      "a multi-select in the picklist's order",
      { Product_Interest__c: "reporting;analytics" },
      "Product_Interest__c",
      "analytics;reporting",
    ],
    ["a default status when none is given", {}, "Status", "Open - Not Contacted"],
    ["a default checkbox", {}, "DoNotCall", false],
    ["a number rounded to its scale", { LeadLoop_Score__c: 61.4 }, "LeadLoop_Score__c", 61],
  ])("is stored: %s", (_, fields, name, stored) => {
    const { call } = salesforceCaller();
    const { id } = call("POST", "/sobjects/Lead", { ...lead, ...fields }).body;
    expect(call("GET", `/sobjects/Lead/${id}`).body[name]).toBe(stored);
  });
});

test("a hidden field can neither be written nor read", () => {
  const { call, query, sandbox } = salesforceCaller();
  sandbox.salesforce.hideField("Lead", "Title");
  expect(call("POST", "/sobjects/Lead", { ...lead, Title: "CEO" }).body[0].errorCode).toBe("INVALID_FIELD");
  expect(query("SELECT Title FROM Lead").body[0].errorCode).toBe("INVALID_FIELD");
  const { id } = call("POST", "/sobjects/Lead", lead).body;
  expect(call("GET", `/sobjects/Lead/${id}`).body).not.toHaveProperty("Title");
});

test("an object without rights is none that a query could name, until the rights are given", () => {
  const { query, sandbox } = salesforceCaller();
  sandbox.salesforce.hideObject("OpportunityContactRole");
  expect(query("SELECT Id FROM OpportunityContactRole").body[0].errorCode).toBe("INVALID_TYPE");
  expect(query("SELECT Id FROM Opportunity").body.records).toEqual([]);
  sandbox.salesforce.showObject("OpportunityContactRole");
  expect(query("SELECT Id FROM OpportunityContactRole").body.records).toEqual([]);
});

test("audit fields are stamped by the integration user in whole seconds", () => {
  const { call, sandbox } = salesforceCaller();
  sandbox.clock.set(startOfTests + 1_777);
  const { id } = call("POST", "/sobjects/Lead", lead).body;
  const { integrationUserId } = sandbox.salesforce.people;
  expect(call("GET", `/sobjects/Lead/${id}?fields=CreatedDate,LastModifiedById,SystemModstamp`).body).toMatchObject({
    CreatedDate: "2026-01-05T09:00:01.000+0000",
    SystemModstamp: "2026-01-05T09:00:01.000+0000",
    LastModifiedById: integrationUserId,
  });
});

describe("collections", () => {
  test("answer 200 with one outcome per record, in order, and no id on those that failed", () => {
    const answer = createMany(salesforceCaller(), [
      typed(lead),
      typed({ Company: "X" }),
      typed({ Name: "Acme" }, "Account"),
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body.map((one: { success: boolean }) => one.success)).toEqual([true, false, true]);
    expect(answer.body[1]).toEqual({
      success: false,
      errors: [
        {
          statusCode: "REQUIRED_FIELD_MISSING",
          message: "Required fields are missing: [LastName]",
          fields: ["LastName"],
        },
      ],
    });
    expect(answer.body[2].id).toMatch(/^001[a-zA-Z0-9]{15}$/);
  });

  test("with allOrNone take everything back when one fails", () => {
    const { call, query } = salesforceCaller();
    const answer = call("POST", "/composite/sobjects", { allOrNone: true, records: [typed(lead), typed({})] });
    const codes = answer.body.map((one: { errors: { statusCode: string }[] }) => one.errors[0]?.statusCode);
    expect(codes).toEqual(["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]);
    expect(query("SELECT COUNT() FROM Lead").body.totalSize).toBe(0);
  });

  test("refuse more than 200 records, and more than 10 runs of one type, as a whole", () => {
    const caller = salesforceCaller();
    expect(
      createMany(
        caller,
        Array.from({ length: 201 }, () => typed(lead)),
      ).body[0].errorCode,
    ).toBe("EXCEEDED_ID_LIMIT");
    const mixed = Array.from({ length: 11 }, (_, index) =>
      index % 2 === 0 ? typed(lead) : typed({ Name: "A" }, "Account"),
    );
    expect(createMany(caller, mixed).status).toBe(400);
    expect(createMany(caller, mixed.slice(0, 10)).status).toBe(200);
  });

  test("update by 15-character ids and say which ids are deleted, unknown or malformed", () => {
    const caller = salesforceCaller();
    const [kept, gone] = createMany(caller, [typed(lead), typed(lead)]).body;
    caller.sandbox.salesforce.remove("Lead", gone.id, caller.reps[0]!);
    const ids = [kept.id.slice(0, 15), gone.id, `${kept.id.slice(0, 12)}zzz`, "x"];
    const answer = caller.call("PATCH", "/composite/sobjects", { records: ids.map((id) => typed({ id, Phone: "1" })) });
    const codes = answer.body.map((one: { errors: { statusCode: string }[] }) => one.errors[0]?.statusCode);
    expect(codes).toEqual([undefined, "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]);
    expect(answer.body[0].id).toBe(kept.id);
  });

  test.each([
    ["a body that is no JSON", "{"],
    ["no list of records", {}],
    ["a record that is no object", { records: [null] }],
  ])("refuse %s as a whole", (_, body) => {
    expect(salesforceCaller().call("POST", "/composite/sobjects", body)).toMatchObject({
      status: 400,
      body: [{ errorCode: "JSON_PARSER_ERROR" }],
    });
  });

  test("delete each id once", () => {
    const caller = salesforceCaller();
    const { id } = createMany(caller, [typed(lead)]).body[0];
    const remove = () => caller.call("DELETE", `/composite/sobjects?ids=${id}`).body[0];
    expect(remove()).toEqual({ id, success: true, errors: [] });
    expect(remove().errors[0].statusCode).toBe("ENTITY_IS_DELETED");
  });

  test("retrieve records in the order of the ids, null for a missing one", () => {
    const caller = salesforceCaller();
    const [one, two] = createMany(caller, [typed(lead), typed({ ...lead, LastName: "Two" })]).body;
    const ids = [two.id, "00Q000000000000AAA", one.id];
    const answer = caller.call("POST", "/composite/sobjects/Lead", { ids, fields: ["LastName"] });
    expect(answer.body.map((row: { LastName: string } | null) => row?.LastName)).toEqual(["Two", undefined, "Lee"]);
    expect(answer.body[1]).toBeNull();
  });
});

describe("upsert by external id", () => {
  const upsert = (caller: Caller, keys: readonly unknown[]) =>
    caller.call("PATCH", "/composite/sobjects/Lead/LeadLoop_Key__c", {
      records: keys.map((key) => typed({ ...lead, LeadLoop_Key__c: key })),
    }).body;

  test("matches without regard to case and tells what it created", () => {
    const caller = salesforceCaller();
    expect(upsert(caller, ["abc"])[0]).toMatchObject({ success: true, created: true });
    expect(upsert(caller, ["ABC"])[0]).toMatchObject({ success: true, created: false });
    expect(caller.query("SELECT COUNT() FROM Lead").body.totalSize).toBe(1);
  });

  test("fails the rows whose key is twice in the call, and those without one", () => {
    const codes = upsert(salesforceCaller(), ["a", "A", "b", null]).map(
      (one: { errors: { statusCode: string }[] }) => one.errors[0]?.statusCode,
    );
    expect(codes).toEqual(["DUPLICATE_VALUE", "DUPLICATE_VALUE", undefined, "MISSING_ARGUMENT"]);
  });

  test("of one record answers 201, then 200; 300 when several match; 404 with updateOnly or for another field", () => {
    const { call } = salesforceCaller();
    const { LastName, Company } = lead;
    const path = "/sobjects/Lead/LeadLoop_Key__c/k1";
    expect(call("PATCH", path, lead)).toMatchObject({ status: 201, body: { created: true } });
    expect(call("PATCH", path, { Phone: "1" })).toMatchObject({ status: 200, body: { created: false } });
    expect(call("PATCH", "/sobjects/Lead/LeadLoop_Key__c/k2?updateOnly=true", lead).status).toBe(404);
    for (const title of ["a", "b"])
      call("POST", "/sobjects/Lead", { LastName, Company, Title: title, Email: "t@example.com" });
    const several = call("PATCH", "/sobjects/Lead/Email/t@example.com", { Phone: "1" });
    expect([several.status, several.body.length]).toEqual([300, 2]);
    expect(call("PATCH", "/sobjects/Lead/Phone/1", {})).toMatchObject({
      status: 404,
      body: [{ errorCode: "NOT_FOUND" }],
    });
  });
});

test("a unique value that is taken is refused with the other record's id, until that is deleted", () => {
  const { call, sandbox, reps } = salesforceCaller();
  const first = call("POST", "/sobjects/Lead", { ...lead, LeadLoop_Key__c: "k" }).body.id as string;
  const refused = call("POST", "/sobjects/Lead", { ...lead, LeadLoop_Key__c: "K" }).body[0];
  expect(refused.errorCode).toBe("DUPLICATE_VALUE");
  expect(refused.message).toContain(first.slice(0, 15));
  sandbox.salesforce.remove("Lead", first, reps[0]!);
  expect(call("POST", "/sobjects/Lead", { ...lead, LeadLoop_Key__c: "K" }).status).toBe(201);
});

test("a foreign key can be given as the parent's external id", () => {
  const { call } = salesforceCaller();
  const boss = call("POST", "/sobjects/Contact", { LastName: "Boss", LeadLoop_Key__c: "boss" }).body.id;
  const made = call("POST", "/sobjects/Contact", { LastName: "B", ReportsTo: { LeadLoop_Key__c: "BOSS" } }).body.id;
  expect(call("GET", `/sobjects/Contact/${made}`).body.ReportsToId).toBe(boss);
  const missing = call("POST", "/sobjects/Contact", { LastName: "B", ReportsTo: { LeadLoop_Key__c: "no" } }).body[0];
  expect(missing.message).toBe("Foreign key external ID: no not found for field LeadLoop_Key__c in entity Contact");
});
