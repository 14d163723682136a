/** What the Salesforce client finds by the value of a field, or by its having one. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CrmClient } from "../../src/jobs/ports.ts";
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

describe("records by value", () => {
  test.each([
    "o'x\\",
    "\\' OR Name LIKE '%",
    "' OR Name LIKE '%",
    'a"b',
    "percent % under_score",
    "a+b@example.com",
    "Ünïcode 東京",
  ])("%s finds only the record that holds exactly that", async (value) => {
    lead({ Title: "somebody else" });
    const id = lead({ Title: value });
    const found = await client.readByField({ object: "Lead", field: "Title", values: [value], fields: ["Title"] });
    expect(found.map(({ ref, fields }) => [ref.id, fields])).toEqual([[id, { Title: value }]]);
  });

  test("deleted records are found only when asked for", async () => {
    const id = lead({ Email: "ada@example.com" });
    harness.org.remove("Lead", id, harness.rep);
    const request = { object: "Lead", field: "Email", values: ["ADA@example.com"], fields: [] };
    expect(await client.readByField(request)).toEqual([]);
    expect(await client.readByField({ ...request, includeDeleted: true })).toMatchObject([
      { fate: { kind: "deleted" } },
    ]);
  });

  test("whoever has any is found where that is asked for, and not asked for ever where the field is hidden from us", async () => {
    const [id] = [lead({ Title: "CEO" }), lead({ Title: null })];
    harness.org.remove("Lead", lead({ Title: "CFO" }), harness.rep);
    const found = await client.readWithValue("Lead", "Title", ["Title"]);
    expect(found.map(({ ref, fields }) => [ref.id, fields])).toEqual([[id, { Title: "CEO" }]]);
    expect(client.calls).toBe(1);
    harness.org.hideField("Lead", "Title");
    await expect(client.readWithValue("Lead", "Title", ["LastName", "Title"])).rejects.toThrow(
      /INVALID_FIELD: No such column 'Title'.*leadloop check --live/,
    );
    expect(client.calls).toBeLessThanOrEqual(5);
  });

  test("blank values find nobody", async () => {
    lead({ Email: null });
    expect(await client.readByField({ object: "Lead", field: "Email", values: ["", "  "], fields: [] })).toEqual([]);
    expect(client.calls).toBe(0);
  });
});
