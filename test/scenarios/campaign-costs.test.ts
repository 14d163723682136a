/** What Salesforce campaigns cost, end to end over HTTP: a sync reads it, seldom, and the report has the return on it. */
import { afterEach, expect, test } from "vitest";
import type { ReportCost } from "../../src/core/model/report-settings.ts";
import type { ClosedLoop } from "../../src/core/report/report-figures.ts";
import { countReport } from "../../src/jobs/report-job.ts";
import type { SyncOptions } from "../../src/jobs/sync-job.ts";
import type { SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { MARKETER, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const database = openMemoryDatabase();
let opened: SyncWorld | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

const A_DAY = 24 * 60 + 5;
/** As an org answers a user without the right to read an object: it does not exist for them. */
const NO_CAMPAIGN = {
  path: "/query.*Campaign",
  fault: {
    kind: "answer",
    status: 400,
    body: [{ message: "sObject type 'Campaign' is not supported.", errorCode: "INVALID_TYPE" }],
  },
} as const;

interface Asked {
  readonly field?: string | null;
  readonly costs?: readonly ReportCost[];
  readonly sandbox?: Partial<SandboxOptions>;
}

/** Two people came through the campaign Fair; one of them bought for 3,000. */
async function fair({ field = "ActualCost", costs = [], sandbox = {} }: Asked = {}): Promise<SyncWorld> {
  const world = await openSyncWorld(database, {
    sandbox,
    adjust: (loaded) => {
      const { rulebook } = loaded;
      const report = { ...rulebook.report, campaign: "landing_page", campaignCosts: field, costs };
      return { ...loaded, rulebook: { ...rulebook, report } };
    },
  });
  opened = world;
  const { hubspot, salesforce } = world.sandbox;
  const [rep = ""] = salesforce.people.repIds;
  for (const name of ["ann", "bob"])
    hubspot.createContact({ email: `${name}@example.com`, lastname: "Lee", landing_page: "Fair" }, MARKETER);
  const account = salesforce.create("Account", { Name: "Lee Ltd" }, rep);
  const contact = salesforce.create("Contact", { AccountId: account, Email: "ann@example.com", LastName: "Lee" }, rep);
  const sale = { AccountId: account, Name: "Sale", StageName: "Closed Won", CloseDate: "2026-03-02", Amount: 3_000 };
  const opportunity = salesforce.create("Opportunity", sale, rep);
  salesforce.create("OpportunityContactRole", { OpportunityId: opportunity, ContactId: contact }, rep);
  return world;
}

function enter({ sandbox }: SyncWorld, values: Readonly<Record<string, string | number | null>>): string {
  const { salesforce } = sandbox;
  return salesforce.create("Campaign", { Name: "Fair", ...values }, salesforce.people.managerId);
}

function report({ store, clock, dependencies }: SyncWorld): Promise<ClosedLoop> {
  const { report: settings, lifecycle } = dependencies().rulebook;
  const window = { asOf: clock.now(), from: null, to: null };
  return countReport({ store, settings, names: lifecycle.names, window });
}

const rowsOf = ({ returnOnCosts }: ClosedLoop): unknown[] =>
  returnOnCosts.map(({ name, costFrom, cost, returnPercent }) => [name, costFrom, cost, returnPercent]);

test("a sync reads what campaigns cost, and the report has the return: of two of one name the sum, of one without a cost nothing", async () => {
  const world = await fair();
  expect((await report(world)).notes.join()).toContain("have not been read yet: the next sync reads them");
  enter(world, { ActualCost: 700, StartDate: "2026-02-01", EndDate: "2026-02-28" });
  enter(world, { ActualCost: 300 });
  enter(world, { Name: "Unpaid", ActualCost: null });
  enter(world, { Name: "Free", ActualCost: 0 });
  const deleted = enter(world, { ActualCost: 9_999 });
  world.sandbox.salesforce.remove("Campaign", deleted, world.sandbox.salesforce.people.managerId);
  await world.settle();
  const figures = await report(world);
  expect(rowsOf(figures)).toEqual([
    ["Fair", "salesforce", 1_000, 200],
    ["Free", "salesforce", 0, null],
  ]);
  expect(figures.returnOnCosts[0]).toMatchObject({ revenue: 3_000, costPerLead: 500 });
  expect(figures.notes).toEqual([]);
});

test("config/report.yml wins for a campaign it names", async () => {
  const world = await fair({ costs: [{ by: "campaign", name: "Fair", month: null, amount: 1_500 }] });
  enter(world, { ActualCost: 700 });
  enter(world, { Name: "Quiz", ActualCost: 40 });
  await world.settle();
  expect(rowsOf(await report(world))).toEqual([
    ["Fair", "report.yml", 1_500, 100],
    ["Quiz", "salesforce", 40, -100],
  ]);
});

test("costs are read once a day, by one call, and nothing of campaigns where they are not asked for", async () => {
  const world = await fair();
  const campaign = enter(world, { ActualCost: 700 });
  await world.settle();
  const asked: string[] = [];
  const sync = async (options: SyncOptions = {}): Promise<void> => {
    const dependencies = world.dependencies();
    const { salesforce } = dependencies.clients;
    const read = salesforce.readWithValue.bind(salesforce);
    salesforce.readWithValue = (object, ...rest) => {
      const before = salesforce.calls;
      return read(object, ...rest).finally(() => asked.push(`${object}: ${salesforce.calls - before}`));
    };
    await world.sync(options, dependencies);
  };
  const { salesforce } = world.sandbox;
  salesforce.edit("Campaign", campaign, { ActualCost: 1_000 }, salesforce.people.managerId);
  await world.pass(5);
  await sync();
  expect(rowsOf(await report(world))).toEqual([["Fair", "salesforce", 700, 328.57]]);
  await world.pass(A_DAY);
  await sync({ dry: true });
  await sync({ onlyMarked: true });
  expect(asked).toEqual([]);
  await sync();
  await sync();
  expect(asked).toEqual(["Campaign: 1"]);
  expect(rowsOf(await report(world))).toEqual([["Fair", "salesforce", 1_000, 200]]);
  await world.close();

  const without = await fair({ field: null });
  enter(without, { ActualCost: 700 });
  without.sandbox.salesforceFaults.add(NO_CAMPAIGN);
  await without.settle();
  expect((await report(without)).returnOnCosts).toEqual([]);
  expect((await report(without)).notes).toEqual([]);
});

test("amounts are in the campaign's currency, and one without a rate is in no sum", async () => {
  const currencies = [
    { code: "EUR", rate: 1 },
    { code: "USD", rate: 1.25 },
    { code: "BRL", rate: 5 },
  ];
  const world = await fair({ sandbox: { currencies } });
  enter(world, { ActualCost: 500, CurrencyIsoCode: "USD" });
  enter(world, { Name: "Quiz", ActualCost: 50, CurrencyIsoCode: "BRL" });
  world.sandbox.salesforce.editCurrency("BRL", { active: false });
  await world.settle();
  const figures = await report(world);
  expect(rowsOf(figures)).toEqual([["Fair", "salesforce", 400, 650]]);
  expect(figures.notes.join()).toContain("50 BRL of what Quiz cost is in no sum: no rate for BRL is known.");
});

test("a user who may not read campaigns is told what to do, by the run and by the report; the run is done, and an hour later asks again", async () => {
  const world = await fair();
  enter(world, { ActualCost: 700 });
  await world.settle();
  await world.pass(A_DAY);
  world.sandbox.salesforceFaults.add(NO_CAMPAIGN);
  const refused = await world.sync();
  expect(refused.outcome).toBe("done");
  expect(refused.reasons).toEqual([
    expect.stringMatching(
      /^the costs of the Salesforce campaigns were not read: .*INVALID_TYPE: sObject type 'Campaign' is not supported\. Run `leadloop check --live`, and give .* permission set access .*leave campaign-costs out of config\/report\.yml\.$/,
    ),
  ]);
  // What was known is still known, and said to be old.
  const figures = await report(world);
  expect(rowsOf(figures)).toEqual([["Fair", "salesforce", 700, 328.57]]);
  expect(figures.notes).toEqual([expect.stringMatching(/^As old as 2026-03-02 are the costs .*INVALID_TYPE/)]);
  await world.pass(5);
  expect((await world.sync()).reasons).toEqual([]);
  world.sandbox.salesforceFaults.clear();
  await world.pass(60);
  await world.sync();
  expect((await report(world)).notes).toEqual([]);
});

test("a field that is hidden, and an outage, are told in the same way", async () => {
  const world = await fair();
  world.sandbox.salesforce.hideField("Campaign", "ActualCost");
  const hidden = await world.sync();
  expect(hidden.outcome).toBe("done");
  expect(hidden.reasons.join()).toMatch(
    /campaigns were not read: .*INVALID_FIELD: No such column 'ActualCost'.*check --live/,
  );
  expect((await report(world)).notes.join()).toMatch(/^Not known are the costs/);

  world.sandbox.salesforce.showField("Campaign", "ActualCost");
  enter(world, { ActualCost: 700 });
  await world.pass(65);
  world.sandbox.salesforceFaults.add({ ...NO_CAMPAIGN, times: 99, fault: { kind: "answer", status: 503, body: [] } });
  const down = await world.sync();
  expect([down.outcome, down.reasons]).toEqual([
    "done",
    [expect.stringMatching(/were not read: .* The next run tries again\.$/)],
  ]);
  world.sandbox.salesforceFaults.clear();
  await world.sync();
  expect(rowsOf(await report(world))).toEqual([["Fair", "salesforce", 700, 328.57]]);
});
