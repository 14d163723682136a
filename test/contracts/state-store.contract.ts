/** What every state store must do with leases, marks, cursors and links, whatever database is under it. */
import { describe, expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import type { DirtyMark, Lease, StateStore } from "../../src/jobs/state-port.ts";
import { stateLookUpContract } from "./state-look-up.contract.ts";
import { stateMarksContract } from "./state-marks.contract.ts";
import { conflictOf, intentFor, leased, NO_DECISIONS, NO_OUTCOMES, personLink, T, taskFor } from "./state-samples.ts";

/** `fresh` gives an empty store; stores of one run share a database. */
export function stateStoreContract(fresh: () => StateStore): void {
  describe("leases", () => leaseContract(fresh));
  describe("marks and cursors", () => markContract(fresh));
  describe("links", () => linkContract(fresh));
  describe("hints and turns", () => stateMarksContract(fresh));
  describe("looking people up", () => stateLookUpContract(fresh));
}

const mark = (key: string, dueAt = T()): DirtyMark => ({ key, reason: "changed", dueAt });

function leaseContract(fresh: () => StateStore): void {
  test("a lease is refused while it runs, and given with a higher fence once it is over or let go", async () => {
    const store = fresh();
    const first = await leased(store);
    expect(await store.acquireLease("sync", "second", 120_000, T(119))).toBeNull();
    const second = await store.acquireLease("sync", "second", 120_000, T(120));
    expect(second).toMatchObject({ holder: "second", until: T(240) });
    expect(second?.fence).toBeGreaterThan(first.fence);
    await store.releaseLease(second as Lease);
    const third = await store.acquireLease("sync", "third", 1000, T(121));
    expect(third?.fence).toBeGreaterThan(second?.fence ?? Number.POSITIVE_INFINITY);
  });

  test("a lease that is renewed in time runs on; jobs do not share it", async () => {
    const store = fresh();
    const lease = await store.renewLease(await leased(store), 120_000, T(100));
    expect(lease.until).toBe(T(220));
    expect(await store.acquireLease("sync", "second", 1000, T(200))).toBeNull();
    expect(await store.acquireLease("follow-up", "second", 1000, T())).not.toBeNull();
  });

  test("of many that ask at once, one gets the lease", async () => {
    const store = fresh();
    const asked = await Promise.all(
      Array.from({ length: 8 }, (_, index) => store.acquireLease("sync", `holder-${index}`, 1000, T())),
    );
    expect(asked.filter((lease) => lease !== null)).toHaveLength(1);
  });

  const fenced: readonly (readonly [string, (store: StateStore, lease: Lease) => Promise<unknown>])[] = [
    ["renewLease", (store, lease) => store.renewLease(lease, 1000, T(121))],
    ["ingest", (store, lease) => store.ingest(lease, { dirty: [mark("h:1")], cursors: [], seen: [], now: T() })],
    ["deferDirty", (store, lease) => store.deferDirty(lease, [{ key: "h:1", dueAt: T() }])],
    ["commitDecisions", (store, lease) => store.commitDecisions(lease, { ...NO_DECISIONS, links: [personLink("a")] })],
    ["commitOutcomes", (store, lease) => store.commitOutcomes(lease, { ...NO_OUTCOMES, tasks: [taskFor("a")] })],
    ["postponeScores", (store, lease) => store.postponeScores(lease, [personLink("a")])],
    ["saveTasks", (store, lease) => store.saveTasks(lease, [taskFor("a")])],
    ["saveHandoffs", (store, lease) => store.saveHandoffs(lease, [])],
    ["saveOutcomes", (store, lease) => store.saveOutcomes(lease, [], [])],
    ["retryRejects", (store, lease) => store.retryRejects(lease, "all", T())],
  ];
  test.each(fenced)("%s of a run that lost its lease stores nothing and stops as paused", async (_name, act) => {
    const store = fresh();
    const lost = await leased(store);
    await store.acquireLease("sync", "second", 120_000, T(120));
    const before = await store.counts();
    const refusal = await act(store, lost).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(StopRun);
    expect(refusal).toMatchObject({
      kind: "paused",
      message: expect.stringContaining("no longer holds the lease of sync"),
    });
    expect(await store.counts()).toEqual(before);
  });
}

function markContract(fresh: () => StateStore): void {
  const cursor = { system: "hubspot", object: "contacts", lane: "fast", position: T(), account: "62515" } as const;

  test("marks and cursors are stored together or not at all", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.ingest(lease, { dirty: [mark("h:1")], cursors: [cursor], seen: [], now: T(7) });
    const torn = { ...cursor, position: T(60), account: null as unknown as string };
    await expect(store.ingest(lease, { dirty: [mark("h:2")], cursors: [torn], seen: [], now: T() })).rejects.toThrow();
    expect(await store.cursors()).toEqual([cursor]);
    expect(await store.dirtyDue(10, T())).toEqual([
      { key: "h:1", reason: "changed", dueAt: T(), priority: 1, version: 1, attempts: 0, firstSeenAt: T(7) },
    ]);
  });

  test("a mark that is set again gets a new version, and is due at the earlier of both times", async () => {
    const store = fresh();
    const lease = await leased(store);
    const ingest = (...dirty: DirtyMark[]) => store.ingest(lease, { dirty, cursors: [], seen: [], now: T() });
    await ingest(mark("h:1", T(50)), mark("h:1", T(40)));
    await ingest(mark("h:1", T(90)));
    expect(await store.dirtyDue(10, T(39))).toEqual([]);
    expect(await store.dirtyDue(10, T(40))).toMatchObject([{ key: "h:1", dueAt: T(40), version: 2 }]);
    await ingest(mark("h:1", T(10)));
    expect(await store.dirtyDue(10, T(10))).toMatchObject([{ version: 3 }]);
  });

  test("a mark is only worked off at the version that was worked on", async () => {
    const store = fresh();
    const lease = await leased(store);
    const ingest = () => store.ingest(lease, { dirty: [mark("h:1"), mark("h:2")], cursors: [], seen: [], now: T() });
    await ingest();
    const [worked] = await store.dirtyDue(1, T());
    await ingest();
    const done = [
      { key: "h:1", version: worked?.version ?? 0 },
      { key: "h:2", version: 2 },
    ];
    await store.commitOutcomes(lease, { ...NO_OUTCOMES, done });
    expect(await store.dirtyDue(10, T())).toMatchObject([{ key: "h:1", version: 2 }]);
    expect(await store.dirtyCount()).toBe(1);
  });

  test("a mark that is worked off and set anew in one commit stays", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.ingest(lease, { dirty: [mark("l:a")], cursors: [], seen: [], now: T() });
    await store.commitDecisions(lease, {
      ...NO_DECISIONS,
      done: [{ key: "l:a", version: 1 }],
      dirty: [mark("l:a", T(20))],
    });
    expect(await store.dirtyDue(10, T(20))).toMatchObject([{ key: "l:a", dueAt: T(20) }]);
  });

  test("marks come in order of time, and one that failed comes later with one attempt more", async () => {
    const store = fresh();
    const lease = await leased(store);
    const dirty = [mark("h:3", T(3)), mark("h:2", T(2)), mark("h:1", T(2))];
    await store.ingest(lease, { dirty, cursors: [], seen: [], now: T() });
    expect((await store.dirtyDue(2, T(3))).map((row) => row.key)).toEqual(["h:1", "h:2"]);
    await store.deferDirty(lease, [{ key: "h:1", dueAt: T(600) }]);
    expect((await store.dirtyDue(9, T(3))).map((row) => row.key)).toEqual(["h:2", "h:3"]);
    expect((await store.dirtyDue(9, T(600))).at(-1)).toMatchObject({ key: "h:1", attempts: 1 });
  });

  test("what was seen is noted without a new version of the link, and never goes back", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: [personLink("a")] });
    const see = (version: string, at: string) =>
      store.ingest(lease, { dirty: [], cursors: [], seen: [{ link: "a", system: "hubspot", version, at }], now: T() });
    await see("h9", T(90));
    await see("h0", T(80));
    expect((await store.links(["a"]))[0]).toEqual(
      personLink("a", { seen: { hubspot: { version: "h9", at: T(90) }, salesforce: { version: "s1", at: T(2) } } }),
    );
  });
}

function linkContract(fresh: () => StateStore): void {
  test("a link comes back as it was stored, to the letter", async () => {
    const store = fresh();
    const awkward = "half \ud83d, nul \u0000, quote \" and \\ and 'and' {braces,NULL} ünï";
    const full = personLink("a", {
      name: 'O\'Neil "Ann" \\ {x},y',
      fields: { zulu: { base: awkward }, alpha: { base: "NULL" }, unset: {} },
    });
    const bare = personLink("b", {
      state: "single",
      hubspotId: null,
      salesforceObject: null,
      salesforceId: null,
      email: null,
      seen: {},
      fields: {},
      stage: null,
      score: null,
      facts: {},
      quarantine: {},
    });
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links: [full, bare] });
    const stored = await store.links(["b", "a", "nobody"]);
    expect(stored).toEqual([full, bare]);
    expect(Object.keys(stored[0]?.fields ?? {})).toEqual(["zulu", "alpha", "unset"]);
  });

  test("a character that a database column cannot hold is dropped rather than stopping everybody's commit", async () => {
    const store = fresh();
    const links = [personLink("a", { name: "Ada\u0000 Lovelace" }), personLink("b")];
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links });
    expect((await store.links(["a", "b"])).map((link) => link.name)).toEqual(["Ada Lovelace", "Ada b"]);
  });

  test("of two decisions from one read the first is stored, and nothing of the second", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.ingest(lease, { dirty: [mark("h:1a"), mark("s:00Qb")], cursors: [], seen: [], now: T() });
    await store.commitDecisions(lease, { ...NO_DECISIONS, links: [personLink("a"), personLink("b")] });
    const decide = (name: string, ...ids: string[]) =>
      store.commitDecisions(lease, {
        ...NO_DECISIONS,
        links: ids.map((id) => personLink(id, { version: 2, name })),
        intents: ids.map((id) => intentFor(id, { reason: name })),
        conflicts: ids.map((id) => conflictOf(id, { because: name })),
        tasks: ids.map((id) => taskFor(id)),
        done: [
          { key: "h:1a", version: 1 },
          { key: "s:00Qb", version: 1 },
        ],
      });
    expect(await decide("one", "b")).toEqual({ stale: [] });
    await store.ingest(lease, { dirty: [mark("h:1a")], cursors: [], seen: [], now: T() });
    expect(await decide("two", "a", "b")).toEqual({ stale: ["b"] });
    expect((await store.links(["a", "b"])).map((link) => link.name)).toEqual(["two", "one"]);
    expect((await store.intentsOf("b")).map((intent) => intent.reason)).toEqual(["one"]);
    expect((await store.conflicts({ limit: 9 })).map((conflict) => conflict.because).toSorted()).toEqual([
      "one",
      "two",
    ]);
  });

  test("the marks of a stale link are not worked off", async () => {
    const store = fresh();
    const lease = await leased(store);
    const done = ["h:1a", "s:00Qa", "l:a", "h:old", "h:1b"].map((key) => ({ key, version: 1 }));
    await store.ingest(lease, { dirty: done.map(({ key }) => mark(key)), cursors: [], seen: [], now: T() });
    const alias = { system: "hubspot", oldId: "old", link: "a", cause: "merge" } as const;
    const links = [personLink("a", { version: 7 }), personLink("b")];
    expect(await store.commitDecisions(lease, { ...NO_DECISIONS, links, aliases: [alias], done })).toEqual({
      stale: ["a"],
    });
    expect((await store.dirtyDue(9, T())).map((row) => row.key)).toEqual(["h:1a", "h:old", "l:a", "s:00Qa"]);
    expect((await store.linksByRecord("hubspot", ["old"])).size).toBe(0);
  });

  test("when two commits run at once, each link is stored by exactly one", async () => {
    const store = fresh();
    const leases = [await leased(store, "sync"), await leased(store, "follow-up")];
    const ids = Array.from({ length: 40 }, (_, index) => `p${index}`);
    const orders = [ids, ids.toReversed()];
    const stored = await Promise.all(
      leases.map((lease, index) =>
        store.commitDecisions(lease, { ...NO_DECISIONS, links: (orders[index] ?? []).map((id) => personLink(id)) }),
      ),
    );
    expect(stored.map(({ stale }) => stale.length).toSorted((one, other) => one - other)).toEqual([0, 40]);
  });

  test("a record that another person holds makes a link stale, and a person who gives it up lets it go in the same commit", async () => {
    const store = fresh();
    const lease = await leased(store);
    const commit = async (...links: ReturnType<typeof personLink>[]) =>
      (await store.commitDecisions(lease, { ...NO_DECISIONS, links })).stale;
    await commit(personLink("a"), personLink("b"));
    expect(
      await commit(personLink("c", { hubspotId: "1a" }), personLink("d", { salesforceId: "00Qb" }), personLink("e")),
    ).toEqual(["c", "d"]);
    expect(await commit(personLink("f", { hubspotId: "x" }), personLink("g", { hubspotId: "x" }))).toEqual(["g"]);
    const swapped = [
      personLink("a", { version: 2, hubspotId: "1b" }),
      personLink("b", { version: 2, hubspotId: "1a" }),
    ];
    expect(await commit(...swapped)).toEqual([]);
    const superseded = personLink("a", { version: 3, hubspotId: "1b", state: "superseded" });
    expect(await commit(personLink("b", { version: 3, hubspotId: "1b" }), superseded)).toEqual([]);
    expect((await store.linksByRecord("hubspot", ["1b"])).get("1b")?.id).toBe("b");
  });

  test("one connection sees nothing of another", async () => {
    const store = fresh();
    const other = fresh();
    await store.commitDecisions(await leased(store), { ...NO_DECISIONS, links: [personLink("a")] });
    expect(await other.commitDecisions(await leased(other), { ...NO_DECISIONS, links: [personLink("a")] })).toEqual({
      stale: [],
    });
    await store.saveSetting("portal", "62515");
    expect(await other.setting("portal")).toBeNull();
    expect((await other.counts())["people"]).toBe(1);
  });
}
