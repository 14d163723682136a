/** What every state store must do with intents, tasks, handoffs, stages, outcomes, conflicts, rejects, caches and runs. */
import { describe, expect, test } from "vitest";
import { TEXT_ERASED } from "../../src/core/model/notice.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import { stateAheadContract } from "./state-ahead.contract.ts";
import { stateReportContract } from "./state-report.contract.ts";
import {
  conflictOf,
  handoffOf,
  intentFor,
  leased,
  NO_DECISIONS,
  NO_OUTCOMES,
  noticeOf,
  personLink,
  rejectOf,
  T,
  taskFor,
} from "./state-samples.ts";
import { stateTasksContract } from "./state-tasks.contract.ts";

/** `fresh` gives an empty store; stores of one run share a database. */
export function stateLedgerContract(fresh: () => StateStore): void {
  describe("intents", () => intentContract(fresh));
  describe("tasks, handoffs and stages", () => stateTasksContract(fresh));
  describe("the report", () => stateReportContract(fresh));
  describe("what is counted ahead of the report", () => stateAheadContract(fresh));
  describe("conflicts and rejects", () => attentionContract(fresh));
  describe("runs, settings and caches", () => runContract(fresh));
}

function intentContract(fresh: () => StateStore): void {
  test("an erasure leaves ids and a hash, and nothing else of the person", async () => {
    const store = fresh();
    const lease = await leased(store);
    const intents = [intentFor("a"), intentFor("b")];
    const conflicts = [conflictOf("a"), conflictOf("b")];
    await store.commitDecisions(lease, {
      ...NO_DECISIONS,
      links: [personLink("a"), personLink("b")],
      intents,
      conflicts,
    });
    const [before] = await store.links(["a"]);
    await store.erase(lease, ["a"], "asked for", T());
    expect(await store.links(["a"])).toMatchObject([
      {
        state: "erased",
        email: null,
        name: "a",
        fields: {},
        facts: {},
        stage: null,
        score: null,
        hubspotId: before?.hubspotId,
      },
    ]);
    expect(await store.intentsOf("a")).toMatchObject([{ fields: {}, reason: "", recordId: "00Qa" }]);
    expect((await store.conflicts({ limit: 9 })).map((conflict) => conflict.link)).toEqual(["b"]);
    const emails = [before?.email ?? "", "somebody@else.example"];
    expect([...(await store.erasedAmong(emails))]).toEqual([before?.email]);
    expect((await store.links(["b"]))[0]?.state).not.toBe("erased");
  });

  test("what nobody was told yet names nobody once somebody was erased, also where a channel was tried before", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: [personLink("a"), personLink("b")] });
    const about = noticeOf("about", { link: "b", at: T(9) });
    await store.saveNotices([noticeOf("again"), noticeOf("under way"), about, noticeOf("waits", { at: T(9) })]);
    const [again] = await store.claimNotices(T(), T(60), 2);
    if (again === undefined) throw new Error("nothing was due");
    await store.erase(lease, ["a"], "asked for", T());
    // The sender read it before, and puts it back.
    await store.closeNotices([{ ...again, state: "due", notBefore: T(30) }]);
    const texts = (await store.claimNotices(T(30), T(90), 9)).map(({ key, text, html }) => [key, text, html]);
    expect(texts.sort()).toEqual([
      ["about", about.text, about.html],
      ["again", TEXT_ERASED, null],
      ["waits", TEXT_ERASED, null],
    ]);
  });

  test("an intent is unresolved until its outcome is told, and only after its quarantine", async () => {
    const store = fresh();
    const lease = await leased(store);
    const intents = [intentFor("a"), intentFor("b", { notBefore: T(30), recordId: null, operation: "create" })];
    await store.commitDecisions(lease, { ...NO_DECISIONS, intents });
    expect(await store.unresolvedIntents(T(29), 9)).toEqual([]);
    expect((await store.unresolvedIntents(T(60), 9)).map((intent) => intent.link)).toEqual(["b", "a"]);
    const told = [
      { key: "a:salesforce:1", state: "unknown", recordId: null, detail: "no answer" },
      { key: "b:salesforce:1", state: "written", recordId: "00Qnew", detail: null },
    ] as const;
    await store.commitOutcomes(lease, { ...NO_OUTCOMES, intents: told });
    expect(await store.unresolvedIntents(T(60), 9)).toEqual([{ ...intents[0], state: "unknown", detail: "no answer" }]);
    expect(await store.intentsOf("b")).toMatchObject([{ state: "written", recordId: "00Qnew" }]);
  });

  test("conditional writes close behind a change are found by run, unless they certainly failed", async () => {
    const store = fresh();
    const close = { ifUnmodifiedSince: T(-30) };
    const intents = [
      intentFor("close", close),
      intentFor("unconditional"),
      intentFor("at-rest", { ifUnmodifiedSince: T(-3_600) }),
      intentFor("refused", { ...close, state: "rejected" }),
      intentFor("hubspot", { ...close, system: "hubspot" }),
      intentFor("another-run", { ...close, run: "run-2" }),
    ];
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, intents });
    expect((await store.closeWrites("salesforce", ["run-1"], 600)).map((intent) => intent.link)).toEqual(["close"]);
    expect(await store.closeWrites("salesforce", [], 600)).toEqual([]);
  });

  test("a decision of a later run settles the person's writes without an answer, but for one that it sends again", async () => {
    const store = fresh();
    const lease = await leased(store);
    const open = ["a", "b", "c"].map((link) => intentFor(link, { ifUnmodifiedSince: T(-30) }));
    const answered = intentFor("a", { key: "a:hubspot:1", system: "hubspot", state: "written" });
    await store.commitDecisions(lease, { ...NO_DECISIONS, intents: [...open, answered] });
    const again = intentFor("b", { run: "run-2", sentAt: T(90) });
    const settled = { conflicts: [], rejects: [], writes: ["a", "b"] };
    await store.commitDecisions(lease, { ...NO_DECISIONS, intents: [again], settled });
    const states = async (link: string) => (await store.intentsOf(link)).map(({ state }) => state).sort();
    expect(await states("a")).toEqual(["settled", "written"]);
    expect(await states("b")).toEqual(["sent", "sent"]);
    expect(await states("c")).toEqual(["sent"]);
    expect((await store.unresolvedIntents(T(500), 9)).map(({ link }) => link).sort()).toEqual(["b", "b", "c"]);
    expect((await store.counts())["unresolvedIntents"]).toBe(3);
    // It may have arrived for all that is known: an edit that it ran over is still looked for.
    expect((await store.closeWrites("salesforce", ["run-1"], 600)).map(({ link }) => link)).toContain("a");
  });

  test("earlier writes are those that have arrived, and not before the time that is asked about", async () => {
    const store = fresh();
    const intents = [
      intentFor("a", { state: "written", sentAt: T(9) }),
      intentFor("a", { key: "a:salesforce:0", state: "written", sentAt: T(-9) }),
      intentFor("a", { key: "a:hubspot:1", system: "hubspot", state: "unknown", sentAt: T(9) }),
      intentFor("b", { state: "written", sentAt: T(8) }),
      intentFor("c", { state: "written", sentAt: T(9) }),
    ];
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, intents });
    const earlier = await store.arrivedWrites(["a", "b"], T());
    const { system, object, operation, fields } = intentFor("a");
    expect(earlier.map(({ link, sentAt }) => [link, sentAt])).toEqual([
      ["b", T(8)],
      ["a", T(9)],
    ]);
    expect(earlier[1]).toMatchObject({ system, object, operation, fields, state: "written" });
    expect(await store.arrivedWrites([], T())).toEqual([]);
  });

  test("a decision that is tried again in another run keeps both attempts, and one outcome closes both", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.commitDecisions(lease, { ...NO_DECISIONS, intents: [intentFor("a")] });
    await store.commitDecisions(lease, { ...NO_DECISIONS, intents: [intentFor("a", { run: "run-2", sentAt: T(90) })] });
    expect((await store.intentsOfRun("run-1")).length + (await store.intentsOfRun("run-2")).length).toBe(2);
    const told = [{ key: "a:salesforce:1", state: "written", recordId: null, detail: null }] as const;
    await store.commitOutcomes(lease, { ...NO_OUTCOMES, intents: told });
    expect((await store.intentsOf("a")).map((intent) => [intent.run, intent.state])).toEqual([
      ["run-1", "written"],
      ["run-2", "written"],
    ]);
  });
}

function attentionContract(fresh: () => StateStore): void {
  test("conflicts come newest first, by link or openness, and can be settled by their id or their link's", async () => {
    const store = fresh();
    const lease = await leased(store);
    const conflicts = ["a", "b", "c"].map((link, index) => conflictOf(link, { at: T(index) }));
    await store.commitDecisions(lease, { ...NO_DECISIONS, conflicts });
    expect((await store.conflicts({ limit: 2 })).map((conflict) => conflict.link)).toEqual(["c", "b"]);
    expect(await store.conflicts({ link: "a", limit: 9 })).toEqual([conflicts[0]]);
    await store.commitDecisions(lease, {
      ...NO_DECISIONS,
      settled: { conflicts: ["conflict-a", "b"], rejects: [], writes: [] },
    });
    expect((await store.conflicts({ open: true, limit: 9 })).map((conflict) => conflict.link)).toEqual(["c"]);
    expect(await store.conflicts({ open: false, limit: 9 })).toHaveLength(2);
  });

  test("a reject that comes again counts its attempts, and goes when it is settled", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.commitDecisions(lease, { ...NO_DECISIONS, rejects: [rejectOf("a"), rejectOf("b")] });
    await store.commitOutcomes(lease, { ...NO_OUTCOMES, rejects: [rejectOf("a", { message: "again", at: T(1) })] });
    expect(await store.rejects({ limit: 9 })).toEqual([
      rejectOf("a", { message: "again", at: T(1), attempts: 2 }),
      rejectOf("b"),
    ]);
    await store.commitDecisions(lease, { ...NO_DECISIONS, settled: { conflicts: [], rejects: ["a"], writes: [] } });
    expect((await store.rejects({ limit: 9 })).map((reject) => reject.link)).toEqual(["b"]);
    await store.commitOutcomes(lease, {
      ...NO_OUTCOMES,
      rejects: [rejectOf("c")],
      settledRejects: [rejectOf("b").id, "unknown"],
    });
    expect((await store.rejects({ limit: 9 })).map((reject) => reject.link)).toEqual(["c"]);
  });

  test("rejects that are retried are cleared and their people marked", async () => {
    const store = fresh();
    const lease = await leased(store);
    const unlinked = rejectOf(null, { id: "lone", system: "hubspot", recordId: "42" });
    const rejects = [rejectOf("a"), rejectOf("a", { id: "second" }), rejectOf("b"), unlinked];
    await store.commitDecisions(lease, { ...NO_DECISIONS, rejects });
    expect(await store.retryRejects(lease, ["reject-b", "nothing"], T(9))).toBe(1);
    expect(await store.retryRejects(lease, "all", T(9))).toBe(2);
    expect((await store.dirtyDue(9, T(9))).map((row) => row.key)).toEqual(["h:42", "l:a", "l:b"]);
    expect(await store.rejects({ limit: 9 })).toEqual([]);
  });
}

function runContract(fresh: () => StateStore): void {
  test("linked people are counted, and no further than asked", async () => {
    const store = fresh();
    const states = ["linked", "linked", "linked", "single", "tombstoned"] as const;
    const links = states.map((state, index) => personLink(`p${index}`, { state }));
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links });
    const asked = [0, 2, 3, 4, Number.POSITIVE_INFINITY];
    expect(await Promise.all(asked.map((enough) => store.linkedPeople(enough)))).toEqual([0, 2, 3, 3, 3]);
  });

  test("runs are kept newest first, from start to end", async () => {
    const store = fresh();
    const run = (id: string, startedAt: string) => ({
      id,
      job: "sync",
      startedAt,
      endedAt: null,
      outcome: null,
      counts: {},
    });
    await store.startRun(run("one", T()));
    await store.startRun(run("two", T(60)));
    const ended = { ...run("one", T()), endedAt: T(9), outcome: "done", counts: { read: { hubspot: 3 } } };
    await store.finishRun(ended);
    expect(await store.runs(9)).toEqual([run("two", T(60)), ended]);
    expect(await store.runs(1)).toHaveLength(1);
  });

  test("schemas, owners and settings are kept as last saved", async () => {
    const store = fresh();
    const schema = { system: "salesforce", object: "Lead", fields: [] } as const;
    const owner = { id: "1", email: null, name: "Rep", active: true, managerId: null, timeZone: null, queue: false };
    expect([await store.schema("salesforce", "Lead"), await store.owners("hubspot"), await store.setting("x")]).toEqual(
      [null, null, null],
    );
    for (const seconds of [0, 60]) {
      await store.saveSchema(schema, T(seconds));
      await store.saveOwners("hubspot", [owner], T(seconds));
      await store.saveSetting("x", `at ${seconds}`);
    }
    expect(await store.schema("salesforce", "Lead")).toEqual({ schema, readAt: T(60) });
    expect(await store.owners("hubspot")).toEqual({ owners: [owner], readAt: T(60) });
    expect(await store.setting("x")).toBe("at 60");
  });

  test("everything that is waiting is counted", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.commitDecisions(lease, {
      ...NO_DECISIONS,
      links: [personLink("a"), personLink("b", { state: "tombstoned" })],
      intents: [intentFor("a")],
      conflicts: [conflictOf("a"), conflictOf("b", { open: false })],
      rejects: [rejectOf("a")],
      tasks: [taskFor("a"), taskFor("b", { state: "done" })],
      handoffs: [handoffOf("a")],
      dirty: [{ key: "l:a", reason: "verify", dueAt: T(20) }],
    });
    expect(await store.counts()).toEqual({
      people: 2,
      linked: 1,
      tombstoned: 1,
      dirty: 1,
      openConflicts: 1,
      rejects: 1,
      unresolvedIntents: 1,
      tasksDue: 1,
      tasksDone: 1,
      openHandoffs: 1,
    });
  });
}
