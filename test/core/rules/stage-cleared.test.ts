/** A stage that HubSpot shows and nobody vouches for is cleared within its cycle: what people say before, after or instead of the clear counts. */
import { describe, expect, test } from "vitest";
import type { StageState } from "../../../src/core/model/link.ts";
import { decideStage, type StageDecision, type StageInput } from "../../../src/core/rules/decide-stage.ts";
import { at, by, DAY_MS, hubspotShows, LIFECYCLE, stageInput, state } from "./rule-subjects.ts";

const decide = (overrides: Partial<StageInput>): StageDecision => decideStage(stageInput(overrides));
const sent = (reason: string) => ({ sent_back: "true", recycle_reason: reason, retry_on: null });
const HOUR_MS = DAY_MS / 24;

describe("A stage that is cleared within its cycle, for nobody vouches for what HubSpot shows", () => {
  const straggler = by("opportunity", at(-HOUR_MS), true);
  const first = state("subscriber", { since: at(-DAY_MS) });
  const shared = {
    ...LIFECYCLE,
    names: LIFECYCLE.names.map((name) => (name.stage === "recycled" ? { ...name, hubspot: "lead" } : name)),
  };
  /** A later cycle that began without a clear: HubSpot spells both stages alike. */
  const later = decide({
    lifecycle: shared,
    state: state("lead"),
    facts: sent("need gone"),
    hubspot: hubspotShows(by("lead", at(-DAY_MS), true)),
    now: at(-2 * HOUR_MS),
  }).state;
  const cases: readonly (readonly [string, Partial<StageInput> & { readonly state: StageState }])[] = [
    ["the first one", { state: first }],
    ["a later one", { state: later, lifecycle: shared, facts: sent("need gone") }],
  ];

  test.each(cases)("%s: a person's move counts while the clear is still to land", (_which, given) => {
    const cleared = decide({ ...given, hubspot: hubspotShows(straggler) });
    expect(cleared).toMatchObject({ events: [], hubspot: { kind: "clear" }, state: { clearing: true } });
    const moved = hubspotShows(by("customer", at(HOUR_MS)), straggler);
    const decision = decide({ ...given, state: cleared.state, hubspot: moved, now: at(2 * HOUR_MS) });
    expect(decision).toMatchObject({ state: { stage: "customer" }, hubspot: { kind: "none" }, notes: [] });
  });

  test.each(cases)("%s: a person's move that the clear ran over counts, and is set again", (_which, given) => {
    const cleared = decide({ ...given, hubspot: hubspotShows(straggler) });
    const runOver = hubspotShows(by("", at(2 * HOUR_MS), true), by("customer", at(HOUR_MS)), straggler);
    const decision = decide({ ...given, state: cleared.state, hubspot: runOver, now: at(3 * HOUR_MS) });
    expect(decision).toMatchObject({
      state: { stage: "customer" },
      hubspot: { kind: "set", value: "customer" },
      notes: [],
    });
  });

  test("a move of the last cycle stays out, however often the stage is cleared in this one", () => {
    const facts = sent("need gone");
    const customer = by("customer", at(-9 * DAY_MS));
    const back = decide({ state: state("customer"), facts, hubspot: hubspotShows(customer) });
    const begun = [by("9001", at(2 * HOUR_MS), true), by("", at(HOUR_MS), true), by("evangelist", at(1)), customer];
    const seen = decide({ state: back.state, facts, hubspot: hubspotShows(...begun), now: at(3 * HOUR_MS) });
    const late = [by("customer", at(4 * HOUR_MS), true), ...begun];
    const again = decide({ state: seen.state, facts, hubspot: hubspotShows(...late), now: at(5 * HOUR_MS) });
    expect(again).toMatchObject({ events: [], hubspot: { kind: "clear" } });
    const blank = [by("", at(6 * HOUR_MS), true), ...late];
    const told = decide({ state: again.state, facts, hubspot: hubspotShows(...blank), now: at(7 * HOUR_MS) });
    expect(told).toMatchObject({ events: [], notes: [], hubspot: { kind: "set", value: "9001" } });
  });
});
