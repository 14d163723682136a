/** How every state store keeps marks that nobody has a lease for, whose turn is first, and jobs that are under way. */
import { expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import type { ReadPass } from "../../src/core/model/read-pass.ts";
import type { DirtyMark, StateStore } from "../../src/jobs/state-port.ts";
import { leased, NO_DECISIONS, personLink, T } from "./state-samples.ts";

const mark = (key: string, dueAt = T()): DirtyMark => ({ key, reason: "changed", dueAt });

/** `fresh` gives an empty store; stores of one run share a database. */
export function stateMarksContract(fresh: () => StateStore): void {
  test("a hint marks without a lease, also while a run has it, and is found by its key", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.ingest(lease, { dirty: [mark("h:1")], cursors: [], seen: [], now: T() });
    await store.hint([mark("h:1"), mark("s:Lead:2", T(90))], T(5));
    expect(await store.dirtyOf(["h:1", "s:Lead:2", "h:3"])).toMatchObject([
      { key: "h:1", version: 2, firstSeenAt: T() },
      { key: "s:Lead:2", version: 1, dueAt: T(90), firstSeenAt: T(5) },
    ]);
    expect(await store.dirtyDue(10, T())).toMatchObject([{ key: "h:1" }]);
    expect(await store.dirtyOf([])).toEqual([]);
  });

  test("the urgent go first, and a mark that is set again keeps the more urgent", async () => {
    const store = fresh();
    await store.hint(
      [{ ...mark("h:1", T(1)), priority: 2 }, mark("h:2", T(9)), { ...mark("h:3", T(9)), priority: 0 }],
      T(),
    );
    expect((await store.dirtyDue(10, T(9))).map((row) => row.key)).toEqual(["h:3", "h:2", "h:1"]);
    await store.hint(
      [
        { ...mark("h:1", T(5)), priority: 0 },
        { ...mark("h:3", T(9)), priority: 2 },
      ],
      T(),
    );
    expect((await store.dirtyDue(10, T(9))).map((row) => [row.key, row.priority])).toEqual([
      ["h:1", 0],
      ["h:3", 0],
      ["h:2", 1],
    ]);
  });

  test("a pass over everybody goes on from the place that was stored with its marks, and knows whom it has not met", async () => {
    const store = fresh();
    const lease = await leased(store);
    const known = [
      personLink("l1", { hubspotId: "1", salesforceId: "s1" }),
      personLink("l2", { hubspotId: "2", salesforceId: "s2" }),
      personLink("l3", { hubspotId: "3", salesforceId: null, salesforceObject: null, state: "single" }),
      personLink("l4", { hubspotId: "4", salesforceId: null, salesforceObject: null, state: "superseded" }),
      personLink("l5", { hubspotId: "5", salesforceId: "s5", state: "tombstoned" }),
      // Its contact was still there when it was last looked at.
      personLink("l6", { hubspotId: "6", salesforceId: "s6", state: "tombstoned", facts: { "contact left": "yes" } }),
    ];
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: known });
    const pass: ReadPass = {
      system: "hubspot",
      object: "contacts",
      account: "62515",
      fields: "email",
      begunAt: T(),
      position: null,
      ended: false,
      compares: true,
      foreseen: { blank: 0, delete: 0, regress: 0, change: 0, create: 0 },
    };
    const other: ReadPass = { ...pass, system: "salesforce", object: "Lead" };
    await store.beginReadPasses(lease, [pass, other]);
    expect(await store.unmetLinks()).toEqual(["l1", "l2", "l3", "l4", "l6"]);
    const further = { ...pass, position: "place", ended: true, foreseen: { ...pass.foreseen, change: 2 } };
    const batch = { dirty: [mark("h:1")], cursors: [], seen: [], now: T() };
    const met = [
      { system: "hubspot", ids: ["1", "3"] },
      { system: "hubspot", ids: ["2", "1", "4", "6"] },
      { system: "salesforce", ids: ["s2", "3"] },
    ] as const;
    await store.ingest(lease, { ...batch, passes: [further], met });
    expect(await store.readPasses()).toEqual([further, other]);
    expect(await store.unmetLinks()).toEqual(["l1"]);
    await store.ingest(lease, { ...batch, dirty: [], passesOver: true });
    expect([await store.readPasses(), await store.unmetLinks()]).toEqual([[], ["l1", "l2", "l3", "l4", "l6"]]);
    await store.ingest(lease, { ...batch, passes: [further], met });
    await store.beginReadPasses(lease, [other]);
    expect([await store.readPasses(), await store.unmetLinks()]).toEqual([[other], ["l1", "l2", "l3", "l4", "l6"]]);
    await store.beginReadPasses(lease, []);
    expect(await store.readPasses()).toEqual([]);
  });

  test("a bulk job stays open until it is closed, and only who has the lease may do either", async () => {
    const store = fresh();
    const lost = await leased(store);
    await store.releaseLease(lost);
    const lease = await leased(store);
    const job = { object: "Lead", operation: "upsert", keyField: "LeadLoop_Key__c", run: "r1", since: T() } as const;
    const kept = { ...job, id: "750000000000001AAA", keys: ["l1:1:salesforce"], links: ["l1"] };
    const other = { ...kept, id: "750000000000002AAA", operation: "update", keyField: null } as const;
    await store.saveBulkJob(lease, other);
    await store.saveBulkJob(lease, kept);
    await store.saveBulkJob(lease, kept);
    expect(await store.openBulkJobs()).toEqual([kept, other]);
    await expect(store.saveBulkJob(lost, kept)).rejects.toThrow(StopRun);
    await expect(store.closeBulkJob(lost, kept.id)).rejects.toThrow(StopRun);
    await store.closeBulkJob(lease, kept.id);
    expect(await store.openBulkJobs()).toEqual([other]);
  });
}
