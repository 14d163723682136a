/** Reads and spells a stage as each system does: several stages may share one spelling. */
import type { RawValue, System } from "../model/record.ts";
import type { Lifecycle, Stage } from "../model/rulebook.ts";
import { isExit, rankOf } from "./stages.ts";

/** What a system's stage field says. `unmapped` is a value that config/lifecycle.yml has no stage for: never guessed, never overwritten. */
export type StageReading =
  | { readonly kind: "blank" }
  | { readonly kind: "known"; readonly stage: Stage }
  | { readonly kind: "unmapped"; readonly text: string };

/** How the system spells the stage, or null when the admin gave it no spelling there. */
export function spellStage(lifecycle: Lifecycle, stage: Stage, system: System): string | null {
  const spelling = lifecycle.names.find((names) => names.stage === stage)?.[system] ?? "";
  return spelling === "" ? null : spelling;
}

/**
 * What a raw value means. A spelling that stands for `current` too means `current`: the finer stage is kept on our side. Else the shared spelling claims as
 * little as it can: the earliest stage, and an exit only when nothing else is spelt so.
 */
export function readStage(lifecycle: Lifecycle, system: System, raw: RawValue, current: Stage | null): StageReading {
  const text = raw === null ? "" : String(raw).trim();
  if (text === "") return { kind: "blank" };
  const sharing = stagesSpelt(lifecycle, system, text);
  if (current !== null && sharing.includes(current)) return { kind: "known", stage: current };
  const [first, ...others] = sharing;
  if (first === undefined) return { kind: "unmapped", text };
  return { kind: "known", stage: others.reduce(claimsLess, first) };
}

/**
 * Where HubSpot's own order puts a spelling, or null for one that only exits have: an admin may have put those anywhere in the pipeline, so that neither
 * direction can be called forward.
 */
export function spellingRank(lifecycle: Lifecycle, system: System, text: string): number | null {
  const ranks = stagesSpelt(lifecycle, system, text)
    .filter((stage) => !isExit(stage))
    .map(rankOf);
  return ranks.length === 0 ? null : Math.max(...ranks);
}

function stagesSpelt(lifecycle: Lifecycle, system: System, text: string): Stage[] {
  return lifecycle.names.filter((names) => names[system] === text).map((names) => names.stage);
}

function claimsLess(a: Stage, b: Stage): Stage {
  if (isExit(a) !== isExit(b)) return isExit(a) ? b : a;
  return rankOf(b) < rankOf(a) ? b : a;
}
