/** Stops a plan that would do great damage before its first write. */
import type { Write } from "../model/plan.ts";
import type { ConnectorSettings } from "../model/rulebook.ts";

export interface SafetyTally {
  /** Non-blank values that would become blank. */
  readonly blanks: number;
  /** Records of people already linked that would change in more than LeadLoop's own score. */
  readonly changes: number;
  /** Stages that would go back. */
  readonly regressions: number;
}

/** So many stages may always go back: a small company recycles a few leads a day. */
const STAGE_FLOOR = 20;

/** Rules of values that are LeadLoop's own and follow from others: a score fades on hundreds of people each morning, and no person's word is lost. */
const OWN_UPKEEP: ReadonlySet<string> = new Set(["our key", "score"]);

export const NOTHING_YET: SafetyTally = { blanks: 0, changes: 0, regressions: 0 };

/** Adds a chunk's writes to what the run has already planned. */
export function tally(before: SafetyTally, writes: readonly Write[]): SafetyTally {
  let { blanks, changes, regressions } = before;
  for (const write of writes) {
    if (write.purpose === "clear-stage") regressions += 1;
    if (write.operation !== "update" || write.purpose !== "fields") continue;
    if (Object.values(write.fields).every((field) => OWN_UPKEEP.has(field.rule))) continue;
    changes += 1;
    for (const field of Object.values(write.fields)) {
      const had = field.from !== undefined && field.from !== null && field.from !== "" && field.from !== false;
      if (had && (field.to === null || field.to === "")) blanks += 1;
    }
  }
  return { blanks, changes, regressions };
}

/** How many linked people one run may change. */
export function mostChanges(known: number, safety: ConnectorSettings["safety"]): number {
  return Math.max(safety.maxChangesFloor, Math.floor(known * safety.maxChangesShare));
}

/** Why the plan must not go out, or null. `known` is the number of linked people. */
export function checkSafety(sum: SafetyTally, known: number, safety: ConnectorSettings["safety"]): string | null {
  if (sum.blanks > safety.maxBlanks) {
    return refusal(`blank ${sum.blanks} values`, `safety.max-blanks (${safety.maxBlanks})`);
  }
  const most = mostChanges(known, safety);
  if (sum.changes > most) {
    return refusal(`change ${sum.changes} records of people who are linked already`, `safety allows (${most})`);
  }
  const mostBack = Math.max(STAGE_FLOOR, Math.floor(known * safety.maxStageShare));
  if (sum.regressions > mostBack)
    return refusal(`move ${sum.regressions} people back a stage`, `safety allows (${mostBack})`);
  return null;
}

function refusal(what: string, limit: string): string {
  return `the plan would ${what}, more than ${limit}; look at it with \`leadloop plan --out FILE\`, then let it through with \`leadloop sync --plan FILE\``;
}
