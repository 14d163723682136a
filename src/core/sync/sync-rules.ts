/** Who wins for a field when the two sides say different things, one function per sync rule. */
import { assertNever } from "../errors.ts";
import type { Origin } from "../model/link.ts";
import type { SyncRule } from "../model/mapping.ts";
import type { Instant, System, Value } from "../model/record.ts";

/** A value that asks to be kept, with where and when it was entered. `rank`: fresh 3, run over 2, pending 1. */
export interface Candidate extends Origin {
  readonly value: Value;
  readonly rank: 1 | 2 | 3;
}

/** Two entries closer than this cannot be told apart: Salesforce stamps whole seconds, before it commits. */
const CLOCK_BLUR_MS = 1_500;

/** The later of two candidates, or the tie side's when their intervals overlap. */
export function newest(
  a: Candidate,
  b: Candidate,
  tieSide: System,
): { readonly winner: Candidate; readonly because: string } {
  if (isStrictlyLater(a, b)) return { winner: a, because: `the ${a.side} edit is newer` };
  if (isStrictlyLater(b, a)) return { winner: b, because: `the ${b.side} edit is newer` };
  const winner = a.side === tieSide ? a : b;
  return { winner, because: `edited at about the same time; ${tieSide} decides ties` };
}

function isStrictlyLater(a: Origin, b: Origin): boolean {
  return milliseconds(a.lo) > milliseconds(b.hi) + CLOCK_BLUR_MS;
}

function milliseconds(instant: Instant): number {
  return Date.parse(instant);
}

/** The side that a rule always lets win, or wins when it has a value; null for rules without a favourite. */
export function favouredSide(rule: SyncRule): { readonly side: System; readonly unlessBlank: boolean } | null {
  switch (rule) {
    case "always-use-salesforce":
      return { side: "salesforce", unlessBlank: false };
    case "always-use-hubspot":
      return { side: "hubspot", unlessBlank: false };
    case "prefer-salesforce-unless-blank":
      return { side: "salesforce", unlessBlank: true };
    case "prefer-hubspot-unless-blank":
      return { side: "hubspot", unlessBlank: true };
    case "two-way":
    case "never-blank":
    case "union":
    case "highest":
    case "lowest":
    case "most-restrictive":
    case "stage":
    case "ask":
    case "dont-sync":
      return null;
    default:
      return assertNever(rule);
  }
}

/** Joins do not care about order, doubling or loss of messages, so they need no history. */
export function isJoin(rule: SyncRule): rule is "union" | "highest" | "lowest" | "most-restrictive" {
  return rule === "union" || rule === "highest" || rule === "lowest" || rule === "most-restrictive";
}

/** The join of several values under a joining rule. A blank joins to the other value. */
export function join(rule: "union" | "highest" | "lowest" | "most-restrictive", values: readonly Value[]): Value {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  switch (rule) {
    case "union":
      return [...new Set(known.flatMap((value) => value.split(";")))]
        .filter((item) => item !== "")
        .sort()
        .join(";");
    case "highest":
      return known.reduce((a, b) => (Number(b) > Number(a) ? b : a));
    case "lowest":
      return known.reduce((a, b) => (Number(b) < Number(a) ? b : a));
    case "most-restrictive":
      return known.includes("true") ? "true" : "false";
    default:
      return assertNever(rule);
  }
}
