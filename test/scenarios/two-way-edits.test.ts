/** People edit the same person on one side, on both, and at the same time: what both sides hold afterwards, and what is told. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { type Couple, couples } from "../support/couple.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

const COUPLES = 19;

let database: SharedDatabase;
let world: SyncWorld;
let ann: Couple;

/** Everybody is linked in one go; each test has a person of its own. */
let people: Couple[];

beforeAll(async () => {
  database = await openSharedDatabase();
  world = await openSyncWorld(database);
  people = await couples(world, COUPLES);
});
afterAll(async () => {
  await world.close();
  await database.close();
});
beforeEach(() => {
  const next = people.pop();
  if (next === undefined) throw new Error("more tests than people");
  ann = next;
});
afterEach(async () => {
  world.sandbox.hubspotFaults.clear();
  await world.settle();
});

describe("A linked person", () => {
  test("whose own write comes back in the next read is left alone", async () => {
    ann.hubspot({ jobtitle: "Biologist" });
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(1);
    for (let run = 0; run < 3; run += 1) {
      await world.pass(1);
      expect(writesOf(await world.sync())).toBe(0);
    }
    expect(await ann.both("jobtitle", "Title")).toEqual(["Biologist", "Biologist"]);
  });

  test("edited in HubSpot only is written to Salesforce once", async () => {
    ann.hubspot({ jobtitle: "Biologist" });
    await world.pass(5);
    const run = await world.sync();
    expect(run.written).toEqual({
      hubspot: { created: 0, updated: 0, archived: 0 },
      salesforce: { created: 0, updated: 1, archived: 0 },
      tasks: 0,
    });
    expect(run.conflicts).toBe(0);
  });

  test("edited on both sides in different fields keeps both edits", async () => {
    ann.hubspot({ jobtitle: "Biologist" });
    ann.salesforce({ FirstName: "Anna" });
    await world.settle();
    expect(await ann.both("jobtitle", "Title")).toEqual(["Biologist", "Biologist"]);
    expect(await ann.both("firstname", "FirstName")).toEqual(["Anna", "Anna"]);
    expect(await ann.conflicts()).toEqual([]);
  });

  test("given the same value on both sides is written nowhere, and there is no conflict", async () => {
    ann.hubspot({ jobtitle: "Biologist" });
    ann.salesforce({ Title: "Biologist" });
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(0);
    expect(await ann.conflicts()).toEqual([]);
  });

  test("edited in the same field ten minutes apart keeps the later edit, and the other stands in a conflict", async () => {
    ann.salesforce({ Title: "Earlier" });
    await world.pass(10);
    ann.hubspot({ jobtitle: "Later" });
    await world.settle();
    expect(await ann.both("jobtitle", "Title")).toEqual(["Later", "Later"]);
    expect(await ann.conflicts()).toMatchObject([
      { field: "jobtitle", hubspot: "Later", salesforce: "Earlier", kept: "hubspot" },
    ]);
  });

  test("edited on both sides at the same moment keeps the tie side's edit, is told once, and never flips", async () => {
    ann.hubspot({ jobtitle: "Marketing's" });
    ann.salesforce({ Title: "Sales'" });
    await world.settle();
    await world.settle();
    expect(await ann.both("jobtitle", "Title")).toEqual(["Sales'", "Sales'"]);
    expect(await ann.conflicts()).toMatchObject([{ hubspot: "Marketing's", salesforce: "Sales'", kept: "salesforce" }]);
  });

  test("edited in HubSpot right after our write keeps the edit", async () => {
    ann.salesforce({ Title: "From sales" });
    await world.pass(5);
    await world.sync();
    ann.hubspot({ jobtitle: "Right after" });
    await world.settle();
    expect(await ann.both("jobtitle", "Title")).toEqual(["Right after", "Right after"]);
  });

  test("whose phone is only written differently is left alone", async () => {
    ann.hubspot({ phone: "4155550100" });
    await world.settle();
    ann.salesforce({ Phone: "(415) 555-0100" });
    for (let run = 0; run < 5; run += 1) {
      await world.pass(5);
      expect(writesOf(await world.sync())).toBe(0);
    }
    expect(await ann.both("phone", "Phone")).toEqual(["4155550100", "(415) 555-0100"]);
  });

  test("whose phone is blanked in Salesforce gets HubSpot's back where the rule prefers Salesforce unless it is blank", async () => {
    ann.salesforce({ Phone: "+14155550100" });
    await world.settle();
    ann.salesforce({ Phone: null });
    await world.settle();
    expect(await ann.both("phone", "Phone")).toEqual(["+14155550100", "+14155550100"]);
  });

  test("whose title is blanked by hand is blanked on both sides", async () => {
    ann.hubspot({ jobtitle: "Biologist" });
    await world.settle();
    ann.salesforce({ Title: null });
    await world.settle();
    expect(await ann.both("jobtitle", "Title")).toEqual([null, null]);
  });

  test("with quotes, emoji and accents in the name keeps every character", async () => {
    const name = `O'Brien "Zoë" \\ 🚀 日本`;
    ann.hubspot({ lastname: name });
    await world.settle();
    expect(await ann.both("lastname", "LastName")).toEqual([name, name]);
  });

  test("whose multi-select differs only in order is left alone, and whose items differ gets all of them", async () => {
    ann.hubspot({ product_interest: "analytics;reporting" });
    await world.settle();
    ann.salesforce({ Product_Interest__c: "reporting;analytics" });
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(0);
    ann.salesforce({ Product_Interest__c: "automation" });
    await world.settle();
    const [hubspot, salesforce] = await ann.both("product_interest", "Product_Interest__c");
    for (const side of [hubspot, salesforce])
      expect(String(side).split(";").sort()).toEqual(["analytics", "automation", "reporting"]);
  });

  test("whose e-mail address changes in HubSpot is updated in Salesforce, not made again", async () => {
    ann.hubspot({ email: "ann.lee@example.com" });
    await world.settle();
    expect(await ann.both("email", "Email")).toEqual(["ann.lee@example.com", "ann.lee@example.com"]);
    expect(world.sandbox.salesforce.records("Lead")).toHaveLength(COUPLES);
    expect(world.sandbox.hubspot.contacts()).toHaveLength(COUPLES);
  });
});

describe("An edit that falls between our read and our write", () => {
  test("in HubSpot is found in the history, decided and told", async () => {
    ann.salesforce({ Title: "From sales" });
    await world.pass(5);
    const dependencies = world.dependencies();
    ann.before(dependencies.clients.hubspot, () =>
      world.sandbox.hubspot.editContact(ann.hubspotId, { jobtitle: "In between" }, MARKETER),
    );
    await world.sync({}, dependencies);
    expect(ann.hubspotValue("jobtitle")).toBe("From sales");
    await world.settle();
    expect(await ann.both("jobtitle", "Title")).toEqual(["In between", "In between"]);
    expect(await ann.conflicts()).toMatchObject([{ hubspot: "In between", salesforce: "From sales", kept: "hubspot" }]);
  });

  test("in HubSpot is found although the answer to our write was lost", async () => {
    ann.salesforce({ Title: "From sales" });
    await world.pass(5);
    const dependencies = world.dependencies();
    ann.before(dependencies.clients.hubspot, () =>
      world.sandbox.hubspot.editContact(ann.hubspotId, { jobtitle: "In between" }, MARKETER),
    );
    world.sandbox.hubspotFaults.add({
      method: "POST",
      path: "/contacts/batch/update",
      fault: { kind: "drop-after" },
      times: 9,
    });
    await world.sync({}, dependencies);
    world.sandbox.hubspotFaults.clear();
    await world.settle();
    expect(await ann.both("jobtitle", "Title")).toEqual(["In between", "In between"]);
    expect(await ann.conflicts()).toMatchObject([{ hubspot: "In between", salesforce: "From sales" }]);
  });

  test("in Salesforce in the second of the edit that we had read is found in field history, decided and told", async () => {
    ann.hubspot({ jobtitle: "From marketing" });
    await world.pass(5);
    ann.salesforce({ Phone: "+14155550199" });
    const dependencies = world.dependencies();
    ann.before(dependencies.clients.salesforce, () => ann.salesforce({ Title: "Same second" }));
    await world.sync({}, dependencies);
    expect(ann.salesforceValue("Title")).toBe("From marketing");
    await world.settle();
    expect(await ann.both("jobtitle", "Title")).toEqual(["Same second", "Same second"]);
    expect(await ann.conflicts()).toMatchObject([
      { hubspot: "From marketing", salesforce: "Same second", kept: "salesforce" },
    ]);
  });

  test("in Salesforce takes back a value that nobody had answered for and that we have seen there: it stands, and what we were about to write is told", async () => {
    ann.hubspot({ jobtitle: "Biologist" });
    await world.pass(5);
    const lost = { kind: "drop-after" } as const;
    const { salesforceFaults, clock } = world.sandbox;
    salesforceFaults.add({ method: "POST", path: "/composite$", body: "Biologist", fault: lost, times: 9 });
    await world.sync();
    salesforceFaults.clear();
    expect(ann.salesforceValue("Title")).toBe("Biologist");
    ann.hubspot({ jobtitle: "Chemist" });
    await world.pass(5);
    const dependencies = world.dependencies();
    ann.before(dependencies.clients.salesforce, () => {
      clock.advance(30_000);
      ann.salesforce({ Title: null });
    });
    await world.sync({}, dependencies);
    await world.settle();
    expect(await ann.both("jobtitle", "Title")).toEqual([null, null]);
    expect(await ann.conflicts()).toMatchObject([{ hubspot: "Chemist", salesforce: null, kept: "salesforce" }]);
  });

  test("of the stage in Salesforce refuses our write of another stage, and the later stage stands", async () => {
    ann.hubspot({ lifecyclestage: "marketingqualifiedlead" });
    await world.pass(5);
    const dependencies = world.dependencies();
    ann.before(dependencies.clients.salesforce, () => {
      world.sandbox.clock.advance(30_000);
      ann.salesforce({ LeadLoop_Stage__c: "SQL" });
    });
    await world.sync({}, dependencies);
    await world.settle();
    expect(await ann.both("lifecyclestage", "LeadLoop_Stage__c")).toEqual(["salesqualifiedlead", "SQL"]);
  });

  test("in Salesforce refuses our write, which is decided again", async () => {
    ann.hubspot({ jobtitle: "From marketing" });
    await world.pass(5);
    const dependencies = world.dependencies();
    ann.before(dependencies.clients.salesforce, () => {
      world.sandbox.clock.advance(30_000);
      ann.salesforce({ Title: "In between" });
    });
    await world.sync({}, dependencies);
    await world.settle();
    const [hubspot, salesforce] = await ann.both("jobtitle", "Title");
    expect(hubspot).toBe(salesforce);
    expect(await ann.conflicts()).toMatchObject([{ hubspot: "From marketing", salesforce: "In between" }]);
  });
});
