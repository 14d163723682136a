/** A record that we made without hearing of it, and that a person deletes or changes before the next run: nobody makes it again. */
import { afterEach, expect, test } from "vitest";
import type { System } from "../../src/core/model/record.ts";
import type { SandboxRequest } from "../../src/sandbox/exchange.ts";
import { dieAfterCreateIn } from "../support/die-after-create.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

const ANN = "ann@example.com";

test("in HubSpot, which tells of deleted contacts by id only", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  salesforce.create("Lead", { Email: ANN, LastName: "Lee", Company: "Acme" }, salesforce.people.repIds[0] ?? "");
  await world.pass(5);
  await dieAfterCreateIn(world, "hubspot");
  const made = hubspot.contactByEmail(ANN);
  hubspot.archiveContact(made?.id ?? "");
  await world.pass(5);
  await world.settle();
  expect(hubspot.contacts().map(({ id, archived }) => [id, archived])).toEqual([[made?.id, true]]);
  expect(await world.store.scanLinks(null, 9)).toMatchObject([{ state: "tombstoned", hubspotId: made?.id }]);
  // A marketer brings the contact back: the two go on together.
  hubspot.restoreContact(made?.id ?? "");
  await world.pass(5);
  await world.settle();
  expect(await world.store.scanLinks(null, 9)).toMatchObject([{ state: "linked", hubspotId: made?.id }]);
});

test("in HubSpot, where it was merged into another contact before: it is known by its address, and restoring them brings one person back", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  for (const email of [ANN, "bob@example.com"])
    salesforce.create("Lead", { Email: email, LastName: "Lee", Company: "Acme" }, rep);
  await world.pass(5);
  await dieAfterCreateIn(world, "hubspot");
  const [ann, bob] = [ANN, "bob@example.com"].map((email) => hubspot.contactByEmail(email)?.id ?? "");
  const both = hubspot.mergeContacts(ann ?? "", bob ?? "");
  hubspot.archiveContact(both);
  await world.pass(5);
  await world.settle();
  await world.sync({ full: true });
  await world.settle();
  expect(hubspot.contacts().filter(({ archived }) => !archived)).toEqual([]);
  expect((await world.store.scanLinks(null, 9)).map(({ state }) => state)).toEqual(["tombstoned", "tombstoned"]);
  hubspot.restoreContact(both);
  await world.pass(5);
  await world.settle();
  expect(hubspot.contacts().filter(({ archived }) => !archived)).toMatchObject([{ id: both }]);
});

test("in HubSpot, which the state has forgotten altogether: the lead still carries the key of the pair", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  salesforce.create("Lead", { Email: ANN, LastName: "Lee", Company: "Acme" }, salesforce.people.repIds[0] ?? "");
  await world.settle();
  const made = hubspot.contactByEmail(ANN);
  hubspot.archiveContact(made?.id ?? "");
  await world.pass(5);
  const lost = { ...world.dependencies(), store: openMemoryState().store };
  for (let run = 0; run < 4; run += 1) {
    await world.sync({}, lost);
    await world.pass(20);
  }
  expect(hubspot.contacts().map(({ id, archived }) => [id, archived])).toEqual([[made?.id, true]]);
  expect(await lost.store.scanLinks(null, 9)).toMatchObject([{ state: "tombstoned", hubspotId: made?.id }]);
});

test("in Salesforce, whose recycle bin tells", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  hubspot.createContact({ email: ANN, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" }, MARKETER);
  await world.pass(5);
  await dieAfterCreateIn(world, "salesforce");
  const [made] = salesforce.recordsBy("Lead", "Email", ANN);
  salesforce.remove("Lead", String(made?.["Id"]), salesforce.people.repIds[0] ?? "");
  await world.pass(5);
  await world.settle();
  expect(salesforce.records("Lead").map((record) => record["IsDeleted"])).toEqual([true]);
  expect(await world.store.scanLinks(null, 9)).toMatchObject([{ state: "tombstoned", salesforceId: made?.["Id"] }]);
});

test.each([
  ["another one that we made so", false],
  ["a lead of their own", true],
])("in Salesforce, and that a rep merges into %s: nobody is made again, and one person goes on", async (_, own) => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  const rep = salesforce.people.repIds[0] ?? "";
  const bob = "bob@example.com";
  if (own) salesforce.create("Lead", { Email: bob, LastName: "Lee", Company: "Acme" }, rep);
  await world.settle();
  for (const email of own ? [ANN] : [ANN, bob])
    hubspot.createContact({ email, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" }, MARKETER);
  await world.pass(5);
  await dieAfterCreateIn(world, "salesforce");
  const [kept, gone] = [bob, ANN].map((email) => String(salesforce.recordsBy("Lead", "Email", email)[0]?.["Id"]));
  salesforce.merge("Lead", kept ?? "", [gone ?? ""], rep);
  await world.pass(5);
  await world.settle();
  await world.sync({ full: true });
  await world.settle();
  expect(salesforce.records("Lead").map((lead) => [lead["Email"], lead["IsDeleted"]])).toEqual([
    [own ? bob : ANN, !own],
    [own ? ANN : bob, own],
  ]);
  const linked = (await world.store.scanLinks(null, 9)).filter(({ state }) => state === "linked");
  expect(linked).toMatchObject([{ salesforceId: kept }]);
});

test("in Salesforce, whose answer is lost while the run goes on: it asks for the key, and hears of it at once", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  hubspot.createContact({ email: ANN, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" }, MARKETER);
  await world.pass(5);
  world.sandbox.salesforceFaults.add({ path: "/composite/sobjects", fault: { kind: "drop-after" }, times: 1 });
  await world.sync();
  expect(salesforce.records("Lead")).toHaveLength(1);
  expect(await world.store.scanLinks(null, 9)).toMatchObject([
    { state: "linked", salesforceId: salesforce.records("Lead")[0]?.["Id"] },
  ]);
  expect(salesforce.records("Task")).toHaveLength(1);
});

test("which is given another address meanwhile: it is found by its key, and nobody is there twice", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  hubspot.createContact({ email: ANN, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" }, MARKETER);
  await world.pass(5);
  await dieAfterCreateIn(world, "salesforce");
  const [made] = salesforce.recordsBy("Lead", "Email", ANN);
  const rep = salesforce.people.repIds[0] ?? "";
  salesforce.edit("Lead", String(made?.["Id"]), { Email: "ann.lee@example.com" }, rep);
  await world.pass(5);
  await world.settle();
  expect(salesforce.records("Lead")).toHaveLength(1);
  expect(hubspot.contacts().map(({ properties }) => properties["email"])).toEqual(["ann.lee@example.com"]);
});

test.each<System>(["hubspot", "salesforce"])(
  "in %s, by a run that froze before it sent what it had decided, while the next one made the record: the key is there once",
  async (system) => {
    world = await openSyncWorld(database);
    const { hubspot, salesforce } = world.sandbox;
    if (system === "salesforce")
      hubspot.createContact({ email: ANN, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" }, MARKETER);
    else salesforce.create("Lead", { Email: ANN, LastName: "Lee", Company: "Acme" }, salesforce.people.repIds[0] ?? "");
    await world.pass(5);
    const dependencies = world.dependencies();
    const client = dependencies.clients[system];
    const write = client.write.bind(client);
    let thaw = (): void => {};
    const thawed = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    const frozen = new Promise<void>((resolve) => {
      const late: typeof write = async (writes) => {
        resolve();
        await thawed;
        return write(writes);
      };
      Object.assign(client, { write: late });
    });
    // It finds in the end that it has lost its lease.
    const run = world.sync({}, dependencies).catch(() => undefined);
    await Promise.race([run, frozen]);
    // Longer than its lease, and than what it sent is waited for.
    await world.pass(5);
    await world.settle();
    thaw();
    await run;
    await world.settle();
    expect(salesforce.records("Lead")).toHaveLength(1);
    expect(hubspot.contacts()).toHaveLength(1);
    expect(await world.store.scanLinks(null, 9)).toMatchObject([{ state: "linked" }]);
  },
);

test("a task, which the rep deletes while the same run still waits for the answer, is not made a second time", async () => {
  world = await openSyncWorld(database);
  const { hubspot, salesforce } = world.sandbox;
  const faults = world.sandbox.salesforceFaults;
  hubspot.createContact({ email: ANN, lastname: "Lee", lifecyclestage: "marketingqualifiedlead" }, MARKETER);
  await world.pass(5);
  faults.add({ method: "POST", path: "composite/sobjects$", body: "LeadLoop_Cause__c", fault: { kind: "drop-after" } });
  const next = faults.next.bind(faults);
  Object.assign(faults, {
    next: (request: SandboxRequest) => {
      const [task, ...others] = salesforce.records("Task");
      if (task !== undefined && task["IsDeleted"] !== true && others.length === 0)
        salesforce.remove("Task", String(task["Id"]), salesforce.people.repIds[0] ?? "");
      return next(request);
    },
  });
  await world.sync();
  await world.settle();
  expect(salesforce.records("Task").map((record) => record["IsDeleted"])).toEqual([true]);
  const [link] = await world.store.scanLinks(null, 9);
  expect(await world.store.tasksOf([link?.id ?? ""])).toMatchObject([{ state: "done" }]);
});
