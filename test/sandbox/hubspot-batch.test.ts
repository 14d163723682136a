import { describe, expect, test } from "vitest";
import { hubSpot, marketer } from "./hubspot-caller.ts";

const path = (what: string): string => `/crm/v3/objects/contacts/batch/${what}`;
const inputs = (...items: object[]): object => ({ inputs: items });

test("every batch success has the vendor's status code", () => {
  const hub = hubSpot();
  const created = hub.call("POST", path("create"), inputs({ properties: { email: "a@example.com" } }));
  expect(created.status).toBe(201);
  const { id } = created.body.results[0];
  expect(hub.call("POST", path("update"), inputs({ id, properties: { firstname: "A" } })).status).toBe(200);
  const upsert = inputs({ id: "b@example.com", idProperty: "email", properties: { firstname: "B" } });
  expect(hub.call("POST", path("upsert"), upsert).status).toBe(200);
  expect(hub.call("POST", path("read"), inputs({ id })).status).toBe(200);
  const archived = hub.call("POST", path("archive"), inputs({ id }, { id: "4711" }));
  expect([archived.status, archived.body]).toEqual([204, ""]);
});

test("results come in another order than the inputs", () => {
  const hub = hubSpot();
  const emails = Array.from({ length: 30 }, (_, n) => `p${n}@example.com`);
  const answer = hub.call("POST", path("create"), inputs(...emails.map((email) => ({ properties: { email } }))));
  const answered = answer.body.results.map((result: { properties: { email: string } }) => result.properties.email);
  expect(answered).not.toEqual(emails);
  expect([...answered].sort()).toEqual([...emails].sort());
});

describe("a batch create with a conflict", () => {
  const existing = "taken@example.com";
  test("fails whole without trace ids and names the existing id", () => {
    const hub = hubSpot();
    const id = hub.account.createContact({ email: existing }, marketer);
    const answer = hub.call(
      "POST",
      path("create"),
      inputs({ properties: { email: "free@example.com" } }, { properties: { email: " Taken@Example.com" } }),
    );
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ category: "CONFLICT", message: `Contact already exists. Existing ID: ${id}` });
    expect(hub.account.contactByEmail("free@example.com")).toBeUndefined();
  });

  test("fails whole when only some inputs have trace ids", () => {
    const hub = hubSpot();
    hub.account.createContact({ email: existing }, marketer);
    const answer = hub.call(
      "POST",
      path("create"),
      inputs(
        { properties: { email: "free@example.com" }, objectWriteTraceId: "1" },
        { properties: { email: existing } },
      ),
    );
    expect(answer.status).toBe(409);
  });

  test("fails in part when every input has a trace id", () => {
    const hub = hubSpot();
    hub.account.createContact({ email: existing }, marketer);
    const answer = hub.call(
      "POST",
      path("create"),
      inputs(
        { properties: { email: "free@example.com" }, objectWriteTraceId: "good" },
        { properties: { email: existing }, objectWriteTraceId: "taken" },
        { properties: { email: "bad@example.com", nope: "1" }, objectWriteTraceId: "unknown" },
      ),
    );
    expect(answer.status).toBe(207);
    expect(answer.body).toMatchObject({
      status: "COMPLETE",
      numErrors: 2,
      results: [{ objectWriteTraceId: "good" }],
      errors: [
        { status: "error", category: "CONFLICT", context: { objectWriteTraceId: ["taken"] } },
        { status: "error", category: "VALIDATION_ERROR", context: { objectWriteTraceId: ["unknown"] } },
      ],
    });
    expect(hub.account.contactByEmail("free@example.com")).toBeDefined();
  });

  test("two inputs with one e-mail are a conflict and nothing is written", () => {
    const hub = hubSpot();
    const twice = { properties: { email: "same@example.com" } };
    expect(hub.call("POST", path("create"), inputs(twice, twice)).status).toBe(409);
    expect(hub.account.contacts()).toEqual([]);
  });
});

test("a batch update of an unknown id fails whole with 404, or in part with trace ids", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a@example.com" }, marketer);
  const good = { id, properties: { firstname: "A" } };
  const bad = { id: "999", properties: { firstname: "B" } };
  const whole = hub.call("POST", path("update"), inputs(good, bad));
  expect([whole.status, whole.body.category, whole.body.context]).toEqual([404, "OBJECT_NOT_FOUND", { ids: ["999"] }]);
  expect(hub.account.contact(id)?.properties["firstname"]).toBeUndefined();
  const part = hub.call(
    "POST",
    path("update"),
    inputs({ ...good, objectWriteTraceId: "1" }, { ...bad, objectWriteTraceId: "2" }),
  );
  expect(part.status).toBe(207);
  expect(part.body.errors[0].context).toEqual({ ids: ["999"], objectWriteTraceId: ["2"] });
});

test("a batch read of missing ids answers 207 with one error group", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a@example.com" }, marketer);
  const answer = hub.call("POST", path("read"), inputs({ id }, { id: "998" }, { id: "999" }));
  expect(answer.status).toBe(207);
  expect(answer.body).toMatchObject({ numErrors: 1, results: [{ id }] });
  expect(answer.body.errors).toEqual([
    {
      status: "error",
      category: "OBJECT_NOT_FOUND",
      message: "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.",
      context: { ids: ["998", "999"] },
    },
  ]);
});

test("records are read by e-mail, secondary ones included, and by a unique property", () => {
  const hub = hubSpot();
  const [id] = hub.account.importContacts([
    {
      properties: { email: "a@example.com", hs_additional_emails: "b@example.com", leadloop_key: "K1" },
      createdAt: "2026-01-01T00:00:00Z",
    },
  ]);
  for (const [idProperty, value] of [
    ["email", "A@example.com"],
    ["email", "b@example.com"],
    ["leadloop_key", "K1"],
  ]) {
    const answer = hub.call("POST", path("read"), {
      idProperty,
      inputs: [{ id: value }],
      properties: ["hs_additional_emails"],
    });
    expect(answer.body.results[0]).toMatchObject({ id, properties: { hs_additional_emails: "b@example.com" } });
  }
  expect(hub.call("POST", path("read"), { idProperty: "firstname", inputs: [{ id: "x" }] }).status).toBe(400);
});

test("an upsert updates by e-mail or unique property, creates otherwise, and says which", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a@example.com", leadloop_key: "K1" }, marketer);
  const answer = hub.call(
    "POST",
    path("upsert"),
    inputs(
      { id: "K1", idProperty: "leadloop_key", properties: { firstname: "A" } },
      { id: "K2", idProperty: "leadloop_key", properties: { email: "k2@example.com" } },
    ),
  );
  const found = Object.fromEntries(answer.body.results.map((result: { new: boolean }) => [result.new, result]));
  expect(found["false"].id).toBe(id);
  expect(found["true"].properties).toMatchObject({ leadloop_key: "K2", email: "k2@example.com" });
  expect(hub.call("POST", path("upsert"), inputs({ id: "x", properties: { firstname: "A" } })).status).toBe(400);
});

test.each([
  [
    "101 inputs",
    "update",
    Array.from({ length: 101 }, (_, n) => ({ id: String(n), properties: { firstname: "A" } })),
    /maximum number of inputs supported in a batch is 100/,
  ],
  [
    "one id twice",
    "update",
    [
      { id: "1", properties: { firstname: "A" } },
      { id: "1", properties: { firstname: "B" } },
    ],
    /Duplicate IDs/,
  ],
  [
    "one e-mail twice in an upsert",
    "upsert",
    [
      { id: "a@example.com", idProperty: "email", properties: { firstname: "A" } },
      { id: "A@example.com", idProperty: "email", properties: { firstname: "B" } },
    ],
    /Duplicate IDs/,
  ],
  ["one id twice in a read", "read", [{ id: "1" }, { id: "1" }], /Duplicate IDs/],
  ["no inputs", "create", [], /must not be empty/],
  ["no properties", "create", [{ properties: {} }], /No properties found to update/],
  ["a value that is no string", "create", [{ properties: { employees: 5 } }], /must be string/],
])("a batch with %s is refused with 400", (_, what, items, message) => {
  const answer = hubSpot().call("POST", path(what), { inputs: items });
  expect([answer.status, answer.body.category]).toEqual([400, "VALIDATION_ERROR"]);
  expect(answer.body.message).toMatch(message);
});

test("history is for at most 50 inputs", () => {
  const hub = hubSpot();
  const many = Array.from({ length: 51 }, (_, n) => ({ id: String(n + 1) }));
  const answer = hub.call("POST", path("read"), { inputs: many, propertiesWithHistory: ["email"] });
  expect([answer.status, answer.body.message]).toEqual([
    400,
    "The maximum number of inputs supported in a batch request for property histories is 50",
  ]);
  expect(hub.call("POST", path("read"), { inputs: many }).status).toBe(207);
});

test("the answer of a write holds what was written and what follows from it, nothing else", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a@example.com", firstname: "A", lastname: "B" }, marketer);
  hub.clock.advance(734);
  const answer = hub.call("POST", path("update"), inputs({ id, properties: { lastname: "", lifecyclestage: "lead" } }));
  expect(answer.body.results).toEqual([
    {
      id,
      properties: {
        hs_lifecyclestage_lead_date: "2026-10-05T12:00:00.734Z",
        hs_v2_date_entered_current_stage: "2026-10-05T12:00:00.734Z",
        hs_v2_date_entered_lead: "2026-10-05T12:00:00.734Z",
        lastmodifieddate: "2026-10-05T12:00:00.734Z",
        lastname: "",
        lifecyclestage: "lead",
      },
      createdAt: "2026-10-05T12:00:00Z",
      updatedAt: "2026-10-05T12:00:00.734Z",
      archived: false,
    },
  ]);
  const read = hub.call("POST", path("read"), { inputs: [{ id }], properties: ["lastname"] });
  expect(read.body.results[0].properties.lastname).toBe("");
});
