/** What a task's text may speak of: every fact, and words that LeadLoop puts together. */
import type { FollowUpInput } from "./follow-up-plan.ts";

/** Names beside the facts. `config/` checks templates against them. */
export const TASK_WORDS = ["name", "reasons", "stage_reason", "cadence", "step"] as const;

const MOST_REASONS = 3;

export function taskWords(
  input: Pick<FollowUpInput, "name" | "facts" | "score" | "stage">,
): Readonly<Record<string, string | null>> {
  const { name, facts, score, stage } = input;
  return {
    ...facts,
    name: name === "" ? (facts["email"] ?? null) : name,
    reasons: score === null ? null : reasonsOf(score.reasons),
    stage_reason: stage.reason,
  };
}

function reasonsOf(reasons: readonly { readonly text: string }[]): string | null {
  const text = reasons.slice(0, MOST_REASONS).map((reason) => reason.text);
  return text.length === 0 ? null : text.join("; ");
}
