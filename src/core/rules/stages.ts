/** The order of the funnel's stages: which one is further, within a cycle and across cycles. */
import type { Stage } from "../model/rulebook.ts";

const RANKS: Readonly<Record<Stage, number>> = {
  disqualified: 0,
  subscriber: 0,
  recycled: 1,
  lead: 1,
  mql: 2,
  sal: 3,
  sql: 4,
  opportunity: 5,
  customer: 6,
  evangelist: 7,
};

/** From this rank on, sales owns the person. */
export const MQL_RANK = RANKS.mql;
export const SAL_RANK = RANKS.sal;
export const OPPORTUNITY_RANK = RANKS.opportunity;

/**
 * How far a stage is within one cycle, from 0. `recycled` stands where `lead` does. `disqualified` ends a cycle and begins one at the very start, so that
 * a person who changes their mind by hand is believed, while rules leave it alone.
 */
export function rankOf(stage: Stage): number {
  return RANKS[stage];
}

/** The two ways out of a cycle; each begins the next one and needs a reason. */
export function isExit(stage: Stage): boolean {
  return stage === "recycled" || stage === "disqualified";
}

/** True when `a` is later than `b`: in a later cycle, or further in the same one. */
export function comesAfter(
  a: { readonly epoch: number; readonly stage: Stage },
  b: { readonly epoch: number; readonly stage: Stage },
): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && RANKS[a.stage] > RANKS[b.stage]);
}
