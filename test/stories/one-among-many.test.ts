/** One bad record, call or moment among many: the others are written, the bad one is told, and nothing is there twice. */
import { afterEach, expect, test } from "vitest";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
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
const contactOf = (email: string) => world.sandbox.hubspot.contactByEmail(email);

test("of a hundred updates that HubSpot takes in one call, three with a value it no longer knows are told and the others are written", async () => {
  world = await openSyncWorld(database);
  const people = await couples(world, 100);
  world.sandbox.hubspot.removePropertyOption("product_interest", "automation");
  // The other side of a mapped choice is written as it stands; HubSpot judges each row.
  for (const [index, person] of people.entries())
    person.salesforce({ FirstName: `Name ${index}`, ...(index < 3 ? { Product_Interest__c: "automation" } : {}) });
  await world.pass(5);
  const run = await world.sync();
  expect([run.outcome, run.rejected]).toEqual(["needs-attention", 3]);
  await world.settle();
  const names = people.map((person) => person.hubspotValue("firstname"));
  expect(names).toEqual(people.map((_, index) => `Name ${index}`));
  expect(people.map((person) => person.hubspotValue("product_interest")).filter((value) => value !== null)).toEqual([]);
  const rejects = await world.store.rejects({ limit: 10 });
  expect(rejects.map(({ fields }) => fields)).toEqual([
    ["product_interest"],
    ["product_interest"],
    ["product_interest"],
  ]);
  for (const { message } of rejects) expect(message).toContain("automation");
});

test("of thirty contacts that we make in one call, one that a form has made meanwhile is joined and the others are made", async () => {
  world = await openSyncWorld(database);
  const emails = Array.from({ length: 30 }, (_, index) => `new-${index}@example.com`);
  for (const email of emails) lead(email, { Title: `Title of ${email}` });
  await world.pass(5);
  const dependencies = world.dependencies();
  beforeWrite(dependencies, "hubspot", () =>
    world.sandbox.hubspot.createContact({ email: "new-7@example.com", firstname: "Form" }, MARKETER),
  );
  await world.sync({}, dependencies);
  await world.settle();
  expect(world.sandbox.hubspot.contacts()).toHaveLength(30);
  for (const email of emails) expect(contactOf(email)?.properties["jobtitle"]).toBe(`Title of ${email}`);
  expect((await world.store.scanLinks(null, 100)).map(({ state }) => state)).toEqual(Array(30).fill("linked"));
  expect(await world.store.rejects({ limit: 10 })).toEqual([]);
});

test("a system that refuses every write is left alone after a few calls, the run says why, and the next run writes everything", async () => {
  world = await openSyncWorld(database);
  const people = await couples(world, 60);
  for (const person of people) person.salesforce({ Title: "Biologist" });
  await world.pass(5);
  const broken = { status: "error", message: "internal error", correlationId: "c033cdaa-2c40-4a64-ae48-b4cec88dad24" };
  world.sandbox.hubspotFaults.add({
    path: "/batch/update",
    times: 10_000,
    fault: { kind: "answer", status: 500, body: broken },
  });
  const run = await world.sync();
  expect(run.calls.hubspot).toBeLessThan(20);
  expect(writesOf(run)).toBe(0);
  expect(run.reasons).toEqual([
    expect.stringMatching(
      /^HubSpot did not take 60 writes, or did not say .* \(HubSpot answered .*batch\/update with 500\)/,
    ),
  ]);
  world.sandbox.hubspotFaults.clear();
  await world.pass(5);
  expect((await world.sync()).written.hubspot.updated).toBe(60);
  await world.settle();
  expect(people.every((person) => person.hubspotValue("jobtitle") === "Biologist")).toBe(true);
});

test("a system that takes nothing is left alone after three chunks, whatever still waits; the run stops and says so, and the next one writes everything", async () => {
  world = await openSyncWorld(database, {
    adjust: (loaded) => {
      const { connector } = loaded.rulebook;
      return { ...loaded, rulebook: { ...loaded.rulebook, connector: { ...connector, chunkSize: 5 } } };
    },
  });
  const people = await couples(world, 40);
  for (const person of people) person.salesforce({ Title: "Biologist" });
  await world.pass(5);
  world.sandbox.hubspotFaults.add({
    path: "/batch/update",
    times: 10_000,
    fault: { kind: "answer", status: 500, body: {} },
  });
  const requests = watchRequests(world.sandbox.hubspotFaults, world.clock);
  const run = await world.sync();
  expect(requests.times("/batch/update")).toHaveLength(3);
  expect(run).toMatchObject({
    outcome: "stopped",
    reasons: [
      expect.stringMatching(/^HubSpot has taken no write for 3 chunks in a row \(.*with 500\): it is left alone/),
    ],
  });
  expect((await world.store.runs(1))[0]).toMatchObject({ outcome: "stopped", counts: { reasons: run.reasons } });
  world.sandbox.hubspotFaults.clear();
  await world.pass(5);
  await world.settle();
  expect(people.every((person) => person.hubspotValue("jobtitle") === "Biologist")).toBe(true);
});

test("after a 429 that asks for thirty seconds HubSpot is not called for thirty seconds, and both sides are written in the same run", async () => {
  world = await openSyncWorld(database);
  const [ann, bob] = await couples(world, 2);
  ann?.salesforce({ Title: "Biologist" });
  bob?.hubspot({ jobtitle: "Chemist" });
  await world.pass(5);
  const body = { status: "error", message: "slow down", errorType: "RATE_LIMIT", policyName: "TEN_SECONDLY_ROLLING" };
  const fault = { kind: "answer" as const, status: 429, headers: { "retry-after": "30" }, body };
  world.sandbox.hubspotFaults.add({ path: "/batch/read", fault });
  const requests = watchRequests(world.sandbox.hubspotFaults, world.clock);
  const run = await world.sync();
  const [refused = 0, next = 0] = requests.times("/batch/read");
  expect(next - refused).toBeGreaterThanOrEqual(30_000);
  expect(requests.times("").filter((time) => time > refused && time < refused + 30_000)).toEqual([]);
  expect(run).toMatchObject({ outcome: "done", written: { hubspot: { updated: 1 }, salesforce: { updated: 1 } } });
});

test("a run that dies between storing an MQL and making its task leaves one task to the next run", async () => {
  world = await openSyncWorld(database);
  const [ann] = await couples(world, 1);
  ann?.hubspot({ lifecyclestage: "marketingqualifiedlead" });
  await world.pass(5);
  const dying = world.dependencies();
  const { salesforce } = dying.clients;
  const write = salesforce.write.bind(salesforce);
  const died = new Promise<void>((resolve) => {
    Object.assign(salesforce, {
      write: (writes: Parameters<typeof write>[0]) => {
        if (!writes.some(({ purpose }) => purpose === "task")) return write(writes);
        resolve();
        return new Promise(() => {});
      },
    });
  });
  await Promise.race([world.sync({}, dying), died]);
  expect([ann?.salesforceValue("LeadLoop_Stage__c"), world.sandbox.salesforce.records("Task").length]).toEqual([
    "MQL",
    0,
  ]);
  await world.pass(5);
  await world.settle();
  expect(world.sandbox.salesforce.records("Task")).toHaveLength(1);
});

test("a lead that a duplicate rule of the org keeps out is told, is not forced, and holds up nobody", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  lead("somebody@example.com", { LastName: "Double" });
  salesforce.addDuplicateRule("Lead", { name: "same_name", mode: "alert", matchOn: ["LastName"] });
  const stage = { lifecyclestage: "marketingqualifiedlead" } as const;
  hubspot.createContact({ email: "double@example.com", lastname: "Double", ...stage }, MARKETER);
  hubspot.createContact({ email: "other@example.com", lastname: "Other", ...stage }, MARKETER);
  await world.pass(5);
  expect((await world.sync()).outcome).toBe("needs-attention");
  await world.settle();
  expect(salesforce.recordsBy("Lead", "Email", "double@example.com")).toEqual([]);
  expect(salesforce.recordsBy("Lead", "Email", "other@example.com")).toHaveLength(1);
  expect(await world.store.rejects({ limit: 10 })).toMatchObject([{ code: "DUPLICATES_DETECTED" }]);
});

const QUALIFIED = { email: "ann@example.com", lastname: "Lee", lifecyclestage: "marketingqualifiedlead" } as const;
/** Ann is in Salesforce twice, and in HubSpot once, in the order given. */
function doubles(order: readonly string[]): { readonly contact: string; readonly records: readonly string[] } {
  const { hubspot, salesforce } = world.sandbox;
  const records: string[] = [];
  let contact = "";
  for (const who of order) {
    if (who === "hubspot") contact = hubspot.createContact(QUALIFIED, MARKETER);
    else records.push(salesforce.create("Contact", { Email: QUALIFIED.email, LastName: who }, rep()));
  }
  return { contact, records };
}

test.each([
  ["HubSpot's first", ["hubspot", "One", "Two"]],
  ["HubSpot's last", ["One", "Two", "hubspot"]],
  ["HubSpot's in between", ["One", "hubspot", "Two"]],
])(
  "two Salesforce contacts with the address of a HubSpot contact are told, nobody is made, nothing is written: %s",
  async (_, order) => {
    world = await openSyncWorld(database);
    const { contact, records } = doubles(order);
    await world.pass(5);
    const run = await world.sync();
    expect(run.outcome).toBe("needs-attention");
    expect(run.reasons.join()).toContain("left unpaired");
    await world.settle();
    const { hubspot, salesforce } = world.sandbox;
    expect(salesforce.records("Lead")).toEqual([]);
    expect(salesforce.records("Task")).toEqual([]);
    expect(records.map((one) => salesforce.record("Contact", one)?.["LastName"])).toEqual(["One", "Two"]);
    expect(hubspot.contact(contact)?.properties["lastname"]).toBe("Lee");
  },
);

test.each(["merged", "deleted", "given another address"])(
  "two Salesforce contacts of which one is %s leave one person, who is linked and handed over",
  async (how) => {
    world = await openSyncWorld(database);
    const { contact, records } = doubles(["hubspot", "One", "Two"]);
    await world.settle();
    const [one = "", two = ""] = records;
    const { salesforce } = world.sandbox;
    if (how === "merged") salesforce.merge("Contact", one, [two], rep());
    else if (how === "deleted") salesforce.remove("Contact", two, rep());
    else salesforce.edit("Contact", two, { Email: "another@example.com" }, rep());
    await world.settle();
    const linked = (await world.store.scanLinks(null, 10)).filter(({ hubspotId }) => hubspotId === contact);
    expect(linked).toMatchObject([{ state: "linked", salesforceId: one }]);
    expect(salesforce.records("Task")).toHaveLength(1);
    expect(salesforce.record("Contact", one)?.["LeadLoop_Stage__c"]).toBe("MQL");
  },
);

test("of two linked contacts merged in HubSpot, an admin is told to merge the two leads as well", async () => {
  world = await openSyncWorld(database);
  const [ann, bob] = await couples(world, 2);
  if (ann === undefined || bob === undefined) throw new Error("two couples were asked for");
  world.sandbox.hubspot.mergeContacts(ann.hubspotId, bob.hubspotId);
  const told: string[] = [];
  for (let run = 0; run < 4; run += 1) {
    await world.pass(5);
    const { plan } = await world.sync();
    told.push(...plan.skips.map(({ reason }) => reason));
  }
  expect(told.join("\n")).toMatch(/merge/i);
  const states = (await world.store.scanLinks(null, 10)).map(({ state }) => state).sort();
  expect(states).toEqual(["linked", "superseded"]);
  expect(world.sandbox.salesforce.records("Lead").filter((one) => one["IsDeleted"] === true)).toEqual([]);
});

test("an edit in Salesforce in the very second of our write, just after our read, is found, decided and told, and both sides agree", async () => {
  world = await openSyncWorld(database);
  const [ann] = await couples(world, 1);
  if (ann === undefined) throw new Error("a couple was asked for");
  ann.salesforce({ FirstName: "Just before" });
  ann.hubspot({ jobtitle: "From marketing" });
  await world.pass(1);
  const dependencies = world.dependencies();
  beforeWrite(dependencies, "salesforce", () => ann.salesforce({ Title: "In between" }));
  await world.sync({}, dependencies);
  await world.settle();
  await world.pass(20);
  await world.settle();
  expect(ann.hubspotValue("jobtitle")).toBe(ann.salesforceValue("Title"));
  const conflicts = await ann.conflicts();
  expect(conflicts).toMatchObject([{ field: "jobtitle", hubspot: "From marketing", salesforce: "In between" }]);
});

/** Does something between this run's read and its next write to that system. */
function beforeWrite({ clients }: SyncDependencies, system: "hubspot" | "salesforce", deed: () => void): void {
  const client = clients[system];
  const write = client.write.bind(client);
  Object.assign(client, {
    write: (writes: Parameters<typeof write>[0]) => {
      Object.assign(client, { write });
      deed();
      return write(writes);
    },
  });
}
