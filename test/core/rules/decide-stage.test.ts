/** Stage decisions, case by case: first sight, moves by hand, rules and opportunities. */
import { describe, expect, test } from "vitest";
import { decideStage, type StageDecision, type StageInput } from "../../../src/core/rules/decide-stage.ts";
import { at, by, DAY_MS, factsOf, hubspotShows, NOW, outcome, score, stageInput, state } from "./rule-subjects.ts";

const decide = (overrides: Partial<StageInput>): StageDecision => decideStage(stageInput(overrides));
const moves = (decision: StageDecision): string[] => decision.events.map(({ epoch, stage }) => `${epoch} ${stage}`);
const sent = (reason: string, retryOn: string | null = null) => ({
  sent_back: "true",
  recycle_reason: reason,
  retry_on: retryOn,
});
const HOUR_MS = DAY_MS / 24;
const salesforce = (stage: string | null, epoch: number | null = 1, when = at(-20 * DAY_MS)) => ({
  stage,
  epoch,
  at: when,
});

describe("An advocate", () => {
  test.each([
    ["a customer who refers", "customer", ["1 evangelist"]],
    ["an evangelist stays one", "evangelist", []],
    ["nobody who has not bought", "mql", []],
    ["nobody who was sent back", "recycled", []],
  ] as const)("%s", (_case, stage, expected) => {
    expect(moves(decide({ state: state(stage), facts: factsOf("refers") }))).toEqual(expected);
  });
});

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

  test.each(["Recycled", "Disqualified"])("%s on one side weighs more than a lead on the other", (exit) => {
    const decision = decide({ hubspot: hubspotShows(by("lead", at(-DAY_MS))), salesforce: salesforce(exit) });
    expect(decision.state.stage).toBe(exit.toLowerCase());
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
    [
      "forward in HubSpot",
      { hubspot: hubspotShows(by("opportunity", at(-HOUR_MS)), by("marketingqualifiedlead", at(-5 * DAY_MS), true)) },
      "opportunity",
      "hubspot",
    ],
    ["forward in Salesforce", { salesforce: salesforce("SQL", 1, at(-HOUR_MS)) }, "sql", "salesforce"],
    [
      "forward in Salesforce without a cycle",
      { salesforce: salesforce("SQL", null, at(-HOUR_MS)) },
      "sql",
      "salesforce",
    ],
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
    [
      "HubSpot",
      { hubspot: hubspotShows(by("lead", at(-HOUR_MS))) },
      "lead",
      { kind: "set", value: "marketingqualifiedlead" },
    ],
    [
      "HubSpot, to blank",
      { hubspot: hubspotShows(by("", at(-HOUR_MS)), by("marketingqualifiedlead", at(-5 * DAY_MS), true)) },
      "(blank)",
      { kind: "set", value: "marketingqualifiedlead" },
    ],
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

  test.each([
    ["HubSpot", { hubspot: hubspotShows(by("9001", at(-HOUR_MS))) }],
    ["Salesforce", { salesforce: salesforce("Disqualified", 1, at(-HOUR_MS)) }],
  ] as const)("out of the funnel in %s needs a reason, from the first stage too", (_, sides) => {
    const decision = decide({ state: state("subscriber"), ...sides });
    expect(decision.events).toEqual([]);
    expect(decision.notes[0]?.because).toContain("without a reason");
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
    const decision = decide({
      state: state("disqualified", { epoch: 2 }),
      salesforce: salesforce("SQL", 2, at(-HOUR_MS)),
    });
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
    expect(moves(decide({ state: back.state, outcomes: [won], facts: sent("need gone"), now: at(DAY_MS) }))).toEqual(
      [],
    );
    const again = outcome({
      opportunityId: "c",
      closed: true,
      won: true,
      openedAt: at(DAY_MS),
      stageAt: at(2 * DAY_MS),
    });
    const rewon = decide({ state: back.state, outcomes: [won, again], facts: sent("need gone"), now: at(3 * DAY_MS) });
    expect(moves(rewon)).toEqual(["2 customer"]);
  });
});
