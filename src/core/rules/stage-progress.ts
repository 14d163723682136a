/** Moves a person's stage: up through what is vouched for, or into the next cycle. */
import type { StageEvent } from "../model/ledger.ts";
import type { StageState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Stage } from "../model/rulebook.ts";
import { MQL_RANK, rankOf } from "./stages.ts";

export type NewStageEvent = Omit<StageEvent, "link" | "sequence">;

/** A stage that somebody or something vouches for: a person on one side, an opportunity, a rule. */
export interface StageClaim {
  readonly stage: Stage;
  /** Best known time of the evidence. */
  readonly at: Instant;
  readonly side: StageEvent["side"];
  readonly reason: string;
}

/** Where a person stands, and the moves made to get there. */
export interface StageProgress {
  readonly state: StageState;
  readonly events: readonly NewStageEvent[];
}

/** What is noted beside each event: the score at entry. */
export type ScoreAtEntry = Pick<StageEvent, "score" | "band">;

/**
 * The claims that make one climb: up to the furthest one, each later in rank and none later in time than the next. A claim that came after a further one
 * was no move. Of two claims for one rank the earlier counts.
 */
export function climbOf(claims: readonly StageClaim[], aboveRank: number): StageClaim[] {
  const ascending = claims
    .filter(({ stage }) => rankOf(stage) > aboveRank)
    .sort((a, b) => rankOf(b.stage) - rankOf(a.stage) || compareText(a.at, b.at) || compareText(a.side, b.side));
  const climb: StageClaim[] = [];
  for (const claim of ascending) {
    const next = climb[0];
    if (next === undefined || (rankOf(claim.stage) < rankOf(next.stage) && claim.at <= next.at)) climb.unshift(claim);
  }
  return climb;
}

/** Moves forward within the cycle through every claim that is further. */
export function climb(progress: StageProgress, claims: readonly StageClaim[], entry: ScoreAtEntry): StageProgress {
  const { state } = progress;
  const moves = climbOf(claims, rankOf(state.stage));
  const last = moves.at(-1);
  if (last === undefined) return progress;
  return {
    state: {
      ...state,
      stage: last.stage,
      since: last.at,
      reason: last.reason,
      armed: state.armed && rankOf(last.stage) < MQL_RANK,
    },
    events: [...progress.events, ...moves.map((move) => eventOf(state.epoch, move, entry))],
  };
}

/** What the first entry of a later cycle needs to know. */
export interface CycleStart {
  readonly epoch: number;
  readonly claim: StageClaim;
  readonly clearedAfter: Instant;
  readonly recycledFor?: string;
}

/** Begins a later cycle. Nothing of the last one is armed any more. */
export function startCycle(progress: StageProgress, start: CycleStart, entry: ScoreAtEntry): StageProgress {
  const { epoch, claim, clearedAfter, recycledFor } = start;
  return {
    state: {
      epoch,
      stage: claim.stage,
      since: claim.at,
      reason: claim.reason,
      cycleSince: claim.at,
      clearedAfter,
      clearedAt: "awaited",
      armed: false,
      ...(recycledFor === undefined ? {} : { recycledFor }),
    },
    events: [...progress.events, eventOf(epoch, claim, entry)],
  };
}

export function eventOf(epoch: number, claim: StageClaim, entry: ScoreAtEntry): NewStageEvent {
  return { epoch, stage: claim.stage, at: claim.at, side: claim.side, reason: claim.reason, ...entry };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
