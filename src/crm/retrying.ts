/** Repeats what the other side asked to be repeated, after the wait it asked for, and nothing else. */
import pRetry from "p-retry";
import { RetryLater } from "../core/errors.ts";
import type { System } from "../core/model/record.ts";
import type { Clock, Log } from "../jobs/ports.ts";

/** Delays double from `firstWaitMs`, each between half and all of its size by `random`; waits longer than `longestWaitMs` are left to the next run. */
export interface RetryOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly system: System;
  /** How often the work is tried in all; where only the rate was too high, some times more. */
  readonly attempts: number;
  /** 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
}

/** So many times the attempts, while others use up a limit that we share. */
const PATIENCE_IN_A_CROWD = 2;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/**
 * Gives the work's result, or its last error when attempts are spent. Only RetryLater is repeated, and not when its outcome is unknown: whether a
 * write whose answer was lost may be sent again is for the caller to find out first.
 */
export function retrying<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, log, system, attempts } = options;
  return pRetry(work, {
    retries: attempts * PATIENCE_IN_A_CROWD - 1,
    // Our clock does the waiting: it may be virtual.
    minTimeout: 0,
    shouldRetry: async ({ error, attemptNumber }) => {
      if (!(error instanceof RetryLater) || error.outcomeUnknown) return false;
      if (attemptNumber >= attempts && !error.crowded) return false;
      const waitMs = Math.max(error.waitMs, backoffMs(attemptNumber, options));
      if (waitMs > (options.longestWaitMs ?? LONGEST_WAIT_MS)) return false;
      log.warn({ event: "http.retried", system, attempt: attemptNumber, waitMs, reason: error.message });
      await clock.sleep(waitMs);
      return true;
    },
  });
}

function backoffMs(
  attempt: number,
  { random, firstWaitMs = FIRST_WAIT_MS, longestWaitMs = LONGEST_WAIT_MS }: RetryOptions,
): number {
  const full = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  return Math.round(full * (0.5 + random() / 2));
}
