/** The four ways a command can end, as scripts see them. */
import { assertNever } from "../core/errors.ts";
import type { RunOutcome } from "../jobs/sync-result.ts";

export const EXIT = {
  done: 0,
  /** Cannot work: login, permission, a system or database that does not answer. */
  stopped: 1,
  /** The configuration, or what was typed, is wrong. */
  configuration: 2,
  /** Done with rejects, conflicts or a safety stop that a person must look at. */
  attention: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A paused run (quota, time, another run under way) goes on by itself and is no failure. */
export function exitOf(outcome: RunOutcome): ExitCode {
  switch (outcome) {
    case "done":
    case "paused":
      return EXIT.done;
    case "stopped":
      return EXIT.stopped;
    case "needs-attention":
      return EXIT.attention;
    default:
      return assertNever(outcome);
  }
}
