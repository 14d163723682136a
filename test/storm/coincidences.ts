/** Storms of the third family: few people, fair weather for most of them, and one rare coincidence after the other, drawn so that it comes about. */
import { byChance } from "./by-chance.ts";
import { Dice } from "./dice.ts";
import { drawRates, type Rates } from "./faults.ts";
import { drawHumanSteps, drawOpening, type HumanStep } from "./human-steps.ts";
import { type Drawn, SCENES, type Scene } from "./scenes.ts";
import type { Step, StormPlan, StormSetting, TickStep } from "./storm-plan.ts";
import { STORM_MS, TICK_MS } from "./storm-time.ts";

const FIRST_TICK_MS = 120_000;
const TICKS = Math.floor((STORM_MS - FIRST_TICK_MS) / TICK_MS);
/** Somebody whom only chance plays with. */
const BYSTANDERS = 1;

const NOTHING_WRONG: Rates = {
  ...{ kill: 0, freeze: 0, limit: 0, refused: 0, brokenAfter: 0, hang: 0, late: 0, drop: 0, partial: 0, expired: 0 },
  ...{ database: 0, stall: 0, slowness: 1 },
};

export function drawCoincidences(seed: number): StormPlan {
  const dice = new Dice(seed, "coincidences");
  const calm = dice.chance(0.7);
  const hidden = dice.chance(0.3);
  const texts = hidden ? [1] : [0, 1];
  const scenes = seed % 6 === 5 ? [{ scene: byChance, first: 0 }] : drawScenes(dice, calm, hidden);
  const bystanders = scenes.length + (hidden ? 1 : 0);
  const played = scenes.map(({ scene, first }, who) => {
    const tick = (index: number): number => FIRST_TICK_MS + (first + index) * TICK_MS;
    return { first, ...scene.draw({ dice, who, other: bystanders, tick, texts }) };
  });
  const twists = new Dice(seed, "twists");
  const steps: Step[] = [
    ...played.flatMap((one) => one.steps),
    ...scenes.flatMap((placed, who) => drawTwists(twists, placed, who, bystanders)),
    ...drawBystanders(new Dice(seed, "bystanders"), bystanders, calm),
    ...(hidden ? drawHidden(dice, scenes.length) : []),
    ...ticksOf(played),
  ].sort((one, other) => one.at - other.at);
  const rates = calm
    ? NOTHING_WRONG
    : { ...drawRates(new Dice(seed, "rates")), ...{ kill: 0, freeze: 0, slowness: 1 } };
  return {
    ...{ seed, persons: bystanders + BYSTANDERS, setting: drawSetting(new Dice(seed, "setting")), steps, rates },
    ...{ aims: played.flatMap((one) => one.aims), faults: null },
  };
}

interface Placed {
  readonly scene: Scene;
  /** The number of its first run. */
  readonly first: number;
}

/** One after the other for as long as there are runs left. */
function drawScenes(dice: Dice, calm: boolean, hidden: boolean): Placed[] {
  const fitting = SCENES.filter((scene) => (calm || scene.calm !== true) && !(hidden && scene.titled === true));
  const placed: Placed[] = [];
  let first = dice.integer(0, 1);
  for (let scene = dice.pick(fitting); first + scene.ticks <= TICKS; scene = dice.pick(fitting)) {
    placed.push({ scene, first });
    first += scene.ticks;
  }
  return placed;
}

/** Somebody made in Salesforce while it hides the title: what the create could not say is still to be said. */
function drawHidden(dice: Dice, who: number): Step[] {
  return [
    { do: "hide-field", at: dice.integer(0, 20_000) },
    {
      ...{ do: "create", side: "hubspot", who, stage: "marketingqualifiedlead", title: `hidden ${who}` },
      at: dice.integer(30_000, 100_000),
    },
    { do: "show-field", at: dice.integer(600_000, STORM_MS - 600_000) },
  ];
}

/** In some scenes something else happens to its person too: a conversion, a merge with the bystander, another stage. What they enter is the scene's own. */
function drawTwists(dice: Dice, { scene, first }: Placed, who: number, bystander: number): Step[] {
  const ticks = Array.from({ length: scene.ticks }, (_, index) => FIRST_TICK_MS + (first + index) * TICK_MS);
  const others = drawHumanSteps(dice, 1, ticks, 1).filter(({ do: what }) => !OF_THE_SCENE.has(what));
  const twists = others.slice(0, dice.pick([0, 0, 0, 0, 1, 2]));
  return twists.map((step) => ("other" in step ? { ...step, who, other: bystander } : { ...step, who }));
}

const OF_THE_SCENE: ReadonlySet<HumanStep["do"]> = new Set(["edit", "clear", "create"]);

/** People beside the scenes, whom nothing is aimed at. */
function drawBystanders(dice: Dice, first: number, calm: boolean): Step[] {
  const ticks = Array.from({ length: TICKS }, (_, index) => FIRST_TICK_MS + index * TICK_MS);
  const all = [...drawOpening(dice, BYSTANDERS), ...drawHumanSteps(dice, BYSTANDERS, ticks, 1)];
  const shifted = all.map((step) => {
    const moved = "other" in step ? { ...step, other: step.other + first } : step;
    return { ...moved, who: step.who + first } as HumanStep & { at: number };
  });
  return calm ? shifted.slice(0, 6) : shifted;
}

function ticksOf(played: readonly (Drawn & { readonly first: number })[]): Step[] {
  const missed = new Set(played.flatMap(({ first, without = [] }) => without.map((index) => first + index)));
  const regular = Array.from({ length: TICKS }, (_, index) => index).filter((index) => !missed.has(index));
  const times = [
    ...regular.map((index) => FIRST_TICK_MS + index * TICK_MS),
    ...played.flatMap(({ besides = [] }) => besides),
  ].sort((one, other) => one - other);
  return times.map((at, number): TickStep & { at: number } => ({ do: "tick", job: "sync", number, skewMs: 0, at }));
}

function drawSetting(dice: Dice): StormSetting {
  const skew = (): number => dice.pick([0, 0, dice.integer(-1_500, 1_500)]);
  return {
    lifecycle: dice.pick(["ignores-backward", "accepts-backward"]),
    skews: { hubspot: skew(), salesforce: skew() },
    indexLagMs: [300, 2_000],
    indexTailChance: dice.pick([0, 0, 0.04]),
    commitDelayMs: dice.pick([0, 0, 0, 2_500]),
    warm: dice.chance(0.5),
  };
}
