/** A backlog travels to Salesforce as bulk jobs: refused and undone rows are told one by one, and whoever is killed in between leaves nothing twice. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { CrmClient } from "../../src/jobs/ports.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const PEOPLE = 12;
let database: SharedDatabase;
let world: SyncWorld;
let contacts: string[] = [];

beforeAll(async () => {
  database = await openSharedDatabase();
});
afterEach(() => world.close());
afterAll(() => database.close());

/** Contacts whom sales is waiting for and has not got; from four on they go by job, six to a job. */
async function openBacklog(bulk: Partial<SyncDependencies["rulebook"]["connector"]["bulk"]> = {}): Promise<void> {
  world = await openSyncWorld(database, {
    adjust: (loaded) => {
      const { rulebook } = loaded;
      const own = { fromRecords: 4, jobRecords: 6, pollSeconds: 10, waitSeconds: 120, lostAfterSeconds: 900, ...bulk };
      const few = { ...rulebook.connector.bulk, ...own };
      return { ...loaded, rulebook: { ...rulebook, connector: { ...rulebook.connector, chunkSize: 4, bulk: few } } };
    },
  });
  contacts = [];
  for (let person = 0; person < PEOPLE; person += 1) {
    const values = {
      email: `person${person}@example.com`,
      lastname: `Lee ${person}`,
      lifecyclestage: "salesqualifiedlead",
    };
    contacts.push(world.sandbox.hubspot.createContact(values, MARKETER));
  }
  await world.pass(10);
}

const leads = () => world.sandbox.salesforce.records("Lead").filter((lead) => lead["IsDeleted"] !== true);
const addresses = (): string[] =>
  leads()
    .map((lead) => String(lead["Email"]))
    .sort();
const everybody = Array.from({ length: PEOPLE }, (_, person) => `person${person}@example.com`).sort();

/** Nobody is missing, nobody is there twice, nothing is left open. */
async function expectAllThereOnce(): Promise<void> {
  expect(addresses()).toEqual(everybody);
  expect(await world.store.openBulkJobs()).toEqual([]);
  const links = await world.store.scanLinks(null, 100);
  expect(links.map(({ state }) => state)).toEqual(links.map(() => "linked"));
  const now = world.clock.now();
  expect(links.flatMap(({ quarantine }) => Object.values(quarantine)).filter((until) => until > now)).toEqual([]);
  expect(await world.store.dirtyDue(100, now)).toEqual([]);
}

test("a backlog of creates costs a job, everybody is there once, and the books balance", async () => {
  await openBacklog({ jobRecords: 100 });
  const result = await world.sync({ full: true });
  expect(result).toMatchObject({ outcome: "done", written: { salesforce: { created: PEOPLE } }, deferred: 0 });
  expect(result.considered.total).toBe(result.considered.written);
  const { byPath } = world.sandbox.calls;
  expect(Object.entries(byPath).filter(([path]) => /composite\/sobjects/.test(path))).toEqual([]);
  expect(byPath["POST /services/data/v66.0/jobs/ingest"]).toBe(1);
  await expectAllThereOnce();
  expect(await world.settle()).toBeLessThan(2);
  expect(addresses()).toEqual(everybody);
});

test("too few for a job go by collections", async () => {
  await openBacklog({ fromRecords: PEOPLE + 1 });
  await world.sync({ full: true });
  expect(Object.keys(world.sandbox.calls.byPath).filter((path) => path.includes("/jobs/"))).toEqual([]);
  await expectAllThereOnce();
});

test("a refused row is a line in the result, the others are written", async () => {
  await openBacklog();
  world.sandbox.salesforce.addValidationRule("Lead", {
    name: "no-seven",
    refuses: (lead) => lead["LastName"] === "Lee 7",
    message: "Nobody is called seven.",
    field: "LastName",
  });
  const result = await world.sync({ full: true });
  expect(result.outcome).toBe("needs-attention");
  expect(addresses()).toEqual(everybody.filter((email) => email !== "person7@example.com"));
  expect(await world.store.rejects({ limit: 10 })).toMatchObject([
    { code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", fields: ["LastName"], recordName: expect.stringContaining("Lee 7") },
  ]);
});

test("rows that a failed job did not process go by collections in the same run", async () => {
  await openBacklog();
  const dependencies = world.dependencies();
  const { bulk } = dependencies.clients.salesforce;
  const { start } = bulk!;
  // An admin who changes permissions at the wrong moment.
  Object.assign(bulk!, {
    start: async (id: string) => {
      world.sandbox.salesforce.hideField("Lead", "LastName");
      await start(id);
      world.sandbox.salesforce.showField("Lead", "LastName");
    },
  });
  const result = await runSync(dependencies, { full: true });
  expect(result).toMatchObject({ outcome: "done", written: { salesforce: { created: PEOPLE } } });
  await expectAllThereOnce();
});

test("an org that gives no jobs gets everything by collections", async () => {
  await openBacklog();
  world.sandbox.salesforceFaults.add({
    method: "POST",
    path: "/jobs/ingest$",
    times: 9,
    fault: {
      kind: "answer",
      status: 400,
      body: [{ errorCode: "LIMIT_EXCEEDED", message: "no more jobs today" }],
      headers: { "content-type": "application/json" },
    },
  });
  expect((await world.sync({ full: true })).outcome).toBe("done");
  await expectAllThereOnce();
});

test("a job that takes long is left to the next run, and nobody touches its people meanwhile", async () => {
  await openBacklog({ jobRecords: 100, waitSeconds: 20 });
  const slow = { id: "x", state: "InProgress" };
  world.sandbox.salesforceFaults.add({
    method: "GET",
    path: "/jobs/ingest/750\\w+$",
    times: 5,
    fault: { kind: "answer", status: 200, body: slow, headers: { "content-type": "application/json" } },
  });
  const first = await world.sync({ full: true });
  expect(first.outcome).toBe("paused");
  expect(first.reasons.join()).toMatch(/Salesforce is still working on bulk job 750\w+; the next run reads/);
  expect(first.considered.deferred).toBe(0);
  world.sandbox.hubspot.editContact(contacts[0] ?? "", { firstname: "Edited" }, MARKETER);
  await world.pass(20);
  const second = await world.sync();
  expect(second.outcome).toBe("paused");
  expect(second.written.salesforce.created).toBe(0);
  expect(world.sandbox.calls.byPath["POST /services/data/v66.0/jobs/ingest"]).toBe(1);
  await world.pass(5);
  const third = await world.sync();
  expect(third.written.salesforce.created).toBe(PEOPLE);
  await world.settle();
  await expectAllThereOnce();
  expect(leads().filter((lead) => lead["FirstName"] === "Edited")).toHaveLength(1);
});

/** Dies at a call that has to do with jobs, counted from 0; that call took effect, or it did not. */
function dyingAt(dependencies: SyncDependencies, kill: number, moment: "before" | "after") {
  const never = new Promise<never>(() => {});
  let calls = 0;
  let die: () => void = () => {};
  let dead = false;
  const death = new Promise<"dead">((resolve) => {
    die = () => resolve("dead");
  });
  const around = <Thing extends object>(thing: Thing, counted: RegExp): Thing =>
    new Proxy(thing, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function" || name === "suits") return member;
        return async (...values: unknown[]) => {
          if (dead) return never;
          if (!counted.test(String(name))) return member.apply(target, values);
          calls += 1;
          if (calls <= kill) return member.apply(target, values);
          dead = true;
          if (moment === "after") await Promise.resolve(member.apply(target, values)).catch(() => undefined);
          die();
          return never;
        };
      },
    });
  const { salesforce, hubspot } = dependencies.clients;
  const withJobs: CrmClient = Object.create(salesforce, { bulk: { value: around(salesforce.bulk!, /./) } });
  const store = around(dependencies.store, /BulkJob|commitOutcomes/);
  return { dependencies: { ...dependencies, store, clients: { hubspot, salesforce: withJobs } }, death };
}

describe("killed at any step of a job, and started again", () => {
  test.each([
    [0, "after"],
    [3, "before"],
    [4, "after"],
    [7, "before"],
    [10, "after"],
    [13, "before"],
  ] as const)("step %i, its effect %s: the same people, nobody twice", async (kill, moment) => {
    await openBacklog();
    const dying = dyingAt(world.dependencies(), kill, moment);
    const how = await Promise.race([runSync(dying.dependencies, { full: true }).then(() => "ended"), dying.death]);
    expect(how).toBe("dead");
    await world.pass(20);
    for (let run = 0; run < 3; run += 1) {
      await world.sync();
      await world.pass(20);
    }
    await world.settle();
    await expectAllThereOnce();
  });
});
