import { describe, expect, test } from "vitest";
import { WRITTEN_BY_A_TEST } from "../support/written-by-a-test.ts";
import { hubSpot, marketer } from "./hubspot-caller.ts";

test.each([
  ["an unknown path", "GET", "/crm/v3/nothing", undefined, 404],
  ["a described call that is not built", "DELETE", "/crm/v3/properties/contacts/email", undefined, 404],
  ["a method the path does not have", "PUT", "/crm/v3/objects/contacts/1", undefined, 405],
  ["an unknown query parameter", "GET", "/crm/v3/objects/contacts?page=2", undefined, 400],
  ["a limit that is no number", "GET", "/crm/v3/objects/contacts?limit=ten", undefined, 400],
  ["a flag that is neither true nor false", "GET", "/crm/v3/objects/contacts?archived=1", undefined, 400],
  ["more than a hundred per page", "GET", "/crm/v3/objects/contacts?limit=101", undefined, 400],
  [
    "more than fifty per page with history",
    "GET",
    "/crm/v3/objects/contacts?limit=51&propertiesWithHistory=email",
    undefined,
    400,
  ],
  ["a body without its required key", "POST", "/crm/v3/objects/contacts/merge", { primaryObjectId: "1" }, 400],
  ["a key the description does not know", "POST", "/crm/v3/objects/contacts", { properties: {}, property: {} }, 400],
  ["an id that is a number", "POST", "/crm/v3/objects/contacts/batch/read", { inputs: [{ id: 1 }] }, 400],
  ["an unknown object type", "POST", "/crm/v3/objects/spaceships/search", {}, 400],
  ["a broken percent-encoding", "GET", "/crm/v3/objects/contacts/%E0%A4%A", undefined, 400],
  ["an unknown property", "GET", "/crm/v3/properties/contacts/nope", undefined, 404],
  ["an unknown owner", "GET", "/crm/v3/owners/1", undefined, 404],
])("%s is refused", (_, method, target, body, status) => {
  const answer = hubSpot().call(method, target, body);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({
    status: "error",
    message: expect.any(String),
    correlationId: expect.any(String),
  });
  if (status === 400) expect(answer.body.category).toBe("VALIDATION_ERROR");
});

test("a body that is not JSON, or is not said to be, is refused", () => {
  const hub = hubSpot();
  const request = {
    method: "POST",
    path: "/crm/v3/objects/contacts/search",
    query: new URLSearchParams(),
    body: "{limit:1}",
  };
  const known = { ...WRITTEN_BY_A_TEST, authorization: "Bearer pat-sandbox" };
  const broken = hub.handler({ ...request, headers: { ...known, "content-type": "application/json" } });
  expect([broken.status, JSON.parse(broken.body).message]).toEqual([400, expect.stringMatching(/^Invalid input JSON/)]);
  expect(hub.handler({ ...request, headers: { ...known, "content-type": "text/plain" } }).status).toBe(415);
});

describe("both families of paths lead to the same account", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a+b@example.com" }, marketer);
  const task = hub.call("POST", "/crm/objects/2026-09/tasks", { properties: { hs_timestamp: "1790000000000" } }).body
    .id;
  const link = {
    inputs: [
      { from: { id: task }, to: { id }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 204 }] },
    ],
  };
  test.each([
    ["GET", `/crm/v3/objects/contacts/${id}`, undefined, 200],
    ["GET", `/crm/objects/2026-09/contacts/${id}`, undefined, 200],
    ["GET", `/crm/objects/2026-03/contacts/${id}`, undefined, 200],
    ["GET", "/crm/v3/objects/contacts/a%2Bb%40example.com?idProperty=email", undefined, 200],
    ["POST", "/crm/v3/objects/CONTACT/search", { limit: 1 }, 200],
    ["POST", "/crm/v3/objects/0-1/search", { limit: 1 }, 200],
    ["POST", "/crm/objects/2026-09/contacts/search", { limit: 1 }, 200],
    ["POST", "/crm/objects/2026-09/contacts/batch/read", { inputs: [{ id }] }, 200],
    ["GET", "/crm/v3/properties/contacts", undefined, 200],
    ["GET", "/crm/properties/2026-09/contacts/email", undefined, 200],
    ["GET", "/crm/v3/owners", undefined, 200],
    ["GET", "/crm/v3/owners/", undefined, 200],
    ["GET", "/crm/owners/2026-09", undefined, 200],
    ["GET", "/crm/owners/2026-09/534941", undefined, 200],
    ["GET", "/crm/pipelines/2026-09/contacts", undefined, 200],
    ["GET", "/account-info/v3/details", undefined, 200],
    ["POST", "/crm/v4/associations/tasks/contacts/batch/create", link, 201],
    ["POST", "/crm/associations/2026-09/tasks/contacts/batch/create", link, 200],
    ["PUT", `/crm/objects/2026-09/tasks/${task}/associations/default/contacts/${id}`, undefined, 200],
    ["GET", "/crm/objects/2027-03/contacts", undefined, 404],
  ])("%s %s", (method, target, body, status) => {
    expect(hub.call(method, target, body).status).toBe(status);
  });
});

test("the list endpoint pages by id, knows no lag, and takes properties repeated or joined", () => {
  const hub = hubSpot({ times: { lagMs: [60_000, 60_000] } });
  const created = Array.from({ length: 25 }, (_, n) =>
    hub.account.createContact({ email: `p${n}@example.com` }, marketer),
  );
  const seen: string[] = [];
  for (let after: string | undefined = "0"; after !== undefined; ) {
    const page = hub.call(
      "GET",
      `/crm/v3/objects/contacts?limit=10&after=${after}&properties=email,lifecyclestage&properties=phone`,
    );
    seen.push(...page.body.results.map((result: { id: string }) => result.id));
    expect(Object.keys(page.body.results[0].properties)).toEqual([
      "createdate",
      "email",
      "hs_object_id",
      "lastmodifieddate",
      "lifecyclestage",
      "phone",
    ]);
    after = page.body.paging?.next.after;
  }
  expect(seen).toEqual([...created].sort((a, b) => Number(a) - Number(b)));
});

test("properties are described in the vendor's shape, created once, and unique at most ten times", () => {
  const hub = hubSpot();
  const definition = {
    name: "outside_id",
    label: "Outside id",
    type: "string",
    fieldType: "text",
    groupName: "contactinformation",
  };
  const created = hub.call("POST", "/crm/v3/properties/contacts", { ...definition, hasUniqueValue: true });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    ...definition,
    hasUniqueValue: true,
    calculated: false,
    options: [],
    modificationMetadata: { archivable: true, readOnlyDefinition: false, readOnlyValue: false },
    dataSensitivity: "non_sensitive",
  });
  const again = hub.call("POST", "/crm/v3/properties/contacts", definition);
  expect([again.status, again.body.message]).toEqual([409, "A property named 'outside_id' already exists."]);
  const statuses = Array.from(
    { length: 9 },
    (_, n) =>
      hub.call("POST", "/crm/v3/properties/contacts", { ...definition, name: `unique_${n}`, hasUniqueValue: true })
        .status,
  );
  expect(statuses).toEqual([...Array.from({ length: 8 }, () => 201), 400]);
});

test("an option taken away is refused from then on and kept where it is", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ hs_lead_status: "OPEN_DEAL" }, marketer);
  hub.account.removePropertyOption("hs_lead_status", "OPEN_DEAL");
  expect(() => hub.account.createContact({ hs_lead_status: "OPEN_DEAL" }, marketer)).toThrow(/INVALID_OPTION/);
  hub.account.editContact(id, { firstname: "A" }, marketer);
  expect(hub.account.contact(id)?.properties["hs_lead_status"]).toBe("OPEN_DEAL");
});

test("owners are the active ones unless archived ones are asked for", () => {
  const hub = hubSpot();
  const active = hub.call("GET", "/crm/v3/owners?limit=4");
  expect([active.body.results.length, active.body.paging]).toEqual([4, { next: { after: "4" } }]);
  expect(hub.call("GET", "/crm/v3/owners?limit=4&after=4").body.results).toHaveLength(2);
  const { email, id, userId } = active.body.results[0];
  expect(hub.call("GET", `/crm/v3/owners?email=${encodeURIComponent(email)}`).body.results).toMatchObject([{ id }]);
  expect(hub.call("GET", `/crm/v3/owners/${userId}?idProperty=userId`).body.id).toBe(id);
  expect(hub.call("GET", "/crm/v3/owners?archived=true").body.results).toMatchObject([{ archived: true }]);
});

test("account details carry the offset of the account's time zone", () => {
  const hub = hubSpot({ timeZone: "US/Eastern" });
  expect(hub.call("GET", "/account-info/v3/details").body).toMatchObject({
    portalId: 62515,
    timeZone: "US/Eastern",
    utcOffset: "-04:00",
    utcOffsetMilliseconds: -14_400_000,
  });
});

test("a task needs a due date, an existing contact and a type of association that exists", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a@example.com" }, marketer);
  const task = (to: string, associationTypeId: number, properties: object = { hs_timestamp: "2026-10-30T16:00:00Z" }) =>
    hub.call("POST", "/crm/v3/objects/tasks", {
      properties,
      associations: [{ to: { id: to }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId }] }],
    });
  expect(task(id, 204, { hs_task_subject: "Call" }).status).toBe(400);
  expect(task("999", 204).body.subCategory).toBe("crm.associations.TO_OBJECT_NOT_FOUND");
  expect(task(id, 279).status).toBe(400);
  expect(hub.account.tasks()).toEqual([]);
  expect(task(id, 204)).toMatchObject({ status: 201, body: { properties: { hs_object_source_id: "18221010" } } });
});

test("reading associations of a record without any answers 207", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ email: "a@example.com" }, marketer);
  const answer = hub.call("POST", "/crm/v4/associations/contacts/tasks/batch/read", { inputs: [{ id }] });
  expect(answer.status).toBe(207);
  expect(answer.body.errors[0].subCategory).toBe("crm.associations.NO_ASSOCIATIONS_FOUND");
});

test("the same seed and the same calls give the same answers", () => {
  const play = (): unknown => {
    const hub = hubSpot({ times: { lagMs: [2000, 8000], selfTouchChance: 0.6 } });
    const inputs = Array.from({ length: 20 }, (_, n) => ({ properties: { email: `p${n}@example.com` } }));
    const created = hub.call("POST", "/crm/v3/objects/contacts/batch/create", { inputs });
    hub.clock.advance(5000);
    return [created, hub.search({ limit: 100 })];
  };
  expect(play()).toEqual(play());
});
