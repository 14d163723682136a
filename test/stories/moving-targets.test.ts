/** Records move while they are read, answers come short or in another order, and some changes are told by nobody: all the same nothing is missed. */
import { afterEach, expect, test } from "vitest";
import { type Network, PLATFORM_NETWORK } from "../../src/crm/network.ts";
import { runChanges } from "../../src/jobs/changes-job.ts";
import { ConfigFolder } from "../config/config-folder.ts";
import { couple, couples } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
let folder: ConfigFolder | undefined;
afterEach(async () => {
  await world.close();
  folder?.remove(".");
  folder = undefined;
});

const rep = (): string => world.sandbox.salesforce.people.repIds[0] ?? "";
const leads = (count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    world.sandbox.salesforce.create("Lead", { LastName: `Lee ${index}`, Company: "Acme" }, rep()),
  );
const EVERYBODY = [{ from: null, to: null }];

test("an edit of somebody else in the first minute of a run that writes for eight is found by the next run", async () => {
  world = await openSyncWorld(database);
  const [ann, bob, cleo] = await couples(world, 3);
  ann?.hubspot({ jobtitle: "Biologist" });
  await world.pass(5);
  const slow = world.dependencies();
  const write = slow.clients.salesforce.write.bind(slow.clients.salesforce);
  Object.assign(slow.clients.salesforce, {
    write: async (writes: Parameters<typeof write>[0]) => {
      await world.pass(1);
      bob?.hubspot({ jobtitle: "Chemist" });
      cleo?.salesforce({ Title: "Coder" });
      // Longer than reads reach back.
      await world.pass(7);
      return write(writes);
    },
  });
  await world.sync({}, slow);
  await world.pass(1);
  await world.sync();
  expect([bob?.salesforceValue("Title"), cleo?.hubspotValue("jobtitle")]).toEqual(["Chemist", "Coder"]);
});

test("leads that are edited between the pages of a read make it neither skip nor repeat any other", async () => {
  world = await openSyncWorld(database);
  const ids = leads(4_500);
  const { salesforce } = world.dependencies().clients;
  const read: { readonly id: string; readonly title: unknown }[] = [];
  const edited = new Set<string>();
  for await (const page of salesforce.readChanges([{ object: "Lead", fields: ["Title"], windows: EVERYBODY }])) {
    read.push(...page.records.map(({ ref, fields }) => ({ id: ref.id, title: fields["Title"] })));
    await world.pass(0.1);
    // One that was read already, one of the next page, and the last of all; once each.
    for (const id of [read[7]?.id, ids[read.length + 7], ids.at(-1)]) {
      if (id === undefined || edited.has(id)) continue;
      edited.add(id);
      world.sandbox.salesforce.edit("Lead", id, { Title: "Edited" }, rep());
    }
  }
  const others = read.filter(({ id }) => !edited.has(id));
  expect(edited.size).toBeGreaterThan(3);
  expect(others).toHaveLength(4_500 - edited.size);
  expect(new Set(others.map(({ id }) => id)).size).toBe(others.length);
  // Whoever moved is met at the new place, whatever was read before.
  for (const id of edited) expect(read.findLast((one) => one.id === id)?.title).toBe("Edited");
});

test("leads so wide that Salesforce answers with fewer rows than were asked for are read to the end, by change and by id", async () => {
  world = await openSyncWorld(database);
  const ids = leads(1_100);
  world.sandbox.salesforce.setQueryRows(250);
  const { salesforce } = world.dependencies().clients;
  const read: string[] = [];
  for await (const page of salesforce.readChanges([{ object: "Lead", fields: ["LastName"], windows: EVERYBODY }]))
    read.push(...page.records.map(({ ref }) => ref.id));
  expect(read.toSorted()).toEqual(ids.toSorted());
  const { found, missing } = await salesforce.readByIds({ object: "Lead", ids, fields: ["LastName"] });
  expect([found.size, missing]).toEqual([1_100, []]);
  const named = await salesforce.readByField({ object: "Lead", field: "Company", values: ["Acme"], fields: [] });
  expect(named).toHaveLength(1_100);
});

test("hits that HubSpot's search gives in another order than was asked for are all read, once", async () => {
  world = await openSyncWorld(database);
  const { hubspot } = world.sandbox;
  const contacts = Array.from({ length: 450 }, (_, index) => ({
    properties: { email: `p${index}@example.com`, lastname: `Person ${index}` },
    createdAt: world.clock.now(),
  }));
  hubspot.importContacts(contacts);
  await world.pass(5);
  const reversing: Network = {
    ...PLATFORM_NETWORK,
    fetch: async (url, request) => {
      const response = await PLATFORM_NETWORK.fetch(url, request);
      if (!url.endsWith("/search") || !response.ok) return response;
      const body = (await response.json()) as { readonly results: readonly unknown[] };
      return Response.json({ ...body, results: body.results.toReversed() }, response);
    },
  };
  const run = await world.sync({}, world.dependencies({ network: reversing }));
  expect([run.outcome, run.read.hubspot]).toEqual(["done", 450]);
  expect(await world.store.scanLinks(null, 1_000)).toHaveLength(450);
});

test("a lead that is edited in the very second in which a run reads, just after it was read, is found by the next", async () => {
  world = await openSyncWorld(database);
  const [ann, bob] = await couples(world, 2);
  await world.pass(120);
  await world.sync();
  ann?.salesforce({ Title: "First of that second" });
  const reading = world.dependencies();
  const { salesforce } = reading.clients;
  const read = salesforce.readChanges.bind(salesforce);
  async function* withEdit(requests: Parameters<typeof read>[0]): ReturnType<typeof read> {
    for await (const page of read(requests)) {
      if (page.object === "Lead") bob?.salesforce({ Title: "Second of that second" });
      yield page;
    }
  }
  Object.assign(salesforce, { readChanges: withEdit });
  await world.sync({}, reading);
  expect([ann?.hubspotValue("jobtitle"), bob?.hubspotValue("jobtitle")]).toEqual(["First of that second", null]);
  await world.pass(1);
  await world.sync();
  expect(bob?.hubspotValue("jobtitle")).toBe("Second of that second");
});

test("a formula that shows another value without any stamp moving is found by the weekly walk over everybody", async () => {
  folder = new ConfigFolder();
  folder.edit(
    "mappings/contact-lead.yml",
    "fields:\n",
    "fields:\n  - { hubspot: region_score, salesforce: Region_Score__c, rule: always-use-salesforce, as: number }\n",
  );
  world = await openSyncWorld(database, {
    folders: { mappingsFolder: folder.path("mappings"), configFolder: folder.path("config") },
  });
  const { hubspot, salesforce } = world.sandbox;
  const number = { type: "number", fieldType: "number", groupName: "contactinformation", label: "Region" } as const;
  hubspot.defineProperty({ name: "region_score", ...number });
  const formula = { label: "Region", type: "double", calculated: true, createable: false, updateable: false } as const;
  salesforce.defineField("Lead", { name: "Region_Score__c", ...formula });
  const [ann, bob] = await couples(world, 2);
  // Nothing is read again because it was new a while ago.
  await world.pass(180);
  await world.settle();
  const stamp = ann?.salesforceValue("SystemModstamp");
  salesforce.recalculate("Lead", ann?.leadId ?? "", { Region_Score__c: 7 });
  expect(ann?.salesforceValue("SystemModstamp")).toBe(stamp);
  await world.settle();
  expect(ann?.hubspotValue("region_score")).toBeNull();
  for (let day = 0; day < 8; day += 1) {
    await world.pass(24 * 60);
    await world.sync();
  }
  await world.settle();
  expect([ann?.hubspotValue("region_score"), bob?.hubspotValue("region_score")]).toEqual(["7", null]);
});

test("a webhook that names a lead by its 15 characters leads to the person, at once and once", async () => {
  world = await openSyncWorld(database);
  const ann = await couple(world, "ann@example.com");
  ann.salesforce({ Title: "Hinted" });
  const hint = { system: "salesforce", object: "Lead", id: ann.leadId.slice(0, 15) } as const;
  const run = await runChanges(world.dependencies(), [hint], { waitMs: 0 });
  expect([run.outcome, writesOf(run)]).toEqual(["done", 1]);
  const again = await runChanges(world.dependencies(), [hint, { ...hint, id: ann.leadId }], { waitMs: 0 });
  expect([again.outcome, writesOf(again)]).toEqual(["done", 0]);
  expect(await ann.both("jobtitle", "Title")).toEqual(["Hinted", "Hinted"]);
  await world.pass(5);
  expect([writesOf(await world.sync()), await world.store.dirtyCount()]).toEqual([0, 0]);
  expect(await world.store.scanLinks(null, 10)).toHaveLength(1);
});
