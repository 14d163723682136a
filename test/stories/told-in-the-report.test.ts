/** What the two teams find in the report after records were deleted: the person's history counts on, and the finding leads to the person. */
import { afterEach, expect, test } from "vitest";
import { countReport, showCell } from "../../src/jobs/report-job.ts";
import { couples } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let world: SyncWorld;
afterEach(() => world.close());

test("a lead that a rep deletes stands in the report as a deleted record, by the person's id, in each of twenty runs, and no more once it is restored", async () => {
  world = await openSyncWorld(database);
  const [ann] = await couples(world, 2);
  if (ann === undefined) throw new Error("a couple was asked for");
  const { salesforce } = world.sandbox;
  const { id } = await world.person("person-0@example.com");
  const { report: settings, lifecycle } = world.dependencies().rulebook;
  const told = async (): Promise<readonly [number, readonly string[] | null, number]> => {
    const window = { asOf: world.clock.now(), from: null, to: null };
    const request = { store: world.store, settings, names: lifecycle.names, window };
    const { dataQuality, leads } = await countReport(request);
    const finding = dataQuality.find(({ problem }) => problem === "deleted record");
    const cell = { table: "dataQuality", row: "deleted record", column: "people" };
    return [finding?.count ?? 0, (await showCell(request, cell)).ids, leads];
  };
  expect(await told()).toEqual([0, null, 2]);
  salesforce.remove("Lead", ann.leadId, salesforce.people.managerId);
  for (let run = 0; run < 20; run += 1) {
    await world.pass(5);
    await world.sync();
    expect(await told()).toEqual([1, [id], 2]);
  }
  salesforce.restore("Lead", ann.leadId);
  await world.settle();
  expect(await told()).toEqual([0, null, 2]);
});
