/** A report leaves one line on each Salesforce campaign, end to end over HTTP: planned, written once, and written again only where it changed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ClosedLoopCounter } from "../../src/core/report/closed-loop.ts";
import type { ClosedLoop } from "../../src/core/report/report-figures.ts";
import type { WriteReport } from "../../src/jobs/report-job.ts";
import { runReport } from "../../src/jobs/report-job.ts";
import { runSync } from "../../src/jobs/sync-job.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import { openTestWorld, PERSON, type TestWorld } from "../support/test-world.ts";

const FIELD = "Description";
let world: TestWorld;
let rep: string;
const campaigns = new Map<string, string>();

beforeAll(async () => {
  world = await openTestWorld({
    adjust: (loaded) => {
      const { rulebook } = loaded;
      const report = { ...rulebook.report, campaign: "landing_page", campaignSummary: FIELD };
      return { ...loaded, rulebook: { ...rulebook, report } };
    },
  });
  const { hubspot, salesforce } = world.sandbox;
  rep = salesforce.people.repIds[0] ?? "";
  for (const name of ["/pricing", "/quiz", "Twice"])
    campaigns.set(name, salesforce.create("Campaign", { Name: name }, rep));
  salesforce.create("Campaign", { Name: "Twice" }, rep);
  const cameFrom = (number: number, page: string): string =>
    hubspot.createContact({ email: `p${number}@example.com`, lastname: "P", landing_page: page }, PERSON);
  for (const [index, page] of ["/pricing", "/pricing", "Twice", "/nowhere"].entries()) cameFrom(index, page);
  await world.settle();
});
afterAll(() => world.close());

const described = (name: string): unknown =>
  world.sandbox.salesforce.record("Campaign", campaigns.get(name) ?? "")?.[FIELD] ?? null;

/** A report of nobody: whatever its period, the campaigns' lines are of everybody. */
async function report(): Promise<void> {
  const { store, rulebook } = world.connection.dependencies();
  const asOf = world.clock.now();
  const request = { store, settings: rulebook.report, names: rulebook.lifecycle.names, folder: "" };
  await runReport({ ...request, window: { asOf, from: asOf, to: asOf } }, countAll);
}

const countAll: WriteReport<{ readonly report: ClosedLoop }> = async (_folder, pages, frame) => {
  const counter = new ClosedLoopCounter(frame);
  for await (const page of pages) for (const person of page) counter.add(person);
  return { report: counter.finish() };
};

/** What the ledger holds of writes to campaigns, oldest first. */
async function intents(): Promise<(readonly [unknown, string])[]> {
  const { store } = world.connection.dependencies();
  const runs = (await store.runs(100)).map(({ id }) => id);
  const rows = (await Promise.all(runs.map((run) => store.intentsOfRun(run)))).flat();
  return rows
    .filter(({ object }) => object === "Campaign")
    .sort((one, other) => one.sentAt.localeCompare(other.sentAt))
    .map(({ fields, state }) => [fields[FIELD]?.to, state] as const);
}

/** A run that dies just before its write to a campaign is sent, or just after it arrived. */
async function dieWriting(when: "before" | "after"): Promise<void> {
  const dependencies = world.connection.dependencies();
  const { salesforce } = dependencies.clients;
  const write = salesforce.write.bind(salesforce);
  const died = new Promise<void>((resolve) => {
    salesforce.write = async (writes) => {
      if (!writes.some(({ object }) => object === "Campaign")) return write(writes);
      if (when === "after") await write(writes);
      resolve();
      return new Promise(() => {});
    };
  });
  await Promise.race([died, runSync(dependencies)]);
}

const linesOf = ({ plan }: SyncResult): unknown[] =>
  plan.writes
    .filter(({ object }) => object === "Campaign")
    .map(({ recordName, fields }) => [recordName, fields[FIELD]?.from, fields[FIELD]?.to]);

const TWO = "2 leads, 0 MQL, 0 SQL, 0 opportunities, 0 won, 0 lost, 2 open";
const THREE = "3 leads, 0 MQL, 0 SQL, 0 opportunities, 0 won, 0 lost, 3 open";

test("nothing is read or written of campaigns before a report was made", async () => {
  const result = await world.sync({ keepPlan: true });
  expect(linesOf(result)).toEqual([]);
  expect(described("/pricing")).toBeNull();
});

test("the plan shows the line, and the sync after it writes just that", async () => {
  await report();
  const planned = await world.sync({ dry: true });
  expect(linesOf(planned)).toEqual([["/pricing", null, TWO]]);
  expect(planned.plan.skips).toContainEqual(
    expect.objectContaining({
      recordName: "Twice",
      reason: expect.stringMatching(/several Salesforce campaigns have this name/),
    }),
  );
  expect(described("/pricing")).toBeNull();
  const written = await world.sync({ keepPlan: true });
  expect(linesOf(written)).toEqual([["/pricing", null, TWO]]);
  expect([described("/pricing"), described("/quiz"), described("Twice")]).toEqual([TWO, null, null]);
});

test("what has not changed is not written again, nor asked for without a new report", async () => {
  const quiet = await world.sync({ keepPlan: true });
  expect(linesOf(quiet)).toEqual([]);
  await report();
  const again = await world.sync({ keepPlan: true });
  expect(linesOf(again)).toEqual([]);
  expect(again.calls.salesforce).toBe(quiet.calls.salesforce + 2);
  expect((await world.sync()).calls.salesforce).toBe(quiet.calls.salesforce);
});

test("one more lead changes the line, and so does somebody's own text in the field", async () => {
  world.sandbox.hubspot.createContact({ email: "late@example.com", lastname: "P", landing_page: "/pricing" }, PERSON);
  await world.settle();
  world.sandbox.salesforce.edit("Campaign", campaigns.get("/quiz") ?? "", { [FIELD]: "ours" }, rep);
  await report();
  expect(linesOf(await world.sync({ keepPlan: true }))).toEqual([["/pricing", TWO, THREE]]);
  expect([described("/pricing"), described("/quiz")]).toEqual([THREE, "ours"]);
});

const late = (number: number): void => {
  const properties = { email: `late${number}@example.com`, lastname: "P", landing_page: "/pricing" };
  world.sandbox.hubspot.createContact(properties, PERSON);
};
const many = (leads: number): string => THREE.replace(/3 (lead|open)/g, `${leads} $1`);

test.each([
  ["before", 4],
  ["after", 5],
] as const)("a run that dies just %s its write leaves an intent, and the next one ends it", async (when, leads) => {
  late(leads);
  await world.settle();
  await report();
  await dieWriting(when);
  expect((await intents()).at(-1)).toEqual([many(leads), "sent"]);
  expect(described("/pricing")).toBe(when === "before" ? many(leads - 1) : many(leads));
  // The dead run's lease ends.
  await world.pass(120);
  const next = await world.sync({ keepPlan: true });
  expect(linesOf(next)).toEqual(when === "before" ? [["/pricing", many(leads - 1), many(leads)]] : []);
  expect(described("/pricing")).toBe(many(leads));
  expect((await intents()).map(([, state]) => state)).not.toContain("sent");
  expect(linesOf(await world.sync({ keepPlan: true }))).toEqual([]);
});

test("a refusal is a reject of its own that does not stop the sync, and is over once a later report gets through", async () => {
  const { store } = world.connection.dependencies();
  late(6);
  await world.settle();
  await report();
  const body = [
    { success: false, errors: [{ statusCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION", message: "No.", fields: [] }] },
  ];
  const fault = { kind: "answer", status: 200, body } as const;
  world.sandbox.salesforceFaults.add({ path: "/composite/sobjects$", method: "PATCH", body: "Campaign", fault });
  const refused = await world.sync();
  expect([refused.outcome, refused.rejected]).toEqual(["needs-attention", 1]);
  expect(await store.rejects({ limit: 9 })).toMatchObject([
    { object: "Campaign", recordName: "/pricing", link: null, code: "FIELD_CUSTOM_VALIDATION_EXCEPTION" },
  ]);
  expect((await intents()).at(-1)).toEqual([many(6), "rejected"]);
  world.sandbox.salesforceFaults.clear();
  await report();
  await world.sync();
  expect(described("/pricing")).toBe(many(6));
  expect(await store.rejects({ limit: 9 })).toEqual([]);
});
