/** A run is taken back: what it wrote returns to what was there, except where somebody has edited since, and stays so until released. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { peopleWithHolds, releaseHolds } from "../../src/jobs/release-holds.ts";
import { SYNC_JOB } from "../../src/jobs/sync-dependencies.ts";
import { type Couple, couple, couples } from "../support/couple.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let world: SyncWorld;
let people: Couple[];
const { store } = openMemoryState();

beforeAll(async () => {
  world = await openSyncWorld({ store: () => store, close: async () => undefined });
  people = await couples(world, 3);
});
afterAll(() => world.close());

test("a run is undone where nobody has edited since, and what was undone waits to be released", async () => {
  const [ann, bob, cleo] = people as [Couple, Couple, Couple];
  ann.hubspot({ jobtitle: "Wrong", firstname: "Anna" });
  bob.salesforce({ Title: "Wrong" });
  cleo.hubspot({ jobtitle: "Wrong" });
  await world.pass(5);
  const { run } = await world.sync();
  await world.settle();
  cleo.salesforce({ Title: "Edited since" });
  await world.settle();

  const planned = await world.sync({ undo: run, dry: true });
  expect(planned.plan.writes.map(({ fields, reason }) => [Object.keys(fields).sort(), reason])).toEqual(
    expect.arrayContaining([[["FirstName", "Title"], `run ${run} is undone`]]),
  );
  expect(ann.salesforceValue("Title")).toBe("Wrong");
  const undone = await world.sync({ undo: run });
  expect(writesOf(undone)).toBe(2);
  expect(undone.plan.skips.map(({ reason }) => reason)).toContain("Title was changed since");
  expect([ann.salesforceValue("Title"), ann.salesforceValue("FirstName")]).toEqual([null, "Ann"]);
  expect(bob.hubspotValue("jobtitle")).toBe(null);
  expect(cleo.salesforceValue("Title")).toBe("Edited since");
  await world.pass(5);
  for (let tick = 0; tick < 3; tick += 1) {
    await world.pass(5);
    const { plan } = await world.sync();
    expect(plan.writes.filter(({ fields }) => "Title" in fields || "jobtitle" in fields)).toEqual([]);
  }
  expect(await ann.both("jobtitle", "Title")).toEqual(["Wrong", null]);

  ann.hubspot({ jobtitle: "Right" });
  const lease = await store.acquireLease(SYNC_JOB, "test", 1_000, world.clock.now());
  if (lease === null) throw new Error("no lease");
  const released = await releaseHolds(store, lease, await peopleWithHolds(store), null, world.clock.now());
  await store.releaseLease(lease);
  expect(released).toHaveLength(2);
  await world.settle();
  expect(await ann.both("jobtitle", "Title")).toEqual(["Right", "Right"]);
});

test("of two fields of one record, the one that a rep has edited since is left alone, and the other one is put back", async () => {
  const dora = await couple(world, "dora@example.com");
  dora.hubspot({ jobtitle: "Wrong", firstname: "Wrong" });
  await world.pass(5);
  const { run } = await world.sync();
  await world.pass(5);
  dora.salesforce({ Title: "Edited since" });
  await world.settle();
  const undone = await world.sync({ undo: run });
  expect(writesOf(undone)).toBe(1);
  expect(undone.plan.skips.map(({ reason }) => reason)).toEqual(["Title was changed since"]);
  await world.settle();
  expect(await dora.both("jobtitle", "Title")).toEqual(["Edited since", "Edited since"]);
  expect(await dora.both("firstname", "FirstName")).toEqual(["Wrong", "Ann"]);
});

test("a run that is not known, or wrote nothing, is told", async () => {
  const result = await world.sync({ undo: "no-such-run" });
  expect([result.outcome, writesOf(result)]).toEqual(["stopped", 0]);
  expect(result.reasons.join()).toMatch(/is not known/);
});
