/** `on-delete: archive`: the record that is left follows a deletion, once; never a merge, never what merely cannot be seen, never too many at once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Couple, couples } from "../support/couple.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let world: SyncWorld;
let people: Couple[];
const { store } = openMemoryState();

beforeAll(async () => {
  world = await openSyncWorld(
    { store: () => store, close: async () => undefined },
    {
      adjust: (loaded) => ({
        ...loaded,
        mappings: loaded.mappings.map((mapping) => ({ ...mapping, onDelete: "archive" as const })),
        rulebook: {
          ...loaded.rulebook,
          safety: { ...loaded.rulebook.safety, delete: { atMost: 2, share: 0 } },
          connector: { ...loaded.rulebook.connector, chunkSize: 2 },
        },
      }),
    },
  );
  people = await couples(world, 18);
});
afterAll(() => world.close());

const rep = (): string => world.sandbox.salesforce.people.managerId;
const contactOf = (person: Couple) => world.sandbox.hubspot.contact(person.hubspotId);
const isDeleted = (person: Couple): unknown => world.sandbox.salesforce.record("Lead", person.leadId)?.["IsDeleted"];
const nameIn = (reasons: readonly string[]): string => /--approve ([0-9a-f]{10})/.exec(reasons.join())?.[1] ?? "none";
const live = (): number => world.sandbox.hubspot.contacts().filter(({ archived }) => !archived).length;

test("a deleted lead takes its contact along, opted out or not, once, and neither comes back", async () => {
  const [ann] = people as [Couple];
  ann.salesforce({ HasOptedOutOfEmail: true });
  await world.settle();
  world.sandbox.salesforce.remove("Lead", ann.leadId, rep());
  await world.pass(5);
  const planned = await world.sync({ dry: true });
  const write = { system: "hubspot", id: ann.hubspotId, operation: "archive", fields: {} };
  expect(planned.plan.writes).toMatchObject([{ ...write, reason: "on-delete: archive (deleted in Salesforce)" }]);
  expect([contactOf(ann)?.archived, planned.written.hubspot.archived]).toEqual([false, 1]);
  const done = await world.sync();
  expect([contactOf(ann)?.archived, done.written.hubspot]).toEqual([true, { created: 0, updated: 0, archived: 1 }]);
  await world.settle();
  await world.pass(25 * 60);
  expect(writesOf(await world.sync())).toBe(0);
  const undo = await world.sync({ undo: done.run, dry: true });
  expect(undo.plan.writes).toEqual([]);
  expect(undo.plan.skips[0]?.reason).toMatch(/archived by that run; restore it by hand in HubSpot within 90 days/);
  world.sandbox.salesforce.restore("Lead", ann.leadId, rep());
  await world.settle();
  expect([contactOf(ann)?.archived, isDeleted(ann)]).toEqual([true, false]);
  world.sandbox.hubspot.restoreContact(ann.hubspotId);
  ann.salesforce({ Title: "Back again" });
  await world.pass(30);
  await world.settle();
  expect(ann.hubspotValue("jobtitle")).toBe("Back again");
});

test("an archived contact takes its lead along", async () => {
  const bob = people[1] as Couple;
  world.sandbox.hubspot.archiveContact(bob.hubspotId);
  await world.pass(25 * 60);
  const { plan, written } = await world.sync();
  expect(plan.writes).toMatchObject([{ system: "salesforce", object: "Lead", id: bob.leadId, operation: "archive" }]);
  expect([isDeleted(bob), written.salesforce.archived]).toEqual([true, 1]);
  await world.settle();
});

test("a merge on either side is no deletion", async () => {
  const [, , cleo, dora, emil, fay] = people as Couple[];
  if (cleo === undefined || dora === undefined || emil === undefined || fay === undefined) throw new Error("too few");
  world.sandbox.salesforce.merge("Lead", cleo.leadId, [dora.leadId], rep());
  world.sandbox.hubspot.mergeContacts(emil.hubspotId, fay.hubspotId);
  const before = live();
  await world.pass(25 * 60);
  await world.settle();
  expect([live(), isDeleted(cleo), isDeleted(emil), isDeleted(fay)]).toEqual([before, false, false, false]);
});

test("somebody else was quicker, and a lost answer: it ends as it should", async () => {
  const [gus, hal] = people.slice(6, 8) as [Couple, Couple];
  world.sandbox.hubspot.archiveContact(gus.hubspotId);
  world.sandbox.hubspot.archiveContact(hal.hubspotId);
  await world.pass(25 * 60);
  const dependencies = world.dependencies();
  gus.before(dependencies.clients.salesforce, () => world.sandbox.salesforce.remove("Lead", gus.leadId, rep()));
  world.sandbox.salesforceFaults.add({ method: "DELETE", path: "/composite/sobjects", fault: { kind: "drop-after" } });
  await world.sync({}, dependencies);
  await world.settle();
  await world.pass(10);
  expect(writesOf(await world.sync())).toBe(0);
  expect([isDeleted(gus), isDeleted(hal)]).toEqual([true, true]);
  expect(await store.rejects({ limit: 9 })).toEqual([]);
});

test("a lead that is only hidden from LeadLoop takes nobody along, and the run says so", async () => {
  const ida = people[8] as Couple;
  const dependencies = world.dependencies();
  const { salesforce } = dependencies.clients;
  const read = salesforce.readByIds.bind(salesforce);
  Object.assign(salesforce, {
    readByIds: async (request: Parameters<typeof read>[0]) => {
      const answer = await read(request);
      const found = new Map([...answer.found].filter(([id]) => id !== ida.leadId));
      return { found, missing: [...answer.missing, ida.leadId] };
    },
  });
  ida.hubspot({ jobtitle: "Seen" });
  await world.pass(5);
  const { plan, written } = await world.sync({}, dependencies);
  expect([written.hubspot.archived, contactOf(ida)?.archived]).toEqual([0, false]);
  expect(plan.skips.map(({ reason }) => reason).join()).toMatch(/cannot be found any more.*is left alone/);
});

test("a lead that Salesforce does not let go is a reject, tried again once it is cleared", async () => {
  const jim = people[9] as Couple;
  world.sandbox.hubspot.archiveContact(jim.hubspotId);
  await world.pass(25 * 60);
  const errors = [{ statusCode: "DELETE_FAILED", message: "it is associated with the following cases", fields: [] }];
  const body = [{ success: false, errors }];
  world.sandbox.salesforceFaults.add({
    method: "DELETE",
    path: "/composite/sobjects",
    fault: { kind: "answer", status: 200, body },
  });
  expect((await world.sync()).rejected).toBe(1);
  expect(await store.rejects({ limit: 9 })).toMatchObject([{ code: "DELETE_FAILED", recordId: jim.leadId }]);
  await world.settle();
  // Whoever works with it does not want it to go.
  jim.salesforce({ Title: "Still here" });
  await world.pass(10);
  await world.settle();
  expect(isDeleted(jim)).toBe(false);
  expect(await store.rejects({ limit: 9 })).toHaveLength(1);
  const lease = await store.acquireLease("sync", "test", 1_000, world.clock.now());
  if (lease === null) throw new Error("no lease");
  await store.retryRejects(lease, "all", world.clock.now());
  await store.releaseLease(lease);
  await world.settle();
  expect(isDeleted(jim)).toBe(true);
  expect(await store.rejects({ limit: 9 })).toEqual([]);
});

test.each(["salesforce", "hubspot"] as const)(
  "too many deletions in %s stop the run before the first record is archived",
  async (side) => {
    const many = side === "salesforce" ? people.slice(10, 13) : people.slice(13, 16);
    for (const { hubspotId, leadId } of many) {
      if (side === "salesforce") world.sandbox.salesforce.remove("Lead", leadId, rep());
      else world.sandbox.hubspot.archiveContact(hubspotId);
    }
    await world.pass(side === "salesforce" ? 5 : 25 * 60);
    const before = [live(), many.map(isDeleted)];
    const stopped = await world.sync();
    expect(stopped.reasons.join()).toMatch(/3 people who were deleted on one side.*allows 2 \(delete\)/);
    expect([live(), many.map(isDeleted)]).toEqual(before);
    const name = nameIn(stopped.reasons);
    const late = people[side === "salesforce" ? 16 : 17] as Couple;
    world.sandbox.salesforce.remove("Lead", late.leadId, rep());
    await world.pass(5);
    const changed = await world.sync({ approvePlan: name });
    expect([changed.outcome, live(), contactOf(late)?.archived]).toEqual(["needs-attention", before[0], false]);
    await world.pass(5);
    const { written } = await world.sync({ approvePlan: nameIn(changed.reasons) });
    expect(written.hubspot.archived + written.salesforce.archived).toBe(4);
    await world.settle();
  },
);
