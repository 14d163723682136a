/** Ends a handoff whose person is no more, so that it counts against nobody, and takes it up again where the record comes back. */
import { type HandoffEntry, MERGED_AWAY, RECORD_DELETED } from "../model/ledger.ts";
import type { Link } from "../model/link.ts";
import type { Instant, Owner } from "../model/record.ts";
import type { Rulebook } from "../model/rulebook.ts";
import { addWorkingHours } from "./business-hours.ts";
import { calendarOf } from "./owner-calendar.ts";
import { findOwner } from "./route-lead.ts";

/** Those that waited for an answer about somebody who was deleted, or merged into another person. Whoever two records claim to be still waits. */
export function withdrawnHandoffs(
  { state }: Pick<Link, "state">,
  handoffs: readonly HandoffEntry[],
  now: Instant,
): readonly HandoffEntry[] {
  if (state === "ambiguous") return [];
  const endedBy = state === "superseded" ? MERGED_AWAY : RECORD_DELETED;
  return handoffs.flatMap((handoff) =>
    handoff.outcome === "open" ? [{ ...handoff, outcome: "withdrawn", endedAt: now, endedBy }] : [],
  );
}

interface Returned {
  readonly link: string;
  readonly stage: { readonly epoch: number; readonly stage: string };
  readonly owners: readonly Owner[];
  readonly rulebook: Rulebook;
  readonly now: Instant;
}

/** A record that came back from the recycle bin goes on where it was, and its clock begins anew. Null where none was withdrawn, or nobody waits any more. */
export function takenUpAgain(
  handoff: HandoffEntry,
  { link, stage, owners, rulebook, now }: Returned,
): HandoffEntry | null {
  const waits = handoff.link === link && handoff.epoch === stage.epoch && stage.stage === "mql";
  if (!waits || handoff.outcome !== "withdrawn") return null;
  const calendar = calendarOf(findOwner(handoff.ownerEmail, owners), rulebook.calendars);
  const deadline = addWorkingHours(now, rulebook.handoff.acceptWithinHours, calendar);
  return { ...handoff, outcome: "open", endedAt: null, endedBy: null, deadline };
}
