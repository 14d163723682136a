/** Lets nock answer as the vendors really did, and tells in a few words what a client concluded. */
import { readFileSync } from "node:fs";
import { RetryLater, StopRun } from "../../src/core/errors.ts";
import type { WriteOutcome } from "../../src/core/model/plan.ts";

export interface Exchange {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

export function readRecording<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(`recorded/${path}`, import.meta.url), "utf8")) as T;
}

/** The exchanges of a sequence, numbered as they are there, from 1. */
export function readSequence(path: string): readonly Exchange[] {
  return readRecording<{ readonly exchanges: readonly Exchange[] }>(path).exchanges;
}

/** What became of each write, as in `created 00Q…` or `rejected REQUIRED_FIELD_MISSING (Name)`. */
export function conclusions(outcomes: readonly WriteOutcome[]): string[] {
  return outcomes.map((outcome) => {
    switch (outcome.kind) {
      case "written":
        return `${outcome.created ? "created" : "updated"} ${outcome.id}`;
      case "rejected":
        return `rejected ${outcome.code} (${outcome.fields.join(", ")})${outcome.existingId === null ? "" : ` for ${outcome.existingId}`}`;
      default:
        return outcome.kind;
    }
  });
}

/** How a call ended that did not come back: `stopped`, `paused` or `later`. Gives the words along. */
export async function ending(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "went through";
  } catch (error) {
    if (error instanceof StopRun) return `${error.kind}: ${error.message}`;
    if (error instanceof RetryLater) return `later: ${error.message}`;
    throw error;
  }
}
