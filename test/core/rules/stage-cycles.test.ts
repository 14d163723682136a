/** Cycles, case by case: what sends a person back, when they count again, and how each system learns of it. */
import { describe, expect, test } from "vitest";
import { decideStage, type StageDecision, type StageInput } from "../../../src/core/rules/decide-stage.ts";
import {
  at,
  by,
  DAY_MS,
  factsOf,
  hubspotShows,
  LIFECYCLE,
  NOW,
  outcome,
  score,
  stageInput,
  state,
} from "./rule-subjects.ts";

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
    const due = decide({
      state: dated.state,
      facts: sent("bad timing", "2026-12-01"),
      score: score(80),
      now: "2026-12-01T06:00:00.000Z",
    });
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
    expect(decide({ state: lost.state, facts: stale, outcomes: [outcome({ closed: true })] }).state.reason).toBe(
      "lost: price",
    );
  });
});

describe("HubSpot and the cycle", () => {
  const customer = by("customer", at(-9 * DAY_MS), true);
  const back = decide({
    state: state("customer"),
    facts: sent("need gone"),
    hubspot: hubspotShows(customer),
    salesforce: salesforce("Customer"),
  });
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
    const decision = decide({
      state: back.state,
      facts,
      hubspot: moved,
      salesforce: salesforce("Recycled", 2),
      now: at(3 * HOUR_MS),
    });
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

  test("a person's move while our clear has not landed is of the last cycle", () => {
    const moved = hubspotShows(by("evangelist", at(HOUR_MS)), customer);
    const decision = decide({ state: back.state, facts, hubspot: moved, now: at(2 * HOUR_MS) });
    expect(decision).toMatchObject({ events: [], hubspot: { kind: "clear" } });
  });

  test("an old value of ours that lands late is no news", () => {
    const late = hubspotShows(
      by("customer", at(2 * HOUR_MS), true),
      by("9001", at(HOUR_MS), true),
      by("", at(HOUR_MS - 1), true),
      customer,
    );
    const { clearing: _, ...settled } = back.state;
    const decision = decide({ state: settled, facts, hubspot: late, now: at(3 * HOUR_MS) });
    expect(decision).toMatchObject({ events: [], hubspot: { kind: "clear" } });
  });

  test("an old value that could not be read when the cycle began is no news either", () => {
    const unread = decide({ state: state("customer"), facts, hubspot: null });
    const decision = decide({
      state: unread.state,
      facts,
      hubspot: hubspotShows(by("customer", at(-DAY_MS))),
      now: at(HOUR_MS),
    });
    expect(decision).toMatchObject({ events: [], hubspot: { kind: "clear" } });
  });

  test("no clear is needed where the exit shares its spelling with an earlier stage", () => {
    const names = LIFECYCLE.names.map((name) => (name.stage === "recycled" ? { ...name, hubspot: "lead" } : name));
    const lifecycle = { ...LIFECYCLE, names };
    const decision = decide({
      lifecycle,
      state: state("lead"),
      facts,
      hubspot: hubspotShows(by("lead", at(-DAY_MS), true)),
    });
    expect(decision.hubspot).toEqual({ kind: "none" });
    expect(decision.state).toMatchObject({ epoch: 2, stage: "recycled" });
  });
});

describe("Salesforce and the cycle", () => {
  test("an earlier cycle there is a write of ours still to come", () => {
    const decision = decide({
      state: state("recycled", { epoch: 2 }),
      salesforce: salesforce("Customer", 1, at(-HOUR_MS)),
    });
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

describe("An opportunity that was open before the cycle began", () => {
  const NEGOTIATION = outcome({ openedAt: at(-30 * DAY_MS), stageAt: at(-10 * DAY_MS), closed: false, won: false });
  const touched = by("salesqualifiedlead", at(-20 * DAY_MS), true);
  const recycled = decide({
    state: state("opportunity", { since: at(-12 * DAY_MS) }),
    facts: sent("bad timing"),
    outcomes: [NEGOTIATION],
    hubspot: hubspotShows(touched),
    salesforce: salesforce("Opportunity"),
  }).state;
  const accepted = { facts: { ...factsOf("accepted") }, hubspot: null, salesforce: null, now: at(DAY_MS) };

  test("does not count again, however often the person is looked at after sales accepted them anew", () => {
    expect(recycled).toMatchObject({ epoch: 2, stage: "recycled", cycleSince: NOW });
    const first = decide({ ...accepted, state: { ...recycled, stage: "mql" }, outcomes: [NEGOTIATION] });
    expect(moves(first)).toEqual(["2 sal"]);
    expect(moves(decide({ ...accepted, state: first.state, outcomes: [NEGOTIATION] }))).toEqual([]);
  });

  test("counts again once it moves on", () => {
    const first = decide({ ...accepted, state: { ...recycled, stage: "mql" }, outcomes: [NEGOTIATION] }).state;
    const moved = { ...NEGOTIATION, stageName: "Proposal", stageAt: at(HOUR_MS) };
    expect(moves(decide({ ...accepted, state: first, outcomes: [moved] }))).toEqual(["2 opportunity"]);
  });
});
