/** A run that cannot go on tells those whom config/notify.yml names: once a day at most, and a silent system only after an hour. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Notice } from "../../src/core/model/notice.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

let database: SharedDatabase;
let world: SyncWorld;
let told: Notice[];

beforeAll(async () => {
  database = await openSharedDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  world = await openSyncWorld(database);
  told = [];
});
afterEach(() => world.close());

const run = async (): Promise<string> => {
  const send = async (notice: Notice) => {
    told.push(notice);
    return [{ channel: "room", kind: "sent" as const }];
  };
  const { outcome } = await world.sync({}, { ...world.dependencies(), notifier: { send } });
  return outcome;
};

test("a token that is refused is told once a day, and no dry run tells it", async () => {
  const fault = {
    kind: "answer",
    status: 401,
    body: { status: "error", category: "INVALID_AUTHENTICATION", message: "Authentication credentials not found." },
  } as const;
  world.sandbox.hubspotFaults.add({ path: "", fault, times: Number.POSITIVE_INFINITY });
  expect((await world.sync({ dry: true })).outcome).toBe("stopped");
  expect(await run()).toBe("stopped");
  await world.pass(5);
  expect(await run()).toBe("stopped");
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ kind: "run-stopped", link: null, title: "LeadLoop stopped and needs somebody" });
  expect(told[0]?.text).toMatch(/HubSpot.*leadloop doctor/s);
  await world.pass(24 * 60);
  expect(await run()).toBe("stopped");
  expect(told).toHaveLength(2);
});

test("a system that does not answer is told of after an hour", async () => {
  const fault = { kind: "answer", status: 503, body: {} } as const;
  world.sandbox.hubspotFaults.add({ path: "", fault, times: Number.POSITIVE_INFINITY });
  const outcomes: string[] = [];
  const after: number[] = [];
  for (let minutes = 0; minutes <= 80; minutes += 20) {
    outcomes.push(await run());
    after.push(told.length);
    await world.pass(20);
  }
  expect(new Set(outcomes)).toEqual(new Set(["stopped"]));
  expect([after[0], after.at(-1)]).toEqual([0, 1]);
  expect(told[0]).toMatchObject({ kind: "run-stopped", title: expect.stringContaining("not answered for an hour") });
});
