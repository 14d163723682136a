/** Scores a person: who they are plus what they did, with reasons, and when time next changes it. */
import type { ScoreReason, ScoreState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Condition, Decay, Facts, ScoreGroup, ScoreRule, Scoring, TimesDone } from "../model/rulebook.ts";
import { timesChangeAt, timesWithin } from "./counted-facts.ts";
import { instantMs } from "./instant-ms.ts";
import {
  type CappedSum,
  type FadingPoints,
  fadedPoints,
  type Half,
  nextTotalChange,
  presentPoints,
} from "./score-decay.ts";
import { preparedScoring, type ReadyGroup, type ReadyRule } from "./score-preparation.ts";

const DAY_MS = 86_400_000;

/** What a rule that holds gives now. */
interface Contribution {
  readonly rule: ReadyRule;
  readonly points: number;
}

const NOTHING_FADES: readonly FadingPoints[] = [];

interface Scored {
  readonly score: Omit<ScoreState, "nextChangeAt">;
  readonly fit: Half;
  readonly engagement: Half;
}

/**
 * The score of a person at `now`. Each group gives at most its cap (a group of minus points may have cap 0); fit and engagement are kept at their own caps,
 * rounded, added and kept within 0 and the total's cap. Reasons are sorted, strongest first, each with what it really added under its group's cap, in whole
 * points. A rule that fades counts only where the date it fades from is known. `nextChangeAt` is when time alone next changes something: points that fade,
 * a date that a condition looks at, something that is no longer lately.
 */
export function scoreLead(scoring: Scoring, facts: Facts, now: Instant): ScoreState {
  const { score, fit, engagement } = scored(scoring, facts, now);
  const nowMs = Date.parse(now);
  const fades = [fit, engagement].some(({ sums }) => sums.some(({ fading }) => fading.length > 0));
  const totalOf = (one: number, other: number): number => total(scoring, one, other);
  const fallsMs = (fades ? nextTotalChange(fit, engagement, totalOf, nowMs) : null) ?? Number.POSITIVE_INFINITY;
  const nextMs = Math.min(fallsMs, rulesChangeAt(scoring, facts, now, nowMs));
  return { ...score, nextChangeAt: Number.isFinite(nextMs) ? new Date(nextMs).toISOString() : null };
}

/** The score alone, for who does not ask when it next changes. */
export function presentScore(scoring: Scoring, facts: Facts, now: Instant): Omit<ScoreState, "nextChangeAt"> {
  return scored(scoring, facts, now).score;
}

function scored(scoring: Scoring, facts: Facts, now: Instant): Scored {
  const nowMs = Date.parse(now);
  const ready = preparedScoring(scoring);
  const reasons: ScoreReason[] = [];
  const fitHalf = halfOf(ready.fit, scoring.caps.fit, facts, now, nowMs, reasons);
  const engagementHalf = halfOf(ready.engagement, scoring.caps.engagement, facts, now, nowMs, reasons);
  const fit = presentPoints(fitHalf);
  const engagement = presentPoints(engagementHalf);
  const letter = "ABC"[grade(fit, ready.fitMost, scoring.bands.fit)] ?? "C";
  const number = grade(engagement, ready.engagementMost, scoring.bands.engagement) + 1;
  const score = { total: total(scoring, fit, engagement), fit, engagement, band: `${letter}${number}`, reasons };
  return { score, fit: fitHalf, engagement: engagementHalf };
}

function total({ caps }: Scoring, fit: number, engagement: number): number {
  return Math.max(0, Math.min(caps.total, fit + engagement));
}

function halfOf(
  groups: readonly ReadyGroup[],
  cap: number,
  facts: Facts,
  now: Instant,
  nowMs: number,
  reasons: ScoreReason[],
): Half {
  const sums: CappedSum[] = [];
  for (const group of groups) sums.push(scoreGroup(group, facts, now, nowMs, reasons));
  return { cap, sums };
}

/** What a group adds up to, as a sum that can be asked at other times too; its reasons are put with the others. */
function scoreGroup(group: ReadyGroup, facts: Facts, now: Instant, nowMs: number, reasons: ScoreReason[]): CappedSum {
  const holding: Contribution[] = [];
  let fading: FadingPoints[] | null = null;
  let faded: number[] | null = null;
  let steady = 0;
  for (const ready of group.rules) {
    const { rule } = ready;
    if (!rule.when.holds(facts, now)) continue;
    const points = pointsOf(rule, facts, nowMs);
    if (rule.decay === null) {
      steady += points;
      if (points !== 0) placeByPoints(holding, { rule: ready, points });
      continue;
    }
    const fades = fadingOf(rule.decay, points, facts);
    if (fades === null) continue;
    const left = fadedPoints(fades, nowMs);
    if (fading === null || faded === null) {
      fading = [fades];
      faded = [left];
    } else {
      fading.push(fades);
      faded.push(left);
    }
    if (left !== 0) placeByPoints(holding, { rule: ready, points: left });
  }
  if (holding.length > 0) explain(group.cap, holding, facts, reasons);
  // In the order in which the sum is asked for other moments, so that it is the same to the last digit.
  let present = steady;
  if (faded !== null) for (const left of faded) present += left;
  return { cap: group.cap, steady, fading: fading ?? NOTHING_FADES, present };
}

/** Null where there is nothing to fade, or the date to fade from is not known. */
function fadingOf(decay: Decay, points: number, facts: Facts): FadingPoints | null {
  const fromMs = points === 0 ? Number.NaN : instantMs(facts[decay.from] ?? "");
  if (Number.isNaN(fromMs)) return null;
  return { points, fromMs, spanMs: decay.days * DAY_MS, linear: decay.kind === "linear" };
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
    const counted = points < room ? points : Math.max(0, room);
    if (points > 0) room -= counted;
    const rounded = Math.round(points > 0 ? counted : points);
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
