/** Stage decisions, case by case: first sight, moves by hand, rules, outcomes, recycles, and what each system is told. */
import { describe, expect, test } from "vitest";
import { decideStage, type StageDecision, type StageInput } from "../../../src/core/rules/decide-stage.ts";
import { at, by, DAY_MS, factsOf, hubspotShows, LIFECYCLE, NOW, outcome, score, stageInput, state } from "./rule-subjects.ts";

const decide = (overrides: Partial<StageInput>): StageDecision => decideStage(stageInput(overrides));
const moves = (decision: StageDecision): string[] => decision.events.map(({ epoch, stage }) => `${epoch} ${stage}`);
const sent = (reason: string, retryOn: string | null = null) => ({ sent_back: "true", recycle_reason: reason, retry_on: retryOn });
const HOUR_MS = DAY_MS / 24;
const salesforce = (stage: string | null, epoch: number | null = 1, when = at(-20 * DAY_MS)) => ({ stage, epoch, at: when });

describe("At first sight", () => {
  test("a person unknown to both sides is a subscriber since they first came", () => {
    const decision = decide({ hubspot: hubspotShows(), salesforce: salesforce(null, null) });
    expect(decision.events).toMatchObject([{ epoch: 1, stage: "subscriber", at: at(-30 * DAY_MS), side: "leadloop" }]);
    expect(decision.hubspot).toEqual({ kind: "set", value: "subscriber" });
    expect(decision.salesforce).toEqual({ stage: "Subscriber", epoch: 1 });
  });

  test("an engaged one is a lead since they first came", () => {
    const decision = decide({ facts: factsOf("engaged") });
    expect(decision.events).toMatchObject([{ stage: "lead", at: at(-30 * DAY_MS) }]);
    expect(decision.hubspot).toEqual({ kind: "none" });
    expect(decision.salesforce).toBeNull();
  });

  test("a ripe one is an MQL at once", () => {
    const decision = decide({ facts: factsOf("engaged"), score: score(61) });
    expect(moves(decision)).toEqual(["1 lead", "1 mql"]);
    expect(decision.events[1]).toMatchObject({ at: NOW, score: 61, band: "A1", reason: "score 61 reached 60" });
    expect(decision.state.armed).toBe(false);
  });

  test("the further side stands, with the times of HubSpot's history, and the other is told", () => {
    const decision = decide({
      hubspot: hubspotShows(by("marketingqualifiedlead", at(-3 * DAY_MS)), by("lead", at(-9 * DAY_MS))),
      salesforce: salesforce("Lead", null),
    });
    expect(decision.events).toMatchObject([
      { stage: "lead", at: at(-20 * DAY_MS), side: "salesforce" },
      { stage: "mql", at: at(-3 * DAY_MS), side: "hubspot" },
    ]);
    expect(decision.hubspot).toEqual({ kind: "none" });
    expect(decision.salesforce).toEqual({ stage: "MQL", epoch: 1 });
    expect(decision.notes).toMatchObject([{ side: "salesforce", found: "Lead", kept: "MQL" }]);
  });

  test("a value that a person took back long ago is history", () => {
    const decision = decide({ hubspot: hubspotShows(by("lead", at(-DAY_MS)), by("customer", at(-9 * DAY_MS))) });
    expect(moves(decision)).toEqual(["1 lead"]);
  });

  test("a cycle that Salesforce carries is taken over when the state was lost", () => {
    const decision = decide({
      salesforce: salesforce("Recycled", 3),
      hubspot: hubspotShows(by("customer", at(-40 * DAY_MS), true)),
    });
    expect(decision.state).toMatchObject({ epoch: 3, stage: "recycled", armed: false });
    expect(decision.hubspot).toEqual({ kind: "clear" });
  });

  test("an old rejection beside a customer sends nobody back", () => {
    const decision = decide({ hubspot: hubspotShows(by("customer", at(-9 * DAY_MS))), facts: sent("no budget") });
    expect(moves(decision)).toEqual(["1 customer"]);
  });
});

describe("A move by hand", () => {
  const mql = state("mql", { armed: false });

  test.each([
    ["forward in HubSpot", { hubspot: hubspotShows(by("opportunity", at(-HOUR_MS)), by("marketingqualifiedlead", at(-5 * DAY_MS), true)) }, "opportunity", "hubspot"],
    ["forward in Salesforce", { salesforce: salesforce("SQL", 1, at(-HOUR_MS)) }, "sql", "salesforce"],
    ["forward in Salesforce without a cycle", { salesforce: salesforce("SQL", null, at(-HOUR_MS)) }, "sql", "salesforce"],
  ] as const)("%s is respected, at its own time", (_, sides, stage, side) => {
    const decision = decide({ state: mql, ...sides });
    expect(decision.events).toMatchObject([{ epoch: 1, stage, at: at(-HOUR_MS), side }]);
  });

  test("on both sides at once goes through the nearer to the further one", () => {
    const decision = decide({
      state: mql,
      hubspot: hubspotShows(by("salesqualifiedlead", at(-2 * HOUR_MS))),
      salesforce: salesforce("Customer", 1, at(-HOUR_MS)),
    });
    expect(moves(decision)).toEqual(["1 sal", "1 customer"]);
    expect(decision.hubspot).toEqual({ kind: "set", value: "customer" });
  });

  test("that a further one on the other side preceded is noted", () => {
    const decision = decide({
      state: mql,
      hubspot: hubspotShows(by("salesqualifiedlead", at(-HOUR_MS))),
      salesforce: salesforce("Customer", 1, at(-2 * HOUR_MS)),
    });
    expect(moves(decision)).toEqual(["1 customer"]);
    expect(decision.notes).toMatchObject([{ side: "hubspot", found: "salesqualifiedlead", kept: "customer" }]);
  });

  test.each([
    ["HubSpot", { hubspot: hubspotShows(by("lead", at(-HOUR_MS))) }, "lead", { kind: "set", value: "marketingqualifiedlead" }],
    ["HubSpot, to blank", { hubspot: hubspotShows(by("", at(-HOUR_MS)), by("marketingqualifiedlead", at(-5 * DAY_MS), true)) }, "(blank)", { kind: "set", value: "marketingqualifiedlead" }],
    ["HubSpot, to recycled", { hubspot: hubspotShows(by("9001", at(-HOUR_MS))) }, "9001", { kind: "clear" }],
    ["Salesforce", { salesforce: salesforce("Lead", 1, at(-HOUR_MS)) }, "Lead", { kind: "none" }],
  ] as const)("backward without a reason in %s is put back and noted", (_, sides, found, write) => {
    const decision = decide({ state: mql, ...sides });
    expect(decision.events).toEqual([]);
    expect(decision.state.stage).toBe("mql");
    expect(decision.hubspot).toEqual(write);
    expect(decision.notes).toMatchObject([{ found }]);
    if ("salesforce" in sides) expect(decision.salesforce).toEqual({ stage: "MQL", epoch: 1 });
  });

  test("backward with a reason is a recycle, and nothing is put back", () => {
    const decision = decide({ state: mql, hubspot: hubspotShows(by("lead", at(-HOUR_MS))), facts: sent("bad timing") });
    expect(moves(decision)).toEqual(["2 recycled"]);
    expect(decision.notes).toEqual([]);
  });

  test("that our own write ran over still counts", () => {
    const history = [by("marketingqualifiedlead", at(-HOUR_MS), true), by("opportunity", at(-2 * HOUR_MS))];
    expect(moves(decide({ state: mql, hubspot: hubspotShows(...history) }))).toEqual(["1 opportunity"]);
  });

  test("is no news when several stages share the value and the stored one is among them", () => {
    const decision = decide({ state: state("sql"), hubspot: hubspotShows(by("salesqualifiedlead", at(-HOUR_MS))) });
    expect(decision).toMatchObject({ events: [], notes: [], hubspot: { kind: "none" } });
  });

  test("to a value that no stage is spelt like is left as it is, and noted", () => {
    const decision = decide({ state: mql, hubspot: hubspotShows(by("77123", at(-HOUR_MS))) });
    expect(decision.hubspot).toEqual({ kind: "none" });
    expect(decision.notes).toMatchObject([{ found: "77123" }]);
  });

  test("of a disqualified person is believed", () => {
    const decision = decide({ state: state("disqualified", { epoch: 2 }), salesforce: salesforce("SQL", 2, at(-HOUR_MS)) });
    expect(moves(decision)).toEqual(["2 sql"]);
  });
});

describe("Rules", () => {
  test.each([
    ["subscriber", factsOf("engaged"), 10, ["1 lead"]],
    ["lead", {}, 59, []],
    ["lead", {}, 60, ["1 mql"]],
    ["lead", factsOf("asked_for_demo"), 0, ["1 mql"]],
    ["lead", factsOf("asked_for_demo", "bant"), 0, ["1 mql", "1 sql"]],
    ["lead", factsOf("bant"), 0, []],
    ["lead", factsOf("accepted"), 0, ["1 sal"]],
    ["mql", factsOf("accepted"), 99, ["1 sal"]],
    ["mql", factsOf("accepted", "bant"), 99, ["1 sal", "1 sql"]],
    ["mql", factsOf("bant"), 99, ["1 sql"]],
    ["disqualified", factsOf("engaged", "asked_for_demo", "accepted", "bant"), 99, []],
    ["customer", factsOf("asked_for_demo"), 99, []],
  ] as const)("a %s with %o and score %i enters %j", (stage, facts, total, expected) => {
    expect(moves(decide({ state: state(stage), facts, score: score(total) }))).toEqual(expected);
  });

  test("an unscored person is no MQL", () => {
    expect(moves(decide({ state: state("lead"), score: null }))).toEqual([]);
  });
});

describe("Opportunities", () => {
  test("an open one makes an opportunity since it was opened", () => {
    const decision = decide({ state: state("sql"), outcomes: [outcome()] });
    expect(decision.events).toMatchObject([{ stage: "opportunity", at: at(-2 * DAY_MS), side: "salesforce" }]);
  });

  test("a won one makes a customer at the time of the win, whatever was skipped", () => {
    const won = outcome({ closed: true, won: true, stageAt: at(-DAY_MS) });
    const decision = decide({ state: state("lead"), outcomes: [won], score: score(80) });
    expect(decision.events).toMatchObject([{ stage: "customer", at: at(-DAY_MS) }]);
  });

  test("a lost one recycles an opportunity with its reason", () => {
    const lost = outcome({ closed: true, lostReason: "price", stageAt: at(-HOUR_MS) });
    const decision = decide({ state: state("opportunity", { since: at(-2 * DAY_MS) }), outcomes: [lost] });
    expect(decision.events).toMatchObject([{ epoch: 2, stage: "recycled", at: at(-HOUR_MS), reason: "lost: price" }]);
    expect(decision.state).toMatchObject({ epoch: 2, armed: false });
  });

  test.each([
    ["another one is open", state("opportunity", { since: at(-2 * DAY_MS) }), [outcome({ opportunityId: "b" })]],
    ["the person was no opportunity", state("mql"), []],
    ["it was lost before the person became one", state("opportunity", { since: at(HOUR_MS * 30) }), []],
  ] as const)("a lost one sends nobody back when %s", (_, before, others) => {
    const lost = outcome({ closed: true, lostReason: "price", stageAt: at(-HOUR_MS) });
    expect(moves(decide({ state: before, outcomes: [lost, ...others] }))).toEqual([]);
  });

  test("a win of the last cycle does not count again after the customer was sent back", () => {
    const won = outcome({ closed: true, won: true });
    const back = decide({ state: state("customer"), outcomes: [won], facts: sent("need gone") });
    expect(moves(back)).toEqual(["2 recycled"]);
    expect(moves(decide({ state: back.state, outcomes: [won], facts: sent("need gone"), now: at(DAY_MS) }))).toEqual([]);
    const again = outcome({ opportunityId: "c", closed: true, won: true, openedAt: at(DAY_MS), stageAt: at(2 * DAY_MS) });
    const rewon = decide({ state: back.state, outcomes: [won, again], facts: sent("need gone"), now: at(3 * DAY_MS) });
    expect(moves(rewon)).toEqual(["2 customer"]);
  });
});

describe("A recycle", () => {
  const mql = state("mql", { armed: false });

  test.each([
    ["bad timing", "recycled"],
    ["Competitor", "disqualified"],
  ])("with the reason %s leads to %s in the next cycle", (reason, stage) => {
    const decision = decide({ state: mql, facts: sent(reason) });
    expect(decision.events).toMatchObject([{ epoch: 2, stage, at: NOW, reason }]);
    expect(decision.state).toMatchObject({ epoch: 2, stage, reason, armed: false });
  });

  test("without a reason does not happen, and says so", () => {
    const decision = decide({ state: mql, facts: factsOf("sent_back") });
    expect(decision.events).toEqual([]);
    expect(decision.notes).toMatchObject([{ found: "(no reason)" }]);
  });

  test("does not happen twice for the same words, but again for others in a later stage", () => {
    const first = decide({ state: mql, facts: sent("bad timing") }).state;
    expect(moves(decide({ state: first, facts: sent("bad timing") }))).toEqual([]);
    const back: typeof first = { ...first, stage: "mql" };
    expect(moves(decide({ state: back, facts: sent("bad timing") }))).toEqual([]);
    expect(moves(decide({ state: back, facts: sent("no budget") }))).toEqual(["3 recycled"]);
  });

  test("happens again for the same words once the record had stopped saying them", () => {
    const first = decide({ state: mql, facts: sent("bad timing") }).state;
    const silent = decide({ state: { ...first, stage: "mql" }, facts: {} }).state;
    expect(moves(decide({ state: silent, facts: sent("bad timing") }))).toEqual(["3 recycled"]);
  });

  test("is amended, not repeated, when a date is added to the reason", () => {
    const first = decide({ state: mql, facts: sent("bad timing") }).state;
    const dated = decide({ state: first, facts: sent("bad timing", "2026-12-01"), score: score(80) });
    expect(moves(dated)).toEqual([]);
    const due = decide({ state: dated.state, facts: sent("bad timing", "2026-12-01"), score: score(80), now: "2026-12-01T06:00:00.000Z" });
    expect(moves(due)).toEqual(["2 mql"]);
  });

  test("lets a score that hovers at the threshold in only after it fell below the re-arm line", () => {
    const first = decide({ state: mql, facts: sent("no answer"), score: score(75) }).state;
    const facts = sent("no answer");
    const high = decide({ state: first, facts, score: score(75) });
    expect(moves(high)).toEqual([]);
    const middle = decide({ state: high.state, facts, score: score(45) });
    expect(middle.state.armed).toBe(false);
    const low = decide({ state: middle.state, facts, score: score(39) });
    expect(low.state.armed).toBe(true);
    expect(moves(decide({ state: low.state, facts, score: score(60) }))).toEqual(["2 mql"]);
  });

  test("spends the demo request and the acceptance of its cycle, and a later request counts", () => {
    const facts = { ...sent("no budget"), ...factsOf("asked_for_demo", "accepted") };
    const first = decide({ state: state("sal"), facts }).state;
    const still = decide({ state: first, facts });
    expect(moves(still)).toEqual([]);
    const quiet = decide({ state: still.state, facts: sent("no budget") }).state;
    expect(moves(decide({ state: quiet, facts }))).toEqual(["2 mql", "2 sal"]);
  });

  test("keeps what marketing said before a loss from counting as new", () => {
    const stale = sent("bad timing");
    const before = state("opportunity", { epoch: 2, since: at(-3 * DAY_MS), recycledFor: "bad timing\n" });
    const lost = decide({ state: before, facts: stale, outcomes: [outcome({ closed: true, lostReason: "price" })] });
    expect(lost.state.reason).toBe("lost: price");
    expect(decide({ state: lost.state, facts: stale, outcomes: [outcome({ closed: true })] }).state.reason).toBe("lost: price");
  });
});

describe("HubSpot and the cycle", () => {
  const customer = by("customer", at(-9 * DAY_MS), true);
  const back = decide({ state: state("customer"), facts: sent("need gone"), hubspot: hubspotShows(customer), salesforce: salesforce("Customer") });
  const facts = sent("need gone");

  test("a backward stage is cleared first; Salesforce gets stage and cycle together", () => {
    expect(back.hubspot).toEqual({ kind: "clear" });
    expect(back.state).toMatchObject({ clearing: true, clearedAfter: customer.at });
    expect(back.salesforce).toEqual({ stage: "Recycled", epoch: 2 });
  });

  test("it is set once it is seen blank", () => {
    const blank = hubspotShows(by("", at(HOUR_MS), true), customer);
    const decision = decide({ state: back.state, facts, hubspot: blank, now: at(2 * HOUR_MS) });
    expect(decision.hubspot).toEqual({ kind: "set", value: "9001" });
    expect(decision.state.clearing).toBeUndefined();
  });

  test("the clear is sent again when it did not land", () => {
    const decision = decide({ state: back.state, facts, hubspot: hubspotShows(customer), now: at(2 * HOUR_MS) });
    expect(decision).toMatchObject({ events: [], hubspot: { kind: "clear" } });
  });

  test("a person's move after our clear belongs to the new cycle and stands", () => {
    const moved = hubspotShows(by("salesqualifiedlead", at(2 * HOUR_MS)), by("", at(HOUR_MS), true), customer);
    const decision = decide({ state: back.state, facts, hubspot: moved, salesforce: salesforce("Recycled", 2), now: at(3 * HOUR_MS) });
    expect(moves(decision)).toEqual(["2 sal"]);
    expect(decision.hubspot).toEqual({ kind: "none" });
    expect(decision.salesforce).toEqual({ stage: "SAL", epoch: 2 });
  });

  test("a person's move before our clear belongs to the last cycle and is noted", () => {
    const moved = hubspotShows(by("", at(2 * HOUR_MS), true), by("evangelist", at(HOUR_MS)), customer);
    const decision = decide({ state: back.state, facts, hubspot: moved, now: at(3 * HOUR_MS) });
    expect(decision.events).toEqual([]);
    expect(decision.hubspot).toEqual({ kind: "set", value: "9001" });
    expect(decision.notes).toMatchObject([{ side: "hubspot", found: "evangelist" }]);
  });

  test("an old value of ours that lands late is no news", () => {
    const late = hubspotShows(by("customer", at(2 * HOUR_MS), true), by("9001", at(HOUR_MS), true), by("", at(HOUR_MS - 1), true), customer);
    const { clearing: _, ...settled } = back.state;
    const decision = decide({ state: settled, facts, hubspot: late, now: at(3 * HOUR_MS) });
    expect(decision).toMatchObject({ events: [], hubspot: { kind: "clear" } });
  });

  test("an old value that could not be read when the cycle began is no news either", () => {
    const unread = decide({ state: state("customer"), facts, hubspot: null });
    const decision = decide({ state: unread.state, facts, hubspot: hubspotShows(by("customer", at(-DAY_MS))), now: at(HOUR_MS) });
    expect(decision).toMatchObject({ events: [], hubspot: { kind: "clear" } });
  });

  test("no clear is needed where the exit shares its spelling with an earlier stage", () => {
    const names = LIFECYCLE.names.map((name) => (name.stage === "recycled" ? { ...name, hubspot: "lead" } : name));
    const lifecycle = { ...LIFECYCLE, names };
    const decision = decide({ lifecycle, state: state("lead"), facts, hubspot: hubspotShows(by("lead", at(-DAY_MS), true)) });
    expect(decision.hubspot).toEqual({ kind: "none" });
    expect(decision.state).toMatchObject({ epoch: 2, stage: "recycled" });
  });
});

describe("Salesforce and the cycle", () => {
  test("an earlier cycle there is a write of ours still to come", () => {
    const decision = decide({ state: state("recycled", { epoch: 2 }), salesforce: salesforce("Customer", 1, at(-HOUR_MS)) });
    expect(decision).toMatchObject({ events: [], notes: [], salesforce: { stage: "Recycled", epoch: 2 } });
  });

  test("a later cycle there is taken over", () => {
    const decision = decide({ state: state("customer"), salesforce: salesforce("MQL", 2, at(-HOUR_MS)) });
    expect(moves(decision)).toEqual(["2 mql"]);
  });

  test.each([["two"], [-1], [1.5]])("a cycle number of %j counts as none", (epoch) => {
    const decision = decide({ state: state("mql"), salesforce: { stage: "SQL", epoch, at: at(-HOUR_MS) } });
    expect(moves(decision)).toEqual(["1 sql"]);
    expect(decision.salesforce).toEqual({ stage: "SQL", epoch: 1 });
  });
});
