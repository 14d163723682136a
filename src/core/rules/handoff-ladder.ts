/** What is due about a handoff that waits for its owner: remind, escalate, give to somebody else, touch once more, recycle; each once. */
import type { FollowUpEvent, LadderStep, LadderStepKind } from "../model/follow-up.ts";
import type { HandoffEntry, TaskEntry } from "../model/ledger.ts";
import type { Instant } from "../model/record.ts";
import type { Handoff } from "../model/rulebook.ts";
import { addWorkingHours, type WorkingCalendar } from "./business-hours.ts";
import { handoffCause } from "./handoff-task.ts";

/** The ledger's key of a step, so that it is taken once in a cycle. */
export function ladderKey(link: string, epoch: number, kind: LadderStepKind): string {
  return `handoff:${link}:${epoch}:${kind}`;
}

export interface DueLadder {
  /** Steps to take now, in order. */
  readonly due: readonly LadderStep[];
  /** When the next one is due; null when there is none, or when it waits for something that is not time. */
  readonly nextAt: Instant | null;
}

/**
 * The steps that are due by `now`. The owner's clock runs from the handoff, or from their first reaction; it does not run while the task is still on its
 * way to Salesforce. Once the owner has reacted, nobody is reminded or overruled, but silence after that still ends. `recycle` never comes sooner after
 * the last touch than the ladder leaves between the two, however late the touch was.
 */
export function ladderDue(input: {
  readonly handoff: HandoffEntry;
  readonly rules: Handoff;
  readonly tasks: readonly TaskEntry[];
  readonly events: readonly FollowUpEvent[];
  readonly calendar: WorkingCalendar;
  readonly now: Instant;
}): DueLadder {
  const { handoff, rules, tasks, events, calendar, now } = input;
  const { link, epoch } = handoff;
  if (handoff.outcome !== "open" || isOnItsWay(handoff, tasks)) return { due: [], nextAt: null };
  const reactedAt = handoff.reactedAt ?? null;
  const taken = new Map(events.map((event) => [event.key, event]));
  const due: LadderStep[] = [];
  for (const [index, step] of rules.ladder.entries()) {
    if (taken.has(ladderKey(link, epoch, step.kind))) continue;
    if (reactedAt !== null && OVERRULING.has(step.kind)) continue;
    const at = dueAt(step, rules.ladder[index - 1], {
      start: reactedAt ?? handoff.at,
      touch: taken.get(ladderKey(link, epoch, "last-touch"))?.at ?? null,
      calendar,
    });
    if (at > now) return { due, nextAt: at };
    // The last touch must have had its time: nobody is touched and recycled in one breath.
    if (step.kind === "recycle" && due.some(({ kind }) => kind === "last-touch")) {
      return { due, nextAt: dueAt(step, rules.ladder[index - 1], { start: handoff.at, touch: now, calendar }) };
    }
    due.push(step);
  }
  return { due, nextAt: null };
}

const OVERRULING: ReadonlySet<LadderStepKind> = new Set(["remind", "escalate", "reassign"]);

function isOnItsWay(handoff: HandoffEntry, tasks: readonly TaskEntry[]): boolean {
  const task = tasks.find(({ cause }) => cause === handoffCause(handoff.link, handoff.epoch));
  return task !== undefined && (task.state === "due" || task.state === "sent");
}

function dueAt(
  step: LadderStep,
  before: LadderStep | undefined,
  clock: { readonly start: Instant; readonly touch: Instant | null; readonly calendar: WorkingCalendar },
): Instant {
  const planned = addWorkingHours(clock.start, step.afterHours, clock.calendar);
  if (step.kind !== "recycle" || clock.touch === null || before?.kind !== "last-touch") return planned;
  const rested = addWorkingHours(clock.touch, step.afterHours - before.afterHours, clock.calendar);
  return rested > planned ? rested : planned;
}
