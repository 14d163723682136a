/** A storm as data: what people, admins, weather and the schedule do and when, and how often calls go wrong. A seed makes one; a shrunk one is a part of it. */
import { type AdminStep, drawAdmins } from "./admins.ts";
import type { Aim } from "./aims.ts";
import { drawCoincidences } from "./coincidences.ts";
import { Dice } from "./dice.ts";
import { THIRD_FAMILY } from "./families.ts";
import { drawRates, type FaultList, type Rates } from "./faults.ts";
import { drawAddresses, drawHumanSteps, drawOpening, type HumanStep } from "./human-steps.ts";
import { drawEagerness } from "./reactions.ts";
import { STORM_MS, TICK_MS } from "./storm-time.ts";
import { drawPutBack, drawWeather, type WeatherStep } from "./weather.ts";

/** The schedule calls a job. */
export interface TickStep {
  readonly do: "tick";
  /** `comparison`: a sync whose turn it is to read everybody. */
  readonly job: "sync" | "follow-up" | "comparison";
  /** Names the invocation, so that it stays the same when others are taken away. */
  readonly number: number;
  /** How far the clock of the process is off. */
  readonly skewMs: number;
}

/** `at`: milliseconds since the storm began. */
export type Step = (HumanStep | WeatherStep | TickStep | AdminStep) & { readonly at: number };

export interface StormPlan {
  readonly seed: number;
  readonly persons: number;
  readonly setting: StormSetting;
  readonly steps: readonly Step[];
  readonly rates: Rates;
  /** How often people act at once on a record that has just been made for them; absent: never. */
  readonly eagerness?: number;
  /** Calls that are hit wherever a run makes them; absent: none. A shrunk storm has what they did among its steps and faults. */
  readonly aims?: readonly Aim[];
  /** Only these go wrong, instead of what the rates say. */
  readonly faults: FaultList | null;
}

export interface StormSetting {
  readonly lifecycle: "ignores-backward" | "accepts-backward";
  readonly skews: Readonly<Record<"hubspot" | "salesforce", number>>;
  readonly indexLagMs: readonly [number, number];
  readonly indexTailChance: number;
  readonly commitDelayMs: number;
  /** The process of an invocation that ended well serves the next one. */
  readonly warm: boolean;
  /** What the mappings say becomes of the other record when one of a pair is deleted; absent: nothing. */
  readonly onDelete?: "archive" | "flag";
}

export function planOfSeed(seed: number): StormPlan {
  if (seed >= THIRD_FAMILY) return drawCoincidences(seed);
  const rates = drawRates(new Dice(seed, "rates"));
  const humans = new Dice(seed, "humans");
  const persons = humans.integer(2, 4);
  const ticks = withComparisons(drawTicks(new Dice(seed, "schedule")), new Dice(seed, "comparisons"));
  const aims = ticks.map((tick) => tick.at);
  const steps: Step[] = [
    ...drawOpening(humans, persons),
    ...drawHumanSteps(humans, persons, aims, rates.slowness),
    ...drawAddresses(new Dice(seed, "addresses"), persons, aims),
    ...drawWeather(new Dice(seed, "weather"), persons),
    ...drawPutBack(new Dice(seed, "put back")),
    ...drawAdmins(seed, persons, aims),
    ...ticks,
  ];
  steps.sort((one, other) => one.at - other.at);
  const setting = { ...drawSetting(new Dice(seed, "setting")), ...drawOnDelete(new Dice(seed, "on-delete")) };
  return { seed, persons, setting, steps, rates, eagerness: drawEagerness(seed), faults: null };
}

function drawSetting(dice: Dice): StormSetting {
  const skew = (): number => dice.pick([0, 0, dice.integer(-3_000, 3_000), dice.integer(-90_000, 90_000)]);
  return {
    lifecycle: dice.pick(["ignores-backward", "ignores-backward", "accepts-backward"]),
    skews: { hubspot: skew(), salesforce: skew() },
    indexLagMs: dice.pick([
      [300, 2_000],
      [2_000, 20_000],
      [20_000, 120_000],
    ] as const),
    indexTailChance: dice.rate(0.04, 0.3),
    commitDelayMs: dice.pick([0, 0, 2_500, 60_000, 240_000]),
    warm: dice.chance(0.5),
  };
}

function drawOnDelete(dice: Dice): Pick<StormSetting, "onDelete"> {
  const onDelete = dice.pick([null, null, null, null, null, null, null, "archive", "archive", "flag"] as const);
  return onDelete === null ? {} : { onDelete };
}

function drawTicks(dice: Dice): (TickStep & { at: number })[] {
  const missed = dice.rate(0.05, 0.3);
  const twice = dice.rate(0.1, 0.7);
  const skewed = dice.rate(0.2, 1);
  const followUps = dice.rate(0.1, 0.3);
  const ticks: (TickStep & { at: number })[] = [];
  for (let at = 120_000; at < STORM_MS; at += TICK_MS) {
    const call = (delay: number): void => {
      const skewMs = dice.chance(skewed) ? dice.integer(-90_000, 90_000) : 0;
      ticks.push({
        ...{ do: "tick", job: dice.chance(followUps) ? "follow-up" : "sync", number: ticks.length },
        ...{ skewMs, at: at + delay },
      });
    };
    if (!dice.chance(missed)) call(dice.integer(0, 2_000));
    if (dice.chance(twice)) call(dice.pick([300, 2_000, 30_000, 130_000]) + dice.integer(0, 1_000));
  }
  return ticks;
}

/** Some syncs read everybody, in storms where that is drawn. */
function withComparisons(ticks: readonly (TickStep & { at: number })[], dice: Dice): (TickStep & { at: number })[] {
  const rate = dice.rate(0.1, 0.5);
  return ticks.map((tick) => (tick.job === "sync" && dice.chance(rate) ? { ...tick, job: "comparison" } : tick));
}
