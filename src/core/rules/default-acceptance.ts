/** When an MQL that nobody rejected counts as accepted. */
import type { ScoreState, StageState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Lifecycle } from "../model/rulebook.ts";

const HOUR_MS = 3_600_000;

/** The instant of acceptance by default, or null where there is none: another stage, or only the rep's word counts. */
export function acceptanceDue(lifecycle: Lifecycle, stage: StageState | null): Instant | null {
  if (lifecycle.salAfterHours === null || stage?.stage !== "mql") return null;
  return new Date(Date.parse(stage.since) + lifecycle.salAfterHours * HOUR_MS).toISOString();
}

/** The score with the instant at which to look at the person again: when time next changes it, or they count as accepted. */
export function lookedAtAgain(score: ScoreState, lifecycle: Lifecycle, stage: StageState | null): ScoreState {
  const due = acceptanceDue(lifecycle, stage);
  if (due === null || (score.nextChangeAt !== null && score.nextChangeAt <= due)) return score;
  return { ...score, nextChangeAt: due };
}
