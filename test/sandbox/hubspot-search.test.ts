import { expect, test } from "vitest";
import { type Caller, hubSpot, marketer, START } from "./hubspot-caller.ts";

const ids = (answer: { body: { results: { id: string }[] } }): string[] =>
  answer.body.results.map((result) => result.id);
const by = (propertyName: string, operator: string, rest: object = {}): object => ({
  filterGroups: [{ filters: [{ propertyName, operator, ...rest }] }],
});

/** Ann, Bea and Cas, a second apart. */
function threeContacts(hub: Caller): string[] {
  return [
    { email: "ann@example.com", firstname: "Ann", lifecyclestage: "lead", employees: "5", company: "Acme GmbH" },
    { email: "bea@example.org", firstname: "Bea", product_interest: "analytics;reporting", employees: "50" },
    {
      email: "cas@example.com",
      lifecyclestage: "customer",
      do_not_call: "true",
      first_contact_at: "2026-10-01T00:00:00Z",
    },
  ].map((properties) => {
    hub.clock.advance(1000);
    return hub.account.createContact(properties as Record<string, string>, marketer);
  });
}

test.each([
  ["EQ on a string, in any case", by("email", "EQ", { value: "ANN@example.com" }), "ann"],
  ["NEQ leaves out records without a value", by("firstname", "NEQ", { value: "Ann" }), "bea"],
  ["EQ on an enumeration", by("lifecyclestage", "EQ", { value: "lead" }), "ann"],
  ["EQ on one of several chosen options", by("product_interest", "EQ", { value: "reporting" }), "bea"],
  ["IN needs lower case on strings", by("firstname", "IN", { values: ["Ann", "bea"] }), "bea"],
  ["NOT_IN leaves out records without a value", by("lifecyclestage", "NOT_IN", { values: ["lead"] }), "cas"],
  ["LT on numbers", by("employees", "LT", { value: "6" }), "ann"],
  ["LTE on numbers", by("employees", "LTE", { value: "5" }), "ann"],
  ["GT compares numbers as numbers", by("employees", "GT", { value: "6" }), "bea"],
  ["GTE on numbers", by("employees", "GTE", { value: "50" }), "bea"],
  ["BETWEEN includes both ends", by("employees", "BETWEEN", { value: "5", highValue: "50" }), "ann bea"],
  ["HAS_PROPERTY", by("do_not_call", "HAS_PROPERTY"), "cas"],
  ["NOT_HAS_PROPERTY", by("lifecyclestage", "NOT_HAS_PROPERTY"), "bea"],
  ["CONTAINS_TOKEN finds a word", by("company", "CONTAINS_TOKEN", { value: "acme" }), "ann"],
  ["CONTAINS_TOKEN with a wildcard", by("email", "CONTAINS_TOKEN", { value: "*@example.com" }), "ann cas"],
  ["NOT_CONTAINS_TOKEN", by("email", "NOT_CONTAINS_TOKEN", { value: "*@example.com" }), "bea"],
  ["a date-time as ISO 8601", by("first_contact_at", "GTE", { value: "2026-10-01T00:00:00Z" }), "cas"],
  ["a date-time as milliseconds", by("first_contact_at", "EQ", { value: String(Date.UTC(2026, 9, 1)) }), "cas"],
  [
    "lastmodifieddate within a window",
    by("lastmodifieddate", "BETWEEN", { value: String(START + 1000), highValue: String(START + 2000) }),
    "ann bea",
  ],
  ["query text begins a word", { query: "acm" }, "ann"],
  [
    "groups are alternatives",
    {
      filterGroups: [
        { filters: [{ propertyName: "firstname", operator: "EQ", value: "bea" }] },
        { filters: [{ propertyName: "lifecyclestage", operator: "EQ", value: "customer" }] },
      ],
    },
    "bea cas",
  ],
  [
    "filters of a group all hold",
    {
      filterGroups: [
        {
          filters: [
            { propertyName: "employees", operator: "GT", value: "1" },
            { propertyName: "firstname", operator: "EQ", value: "ann" },
          ],
        },
      ],
    },
    "ann",
  ],
])("search: %s", (_, request, expected) => {
  const hub = hubSpot();
  threeContacts(hub);
  const answer = hub.search({ ...request, properties: ["email"] });
  expect(answer.status).toBe(200);
  const names = answer.body.results.map((result: { properties: { email: string } }) =>
    result.properties.email.slice(0, 3),
  );
  expect(names.sort().join(" ")).toBe(expected);
  expect(answer.body.total).toBe(names.length);
});

test.each([
  ["a property name", ["createdate"], "0 1 2"],
  ["a name with a minus", ["-createdate"], "2 1 0"],
  ["an object", [{ propertyName: "lastmodifieddate", direction: "DESCENDING" }], "2 1 0"],
  ["a text property, empty values last", ["firstname"], "0 1 2"],
  ["a number property, empty values last", [{ propertyName: "employees", direction: "ASCENDING" }], "0 1 2"],
])("search sorts by %s", (_, sorts, expected) => {
  const hub = hubSpot();
  const created = threeContacts(hub);
  expect(
    ids(hub.search({ sorts }))
      .map((id) => created.indexOf(id))
      .join(" "),
  ).toBe(expected);
});

test.each([
  ["more than 200 per page", { limit: 201 }],
  ["an offset beyond 10,000", { after: "9900", limit: 200 }],
  ["an offset that is no number", { after: "x" }],
  [
    "six filter groups",
    {
      filterGroups: Array.from({ length: 6 }, () => ({
        filters: [{ propertyName: "email", operator: "HAS_PROPERTY" }],
      })),
    },
  ],
  [
    "seven filters in a group",
    {
      filterGroups: [
        { filters: Array.from({ length: 7 }, () => ({ propertyName: "email", operator: "HAS_PROPERTY" })) },
      ],
    },
  ],
  [
    "nineteen filters",
    {
      filterGroups: [5, 5, 5, 4].map((length) => ({
        filters: Array.from({ length }, () => ({ propertyName: "email", operator: "HAS_PROPERTY" })),
      })),
    },
  ],
  ["a filter group without filters", { filterGroups: [{ filters: [] }] }],
  ["two sorts", { sorts: ["email", "createdate"] }],
  [
    "a body of more than 3,000 characters",
    by("email", "IN", { values: Array.from({ length: 150 }, (_, n) => `person${n}@example.com`) }),
  ],
  ["an unknown property in a filter", by("nope", "EQ", { value: "1" })],
  ["an unknown property in a sort", { sorts: ["nope"] }],
  ["an unknown operator", by("email", "LIKE", { value: "1" })],
  ["a filter without its value", by("email", "EQ")],
  ["BETWEEN without its high value", by("employees", "BETWEEN", { value: "1" })],
  ["a number that is none", by("employees", "GT", { value: "many" })],
  ["a key that does not exist", { filter: [] }],
  ["history", { propertiesWithHistory: ["email"] }],
])("search refuses %s with 400", (_, request) => {
  const answer = hubSpot().search(request);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({
    status: "error",
    category: "VALIDATION_ERROR",
    correlationId: expect.any(String),
  });
});

test("a fresh contact is missing from search until the index has caught up", () => {
  const hub = hubSpot({ times: { lagMs: [5000, 5000] } });
  const id = hub.account.createContact({ email: "new@example.com" }, marketer);
  const request = by("email", "EQ", { value: "new@example.com" });
  hub.clock.advance(4999);
  expect(hub.search(request).body).toEqual({ total: 0, results: [] });
  hub.clock.advance(1);
  expect(ids(hub.search(request))).toEqual([id]);
});

test("a stale index finds by the old value and answers the new one", () => {
  const hub = hubSpot({ times: { lagMs: [5000, 5000] } });
  const id = hub.account.createContact({ email: "old@example.com" }, marketer);
  hub.clock.advance(5000);
  hub.account.editContact(id, { email: "new@example.com" }, marketer);
  const [hit] = hub.search({ ...by("email", "EQ", { value: "old@example.com" }), properties: ["email"] }).body.results;
  expect(hit.properties.email).toBe("new@example.com");
});

test("an archived contact counts in the total until the index knows, but is never answered", () => {
  const hub = hubSpot({ times: { lagMs: [5000, 5000] } });
  const id = hub.account.createContact({ email: "gone@example.com" }, marketer);
  hub.clock.advance(5000);
  hub.account.archiveContact(id);
  const request = by("email", "EQ", { value: "gone@example.com" });
  expect(hub.search(request).body).toEqual({ total: 1, results: [] });
  hub.clock.advance(5000);
  expect(hub.search(request).body).toEqual({ total: 0, results: [] });
});

test("a write with a short lag is not undone by an earlier one that arrives later", () => {
  const hub = hubSpot({ times: { lagMs: [0, 60_000] } });
  const id = hub.account.createContact({ email: "x@example.com" }, marketer);
  for (let round = 0; round < 20; round += 1) hub.account.editContact(id, { firstname: `name${round}` }, marketer);
  hub.clock.advance(60_000);
  expect(ids(hub.search(by("firstname", "EQ", { value: "name19" })))).toEqual([id]);
  expect(hub.search(by("firstname", "NEQ", { value: "name19" })).body.total).toBe(0);
});

test("a rare write takes the long way into the index", () => {
  const hub = hubSpot({ times: { lagMs: [1000, 1000], tailChance: 1, tailMs: 600_000 } });
  hub.account.createContact({ email: "x@example.com" }, marketer);
  hub.clock.advance(599_999);
  expect(hub.search({}).body.total).toBe(0);
  hub.clock.advance(1);
  expect(hub.search({}).body.total).toBe(1);
});

test("the modification time moves once by itself after a create, up to 24 seconds later", () => {
  const hub = hubSpot({ times: { selfTouchChance: 1, selfTouchMs: 24_000 } });
  const created = Array.from({ length: 200 }, (_, n) =>
    hub.account.createContact({ email: `p${n}@example.com` }, marketer),
  );
  hub.clock.advance(60_000);
  const moved = created.map((id) => Date.parse(hub.account.contact(id)?.updatedAt ?? "") - START);
  expect(Math.min(...moved)).toBeGreaterThan(0);
  expect(Math.max(...moved)).toBeLessThanOrEqual(24_000);
  expect(moved.sort((a, b) => a - b)[100]).toBeLessThan(6000);
  hub.clock.advance(60_000);
  expect(
    created.map((id) => Date.parse(hub.account.contact(id)?.updatedAt ?? "") - START).sort((a, b) => a - b),
  ).toEqual(moved);
});

test("a window is read completely by id, page after page, in whatever order ids were minted", () => {
  const hub = hubSpot();
  const rows = Array.from({ length: 1050 }, (_, n) => ({
    properties: { email: `p${n}@example.com` },
    createdAt: new Date(START - 1_000_000 + (n % 7) * 1000).toISOString(),
  }));
  const imported = hub.account.importContacts(rows);
  const seen: string[] = [];
  for (let last = "0"; ; ) {
    const page = hub.search({
      filterGroups: [
        {
          filters: [
            {
              propertyName: "lastmodifieddate",
              operator: "BETWEEN",
              value: String(START - 1_000_000),
              highValue: String(START),
            },
            { propertyName: "hs_object_id", operator: "GT", value: last },
          ],
        },
      ],
      sorts: [{ propertyName: "hs_object_id", direction: "ASCENDING" }],
      limit: 200,
    });
    expect(page.body.total).toBe(1050 - seen.length);
    seen.push(...ids(page));
    if (page.body.paging === undefined) break;
    last = seen.at(-1) ?? "";
  }
  expect(seen).toEqual([...imported].sort((a, b) => Number(a) - Number(b)));
  expect(seen).not.toEqual(imported);
});

test("pages by offset end without paging and stop at 10,000", () => {
  const hub = hubSpot();
  hub.account.importContacts(
    Array.from({ length: 10_150 }, (_, n) => ({
      properties: { email: `p${n}@example.com` },
      createdAt: new Date(START - 10_000_000 + n).toISOString(),
    })),
  );
  const page = hub.search({ limit: 200, after: "9800", sorts: ["lastmodifieddate"] });
  expect(page.body).toMatchObject({ total: 10_150, paging: { next: { after: "10000" } } });
  expect(hub.search({ limit: 200, after: "10000", sorts: ["lastmodifieddate"] }).status).toBe(400);
  const last = hub.search({ ...by("hs_object_id", "GT", { value: "0" }), limit: 50, after: "9950" });
  expect(ids(last)).toHaveLength(50);
});

test("search answers what was asked for, the always-read properties, and null for what is empty", () => {
  const hub = hubSpot();
  hub.account.createContact({ email: "a@example.com", firstname: "A" }, marketer);
  const [hit] = hub.search({ properties: ["firstname", "lastname", "no_such_property"] }).body.results;
  expect(hit.properties).toEqual({
    createdate: "2026-10-05T12:00:00Z",
    firstname: "A",
    hs_object_id: hit.id,
    lastmodifieddate: "2026-10-05T12:00:00Z",
    lastname: null,
  });
  const [plain] = hub.search({}).body.results;
  expect(Object.keys(plain.properties)).toEqual([
    "createdate",
    "email",
    "firstname",
    "hs_object_id",
    "lastmodifieddate",
    "lastname",
  ]);
});

test("a unique property is found by EQ in any case and by IN in lower case", () => {
  const hub = hubSpot();
  const id = hub.account.createContact({ leadloop_key: "Key-1A" }, marketer);
  expect(ids(hub.search(by("leadloop_key", "EQ", { value: "Key-1A" })))).toEqual([id]);
  expect(ids(hub.search(by("leadloop_key", "IN", { values: ["key-1a", "key-2b"] })))).toEqual([id]);
  expect(ids(hub.search(by("leadloop_key", "IN", { values: ["Key-1A"] })))).toEqual([]);
});
