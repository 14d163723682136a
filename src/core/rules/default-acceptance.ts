/** When an MQL that nobody rejected counts as accepted, and when a person is to be looked at again because time alone changes something. */
import type { ScoreState, StageState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Facts, Lifecycle, Rulebook } from "../model/rulebook.ts";
import { membershipChangesAt } from "./segment-membership.ts";

const HOUR_MS = 3_600_000;

/** The instant of acceptance by default, or null where there is none: another stage, or only the rep's word counts. */
export function acceptanceDue(lifecycle: Lifecycle, stage: StageState | null): Instant | null {
  if (lifecycle.salAfterHours === null || stage?.stage !== "mql") return null;
  return new Date(Date.parse(stage.since) + lifecycle.salAfterHours * HOUR_MS).toISOString();
}

/** The score with the instant at which to look at the person again: when time next changes it or a segment, or they count as accepted. */
export function lookedAtAgain(
  score: ScoreState,
  { lifecycle, segments }: Pick<Rulebook, "lifecycle" | "segments">,
  stage: StageState | null,
  facts: Facts,
  now: Instant,
): ScoreState {
  const segmentMs = membershipChangesAt(segments, facts, now);
  const due = [acceptanceDue(lifecycle, stage), Number.isFinite(segmentMs) ? new Date(segmentMs).toISOString() : null];
  const nextChangeAt = [score.nextChangeAt, ...due].filter((at) => at !== null).toSorted()[0] ?? null;
  return nextChangeAt === score.nextChangeAt ? score : { ...score, nextChangeAt };
}
