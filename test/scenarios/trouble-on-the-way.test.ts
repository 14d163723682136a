/** A refusal that LeadLoop has never heard of; troubles that it knows are told in test/stories. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { type Couple, couples } from "../support/couple.ts";
import { openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

let database: SharedDatabase;
let world: SyncWorld;
let ann: Couple;
let bob: Couple;

beforeAll(async () => {
  database = await openSharedDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  world = await openSyncWorld(database);
  const [first, second] = await couples(world, 2);
  if (first === undefined || second === undefined) throw new Error("two couples were asked for");
  [ann, bob] = [first, second];
});
afterEach(() => world.close());

test("A record that is refused with a code that nobody knows stops the run, which says so, and the next run goes on without the record", async () => {
  ann.hubspot({ jobtitle: "Biologist" });
  await world.pass(5);
  const error = { errorCode: "NEVER_SEEN", message: "The stars are wrong.", fields: ["Title"] };
  const compositeResponse = [{ body: [error], httpHeaders: {}, httpStatusCode: 400, referenceId: "write0" }];
  const fault = { kind: "answer", status: 200, body: { compositeResponse } } as const;
  world.sandbox.salesforceFaults.add({ path: "/composite$", method: "POST", body: "Title.*Biologist", fault });
  const run = await world.sync();
  expect(run.outcome).toBe("stopped");
  expect(run.reasons.join()).toMatch(/Ann.*NEVER_SEEN, which LeadLoop does not know.*leadloop rejects/);
  bob.hubspot({ jobtitle: "Chemist" });
  await world.settle();
  expect([ann.salesforceValue("Title"), bob.salesforceValue("Title")]).toEqual([null, "Chemist"]);
  expect(await world.store.rejects({ limit: 10 })).toMatchObject([{ code: "NEVER_SEEN", fields: ["Title"] }]);
});
