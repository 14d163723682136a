/** Lost answers, partial batches, late indexes, refusals and overlapping runs: nothing is lost, nothing is there twice, and one bad record holds up nobody. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { type Couple, couples } from "../support/couple.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld, writesOf } from "../support/sync-world.ts";

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

describe("A write to Salesforce whose answer is lost", () => {
  const loseAnswers = (): void =>
    world.sandbox.salesforceFaults.add({ path: "/composite", method: "POST", fault: { kind: "drop-after" }, times: 3 });

  test("is not repeated when it arrived", async () => {
    ann.hubspot({ jobtitle: "Biologist" });
    await world.pass(5);
    loseAnswers();
    await world.sync();
    world.sandbox.salesforceFaults.clear();
    await world.pass(5);
    expect(writesOf(await world.sync())).toBe(0);
    expect(await ann.both("jobtitle", "Title")).toEqual(["Biologist", "Biologist"]);
  });

  test("and whose source is edited again before the next run ends with the newer value, and no conflict", async () => {
    ann.hubspot({ jobtitle: "Biologist" });
    await world.pass(5);
    loseAnswers();
    await world.sync();
    world.sandbox.salesforceFaults.clear();
    ann.hubspot({ jobtitle: "Chemist" });
    await world.settle();
    expect(await ann.both("jobtitle", "Title")).toEqual(["Chemist", "Chemist"]);
    expect(await ann.conflicts()).toEqual([]);
  });
});

describe("What comes late", () => {
  test("from HubSpot's index by 40 minutes is found by the second look", async () => {
    world.sandbox.hubspot.setTimes({ lagMs: [2_400_000, 2_400_000] });
    ann.hubspot({ jobtitle: "Late" });
    world.sandbox.hubspot.setTimes({ lagMs: [2_000, 2_000] });
    for (const minutes of [5, 15, 30, 45]) {
      await world.pass(minutes);
      await world.sync();
    }
    expect(ann.salesforceValue("Title")).toBe("Late");
  });

  test("from a Salesforce transaction that is stamped before it is committed is found", async () => {
    world.sandbox.salesforce.setCommitDelay(210_000);
    ann.salesforce({ Title: "Late" });
    await world.pass(1);
    await world.sync();
    world.sandbox.salesforce.setCommitDelay(0);
    await world.pass(3);
    await world.settle();
    expect(ann.hubspotValue("jobtitle")).toBe("Late");
  });
});

describe("One record that is refused", () => {
  test("by a validation rule is parked with the message, the others are written, and it goes out when the rule is gone", async () => {
    world.sandbox.salesforce.addValidationRule("Lead", {
      name: "no_bosses",
      message: "No bosses here",
      field: "Title",
      refuses: (record) => record["Title"] === "Boss",
    });
    ann.hubspot({ jobtitle: "Boss" });
    bob.hubspot({ jobtitle: "Biologist" });
    await world.pass(5);
    const run = await world.sync();
    expect(run).toMatchObject({ outcome: "needs-attention", rejected: 1 });
    await world.settle();
    expect([ann.salesforceValue("Title"), bob.salesforceValue("Title")]).toEqual([null, "Biologist"]);
    expect(await world.store.rejects({ limit: 10 })).toMatchObject([
      { message: expect.stringContaining("No bosses here") },
    ]);
    world.sandbox.salesforce.removeValidationRule("Lead", "no_bosses");
    ann.hubspot({ jobtitle: "Chief" });
    await world.settle();
    expect(ann.salesforceValue("Title")).toBe("Chief");
  });

  test("with a code that nobody knows stops the run, which says so, and the next run goes on without the record", async () => {
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

  test("because its row is locked is written by a later try", async () => {
    world.sandbox.salesforce.lockRows([ann.leadId], 2);
    ann.hubspot({ jobtitle: "Biologist" });
    bob.hubspot({ jobtitle: "Chemist" });
    await world.settle();
    expect([ann.salesforceValue("Title"), bob.salesforceValue("Title")]).toEqual(["Biologist", "Chemist"]);
  });
});

describe("A task", () => {
  test("whose answer was lost and which the rep deletes at once is not made again", async () => {
    ann.hubspot({ lifecyclestage: "marketingqualifiedlead" });
    await world.pass(5);
    world.sandbox.salesforceFaults.add({ path: "Task", method: "PATCH", fault: { kind: "drop-after" }, times: 1 });
    await world.sync();
    const [task] = world.sandbox.salesforce.records("Task");
    expect(task).toBeDefined();
    world.sandbox.salesforce.remove("Task", String(task?.["Id"]), world.sandbox.salesforce.people.managerId);
    await world.settle();
    await world.settle();
    expect(world.sandbox.salesforce.records("Task")).toHaveLength(1);
  });
});

describe("Two runs at once", () => {
  test("are one run and one that does nothing", async () => {
    ann.hubspot({ jobtitle: "Biologist" });
    await world.pass(5);
    const [one, other] = await Promise.all([world.sync(), world.sync()]);
    expect([one.outcome, other.outcome].sort()).toEqual(["done", "paused"]);
    expect(writesOf(one) + writesOf(other)).toBe(1);
  });
});

describe("Consent", () => {
  test("given away in HubSpot stays so although somebody unticks it in Salesforce, and that is told", async () => {
    ann.hubspot({ do_not_call: "true" });
    await world.settle();
    ann.salesforce({ DoNotCall: false });
    await world.settle();
    expect(await ann.both("do_not_call", "DoNotCall")).toEqual(["true", true]);
    expect(await ann.conflicts()).toMatchObject([{ field: "do_not_call" }]);
  });
});

describe("A stage", () => {
  test("moved back by hand without a reason is put back, and told", async () => {
    ann.hubspot({ lifecyclestage: "opportunity" });
    await world.settle();
    ann.hubspot({ lifecyclestage: "" });
    ann.hubspot({ lifecyclestage: "lead" });
    await world.settle();
    expect(ann.hubspotValue("lifecyclestage")).toBe("opportunity");
    const conflicts = await world.store.conflicts({ limit: 10 });
    expect(conflicts.filter((conflict) => conflict.rule === "stage")).toHaveLength(1);
  });
});

describe("The way home of a dry run", () => {
  test("writes nothing and shows what the run then writes", async () => {
    ann.hubspot({ jobtitle: "Biologist" });
    world.sandbox.hubspot.createContact(
      { email: "mql@example.com", lifecyclestage: "marketingqualifiedlead" },
      MARKETER,
    );
    await world.pass(5);
    const planned = await world.sync({ dry: true });
    expect(ann.salesforceValue("Title")).toBe(null);
    const written = await world.sync();
    expect(planned.written).toEqual(written.written);
  });
});
