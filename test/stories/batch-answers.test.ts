/** What a call for many records answers: partly refused, in another order than asked, with rows left out. Each row has its own outcome, and nobody else's. */
import { afterEach, expect, test } from "vitest";
import { type Network, PLATFORM_NETWORK } from "../../src/crm/network.ts";
import { couples } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";
import { watchRequests } from "../support/watch-requests.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

const rep = (): string => world.sandbox.salesforce.people.repIds[0] ?? "";
const lead = (email: string, fields: Readonly<Record<string, string>> = {}): string =>
  world.sandbox.salesforce.create("Lead", { Email: email, LastName: "Lee", Company: "Acme", ...fields }, rep());
const addresses = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `new-${index}@example.com`).sort();

/** A network on which HubSpot's answers to these paths are changed on their way: what becomes of the rows of each. */
function changing(path: RegExp, rows: (results: readonly { readonly id: string }[]) => readonly unknown[]): Network {
  return {
    ...PLATFORM_NETWORK,
    fetch: async (url, request) => {
      const response = await PLATFORM_NETWORK.fetch(url, request);
      if (!path.test(new URL(url).pathname) || !response.ok) return response;
      const body = (await response.json()) as { readonly results: readonly { readonly id: string }[] };
      return Response.json({ ...body, results: rows(body.results) }, response);
    },
  };
}
const reversed = (path: RegExp): Network => changing(path, (results) => results.toReversed());

/** What a read gives, but for the rows of these records; HubSpot says nothing of them. */
const without = (path: RegExp, left: () => ReadonlySet<string>): Network =>
  changing(path, (results) => results.filter(({ id }) => !left().has(id)));

test("of a hundred contacts made in one call, answered in another order, one with a value that HubSpot refuses is told in HubSpot's own words, and each is linked to its own lead", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  hubspot.removePropertyOption("product_interest", "automation");
  const emails = addresses(100);
  const [bad = ""] = emails;
  const leads = emails.map((email) =>
    lead(email, { Title: `Title of ${email}`, ...(email === bad ? { Product_Interest__c: "automation" } : {}) }),
  );
  await world.pass(5);
  const requests = watchRequests(world.sandbox.hubspotFaults, world.clock);
  const run = await world.sync({}, world.dependencies({ network: reversed(/batch\/upsert/) }));
  expect([run.outcome, run.rejected, run.written.hubspot.created]).toEqual(["needs-attention", 1, 100]);
  // All of them in one call, and then the one without what was refused.
  expect(requests.bodies("/batch/upsert").map((body) => JSON.parse(body).inputs.length)).toEqual([100, 1]);
  const rejects = await world.store.rejects({ limit: 10 });
  expect(rejects).toMatchObject([{ code: "INVALID_OPTION", fields: ["product_interest"], system: "hubspot" }]);
  expect(rejects[0]?.message).toContain("automation was not one of the allowed options");
  for (const [index, email] of emails.entries()) {
    const contact = hubspot.contactByEmail(email);
    const link = await world.person(email);
    expect([link.state, link.hubspotId, link.salesforceId]).toEqual(["linked", contact?.id, leads[index]]);
    expect(contact?.properties["jobtitle"]).toBe(`Title of ${email}`);
    // Each side carries the key of the same pair.
    const key = salesforce.record("Lead", leads[index] ?? "")?.["LeadLoop_Key__c"];
    expect([contact?.properties["leadloop_key"], key]).toEqual([link.id, link.id]);
  }
  await world.settle();
  expect(hubspot.contacts()).toHaveLength(100);
});

test("of a hundred updates answered in another order, with three refused, the others are known as written: nobody is sent again, and later edits of either side meet no conflict", async () => {
  world = await openSyncWorld(database);
  const people = await couples(world, 100);
  world.sandbox.hubspot.removePropertyOption("product_interest", "automation");
  for (const [index, person] of people.entries())
    person.salesforce({ FirstName: `Name ${index}`, ...(index < 3 ? { Product_Interest__c: "automation" } : {}) });
  await world.pass(5);
  const requests = watchRequests(world.sandbox.hubspotFaults, world.clock);
  await world.sync({}, world.dependencies({ network: reversed(/batch\/update/) }));
  expect(requests.bodies("/batch/update").map((body) => JSON.parse(body).inputs.length)).toEqual([100, 3]);
  await world.pass(5);
  expect(writesOf(await world.sync())).toBe(0);
  for (const [index, person] of people.entries())
    if (index % 2 === 0) person.hubspot({ firstname: `Later ${index}` });
    else person.salesforce({ FirstName: `Later ${index}` });
  await world.settle();
  const names = people.map((person) => [person.hubspotValue("firstname"), person.salesforceValue("FirstName")]);
  expect(names).toEqual(people.map((_, index) => [`Later ${index}`, `Later ${index}`]));
  expect(await world.store.conflicts({ limit: 10 })).toEqual([]);
});

test("of two hundred leads made in one call, three that a validation rule refuses are told with code, field and message, and all others are written as they are", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  salesforce.addValidationRule("Lead", {
    name: "no-bosses",
    message: "No bosses here",
    field: "Title",
    refuses: (record) => record["Title"] === "Boss",
  });
  const titles = Array.from({ length: 200 }, (_, index) => (index % 67 === 0 ? "Boss" : "Clerk"));
  for (const [index, jobtitle] of titles.entries()) {
    const email = `new-${index}@example.com`;
    const stage = { lifecyclestage: "marketingqualifiedlead" } as const;
    hubspot.createContact({ email, lastname: "Lee", jobtitle, ...stage }, MARKETER);
  }
  await world.pass(5);
  const requests = watchRequests(world.sandbox.salesforceFaults, world.clock);
  const run = await world.sync();
  expect([run.outcome, run.rejected, run.written.salesforce.created]).toEqual(["needs-attention", 3, 197]);
  await world.settle();
  // Those three are made without what was refused.
  const creates = requests.bodies("/composite/sobjects").filter((body) => body.includes("LeadLoop_Key__c"));
  expect(creates.map((body) => JSON.parse(body).records.length)).toEqual([200, 3]);
  const refusal = { code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", fields: ["Title"], message: "No bosses here" };
  expect(await world.store.rejects({ limit: 10 })).toMatchObject([refusal, refusal, refusal]);
  const written = titles.map(
    (_, index) => salesforce.recordsBy("Lead", "Email", `new-${index}@example.com`)[0]?.["Title"] ?? null,
  );
  expect(written).toEqual(titles.map((title) => (title === "Boss" ? null : title)));
  expect([salesforce.records("Lead").length, salesforce.records("Task").length]).toEqual([200, 200]);
});

test.each([
  ["once", 1],
  ["however it is asked for in a batch", 99],
])(
  "a contact that HubSpot's answer leaves out %s, without a word, is nobody who was deleted: it is asked for alone, and what was edited arrives",
  async (_how, times) => {
    world = await openSyncWorld(database);
    const people = await couples(world, 6);
    const [ann] = people;
    for (const person of people) person.salesforce({ Title: "Chemist" });
    await world.pass(5);
    let left = times;
    const network = without(/batch\/read/, () => {
      left -= 1;
      return new Set(left < 0 ? [] : [ann?.hubspotId ?? ""]);
    });
    const run = await world.sync({}, world.dependencies({ network }));
    expect(run).toMatchObject({ outcome: "done", written: { hubspot: { updated: 6 } } });
    expect(left).toBeLessThan(times);
    expect(people.map((person) => person.hubspotValue("jobtitle"))).toEqual(Array(6).fill("Chemist"));
    expect((await world.store.scanLinks(null, 10)).map(({ state }) => state)).toEqual(Array(6).fill("linked"));
  },
);

test("a new contact that HubSpot's search names and its answers leave out is made in Salesforce all the same", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  const id = hubspot.createContact(
    { email: "new@example.com", lastname: "Lee", lifecyclestage: "marketingqualifiedlead" },
    MARKETER,
  );
  await world.pass(5);
  await world.sync({}, world.dependencies({ network: without(/batch\/read/, () => new Set([id])) }));
  expect(salesforce.recordsBy("Lead", "Email", "new@example.com")).toHaveLength(1);
});

test("the record that a duplicate rule found is told where Salesforce names it in the row", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforceFaults } = world.sandbox;
  const there = lead("somebody@example.com");
  await world.settle();
  // Whether rows of a collection carry it is not documented; a single create does.
  const duplicateResult = { matchResults: [{ matchRecords: [{ record: { Id: there } }] }] };
  const error = {
    statusCode: "DUPLICATES_DETECTED",
    message: "Use one of these records?",
    fields: [],
    duplicateResult,
  };
  const body = [{ success: false, errors: [error] }];
  const fault = { kind: "answer", status: 200, body } as const;
  salesforceFaults.add({ method: "POST", path: "composite/sobjects$", body: "LeadLoop_Key__c", fault });
  const stage = { lifecyclestage: "marketingqualifiedlead" } as const;
  hubspot.createContact({ email: "double@example.com", lastname: "Lee", ...stage }, MARKETER);
  await world.pass(5);
  await world.sync();
  expect(await world.store.rejects({ limit: 10 })).toMatchObject([
    { code: "DUPLICATES_DETECTED", message: `Use one of these records? It found ${there}.` },
  ]);
});
