/** Reads whether somebody sent a person back, with the reason and the date to try again. */
import type { ScoreState, StageState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Facts, Lifecycle, Scoring } from "../model/rulebook.ts";
import { readMark, wordsOf } from "./cycle-mark.ts";
import { isExit } from "./stages.ts";

/** `reasonless`: sent back, but nobody said why; a reason is required, so nothing happens yet. */
export type RecycleWish =
  | { readonly kind: "none" }
  | { readonly kind: "reasonless" }
  | {
      readonly kind: "wish";
      readonly stage: "recycled" | "disqualified";
      readonly reason: string;
      readonly words: string;
    };

export function readRecycleWish(lifecycle: Lifecycle, facts: Facts, now: Instant): RecycleWish {
  const { recycle } = lifecycle;
  if (recycle === null || !recycle.when.holds(facts, now)) return { kind: "none" };
  const reason = (facts[recycle.reason] ?? "").trim();
  if (reason === "") return { kind: "reasonless" };
  const retryOn = recycle.retryOn === null ? null : (facts[recycle.retryOn] ?? null);
  const stage = isDisqualifying(lifecycle, reason) ? "disqualified" : "recycled";
  return { kind: "wish", stage, reason, words: wordsOf(reason, retryOn) };
}

function isDisqualifying(lifecycle: Lifecycle, reason: string): boolean {
  return lifecycle.disqualifyReasons.some((one) => one.trim().toLowerCase() === reason.toLowerCase());
}

/**
 * Whether the person may become an MQL by score. After a recycle only once the score fell below the re-arm line, or when the date to try again has come:
 * else a score that hovers at the threshold would hand the same person over again and again.
 */
export function isArmed(state: StageState, scoring: Scoring, score: ScoreState | null, now: Instant): boolean {
  if (state.armed) return true;
  if (score !== null && score.total < scoring.rearmBelow) return true;
  if (!isExit(state.stage)) return false;
  const retryOn = readMark(state).words?.split("\n")[1] ?? "";
  return retryOn > state.since && retryOn <= now;
}
