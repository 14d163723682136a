/** Fields of other objects that are reached over a relation, such as the name of a contact's account: described with the object, read with its records. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CrmClient } from "../../src/jobs/ports.ts";
import { collect } from "../support/salesforce-test-client.ts";
import { type SalesforceHarness, salesforceHarness } from "./salesforce-harness.ts";

let harness: SalesforceHarness;
let client: CrmClient;

beforeEach(async () => {
  harness = await salesforceHarness();
  client = harness.connect();
});
afterEach(() => harness.close());

const EVERYTHING = [{ from: null, to: null }];

describe("fields over a relation", () => {
  test("are among the described ones where the relation and the field are there, and nobody may write them", async () => {
    const asked = [
      "Account.Name",
      "Account.Owner.Email",
      "Account.NumberOfEmployees",
      "Account.Nothing",
      "Owner2.Name",
    ];
    const { fields } = await client.describe("Contact", asked);
    const over = fields.filter(({ name }) => name.includes("."));
    expect(over).toMatchObject([
      { name: "Account.Name", type: "text", writable: false, createable: false, required: false },
      { name: "Account.Owner.Email", type: "text", writable: false, createable: false, required: false },
      { name: "Account.NumberOfEmployees", type: "number", writable: false, createable: false, required: false },
    ]);
    expect(client.calls).toBe(3);
    expect((await client.describe("Lead", asked)).fields.filter(({ name }) => name.includes("."))).toEqual([]);
  });

  test("come with each record, blank for a contact without an account", async () => {
    const AccountId = harness.org.create("Account", { Name: "Northwind" }, harness.rep);
    harness.org.create("Contact", { LastName: "Vance", AccountId }, harness.rep);
    harness.org.create("Contact", { LastName: "Alone" }, harness.rep);
    const request = { object: "Contact", fields: ["LastName", "Account.Name"], windows: EVERYTHING };
    const [page] = await collect(client.readChanges([request]));
    expect(page?.records.map(({ fields }) => fields)).toEqual([
      { LastName: "Vance", "Account.Name": "Northwind" },
      { LastName: "Alone", "Account.Name": null },
    ]);
  });
});
