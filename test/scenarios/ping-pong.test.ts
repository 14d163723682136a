/** Automations that change a field back as often as it is written: LeadLoop stops, says so, and goes on when it is told to. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { releaseHolds } from "../../src/jobs/release-holds.ts";
import { SYNC_JOB } from "../../src/jobs/sync-dependencies.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { type Couple, couples } from "../support/couple.ts";
import { openSharedDatabase, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

let database: SharedDatabase;
let world: SyncWorld;
let people: Couple[];

/** What the customer's automation makes of a title that is written through the API. */
let rewrite: (title: unknown) => string | null = () => null;

beforeAll(async () => {
  database = await openSharedDatabase();
  world = await openSyncWorld(database);
  people = await couples(world, 3);
  world.sandbox.salesforce.addWorkflow("Lead", (record) => {
    const title = rewrite(record["Title"]);
    return title === null ? null : { Title: title };
  });
});
afterAll(async () => {
  await world.close();
  await database.close();
});

async function writesOfTicks(ticks: number): Promise<number> {
  let writes = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    await world.pass(5);
    writes += writesOf(await world.sync());
  }
  return writes;
}

test("two automations that fight over a title are left to themselves after a few writes, and go on once released", async () => {
  const ann = people[0] as Couple;
  rewrite = (title) => (typeof title === "string" ? title.toUpperCase() : null);
  const dependencies = () => {
    const given = world.dependencies();
    const { hubspot } = given.clients;
    const write = hubspot.write.bind(hubspot);
    // A HubSpot workflow that wants small letters, a few seconds after each write.
    Object.assign(hubspot, {
      write: async (writes: Parameters<typeof write>[0]) => {
        const outcomes = await write(writes);
        world.sandbox.clock.advance(5_000);
        ann.hubspot({ jobtitle: String(ann.hubspotValue("jobtitle")).toLowerCase() });
        return outcomes;
      },
    });
    return given;
  };
  ann.hubspot({ jobtitle: "chief" });
  let written = 0;
  const outcomes = new Set<string>();
  for (let tick = 0; tick < 10; tick += 1) {
    await world.pass(5);
    const { plan, outcome } = await world.sync({}, dependencies());
    outcomes.add(outcome);
    written += plan.writes.filter(({ fields }) => "Title" in fields || "jobtitle" in fields).length;
  }
  expect(written).toBeLessThanOrEqual(3);
  // Somebody is alerted: the run in which the field is held asks for attention.
  expect(outcomes).toContain("needs-attention");
  const [open] = (await ann.conflicts()).filter((conflict) => conflict.open);
  expect(open).toMatchObject({ field: "jobtitle", kept: "neither" });
  expect(open?.because).toMatch(/something changes it back/);
  const link = (await world.store.linksByRecord("hubspot", [ann.hubspotId])).get(ann.hubspotId);
  expect(link?.fields["jobtitle"]?.held).toMatchObject({ until: "released" });

  // Another field of the same person goes on, and an edit alone does not lift the hold.
  ann.hubspot({ firstname: "Anna", jobtitle: "chef" });
  await writesOfTicks(2);
  expect(await ann.both("firstname", "FirstName")).toEqual(["Anna", "Anna"]);
  expect(ann.salesforceValue("Title")).not.toBe("CHEF");

  rewrite = () => null;
  const lease = await world.store.acquireLease(SYNC_JOB, "test", 1_000, world.clock.now());
  if (lease === null || link === undefined) throw new Error("no lease");
  const [held] = await world.store.links([link.id]);
  await releaseHolds(world.store, lease, held === undefined ? [] : [held], null, world.clock.now());
  await world.store.releaseLease(lease);
  await world.settle();
  expect(await ann.both("jobtitle", "Title")).toEqual(["chef", "chef"]);
  expect((await ann.conflicts()).filter((conflict) => conflict.open)).toEqual([]);
});

/** Score and reasons follow a title: only what carries the title itself is counted. */
async function titleWritesOfTicks(ticks: number): Promise<number> {
  let writes = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    await world.pass(5);
    const { plan } = await world.sync();
    writes += plan.writes.filter(({ fields }) => "Title" in fields || "jobtitle" in fields).length;
  }
  return writes;
}

test("a trigger that rewrites each title that we write is followed, not fought: both sides hold its words after two writes", async () => {
  const cleo = people[2] as Couple;
  rewrite = (title) => (typeof title === "string" && !title.endsWith("!") ? `${title}!` : null);
  cleo.hubspot({ jobtitle: "chief" });
  expect(await titleWritesOfTicks(10)).toBe(2);
  expect(await cleo.both("jobtitle", "Title")).toEqual(["chief!", "chief!"]);
  // One that adds to its own words is no circle either: what it made of ours is not sent to it again.
  rewrite = (title) => `${String(title)}?`;
  cleo.hubspot({ jobtitle: "boss" });
  expect(await titleWritesOfTicks(10)).toBe(2);
  expect(await cleo.both("jobtitle", "Title")).toEqual(["boss?", "boss?"]);
  rewrite = () => null;
  expect((await cleo.conflicts()).filter((conflict) => conflict.open)).toEqual([]);
});

test("a rep who keeps changing a title all day is written each time", async () => {
  const bob = people[1] as Couple;
  for (const title of ["A", "B", "A", "B", "A"]) {
    bob.salesforce({ Title: title });
    await writesOfTicks(1);
    expect(bob.hubspotValue("jobtitle")).toBe(title);
    await world.pass(30);
  }
  expect(await bob.conflicts()).toEqual([]);
});
