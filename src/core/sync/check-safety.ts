/** Stops a plan that would do great damage before its first write. */
import type { Write } from "../model/plan.ts";
import type { ConnectorSettings } from "../model/rulebook.ts";

export interface SafetyTally {
  /** Non-blank values that would become blank. */
  readonly blanks: number;
  /** Records of people already linked that would change. */
  readonly changes: number;
}

export const NOTHING_YET: SafetyTally = { blanks: 0, changes: 0 };

/** Adds a chunk's writes to what the run has already planned. */
export function tally(before: SafetyTally, writes: readonly Write[]): SafetyTally {
  let { blanks, changes } = before;
  for (const write of writes) {
    if (write.operation !== "update" || write.purpose !== "fields") continue;
    changes += 1;
    for (const field of Object.values(write.fields)) {
      const had = field.from !== undefined && field.from !== null && field.from !== "" && field.from !== false;
      if (had && (field.to === null || field.to === "")) blanks += 1;
    }
  }
  return { blanks, changes };
}

/** Why the plan must not go out, or null. `known` is the number of linked people. */
export function checkSafety(sum: SafetyTally, known: number, safety: ConnectorSettings["safety"]): string | null {
  if (sum.blanks > safety.maxBlanks) {
    return `the plan would blank ${sum.blanks} values, more than safety.max-blanks (${safety.maxBlanks}); look at it with \`leadloop plan\`, then let it through with \`leadloop sync --plan FILE\``;
  }
  const most = Math.max(safety.maxChangesFloor, Math.floor(known * safety.maxChangesShare));
  if (sum.changes > most) {
    return `the plan would change ${sum.changes} linked records, more than safety allows (${most}); look at it with \`leadloop plan\`, then let it through with \`leadloop sync --plan FILE\``;
  }
  return null;
}
