/** What marketers, reps and admins may do in a storm, and how a seed makes them do it: often right into a running tick. */
import type { Dice } from "./dice.ts";
import { STORM_FIELDS } from "./storm-fields.ts";
import { STORM_MS, TICK_MS } from "./storm-time.ts";

type Side = "hubspot" | "salesforce";

/** Persons are numbered. A step whose person is not there does nothing. */
export type HumanStep =
  | {
      readonly do: "create";
      readonly side: Side;
      readonly who: number;
      readonly stage: string;
      readonly title: string | null;
    }
  | { readonly do: "edit"; readonly side: Side; readonly who: number; readonly field: number; readonly value: string }
  | { readonly do: "clear"; readonly side: Side; readonly who: number; readonly field: number }
  | {
      readonly do: "consent";
      readonly side: Side;
      readonly who: number;
      readonly what: 0 | 1;
      readonly objects: boolean;
    }
  | { readonly do: "merge"; readonly side: Side; readonly who: number; readonly other: number }
  | { readonly do: "delete" | "restore"; readonly side: Side; readonly who: number }
  | { readonly do: "convert" | "accept" | "complete-task" | "delete-task" | "win" | "lose"; readonly who: number }
  | { readonly do: "stage"; readonly side: Side; readonly who: number; readonly stage: string }
  | { readonly do: "reject"; readonly who: number; readonly reason: string | null }
  | { readonly do: "erase"; readonly who: number }
  /** Another address, or the first one again. */
  | { readonly do: "address"; readonly side: Side; readonly who: number; readonly spelling: 0 | 1 };

/** Something a person did. `field` and its values where one was entered; each entry also has a row without: entered as it stood already, it is no edit, but the record has a new stamp. */
export interface HumanRow {
  readonly at: number;
  readonly what: HumanStep["do"];
  readonly who: number;
  readonly system: Side;
  readonly object: string;
  readonly id: string;
  /** The record's address then. */
  readonly address: string;
  readonly field: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

type Timed = HumanStep & { at: number };

const STAGES = ["lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer"] as const;
const STAGES_IN_SALESFORCE = ["Lead", "MQL", "SAL", "SQL", "Opportunity", "Customer"] as const;
const REASONS = ["No budget", "No answer", "Bad timing", "Competitor"] as const;
const INTERESTS = ["analytics", "automation", "reporting", "integrations"] as const;

/** Who is there before the first tick: known to one side or to both, with different values. */
export function drawOpening(dice: Dice, persons: number): Timed[] {
  const steps: Timed[] = [];
  for (let who = 0; who < persons; who += 1) {
    const where = dice.pick(["hubspot", "salesforce", "both", "both", "nobody"] as const);
    for (const side of ["hubspot", "salesforce"] as const) {
      if (where !== side && where !== "both") continue;
      steps.push({ ...drawCreate(dice, side, who), at: dice.integer(0, 100_000) });
    }
  }
  return steps;
}

function drawCreate(dice: Dice, side: Side, who: number): HumanStep {
  const stage = dice.pick(["lead", "marketingqualifiedlead", "marketingqualifiedlead", "salesqualifiedlead"] as const);
  const title = dice.chance(0.5) ? `first ${side} ${who}` : null;
  return { do: "create", side, who, stage, title };
}

export function drawHumanSteps(dice: Dice, persons: number, ticks: readonly number[], slowness: number): Timed[] {
  const count = dice.integer(8, 45);
  const aimed = dice.pick([0.4, 0.7, 0.9]);
  const steps: Timed[] = [];
  for (let number = 0; number < count; number += 1) {
    const tick = dice.pick(ticks);
    const at = dice.chance(aimed)
      ? tick + Math.floor(dice.next() * 2_500 * (1 + slowness / 2))
      : dice.integer(130_000, STORM_MS - TICK_MS);
    steps.push({ ...drawStep(dice, persons, number), at });
  }
  return steps;
}

/** In some storms people get another address, a few times, often while a run is under way. */
export function drawAddresses(dice: Dice, persons: number, ticks: readonly number[]): Timed[] {
  if (!dice.chance(0.15)) return [];
  return Array.from({ length: dice.integer(1, 4) }, () => {
    const at = dice.chance(0.6) ? dice.pick(ticks) + dice.integer(0, 5_000) : dice.integer(130_000, STORM_MS - TICK_MS);
    const side = dice.pick(["hubspot", "salesforce"] as const);
    const who = dice.integer(0, persons - 1);
    return { do: "address", side, who, spelling: dice.chance(0.7) ? 1 : 0, at };
  });
}

/** Whatever a person may do, to one of the first so many. `number`: of a value that is there once. */
export function drawStep(dice: Dice, persons: number, number: number): HumanStep {
  const who = dice.integer(0, persons - 1);
  const side = dice.pick(["hubspot", "salesforce"] as const);
  const kind = dice.next();
  if (kind < 0.44) {
    const field = dice.chance(0.5) ? 0 : dice.integer(0, STORM_FIELDS.length - 1);
    return { do: "edit", side, who, field, value: drawValue(dice, field, number) };
  }
  if (kind < 0.5) return { do: "clear", side, who, field: dice.integer(0, 5) };
  if (kind < 0.58) return { do: "consent", side, who, what: dice.pick([0, 1] as const), objects: dice.chance(0.6) };
  if (kind < 0.68)
    return { do: "stage", side, who, stage: dice.pick(side === "hubspot" ? STAGES : STAGES_IN_SALESFORCE) };
  if (kind < 0.73) return { do: "reject", who, reason: dice.chance(0.8) ? dice.pick(REASONS) : null };
  if (kind < 0.78) return drawCreate(dice, side, who);
  if (kind < 0.85) return { do: "convert", who };
  if (kind < 0.89) return { do: dice.pick(["win", "lose", "accept", "complete-task", "delete-task"] as const), who };
  if (kind < 0.93) return { do: "delete", side, who };
  if (kind < 0.95) return { do: "restore", side, who };
  if (kind < 0.985) return { do: "merge", side, who, other: dice.integer(0, persons - 1) };
  return { do: "erase", who };
}

/** Every text is there once, so that a value tells who entered it. */
function drawValue(dice: Dice, field: number, number: number): string {
  switch (STORM_FIELDS[field]?.kind) {
    case "phone":
      return `+1415200${String(1_000 + number)}`;
    case "boolean":
      return dice.pick(["true", "false"]);
    case "integer":
      return String(1_000 + number);
    case "set":
      return INTERESTS.filter(() => dice.chance(0.4)).join(";") || "analytics";
    default:
      return `v${number}`;
  }
}
