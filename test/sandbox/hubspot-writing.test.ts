import { expect, test } from "vitest";
import { hubSpot, marketer, ourApp } from "./hubspot-caller.ts";

const problemsOf = (message: string): { name: string; error: string; message: string }[] =>
  JSON.parse(message.replace("Property values were not valid: ", ""));

test.each([
  ["an unknown property", { nope: "1" }, "PROPERTY_DOESNT_EXIST", 'Property "nope" does not exist'],
  [
    "an option that does not exist",
    { lifecyclestage: "mql" },
    "INVALID_OPTION",
    /^mql was not one of the allowed options: \[subscriber, lead/,
  ],
  ["one wrong choice of several", { product_interest: "analytics;dreams" }, "INVALID_OPTION", /^dreams was not one/],
  ["a yes or no that is neither", { do_not_call: "yes" }, "INVALID_OPTION", /^yes was not one of the allowed options/],
  ["text in a number", { employees: "many" }, "INVALID_INTEGER", "many was not a valid number."],
  ["text in a date-time", { first_contact_at: "asd000" }, "INVALID_LONG", "asd000 was not a valid long."],
  [
    "a time that is not midnight in a date",
    { hs_latest_source_timestamp: "1479945600001" },
    "INVALID_DATE",
    "1479945600001 is at 0:0:0.1 UTC, not midnight!",
  ],
  [
    "a day that does not exist",
    { hs_latest_source_timestamp: "2026-02-30" },
    "INVALID_DATE",
    "2026-02-30 was not a valid date.",
  ],
  [
    "an e-mail that is none",
    { email: "an_invalid_email" },
    "INVALID_EMAIL",
    "Email address an_invalid_email is invalid",
  ],
  ["text of more than 65,536 characters", { firstname: "x".repeat(65_537) }, "VALUE_TOO_LONG", /too long/],
  ["an owner that does not exist", { hubspot_owner_id: "1" }, "INVALID_OWNER_ID", /not a valid owner/],
  [
    "a read-only property",
    { hs_email_open: "5" },
    "READ_ONLY_VALUE",
    '"hs_email_open" is a read only property; its value cannot be set',
  ],
  [
    "a calculated property",
    { hs_object_id: "5" },
    "READ_ONLY_VALUE",
    '"hs_object_id" is a calculated property; its value cannot be set',
  ],
])("writing %s is refused in the vendor's words", (_, properties, error, message) => {
  const hub = hubSpot();
  const answer = hub.call("POST", "/crm/v3/objects/contacts", { properties });
  expect([answer.status, answer.body.category]).toEqual([400, "VALIDATION_ERROR"]);
  const [name] = Object.keys(properties);
  expect(problemsOf(answer.body.message)).toEqual([
    { isValid: false, message: expect.stringMatching(message), error, name },
  ]);
  expect(hub.account.contacts()).toEqual([]);
});

test("all problems of one write are named at once", () => {
  const answer = hubSpot().call("POST", "/crm/v3/objects/contacts", { properties: { nope: "1", employees: "x" } });
  expect(problemsOf(answer.body.message).map((problem) => problem.name)).toEqual(["nope", "employees"]);
});

test.each([
  [
    "an e-mail is trimmed and put in lower case",
    { email: " Ada@Example.COM " },
    { email: "ada@example.com", hs_email_domain: "example.com" },
  ],
  [
    "a date may be a day or its midnight in milliseconds",
    { hs_latest_source_timestamp: "1479945600000" },
    { hs_latest_source_timestamp: "2016-11-24" },
  ],
  [
    "a date-time in milliseconds is read as ISO 8601",
    { first_contact_at: "1479945600001" },
    { first_contact_at: "2016-11-24T00:00:00.001Z" },
  ],
  [
    "a date-time without milliseconds has none",
    { first_contact_at: "2016-11-24T02:00:00+02:00" },
    { first_contact_at: "2016-11-24T00:00:00Z" },
  ],
  [
    "choices are joined by semicolons",
    { product_interest: "analytics;reporting;analytics" },
    { product_interest: "analytics;reporting" },
  ],
])("%s", (_, written, stored) => {
  const hub = hubSpot();
  const id = hub.account.createContact(written as Record<string, string>, marketer);
  expect(hub.account.contact(id)?.properties).toMatchObject(stored);
});

test("choices with a leading semicolon are added to the present ones", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ product_interest: "analytics" }, marketer);
  hub.account.editContact(id, { product_interest: ";reporting" }, marketer);
  expect(hub.account.contact(id)?.properties["product_interest"]).toBe("analytics;reporting");
});

test("a single update without properties is refused as recorded by others", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a@example.com" }, marketer);
  const answer = hub.call("PATCH", `/crm/v3/objects/contacts/${id}`, { properties: {} });
  expect(answer.body).toMatchObject({
    message: "No properties found to update, please provide at least one.",
    context: { properties: ["{}"] },
    category: "VALIDATION_ERROR",
  });
});

test("an e-mail is unique over primary and secondary addresses, and free again once archived", () => {
  const hub = hubSpot();
  const [id] = hub.account.importContacts([
    {
      properties: { email: "a@example.com", hs_additional_emails: "second@example.com" },
      createdAt: "2026-01-01T00:00:00Z",
    },
  ]);
  const create = (): { status: number; body: { message: string } } =>
    hub.call("POST", "/crm/v3/objects/contacts", { properties: { email: "second@example.com" } });
  expect(create()).toMatchObject({ status: 409, body: { message: `Contact already exists. Existing ID: ${id}` } });
  const other = hub.account.createContact({ email: "b@example.com" }, marketer);
  expect(
    hub.call("PATCH", `/crm/v3/objects/contacts/${other}`, { properties: { email: "A@example.com" } }).status,
  ).toBe(409);
  hub.account.archiveContact(id ?? "");
  expect(create().status).toBe(201);
});

test("a secondary address that becomes the primary one changes places with it", () => {
  const hub = hubSpot();
  const [id = ""] = hub.account.importContacts([
    {
      properties: { email: "a@example.com", hs_additional_emails: "b@example.com" },
      createdAt: "2026-01-01T00:00:00Z",
    },
  ]);
  hub.account.editContact(id, { email: "b@example.com" }, marketer);
  expect(hub.account.contact(id)?.properties).toMatchObject({
    email: "b@example.com",
    hs_additional_emails: "a@example.com",
  });
  expect(hub.account.contactByEmail("a@example.com")?.id).toBe(id);
});

test("a property that must be unique is", () => {
  const hub = hubSpot();
  hub.account.createContact({ leadloop_key: "K1" }, marketer);
  const answer = hub.call("POST", "/crm/v3/objects/contacts", { properties: { leadloop_key: "K1" } });
  expect(answer.status).toBe(400);
  expect(problemsOf(answer.body.message)[0]).toMatchObject({ error: "CONFLICTING_UNIQUE_VALUE", name: "leadloop_key" });
});

test("a lifecycle stage cannot go back unless it is cleared first, and nobody says so", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ lifecyclestage: "customer" }, marketer);
  const patch = (stage: string): { status: number; body: { properties: Record<string, string> } } =>
    hub.call("PATCH", `/crm/v3/objects/contacts/${id}`, { properties: { lifecyclestage: stage, firstname: stage } });
  const ignored = patch("lead");
  expect([ignored.status, ignored.body.properties["lifecyclestage"]]).toEqual([200, "customer"]);
  expect(hub.account.contact(id)?.properties).toMatchObject({ lifecyclestage: "customer", firstname: "lead" });
  expect(hub.account.contactHistory(id, "lifecyclestage")).toHaveLength(1);
  patch("");
  expect(hub.account.contact(id)?.properties["lifecyclestage"]).toBeUndefined();
  hub.clock.advance(5000);
  patch("lead");
  expect(hub.account.contact(id)?.properties).toMatchObject({
    lifecyclestage: "lead",
    hs_lifecyclestage_customer_date: "2026-10-05T12:00:00Z",
    hs_lifecyclestage_lead_date: "2026-10-05T12:00:05Z",
    hs_v2_date_entered_current_stage: "2026-10-05T12:00:05Z",
  });
});

test("an account may accept earlier stages", () => {
  const hub = hubSpot({ lifecycle: "accepts-backward" });
  const id = hub.account.createContact({ lifecyclestage: "customer" }, marketer);
  hub.account.editContact(id, { lifecyclestage: "lead" }, ourApp);
  expect(hub.account.contact(id)?.properties["lifecyclestage"]).toBe("lead");
});

test("history names every writer, newest first, and skips writes that change nothing", () => {
  const hub = hubSpot();
  const id = hub.account.createContact(
    { firstname: "A", lifecyclestage: "subscriber" },
    { sourceType: "FORM", sourceId: "form-1" },
  );
  hub.clock.advance(1000);
  hub.account.editContact(id, { lifecyclestage: "lead" }, marketer);
  hub.clock.advance(1000);
  const update = { inputs: [{ id, properties: { lifecyclestage: "lead", firstname: "B" } }] };
  hub.call("POST", "/crm/v3/objects/contacts/batch/update", update);
  const read = hub.call(
    "GET",
    `/crm/v3/objects/contacts/${id}?propertiesWithHistory=lifecyclestage&propertiesWithHistory=firstname`,
  );
  expect(read.body.propertiesWithHistory.lifecyclestage).toEqual([
    {
      value: "lead",
      timestamp: "2026-10-05T12:00:01Z",
      sourceType: "CRM_UI",
      sourceId: "userId:9001",
      updatedByUserId: 9001,
    },
    {
      value: "subscriber",
      timestamp: "2026-10-05T12:00:00Z",
      sourceType: "FORM",
      sourceId: "form-1",
      updatedByUserId: null,
    },
  ]);
  expect(read.body.propertiesWithHistory.firstname[0]).toMatchObject({
    value: "B",
    sourceType: "INTEGRATION",
    sourceId: "18221010",
  });
  expect(read.body.updatedAt).toBe("2026-10-05T12:00:02Z");
});

test("history keeps 45 versions", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ firstname: "0" }, marketer);
  for (let round = 1; round <= 60; round += 1) hub.account.editContact(id, { firstname: String(round) }, marketer);
  const history = hub.account.contactHistory(id, "firstname");
  expect([history.length, history[0]?.value, history.at(-1)?.value]).toEqual([45, "60", "16"]);
});

test("HubSpot's own machinery writes what nobody else may", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a@example.com" }, marketer);
  expect(() => hub.account.editContact(id, { hs_email_open: "1" }, marketer)).toThrow(/READ_ONLY_VALUE/);
  hub.account.editContact(
    id,
    { hs_email_open: "1", hs_email_last_open_date: "1790000000000" },
    { sourceType: "EMAIL", sourceId: "campaign-1" },
  );
  expect(hub.account.contact(id)?.properties).toMatchObject({ hs_email_open: "1" });
});

test("an import has its own times, is visible at once and does not move by itself", () => {
  const hub = hubSpot({ times: { lagMs: [60_000, 60_000], selfTouchChance: 1 } });
  const [id = ""] = hub.account.importContacts([
    {
      properties: { email: "a@example.com", lifecyclestage: "lead", hs_email_open: "3" },
      createdAt: "2026-01-01T00:00:00Z",
      historyAt: { lifecyclestage: "2026-03-01T10:00:00.500Z" },
    },
  ]);
  expect(hub.search({}).body.results).toMatchObject([
    { id, createdAt: "2026-01-01T00:00:00Z", updatedAt: "2026-03-01T10:00:00.500Z" },
  ]);
  hub.clock.advance(60_000);
  expect(hub.account.contact(id)).toMatchObject({
    updatedAt: "2026-03-01T10:00:00.500Z",
    properties: { hs_lifecyclestage_lead_date: "2026-03-01T10:00:00.500Z", hs_email_open: "3" },
  });
  expect(hub.account.contactHistory(id, "lifecyclestage")).toEqual([
    {
      value: "lead",
      timestamp: "2026-03-01T10:00:00.500Z",
      sourceType: "IMPORT",
      sourceId: "initial-import",
      updatedByUserId: null,
    },
  ]);
});
