/** Scores a person: who they are plus what they did, with reasons, and when time next changes it. */
import type { ScoreReason, ScoreState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Condition, Facts, ScoreGroup, ScoreRule, Scoring, TimesDone } from "../model/rulebook.ts";
import { timesChangeAt, timesWithin } from "./counted-facts.ts";
import { instantMs } from "./instant-ms.ts";
import { type CappedSum, type FadingPoints, fadedPoints, type Half, nextTotalChange } from "./score-decay.ts";
import { preparedScoring, type ReadyDecay, type ReadyGroup, type ReadyRule } from "./score-preparation.ts";

/** What a rule that holds gives now. */
interface Contribution {
  readonly rule: ReadyRule;
  readonly points: number;
}

const NOTHING_FADES: readonly FadingPoints[] = [];

/**
 * The score of a person at `now`. Each group gives at most its cap (a group of minus points may have cap 0); fit and engagement are kept at their own caps,
 * rounded, added and kept within 0 and the total's cap. Reasons are sorted, strongest first, each with what it really added under its group's cap, in whole
 * points. A rule that fades counts only where the date it fades from is known. `nextChangeAt` is when time alone next changes something: points that fade,
 * a date that a condition looks at, something that is no longer lately.
 */
export function scoreLead(scoring: Scoring, facts: Facts, now: Instant): ScoreState {
  const { caps } = scoring;
  const fit: Half = { cap: caps.fit, sums: [] };
  const engagement: Half = { cap: caps.engagement, sums: [] };
  const score = scored(scoring, facts, now, { fit: fit.sums, engagement: engagement.sums });
  const nowMs = instantMs(now);
  const fades = [fit, engagement].some(({ sums }) => sums.some(({ fading }) => fading.length > 0));
  const totalOf = (one: number, other: number): number => total(scoring, one, other);
  const fallsMs = (fades ? nextTotalChange(fit, engagement, totalOf, nowMs) : null) ?? Number.POSITIVE_INFINITY;
  const nextMs = Math.min(fallsMs, rulesChangeAt(scoring, facts, now, nowMs));
  return { ...score, nextChangeAt: Number.isFinite(nextMs) ? new Date(nextMs).toISOString() : null };
}

/** Whether the scoring asks about something that is different in these facts. Where it does not, only time can change the score. */
export function isScoredAnew(scoring: Scoring, before: Facts, present: Facts): boolean {
  const { asks } = preparedScoring(scoring);
  const names = asks ?? new Set([...Object.keys(before), ...Object.keys(present)]);
  for (const name of names) if ((before[name] ?? null) !== (present[name] ?? null)) return true;
  return false;
}

/** The score alone, for who does not ask when it next changes. */
export function presentScore(scoring: Scoring, facts: Facts, now: Instant): Omit<ScoreState, "nextChangeAt"> {
  return scored(scoring, facts, now, null);
}

/** Each half's groups as sums that can be asked at other times too; put there as they are worked out. */
interface Sums {
  readonly fit: CappedSum[];
  readonly engagement: CappedSum[];
}

function scored(scoring: Scoring, facts: Facts, now: Instant, sums: Sums | null): Omit<ScoreState, "nextChangeAt"> {
  const nowMs = instantMs(now);
  const ready = preparedScoring(scoring);
  const reasons: ScoreReason[] = [];
  const { caps, bands } = scoring;
  const fit = groupsTogether(ready.fit, caps.fit, facts, now, nowMs, reasons, sums?.fit ?? null);
  const engagement = groupsTogether(
    ready.engagement,
    caps.engagement,
    facts,
    now,
    nowMs,
    reasons,
    sums?.engagement ?? null,
  );
  const letter = LETTERS[grade(fit, ready.fitMost, bands.fit)];
  const number = grade(engagement, ready.engagementMost, bands.engagement) + 1;
  return { total: total(scoring, fit, engagement), fit, engagement, band: `${letter}${number}`, reasons };
}

const LETTERS = ["A", "B", "C"] as const;

function total({ caps }: Scoring, fit: number, engagement: number): number {
  return Math.max(0, Math.min(caps.total, fit + engagement));
}

/** The points of a half, kept at its own cap and rounded. */
function groupsTogether(
  groups: readonly ReadyGroup[],
  cap: number,
  facts: Facts,
  now: Instant,
  nowMs: number,
  reasons: ScoreReason[],
  sums: CappedSum[] | null,
): number {
  let points = 0;
  for (const group of groups) {
    const present = scoreGroup(group, facts, now, nowMs, reasons, sums);
    points += present < group.cap ? present : group.cap;
  }
  return Math.round(points < cap ? points : cap);
}

/** What a group adds up to, before its cap; its reasons are put with the others. */
function scoreGroup(
  group: ReadyGroup,
  facts: Facts,
  now: Instant,
  nowMs: number,
  reasons: ScoreReason[],
  sums: CappedSum[] | null,
): number {
  let holding: Contribution[] | null = null;
  let fading: FadingPoints[] | null = null;
  let steady = 0;
  // Apart from what is steady, so that the sum is the same to the last digit as the one that is asked for other moments.
  let faded = 0;
  for (const ready of group.rules) {
    if (!ready.rule.when.holds(facts, now)) continue;
    let points = ready.isPlain ? ready.rule.points : pointsOf(ready.rule, facts, nowMs);
    if (ready.decay === null) steady += points;
    else {
      const fades = fadingOf(ready.decay, points, facts);
      points = fades === null ? 0 : fadedPoints(fades, nowMs);
      faded += points;
      if (sums !== null) fading = withFading(fading, fades);
    }
    if (points === 0) continue;
    if (holding === null) holding = [{ rule: ready, points }];
    else placeByPoints(holding, { rule: ready, points });
  }
  if (holding !== null) explain(group.cap, holding, facts, reasons);
  if (sums !== null) sums.push({ cap: group.cap, steady, fading: fading ?? NOTHING_FADES });
  return faded + steady;
}

/** Null where there is nothing to fade, or the date to fade from is not known. */
function fadingOf({ from, spanMs, linear }: ReadyDecay, points: number, facts: Facts): FadingPoints | null {
  const fromMs = points === 0 ? Number.NaN : instantMs(facts[from] ?? "");
  return Number.isNaN(fromMs) ? null : { points, fromMs, spanMs, linear };
}

function withFading(list: FadingPoints[] | null, fades: FadingPoints | null): FadingPoints[] | null {
  if (fades === null) return list;
  if (list === null) return [fades];
  list.push(fades);
  return list;
}

function pointsOf(rule: ScoreRule, facts: Facts, nowMs: number): number {
  if (rule.steps !== null) {
    const times = timesDone(rule.steps, facts, nowMs);
    let points = 0;
    for (const step of rule.steps.points) if (times >= step.atLeast) points = step.points;
    return points;
  }
  if (rule.per === null) return rule.points;
  const times = timesDone(rule.per, facts, nowMs);
  return times > 0 ? rule.points * Math.min(times, rule.per.upTo) : 0;
}

function timesDone({ field, withinDays }: TimesDone, facts: Facts, nowMs: number): number {
  return withinDays === null ? Number(facts[field] ?? 0) : timesWithin(facts, field, withinDays, nowMs);
}

/** The strongest rules fill the cap first; what found no room, or rounds to nothing, is no reason. */
function explain(cap: number, holding: readonly Contribution[], facts: Facts, reasons: ScoreReason[]): void {
  let room = cap;
  for (const { points } of holding) if (points < 0) room -= points;
  for (const { rule, points } of holding) {
    let counted = points;
    if (points > 0) {
      if (points > room) counted = room > 0 ? room : 0;
      room -= counted;
    }
    const rounded = Math.round(counted);
    if (rounded !== 0) placeByPoints(reasons, { rule: rule.rule.name, points: rounded, text: rule.reason(facts) });
  }
}

/** Keeps a short list sorted, most points first; of equal ones the earlier stays first. */
function placeByPoints<T extends { readonly points: number }>(list: T[], entry: T): void {
  let at = list.length;
  while (at > 0 && (list[at - 1]?.points ?? 0) < entry.points) at -= 1;
  if (at === list.length) list.push(entry);
  else list.splice(at, 0, entry);
}

/** 0 for the best grade, by the share of all that could be had. */
function grade(points: number, most: number, [first, second]: readonly [number, number]): 0 | 1 | 2 {
  const share = most === 0 ? 0 : points / most;
  if (share >= first) return 0;
  return share >= second ? 1 : 2;
}

/** When time next changes whether a rule holds, or how often something was done lately. */
function rulesChangeAt(scoring: Scoring, facts: Facts, now: Instant, nowMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  const look = (groups: readonly ScoreGroup[]): void => {
    for (const { rules } of groups) {
      for (const { when, per, steps } of rules) {
        next = Math.min(
          next,
          conditionChangesAt(when, facts, now),
          timesDue(per, facts, nowMs),
          timesDue(steps, facts, nowMs),
        );
      }
    }
  };
  look(scoring.fit);
  look(scoring.engagement);
  return next;
}

function conditionChangesAt(condition: Condition, facts: Facts, now: Instant): number {
  return condition.changesAt?.(facts, now) ?? Number.POSITIVE_INFINITY;
}

function timesDue(times: TimesDone | null, facts: Facts, nowMs: number): number {
  if (times === null || times.withinDays === null) return Number.POSITIVE_INFINITY;
  return timesChangeAt(facts, times.field, times.withinDays, nowMs);
}
