/** A failing storm is made small on whatever it was played, and no longer than there is time. */
import { expect, test } from "vitest";
import { shrink } from "./shrink.ts";
import type { StormResult } from "./storm.ts";
import { planOfSeed, type StormPlan } from "./storm-plan.ts";

const LAW = "I3 quiet";

/** Breaks the law whenever somebody is merged. */
function playing(): { readonly plans: StormPlan[]; readonly play: (plan: StormPlan) => Promise<StormResult> } {
  const plans: StormPlan[] = [];
  const play = async (plan: StormPlan): Promise<StormResult> => {
    plans.push(plan);
    const violations = plan.steps.some((step) => step.do === "merge") ? [{ invariant: LAW, what: "made up" }] : [];
    return { violations, faults: {}, reactions: [] } as unknown as StormResult;
  };
  return { plans, play };
}

/** A storm in which somebody is merged. */
const whole = Array.from({ length: 50 }, (_, seed) => planOfSeed(seed + 1)).find(({ steps }) =>
  steps.some((step) => step.do === "merge"),
) as StormPlan;

test("only what breaks the law is left", async () => {
  const { play, plans } = playing();
  const { plan, played } = await shrink(whole, LAW, { play });
  expect(plan.steps.map((step) => step.do)).toEqual(["merge"]);
  expect(plans).toHaveLength(played + 1);
});

test("when the time is over it stops with what it has", async () => {
  const { play, plans } = playing();
  const { plan } = await shrink(whole, LAW, { play, until: performance.now() });
  expect(plan.steps).toEqual(whole.steps);
  expect(plans).toHaveLength(2);
});
