/** When a person entered each stage, as both systems show it: step by step, with stages skipped, under an account's own stage names, and in a second cycle. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Stage } from "../../src/core/model/rulebook.ts";
import { couple } from "../support/couple.ts";
import { openMemoryDatabase } from "../support/memory-database.ts";
import { openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const OWN_STAGE = "48210931";
const WITH_FIELDS = ["lead", "mql", "sal", "sql", "opportunity", "customer", "recycled"] as const;
const FIELDS: Readonly<Record<(typeof WITH_FIELDS)[number], readonly [string, string]>> = {
  lead: ["leadloop_lead_at", "LeadLoop_Lead_At__c"],
  mql: ["leadloop_mql_at", "LeadLoop_MQL_At__c"],
  sal: ["leadloop_sal_at", "LeadLoop_SAL_At__c"],
  sql: ["leadloop_sql_at", "LeadLoop_SQL_At__c"],
  opportunity: ["leadloop_opportunity_at", "LeadLoop_Opportunity_At__c"],
  customer: ["leadloop_customer_at", "LeadLoop_Customer_At__c"],
  recycled: ["leadloop_recycled_at", "LeadLoop_Recycled_At__c"],
};

const database = openMemoryDatabase();
let world: SyncWorld;
let ann: Awaited<ReturnType<typeof couple>>;

/** The account has a stage of its own for whom sales accepted. */
beforeEach(async () => {
  world = await openSyncWorld(database, {
    adjust: (loaded) => {
      const { lifecycle } = loaded.rulebook;
      const names = lifecycle.names.map((one) => (one.stage === "sal" ? { ...one, hubspot: OWN_STAGE } : one));
      return { ...loaded, rulebook: { ...loaded.rulebook, lifecycle: { ...lifecycle, names } } };
    },
  });
  const option = { label: "Sales accepted", value: OWN_STAGE };
  world.sandbox.hubspot.catalogue.addOption("contacts", "lifecyclestage", option, "salesqualifiedlead");
  ann = await couple(world, "ann@example.com");
});
afterEach(() => world.close());

/** Our own events are what the fields on both sides must say, whole seconds of them in Salesforce. */
async function shownTimes(): Promise<Partial<Record<Stage, string>>> {
  const { id } = await world.person("ann@example.com");
  const events = await world.store.stageEventsOf([id]);
  const shown: Partial<Record<Stage, string>> = {};
  for (const stage of WITH_FIELDS) {
    const [property, field] = FIELDS[stage];
    const entered = events.findLast((event) => event.stage === stage)?.at;
    const second = entered === undefined ? null : `${entered.slice(0, 19)}.000Z`;
    const [left, right] = [ann.hubspotValue(property), ann.salesforceValue(field)];
    expect([stage, moment(left), moment(right)]).toEqual([stage, second, second]);
    if (second !== null) shown[stage] = second;
  }
  return shown;
}

function moment(value: unknown): string | null {
  return value === null || value === "" ? null : new Date(Date.parse(String(value))).toISOString();
}

async function entered(): Promise<readonly string[]> {
  const { id } = await world.person("ann@example.com");
  return (await world.store.stageEventsOf([id])).map(({ epoch, stage }) => `${epoch} ${stage}`);
}

async function wait(): Promise<void> {
  await world.pass(60);
}

test("each stage's moment is kept as an event and as a field on both sides, also under the account's own stage id", async () => {
  const seen: string[] = [];
  for (const stage of ["lead", "marketingqualifiedlead", OWN_STAGE, "salesqualifiedlead", "opportunity", "customer"]) {
    await wait();
    ann.hubspot({ lifecyclestage: stage });
    const before = world.clock.now();
    await world.settle();
    const times = Object.values(await shownTimes());
    expect(times).toHaveLength(seen.length + 1);
    const [newest = ""] = times.filter((time) => !seen.includes(time));
    expect(Math.abs(Date.parse(newest) - Date.parse(before))).toBeLessThan(1000);
    seen.push(newest);
    expect(ann.hubspotValue("lifecyclestage")).toBe(stage);
  }
  expect(await entered()).toEqual(["1 subscriber", "1 lead", "1 mql", "1 sal", "1 sql", "1 opportunity", "1 customer"]);
  expect(ann.salesforceValue("LeadLoop_Stage__c")).toBe("Customer");
});

test("Salesforce's word for the accepted arrives as the account's own stage", async () => {
  ann.hubspot({ lifecyclestage: "marketingqualifiedlead" });
  await world.settle();
  ann.salesforce({ Status: "Working - Contacted" });
  await world.settle();
  expect(ann.hubspotValue("lifecyclestage")).toBe(OWN_STAGE);
  expect(await shownTimes()).toHaveProperty("sal");
});

test("stages that were skipped have no event and no moment on either side", async () => {
  await wait();
  ann.salesforce({ LeadLoop_Stage__c: "Opportunity" });
  await world.settle();
  expect(Object.keys(await shownTimes())).toEqual(["opportunity"]);
  expect(await entered()).toEqual(["1 subscriber", "1 opportunity"]);
  expect(ann.hubspotValue("lifecyclestage")).toBe("opportunity");
});

test("a recycle has its moment, and a stage that is entered again in the next cycle takes the later one", async () => {
  ann.hubspot({ lifecyclestage: "marketingqualifiedlead" });
  await world.settle();
  const first = await shownTimes();
  await wait();
  ann.salesforce({ LeadLoop_Rejection__c: "Bad timing", Status: "Closed - Not Converted" });
  await world.settle();
  const recycled = await shownTimes();
  expect(recycled.recycled).toBeDefined();
  expect(recycled.mql).toBe(first.mql);
  expect(ann.hubspotValue("lifecyclestage")).toBe("lead");
  await wait();
  ann.hubspot({ lifecyclestage: "marketingqualifiedlead" });
  await world.settle();
  const again = await shownTimes();
  expect(Date.parse(String(again.mql))).toBeGreaterThan(Date.parse(String(first.mql)));
  expect(again.recycled).toBe(recycled.recycled);
  expect(await entered()).toEqual(["1 subscriber", "1 mql", "2 recycled", "2 mql"]);
});
