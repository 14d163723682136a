/** Whether the promise of a handoff, an answer by its deadline, was kept by a given moment, and whose promise it was. */
import type { HandoffRow, Moment } from "../model/report-row.ts";

/** Stands for the owners of handoffs that were taken from them: the ledger keeps only who had it last. */
const TAKEN_FROM = "(taken from its owner)";

/** The person was deleted, or became another one, before anybody answered. Counts against nobody, in whatever time. */
export function isWithdrawn({ outcome, endedAt }: HandoffRow, asOf: Moment): boolean {
  return outcome === "withdrawn" && endedAt <= asOf;
}

/** Accepted or rejected: both are an answer. */
export function isAnswered({ outcome, endedAt }: HandoffRow, asOf: Moment): boolean {
  return (outcome === "accepted" || outcome === "rejected") && endedAt <= asOf;
}

/** The owner's first sign by then; NaN where there was none. An answer is one too, also where nothing else was noted. */
export function firstSign(handoff: HandoffRow, asOf: Moment): Moment {
  const answeredAt = isAnswered(handoff, asOf) ? handoff.endedAt : Number.NaN;
  const { reactedAt } = handoff;
  return reactedAt <= asOf && !(answeredAt < reactedAt) ? reactedAt : answeredAt;
}

/** It was taken from an owner who gave no sign; its deadline is the next owner's from then on. */
export function isReassigned({ reassignedAt }: HandoffRow, asOf: Moment): boolean {
  return reassignedAt <= asOf;
}

/** Whether the promise can be judged: it was answered, came back unanswered, or its time is over. */
export function isDue(handoff: HandoffRow, asOf: Moment): boolean {
  if (isWithdrawn(handoff, asOf)) return false;
  if (isAnswered(handoff, asOf) || isReassigned(handoff, asOf) || handoff.deadline < asOf) return true;
  return handoff.outcome === "late" && handoff.endedAt <= asOf;
}

/** Answered by the deadline, and by the owner who was given it first. */
export function isKept(handoff: HandoffRow, asOf: Moment): boolean {
  return isAnswered(handoff, asOf) && handoff.endedAt <= handoff.deadline && !isReassigned(handoff, asOf);
}

/** No sign of the owner by the deadline, not even a touched task. */
export function isBreached(handoff: HandoffRow, asOf: Moment): boolean {
  if (isWithdrawn(handoff, asOf)) return false;
  const { deadline } = handoff;
  return isReassigned(handoff, asOf) || (deadline < asOf && !(firstSign(handoff, asOf) <= deadline));
}

/** Whose promise it was: nobody is judged by what an owner before them left undone. */
export function promisedBy(handoff: HandoffRow, asOf: Moment): string {
  return isReassigned(handoff, asOf) ? TAKEN_FROM : handoff.ownerEmail;
}
