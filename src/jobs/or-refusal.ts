/** Asks a system for something that a run can do without: a refusal is an answer, which ends nothing. */
import { RetryLater, StopRun } from "../core/errors.ts";

/** Gives the refusal where there is one. Throws where the calls or the time are used up, which is no matter of what was asked. */
export async function orRefusal<Answer>(asked: Promise<Answer>): Promise<Answer | StopRun | RetryLater> {
  try {
    return await asked;
  } catch (error) {
    const isRefusal = error instanceof StopRun && error.kind !== "paused";
    if (isRefusal || error instanceof RetryLater) return error;
    throw error;
  }
}
