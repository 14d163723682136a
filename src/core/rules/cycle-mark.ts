/** Remembers why a cycle began, so that the same words, or a wish of the last cycle, do not count twice. */
import type { StageState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Facts, Lifecycle } from "../model/rulebook.ts";

/** Conditions that held when the cycle began: each counts again only after it has not held once. */
const SPENDABLE = ["fastTrack", "salWhen", "sqlWhen"] as const;
export type Spendable = (typeof SPENDABLE)[number];

/** `words` is the reason with its retry date, or null once the record no longer says it. Stored in `StageState.recycledFor`. */
export interface CycleMark {
  readonly words: string | null;
  readonly spent: readonly Spendable[];
}

const NOTHING: CycleMark = { words: null, spent: [] };

/** The first line is the reason, the second the retry date, the rest are spent conditions; a first line of "-" means that no words count. */
const NO_WORDS = "-";

/** A reason with its date as one text that can be compared. */
export function wordsOf(reason: string, retryOn: string | null): string {
  return `${reason.replace(/\s+/g, " ").trim()}\n${retryOn ?? ""}`;
}

export function readMark(state: StageState): CycleMark {
  if (state.recycledFor === undefined) return NOTHING;
  const [reason = "", retryOn = "", ...spent] = state.recycledFor.split("\n");
  return {
    words: reason === NO_WORDS ? null : `${reason}\n${retryOn}`,
    spent: SPENDABLE.filter((name) => spent.includes(name)),
  };
}

/** The mark as it is stored; undefined when there is nothing to remember. */
export function writeMark(mark: CycleMark): string | undefined {
  if (mark.words === null && mark.spent.length === 0) return undefined;
  return [mark.words ?? `${NO_WORDS}\n`, ...mark.spent].join("\n");
}

/** The conditions that hold now, so that the coming cycle does not begin with the wishes of the last one. */
export function spentNow(lifecycle: Lifecycle, facts: Facts, now: Instant): Spendable[] {
  return SPENDABLE.filter((name) => lifecycle[name]?.holds(facts, now) === true);
}

/** Drops what no longer holds. */
export function stillSpent(mark: CycleMark, lifecycle: Lifecycle, facts: Facts, now: Instant): Spendable[] {
  return mark.spent.filter((name) => lifecycle[name]?.holds(facts, now) === true);
}
