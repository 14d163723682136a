/** Whatever changes is read, once, however much it is, however late it shows, and wherever a run breaks off. */
import { afterEach, expect, test } from "vitest";
import { runChanges } from "../../src/jobs/changes-job.ts";
import type { ChangePage } from "../../src/jobs/ports.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld, type SyncWorldOptions, writesOf } from "../support/sync-world.ts";
import { watchRequests } from "../support/watch-requests.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

const open = async (options: SyncWorldOptions = {}): Promise<void> => {
  world = await openSyncWorld(database, options);
};
const rep = (): string => world.sandbox.salesforce.people.repIds[0] ?? "";
const importPeople = (count: number, properties: (index: number) => Record<string, string>): readonly string[] =>
  world.sandbox.hubspot.importContacts(
    Array.from({ length: count }, (_, index) => ({ properties: properties(index), createdAt: world.clock.now() })),
  );

test("12,000 contacts changed in one window are read, each once, although others are edited between the pages", async () => {
  await open();
  const ids = importPeople(12_000, (index) => ({ lastname: `Person ${index}` }));
  const searches = watchRequests(world.sandbox.hubspotFaults, world.clock);
  const { hubspot } = world.dependencies().clients;
  const read: string[] = [];
  let pages = 0;
  for await (const page of hubspot.readChanges([
    { object: "contacts", fields: ["lastname"], windows: [{ from: "2026-03-02T07:00:00.000Z", to: null }] },
  ])) {
    read.push(...page.records.map(({ ref }) => ref.id));
    pages += 1;
    // One that was read already, one of the next page, and one far away.
    for (const id of [read[0], ids[pages * 200 + 7], ids.at(-pages)])
      if (id !== undefined && pages < 5) world.sandbox.hubspot.editContact(id, { lastname: "Edited" }, MARKETER);
    await world.pass(0.1);
  }
  expect(read).toHaveLength(12_000);
  expect(new Set(read).size).toBe(12_000);
  expect(searches.bodies("/search").filter((body) => body.includes('"after"'))).toEqual([]);
});

test.each([
  ["changes", true, 1_600],
  ["everybody, for the first time", false, 800],
])(
  "HubSpot's calls of the day are gone while a run reads %s: it pauses at once, what it has read is kept, and the next day goes on without a gap",
  async (_what, settled, readNext) => {
    await open();
    if (settled) await world.settle();
    importPeople(1_600, (index) => ({ lastname: `Person ${index}` }));
    await world.pass(1);
    const requests = watchRequests(world.sandbox.hubspotFaults, world.clock);
    const body = { status: "error", message: "Daily.", errorType: "RATE_LIMIT", policyName: "DAILY" };
    const gone = { kind: "answer", status: 429, body } as const;
    world.sandbox.hubspotFaults.add({ path: "/search$", skip: 4, times: 10_000, fault: gone });
    const before = await world.store.cursors();
    expect(await world.sync()).toMatchObject({ outcome: "paused", reasons: [expect.stringMatching(/daily quota/)] });
    // One call was refused, and none came after it.
    expect(requests.times("/search")).toHaveLength(5);
    expect(await world.store.dirtyCount()).toBe(800);
    const ofContacts = (cursors: typeof before) => cursors.filter(({ object }) => object === "contacts");
    expect(ofContacts(await world.store.cursors())).toEqual(ofContacts(before));
    await world.pass(5);
    expect((await world.sync()).outcome).toBe("paused");
    expect(requests.times("/search")).toHaveLength(6);
    world.sandbox.hubspotFaults.clear();
    await world.pass(24 * 60);
    const next = await world.sync();
    expect(next).toMatchObject({ outcome: "done", read: { hubspot: readNext } });
    expect(await world.store.scanLinks(null, 10_000)).toHaveLength(1_600);
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(0);
  },
);

test("a run that is killed after the second page of four leaves no gap, and makes nobody twice", async () => {
  await open();
  importPeople(700, (index) => ({
    email: `p${index}@example.com`,
    lastname: `Person ${index}`,
    ...(index % 100 === 0 ? { lifecyclestage: "marketingqualifiedlead" } : {}),
  }));
  await world.pass(1);
  const dying = world.dependencies();
  await Promise.race([world.sync({}, dying), killedAfterPage(dying, 2)]);
  // The lease of the dead run has to end first.
  await world.pass(3);
  await world.settle();
  expect(await world.store.scanLinks(null, 10_000)).toHaveLength(700);
  expect(world.sandbox.salesforce.records("Lead")).toHaveLength(7);
  expect(world.sandbox.salesforce.records("Task")).toHaveLength(7);
});

/** Resolves when the run has read so many pages of HubSpot; it never hears of another. */
function killedAfterPage({ clients }: SyncDependencies, pages: number): Promise<void> {
  const { hubspot } = clients;
  const read = hubspot.readChanges.bind(hubspot);
  return new Promise((died) => {
    async function* dying(requests: Parameters<typeof read>[0]): AsyncGenerator<ChangePage> {
      let number = 0;
      for await (const page of read(requests)) {
        yield page;
        number += 1;
        if (number < pages) continue;
        died();
        await new Promise(() => {});
      }
    }
    Object.assign(hubspot, { readChanges: dying });
  });
}

test("the first run finds people who have been there for ten years, on both sides", async () => {
  await open();
  const { hubspot, salesforce } = world.sandbox;
  const properties = { email: "old@example.com", lastname: "Old", jobtitle: "Founder" };
  hubspot.importContacts([{ properties, createdAt: "2016-02-29T12:00:00.000Z" }]);
  const long = Date.parse("2016-02-29T13:00:00.000Z");
  const lead = salesforce.create("Lead", { Email: "old@example.com", LastName: "Old", Company: "Acme" }, rep(), long);
  await world.sync();
  expect(await world.person("old@example.com")).toMatchObject({ state: "linked", salesforceId: lead });
  expect(salesforce.record("Lead", lead)?.["Title"]).toBe("Founder");
});

test.each([
  ["in the future", "2031-01-01T00:00:00.000Z", null],
  ["older than the recycle bin keeps", "2025-01-01T00:00:00.000Z", null],
  ["of another account", "2026-03-02T08:00:00.000Z", "somebody else's"],
  ["that is no time at all", "", null],
])(
  "a cursor %s is not trusted: everything is read again, nothing is lost or made twice, and later runs read only what is new",
  async (_, position, account) => {
    await open();
    const contacts = importPeople(30, (index) => ({ email: `p${index}@example.com`, lastname: `Person ${index}` }));
    await world.settle();
    const lease = await world.store.acquireLease("sync", "test", 1_000, world.clock.now());
    if (lease === null) throw new Error("the lease is taken");
    const cursors = (await world.store.cursors()).map((cursor) => ({
      ...cursor,
      position,
      account: account ?? cursor.account,
    }));
    await world.store.ingest(lease, { dirty: [], cursors, seen: [], now: world.clock.now() });
    await world.store.releaseLease(lease);
    world.sandbox.hubspot.editContact(contacts[0] ?? "", { lifecyclestage: "marketingqualifiedlead" }, MARKETER);
    await world.pass(70);
    // Everybody may be compared first, in a run or two that write nothing.
    const runs = [];
    for (let run = 0; run < 4; run += 1) {
      runs.push(await world.sync());
      await world.pass(20);
    }
    expect(runs.reduce((created, { written }) => created + written.salesforce.created, 0)).toBe(1);
    const compared = runs.some(({ read, reasons }) => read.hubspot >= 30 || /Everybody was read/.test(reasons.join()));
    expect(compared).toBe(true);
    await world.pass(70);
    await world.sync();
    await world.pass(70);
    expect((await world.sync()).read.hubspot).toBeLessThan(5);
    const ahead = (await world.store.cursors()).filter((cursor) => cursor.position > world.clock.now());
    expect(ahead).toEqual([]);
  },
);

test("a run whose time is nearly over stops at a checkpoint, and the next ones go on without writing anything twice", async () => {
  await open({
    adjust: (loaded) => {
      const connector = { ...loaded.rulebook.connector, chunkSize: 5, timeBudgetSeconds: 100 };
      return { ...loaded, rulebook: { ...loaded.rulebook, connector } };
    },
  });
  importPeople(20, (index) => ({
    email: `p${index}@example.com`,
    lastname: "MQL",
    lifecyclestage: "marketingqualifiedlead",
  }));
  await world.pass(1);
  const slow = world.dependencies();
  const write = slow.clients.salesforce.write.bind(slow.clients.salesforce);
  Object.assign(slow.clients.salesforce, {
    write: async (writes: Parameters<typeof write>[0]) => {
      await world.pass(1);
      return write(writes);
    },
  });
  const first = await world.sync({}, slow);
  expect(first.outcome).toBe("paused");
  expect(first.written.salesforce.created).toBeGreaterThan(0);
  expect(first.written.salesforce.created).toBeLessThan(20);
  await world.settle();
  expect(world.sandbox.salesforce.records("Lead")).toHaveLength(20);
  expect(world.sandbox.salesforce.records("Task")).toHaveLength(20);
});

test("three schedules and a webhook that start together keep HubSpot's searches under five a second: one of them searches", async () => {
  await open();
  const ids = importPeople(1_600, (index) => ({ lastname: `Person ${index}` }));
  const requests = watchRequests(world.sandbox.hubspotFaults, world.clock);
  await world.pass(1);
  const hints = ids.slice(0, 20).map((id) => ({ system: "hubspot", object: "contacts", id }) as const);
  const told = runChanges(world.dependencies(), hints, { waitMs: 0 });
  const runs = await Promise.all([world.sync(), world.sync(), world.sync(), told]);
  // Each has a limiter of its own: what they share is the lease, so that one of them searches.
  expect(runs.filter(({ busy }) => !busy)).toHaveLength(1);
  const times = requests.times("/search");
  expect(times.length).toBeGreaterThan(6);
  for (const time of times)
    expect(times.filter((other) => other >= time && other < time + 1_000).length).toBeLessThan(6);
  expect(world.sandbox.calls.byPath["POST /crm/v3/objects/contacts/search"]).toBe(times.length);
});

test("400 fields and 150 ids are read on both sides without an address or a body that is too long", async () => {
  await open();
  const { hubspot, salesforce } = world.sandbox;
  const names = Array.from({ length: 400 }, (_, index) => `a_rather_long_name_of_a_field_${index}`);
  for (const name of names) {
    const kind = { type: "string", fieldType: "text", groupName: "contactinformation", label: name } as const;
    hubspot.defineProperty({ name, ...kind });
    salesforce.defineField("Lead", { name: `${name}__c`, label: name, type: "string", length: 80 });
  }
  const last = names.at(-1) ?? "";
  const contacts = importPeople(150, (index) => ({ lastname: "Wide", [last]: `value ${index}` }));
  const leads = contacts.map((_, index) =>
    salesforce.create("Lead", { LastName: "Wide", Company: "Acme", [`${last}__c`]: `value ${index}` }, rep()),
  );
  const { clients } = world.dependencies();
  const inHubspot = await clients.hubspot.readByIds({ object: "contacts", ids: contacts, fields: names });
  const fields = names.map((name) => `${name}__c`);
  const inSalesforce = await clients.salesforce.readByIds({ object: "Lead", ids: leads, fields });
  expect(inHubspot.found.get(contacts[149] ?? "")?.fields[last]).toBe("value 149");
  expect(inSalesforce.found.get(leads[149] ?? "")?.fields[`${last}__c`]).toBe("value 149");
  expect(Object.keys(inSalesforce.found.get(leads[0] ?? "")?.fields ?? {})).toHaveLength(400);
});

test.each([180_000, -180_000])(
  "a clock of ours that is %d ms off decides nothing: the later edit wins, and none is missed",
  async (aheadMs) => {
    await open({ aheadMs });
    const { hubspot, salesforce } = world.sandbox;
    const ids = ["one", "two"].map((name) => ({
      contact: hubspot.createContact({ email: `${name}@example.com`, lastname: "Clock" }, MARKETER),
      lead: salesforce.create("Lead", { Email: `${name}@example.com`, LastName: "Clock", Company: "Acme" }, rep()),
    }));
    await world.settle();
    const [one, two] = ids;
    if (one === undefined || two === undefined) throw new Error("two people were made");
    salesforce.edit("Lead", one.lead, { Title: "Earlier" }, rep());
    hubspot.editContact(two.contact, { jobtitle: "Earlier" }, MARKETER);
    await world.pass(1);
    hubspot.editContact(one.contact, { jobtitle: "Later" }, MARKETER);
    salesforce.edit("Lead", two.lead, { Title: "Later" }, rep());
    await world.settle();
    for (const { contact, lead } of ids)
      expect([hubspot.contact(contact)?.properties["jobtitle"], salesforce.record("Lead", lead)?.["Title"]]).toEqual([
        "Later",
        "Later",
      ]);
    expect((await world.store.conflicts({ limit: 10 })).map(({ kept }) => kept).sort()).toEqual([
      "hubspot",
      "salesforce",
    ]);
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(0);
  },
);
