/** Which of the shown segments a person is in, and since when. */
import type { FollowUpEvent } from "../model/follow-up.ts";
import type { Link } from "../model/link.ts";
import type { Instant, Value } from "../model/record.ts";
import type { Facts, Segment } from "../model/rulebook.ts";

/** The fact that keeps the memberships; no field of either system has a space in its name. */
export const MEMBERSHIP_FACT = "segments since";

/** Since when the person is in each segment, by name. */
export function membershipsOf(facts: Facts): ReadonlyMap<string, Instant> {
  const kept = facts[MEMBERSHIP_FACT] ?? "";
  return new Map(
    kept.split(" ").flatMap((entry): [string, Instant][] => {
      const [name, since] = entry.split("=");
      return name === undefined || since === undefined ? [] : [[name, since]];
    }),
  );
}

/** The memberships now, as they are kept. Whoever once was in a one-off segment stays. Null when the person is in none. */
export function membershipNow(segments: readonly Segment[], known: Facts, asked: Facts, now: Instant): Value {
  const before = membershipsOf(known);
  const entries = segments.flatMap(({ name, when, shown }) => {
    if (shown === null) return [];
    const since = before.get(name);
    const stays = shown === "once" && since !== undefined;
    return stays || when.holds(asked, now) ? [`${name}=${since ?? now}`] : [];
  });
  return entries.length === 0 ? null : entries.join(" ");
}

/** Which shown segments the person has joined and left since these facts: each a step in the ledger. */
export function membershipEvents(
  { id, stage, facts }: Pick<Link, "id" | "stage" | "facts">,
  before: Facts,
  now: Instant,
): FollowUpEvent[] {
  const [was, is] = [membershipsOf(before), membershipsOf(facts)];
  const event = (segment: string, text: string): FollowUpEvent => {
    return {
      key: `segment:${id}:${segment}:${now}`,
      link: id,
      epoch: stage?.epoch ?? 1,
      kind: "segment",
      at: now,
      text,
    };
  };
  return [
    ...[...is.keys()].filter((segment) => !was.has(segment)).map((segment) => event(segment, `joined ${segment}`)),
    ...[...was.keys()].filter((segment) => !is.has(segment)).map((segment) => event(segment, `left ${segment}`)),
  ];
}

/** When time alone next changes a membership; infinity when never. */
export function membershipChangesAt(segments: readonly Segment[], asked: Facts, now: Instant): number {
  const shown = segments.filter((segment) => segment.shown !== null);
  return Math.min(...shown.map(({ when }) => when.changesAt?.(asked, now) ?? Number.POSITIVE_INFINITY));
}

/** Whether time alone has moved the person into or out of a shown segment. */
export function membershipMoved(segments: readonly Segment[], known: Facts, asked: Facts, now: Instant): boolean {
  const timed = segments.filter(({ when }) => when.changesAt !== undefined);
  const before = membershipsOf(known);
  const present = membershipsOf({ [MEMBERSHIP_FACT]: membershipNow(timed, known, asked, now) });
  return timed.some(({ name }) => before.has(name) !== present.has(name));
}
