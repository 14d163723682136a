/** Scores a person: who they are plus what they did, with reasons, and when fading next changes it. */
import type { ScoreReason, ScoreState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Facts, ScoreGroup, ScoreRule, Scoring } from "../model/rulebook.ts";
import { fillTemplate } from "./fill-template.ts";
import { type CappedSum, type FadingPoints, fadedPoints, halfPoints, nextTotalChange } from "./score-decay.ts";

const DAY_MS = 86_400_000;
const HIGHEST_TOTAL = 100;

/** A rule that holds, with what it gives now. */
interface Contribution {
  readonly rule: ScoreRule;
  readonly points: number;
  readonly fading: FadingPoints | null;
}

/**
 * The score of a person at `now`. Each group gives at most its cap (a group of minus points may have cap 0); fit and engagement are rounded, added and kept
 * within 0 to 100. Reasons are sorted, strongest first, each with what it really added under its group's cap, in whole points. A rule that fades counts
 * only where the date it fades from is known. `nextChangeAt` looks at fading alone: conditions that ask for the time are seen at the next scoring.
 */
export function scoreLead(scoring: Scoring, facts: Facts, now: Instant): ScoreState {
  const nowMs = Date.parse(now);
  const reasons: ScoreReason[] = [];
  const fitHalf = scoring.fit.map((group) => scoreGroup(group, facts, now, nowMs, reasons));
  const engagementHalf = scoring.engagement.map((group) => scoreGroup(group, facts, now, nowMs, reasons));
  const fit = halfPoints(fitHalf, nowMs);
  const engagement = halfPoints(engagementHalf, nowMs);
  const fades = [...fitHalf, ...engagementHalf].some((sum) => sum.fading.length > 0);
  const nextMs = fades ? nextTotalChange(fitHalf, engagementHalf, totalOf, nowMs) : null;
  return {
    total: totalOf(fit, engagement),
    fit,
    engagement,
    band: bandOf(scoring, fit, engagement),
    reasons: reasons.sort((a, b) => b.points - a.points),
    nextChangeAt: nextMs === null ? null : new Date(nextMs).toISOString(),
  };
}

function totalOf(fit: number, engagement: number): number {
  return Math.max(0, Math.min(HIGHEST_TOTAL, fit + engagement));
}

/** What a group adds up to, as a sum that can be asked at other times too; its reasons are put with the others. */
function scoreGroup(group: ScoreGroup, facts: Facts, now: Instant, nowMs: number, reasons: ScoreReason[]): CappedSum {
  const holding: Contribution[] = [];
  const fading: FadingPoints[] = [];
  let steady = 0;
  for (const rule of group.rules) {
    if (!rule.when.holds(facts, now)) continue;
    const contribution = contributionOf(rule, facts, nowMs);
    if (contribution.points === 0) continue;
    holding.push(contribution);
    if (contribution.fading === null) steady += contribution.points;
    else fading.push(contribution.fading);
  }
  if (holding.length > 0) explain(group.cap, holding, facts, reasons);
  return { cap: group.cap, steady, fading };
}

function contributionOf(rule: ScoreRule, facts: Facts, nowMs: number): Contribution {
  const points = rule.points * (rule.per === null ? 1 : timesOf(facts[rule.per.field], rule.per.upTo));
  if (rule.decay === null) return { rule, points, fading: null };
  const fromMs = Date.parse(facts[rule.decay.from] ?? "");
  if (Number.isNaN(fromMs)) return { rule, points: 0, fading: null };
  const fading = { points, fromMs, halfLifeMs: rule.decay.halfLifeDays * DAY_MS };
  return { rule, points: fadedPoints(fading, nowMs), fading };
}

function timesOf(value: string | null | undefined, upTo: number): number {
  const times = Number(value ?? 0);
  return times > 0 ? Math.min(times, upTo) : 0;
}

/** The strongest rules fill the cap first; what found no room, or rounds to nothing, is no reason. */
function explain(cap: number, holding: Contribution[], facts: Facts, reasons: ScoreReason[]): void {
  if (holding.length > 1) holding.sort((a, b) => b.points - a.points);
  let room = cap - holding.reduce((minus, { points }) => minus + Math.min(0, points), 0);
  for (const { rule, points } of holding) {
    const counted = Math.min(points, Math.max(0, room));
    if (points > 0) room -= counted;
    const rounded = Math.round(counted);
    if (rounded !== 0) reasons.push({ rule: rule.name, points: rounded, text: reasonText(rule.reason, facts) });
  }
}

function reasonText(reason: string, facts: Facts): string {
  return reason.includes("{") ? fillTemplate(reason, (name) => readable(facts[name] ?? null)) : reason;
}

/** A moment is said as its day. */
function readable(value: string | null): string | null {
  return value !== null && /^\d{4}-\d\d-\d\dT/.test(value) ? value.slice(0, 10) : value;
}

/** A letter for fit and a number for engagement, by each half's share of all it could be. */
function bandOf(scoring: Scoring, fit: number, engagement: number): string {
  const letter = grade(shareOf(fit, scoring.fit), scoring.bands.fit);
  const number = grade(shareOf(engagement, scoring.engagement), scoring.bands.engagement);
  return `${"ABC"[letter]}${number + 1}`;
}

function shareOf(points: number, groups: readonly ScoreGroup[]): number {
  let most = 0;
  for (const group of groups) most += Math.max(0, group.cap);
  return most === 0 ? 0 : points / most;
}

function grade(share: number, [first, second]: readonly [number, number]): 0 | 1 | 2 {
  if (share >= first) return 0;
  return share >= second ? 1 : 2;
}
