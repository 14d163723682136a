/** Acceptance by default: an MQL that nobody rejected within the agreed hours. */
import { describe, expect, test } from "vitest";
import { decideStage } from "../../../src/core/rules/decide-stage.ts";
import { acceptanceDue, lookedAtAgain } from "../../../src/core/rules/default-acceptance.ts";
import { at, factsOf, LIFECYCLE, NOW, score, stageInput, state } from "./rule-subjects.ts";

const HOUR_MS = 3_600_000;
const lifecycle = { ...LIFECYCLE, salAfterHours: 48 };
const mqlSince = (hours: number) => state("mql", { since: at(-hours * HOUR_MS), armed: false });

describe("An MQL of", () => {
  test.each([
    ["two days counts as accepted", 48, {}, "sal"],
    ["less does not yet", 47.9, {}, "mql"],
    ["long ago does", 500, {}, "sal"],
    ["two days that was sent back without a reason does not", 48, factsOf("sent_back"), "mql"],
    ["two days whose budget and need are known goes on to SQL", 48, factsOf("bant"), "sql"],
  ])("%s", (_, hours, facts, stage) => {
    const decided = decideStage(stageInput({ lifecycle, state: mqlSince(hours), facts }));
    expect(decided.state.stage).toBe(stage);
    const accepted = decided.events.find((event) => event.stage === "sal");
    if (stage === "sal") {
      expect(accepted).toMatchObject({
        side: "leadloop",
        reason: "accepted by default: not rejected for 48 hours",
        at: NOW,
      });
    }
  });

  test("two days is only an MQL where the rep's word alone counts, and when first seen so", () => {
    expect(decideStage(stageInput({ state: mqlSince(48) })).state.stage).toBe("mql");
    const salesforce = { stage: "MQL", epoch: 1, at: at(-500 * HOUR_MS) };
    expect(decideStage(stageInput({ lifecycle, salesforce })).state.stage).toBe("mql");
  });
});

test("the person is looked at again when it is time, or before when the score changes first", () => {
  const mql = mqlSince(8);
  expect(acceptanceDue(lifecycle, mql)).toBe(at(40 * HOUR_MS));
  expect(acceptanceDue(lifecycle, state("sal"))).toBeNull();
  expect(acceptanceDue(LIFECYCLE, mql)).toBeNull();
  const soon = { ...score(60), nextChangeAt: at(HOUR_MS) };
  expect(lookedAtAgain(score(60), { lifecycle, segments: [] }, mql, {}, NOW).nextChangeAt).toBe(at(40 * HOUR_MS));
  expect(lookedAtAgain(soon, { lifecycle, segments: [] }, mql, {}, NOW)).toBe(soon);
});
