/** One scene that is all chance: whatever may befall a call about somebody, and whatever people may do right beside it, in an order that nobody thought of. */
import type { Aim, Target } from "./aims.ts";
import type { Dice } from "./dice.ts";
import type { Fault } from "./faults.ts";
import { drawStep, type HumanStep } from "./human-steps.ts";
import { known, type Place, type Scene } from "./scenes.ts";

const CALLS: readonly Target[] = [
  ...(["hubspot create", "hubspot update", "salesforce create", "salesforce update", "task create"] as const),
  ...(["store closeWrites", "store commitDecisions", "store saveTasks"] as const),
];
const TICKS = 23;
const SECOND = 1_000;

export const byChance: Scene = {
  ticks: TICKS,
  draw: (place) => {
    const { dice, other, tick } = place;
    const some = (): number => tick(dice.integer(0, TICKS - 1));
    const steps = Array.from({ length: dice.integer(20, 45) }, () => {
      const near = dice.pick([-10, -30, -30, -60, 0, 1, 1, 2, 100]) * SECOND;
      return { ...stepOf(place), at: some() + near + dice.integer(0, 2_500) };
    });
    const met = dice.chance(0.7) ? known({ ...place, who: other }) : [];
    return {
      steps: [...known(place), ...met, ...steps],
      aims: Array.from({ length: dice.integer(12, 25) }, () => aimOf(place, some())),
      without: dice.chance(0.5) ? [dice.integer(1, TICKS - 1)] : [],
      besides: dice.chance(0.5) ? [some() + dice.pick([300, 2_000, 30_000, 65_000, 130_000])] : [],
    };
  },
};

/** Of the two of them, the other one less often. */
function stepOf({ dice, who, other }: Place): HumanStep {
  const step = drawStep(dice, 1, dice.integer(100, 9_999));
  const [one, two] = dice.chance(0.7) ? [who, other] : [other, who];
  return "other" in step ? { ...step, who: one, other: two } : { ...step, who: one };
}

function aimOf(place: Place, at: number): Aim {
  const { dice, who } = place;
  const on = dice.pick(CALLS);
  const fault = on.startsWith("store ") ? storeFault(dice) : callFault(dice);
  const people = Array.from({ length: dice.integer(0, 2) }, () => ({
    afterMs: dice.pick([dice.integer(1, 14), dice.integer(15, 3_000), dice.integer(3_000, 120_000)]),
    step: stepOf(place),
  }));
  const aim = { from: at - SECOND, until: at + 900 * SECOND, on, who, people };
  return fault === null ? aim : { ...aim, fault };
}

function storeFault(dice: Dice): Fault {
  const kind = dice.pick(["freeze", "kill-before", "kill-after", "database-after"] as const);
  return kind === "freeze" ? { kind, ms: dice.integer(5, 330) * SECOND } : { kind };
}

/** None that arrives after minutes: over an edit that nobody has read by then it would run without a trace, as docs/storm.md says. */
function callFault(dice: Dice): Fault | null {
  const kinds = ["kill-before", "kill-after", "hang-before", "hang-after", "drop-after"] as const;
  return dice.pick([
    null,
    null,
    { kind: dice.pick(kinds) },
    { kind: dice.pick(kinds) },
    { kind: "late", ms: dice.integer(1, 59) * SECOND } as const,
    { kind: "broken-after", status: 500, html: false } as const,
    { kind: "partial", share: 1, told: dice.chance(0.5) } as const,
    { kind: "partial", share: 1, told: false, undone: true } as const,
  ]);
}
