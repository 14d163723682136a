/** Rows that somebody else's work has locked: what is tried again, in which portions, and beside what. */
import { expect, test } from "vitest";
import { type Network, PLATFORM_NETWORK } from "../../src/crm/network.ts";
import { write } from "../support/salesforce-test-client.ts";
import { salesforceHarness } from "./salesforce-harness.ts";

test("locked rows of one account are tried again one batch after the other, alone, and the innocent not at all", async () => {
  const harness = await salesforceHarness();
  const account = harness.org.create("Account", { Name: "Northwind" }, harness.rep);
  const contacts = Array.from({ length: 500 }, (_, index) =>
    harness.org.create("Contact", { LastName: `Vance ${index}`, AccountId: account }, harness.rep),
  );
  harness.org.lockRows(contacts.slice(0, 120), 2);
  const sent: { readonly rows: number; readonly beside: number }[] = [];
  let underWay = 0;
  const network: Network = {
    ...PLATFORM_NETWORK,
    fetch: async (url, request) => {
      underWay += 1;
      const rows = [...String(request.body).matchAll(/"attributes"/g)].length;
      if (url.includes("/composite/sobjects")) sent.push({ rows, beside: underWay - 1 });
      try {
        return await PLATFORM_NETWORK.fetch(url, request);
      } finally {
        underWay -= 1;
      }
    },
  };
  const outcomes = await harness.connect({ network }).write(contacts.map((id) => write({ id, object: "Contact" })));
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["written"]));
  expect(sent.slice(0, 3).map(({ rows }) => rows)).toEqual([200, 200, 100]);
  expect(sent.slice(0, 3).some(({ beside }) => beside > 0)).toBe(true);
  const again = sent.slice(3);
  expect(again.map(({ rows }) => rows)).toEqual([50, 50, 20, ...Array(12).fill(10)]);
  expect(again.map(({ beside }) => beside)).toEqual(again.map(() => 0));
  await harness.close();
});
