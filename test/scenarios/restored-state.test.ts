/** The state is put back from a backup, or loses its place: everybody is compared before anything is written, and no edit is lost. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Link } from "../../src/core/model/link.ts";
import type { Cursor, RunRow } from "../../src/jobs/state-port.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { type Couple, couples } from "../support/couple.ts";
import { openMemoryState } from "../support/memory-state-store.ts";
import { openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let world: SyncWorld;
let people: Couple[];
const { store, tables } = openMemoryState();
const ann = (): Couple => people[0] as Couple;
const bob = (): Couple => people[1] as Couple;
const cleo = (): Couple => people[2] as Couple;

beforeAll(async () => {
  const database: SharedDatabase = { store: () => store, close: async () => undefined };
  world = await openSyncWorld(database);
  people = await couples(world, 3);
});
afterAll(() => world.close());

const all = (): boolean => true;

function backup(): { readonly links: Link[]; readonly cursors: Cursor[]; readonly runs: RunRow[] } {
  return {
    links: tables.links.select(all, (link) => [link.id]),
    cursors: tables.cursors.select(all, (cursor) => [cursor.object]),
    runs: tables.runs.select(all, (run) => [run.id]),
  };
}

function restore({ links, cursors, runs }: ReturnType<typeof backup>): void {
  const kept = new Set(runs.map((run) => run.id));
  for (const run of tables.runs.select(all, (row) => [row.id])) if (!kept.has(run.id)) tables.runs.delete(run.id);
  for (const link of links) tables.links.put(link);
  for (const cursor of cursors) tables.cursors.put(cursor);
}

test("a state of yesterday is recognised by our own writes: everybody is compared first, and edits since then stand", async () => {
  ann().hubspot({ jobtitle: "Biologist" });
  await world.settle();
  const yesterday = backup();
  await world.pass(24 * 60);
  // Carried over by runs that the backup knows nothing of.
  ann().salesforce({ Title: "Chemist" });
  bob().hubspot({ firstname: "Robert" });
  await world.settle();
  await world.pass(30);
  restore(yesterday);
  cleo().salesforce({ Title: "After the restore" });
  await world.pass(5);

  const first = await world.sync();
  expect([first.outcome, writesOf(first)]).toEqual(["paused", 0]);
  expect(first.reasons.join()).toMatch(/put back from a backup/);
  const second = await world.sync();
  expect([second.outcome, writesOf(second)]).toEqual(["needs-attention", 0]);
  expect(second.reasons.join()).toMatch(
    /Everybody was read and nothing was written: \d+ linked people were not as we knew them, 1 of them differ/,
  );
  await world.pass(15);
  const third = await world.sync();
  expect(writesOf(third)).toBeLessThanOrEqual(2);
  await world.settle();
  expect(await ann().both("jobtitle", "Title")).toEqual(["Chemist", "Chemist"]);
  expect(await bob().both("firstname", "FirstName")).toEqual(["Robert", "Robert"]);
  expect(await cleo().both("jobtitle", "Title")).toEqual(["After the restore", "After the restore"]);
});

test("a cursor in the future is not believed: everybody is compared first", async () => {
  for (const cursor of tables.cursors.select(
    (row) => row.lane === "fast",
    (row) => [row.object],
  ))
    tables.cursors.put({ ...cursor, position: "2027-01-01T00:00:00.000Z" });
  ann().hubspot({ jobtitle: "Missed otherwise" });
  await world.pass(5);
  const first = await world.sync();
  expect([first.outcome, writesOf(first)]).toEqual(["needs-attention", 0]);
  expect(first.reasons.join()).toMatch(/in the future/);
  await world.pass(15);
  await world.settle();
  expect(await ann().both("jobtitle", "Title")).toEqual(["Missed otherwise", "Missed otherwise"]);
});

test("what only the rules look at counts too when everybody is compared: somebody sent back meanwhile is sent back", async () => {
  for (const cursor of tables.cursors.select(
    (row) => row.lane === "fast",
    (row) => [row.object],
  ))
    tables.cursors.put({ ...cursor, position: "2027-01-01T00:00:00.000Z" });
  bob().salesforce({ LeadLoop_Rejection__c: "No answer" });
  await world.pass(6 * 60);
  const first = await world.sync();
  expect([first.outcome, writesOf(first)]).toEqual(["needs-attention", 0]);
  await world.pass(15);
  await world.settle();
  expect(bob().salesforceValue("LeadLoop_Stage__c")).toBe("Recycled");
});

test("a change that no window ever told is found by the weekly walk", async () => {
  ann().hubspot({ jobtitle: "Never told" });
  await world.pass(5);
  for (const cursor of tables.cursors.select(
    (row) => row.system === "hubspot",
    (row) => [row.lane],
  ))
    if (cursor.lane === "fast" || cursor.lane === "settled")
      tables.cursors.put({ ...cursor, position: new Date(Date.parse(world.clock.now()) + 1_800_000).toISOString() });
  await world.pass(6 * 60);
  await world.settle();
  expect(ann().salesforceValue("Title")).not.toBe("Never told");
  for (let day = 0; day < 8; day += 1) {
    await world.pass(24 * 60);
    await world.sync();
  }
  await world.settle();
  expect(ann().salesforceValue("Title")).toBe("Never told");
});

test("a login that reaches another account stops the run before anything is read or written", async () => {
  await store.saveSetting("account:hubspot", "90000001");
  ann().hubspot({ jobtitle: "Of another company" });
  await world.pass(5);
  const run = await world.sync();
  expect([run.outcome, writesOf(run)]).toEqual(["stopped", 0]);
  expect(run.reasons.join()).toMatch(/the state belongs to hubspot account 90000001, but the login reaches/);
});
