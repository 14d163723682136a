/** Takes away from a failing storm whatever it fails without: people's steps, weather, ticks, faults; then makes what is left calmer. */
import type { Fault } from "./faults.ts";
import { playStorm, type StormResult } from "./storm.ts";
import type { Step, StormPlan } from "./storm-plan.ts";

/** A part of a storm that can be left out. */
type Part = { readonly step: Step } | { readonly stop: string; readonly fault: Fault };

export interface Shrunk {
  readonly plan: StormPlan;
  /** Storms played on the way. */
  readonly played: number;
}

export interface ShrinkOptions {
  /** On the database on which it broke the law. */
  readonly play?: (plan: StormPlan) => Promise<StormResult>;
  readonly mostPlays?: number;
  /** As `performance.now()` counts. */
  readonly until?: number;
}

/** Gives the smallest plan found that breaks the same law, within so many storms and until a moment. Faults are named one by one from then on. */
export async function shrink(
  plan: StormPlan,
  invariant: string,
  { play = playStorm, mostPlays = 400, until = Number.POSITIVE_INFINITY }: ShrinkOptions = {},
): Promise<Shrunk> {
  let played = 0;
  const fails = async (candidate: StormPlan): Promise<boolean> => {
    played += 1;
    const { violations } = await play(candidate);
    return violations.some((violation) => violation.invariant === invariant);
  };
  const goOn = (most: number): boolean => played < most && performance.now() < until;
  const { faults, reactions } = await play(plan);
  const steps = [...plan.steps, ...reactions].sort((one, other) => one.at - other.at);
  const { aims: _theirsAreListed, ...rest } = plan;
  const listed: StormPlan = { ...rest, faults, steps, eagerness: 0 };
  if (!(await fails(listed))) return { plan, played };
  let best = await fewerParts(listed, fails, () => goOn(mostPlays));
  for (const calmer of calmerPlans(best)) if (goOn(mostPlays + 20) && (await fails(calmer(best)))) best = calmer(best);
  return { plan: best, played };
}

/** Delta debugging: halves, quarters, eighths of the parts are left out for as long as it still fails. */
async function fewerParts(
  plan: StormPlan,
  fails: (candidate: StormPlan) => Promise<boolean>,
  goOn: () => boolean,
): Promise<StormPlan> {
  let parts = partsOf(plan);
  for (let size = Math.ceil(parts.length / 2); size >= 1 && goOn(); ) {
    let removed = false;
    for (let start = 0; start < parts.length && goOn(); ) {
      const rest = [...parts.slice(0, start), ...parts.slice(start + size)];
      if (await fails(planOf(plan, rest))) {
        parts = rest;
        removed = true;
      } else start += size;
    }
    if (size === 1 && !removed) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return planOf(plan, parts);
}

function partsOf(plan: StormPlan): Part[] {
  const faults = Object.entries(plan.faults ?? {}).map(([stop, fault]): Part => ({ stop, fault }));
  return [...faults, ...plan.steps.map((step): Part => ({ step }))];
}

function planOf(plan: StormPlan, parts: readonly Part[]): StormPlan {
  return {
    ...plan,
    steps: parts.flatMap((part) => ("step" in part ? [part.step] : [])),
    faults: Object.fromEntries(parts.flatMap((part) => ("stop" in part ? [[part.stop, part.fault]] : []))),
  };
}

function calmerPlans(plan: StormPlan): ((plan: StormPlan) => StormPlan)[] {
  const { setting } = plan;
  return [
    (one) => ({ ...one, rates: { ...one.rates, slowness: 1 } }),
    (one) => ({ ...one, setting: { ...one.setting, skews: { hubspot: 0, salesforce: 0 } } }),
    (one) => ({ ...one, setting: { ...one.setting, commitDelayMs: 0 } }),
    (one) => ({ ...one, setting: { ...one.setting, indexTailChance: 0 } }),
    (one) => ({ ...one, setting: { ...one.setting, indexLagMs: [300, 2_000] } }),
    (one) => ({ ...one, setting: { ...one.setting, warm: !setting.warm } }),
  ];
}

/** The plan in words, one line to a part. */
export function describePlan(plan: StormPlan): string[] {
  const clock = (ms: number): string =>
    `${String(Math.floor(ms / 60_000)).padStart(3)}:${String((ms % 60_000) / 1_000).padStart(6, "0")}`;
  return [
    `setting ${JSON.stringify(plan.setting)}`,
    ...plan.steps.map(({ at, ...step }) => `${clock(at)} ${JSON.stringify(step)}`),
    ...Object.entries(plan.faults ?? {}).map(([stop, fault]) => `stop ${stop} ${JSON.stringify(fault)}`),
  ];
}
