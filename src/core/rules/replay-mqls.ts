/** Replays one person's stored history under a scoring: when they would have become an MQL, cycle by cycle. */
import type { OutcomeEntry, StageEvent } from "../model/ledger.ts";
import type { ScoreState } from "../model/link.ts";
import type { Instant, Value } from "../model/record.ts";
import type { Facts, Rulebook, Scoring, Stage } from "../model/rulebook.ts";
import { scoreLead } from "./score-lead.ts";
import { MQL_RANK, OPPORTUNITY_RANK, rankOf } from "./stages.ts";

/** What is stored of a person's past. Changes and stages are in order of time; a fact that is null was no longer known. */
export interface PersonHistory {
  readonly link: string;
  readonly name: string;
  readonly changes: readonly { readonly at: Instant; readonly facts: Readonly<Record<string, Value>> }[];
  readonly stages: readonly StageEvent[];
  readonly outcomes: readonly OutcomeEntry[];
}

/** The person became an MQL in this cycle, and why. */
export interface ReplayedMql {
  readonly epoch: number;
  readonly at: Instant;
  readonly score: ScoreState;
  readonly because: string;
  readonly facts: Facts;
  /** Somebody said so: they are one under any rules. */
  readonly byHand: boolean;
}

/** A cycle of the past, up to where the rules for an MQL no longer had a say in it. */
interface Cycle {
  readonly epoch: number;
  readonly stages: readonly StageEvent[];
  readonly start: Instant;
  readonly until: Instant;
  /** What somebody made of the person by hand at the end of it; null where no rule was forestalled. */
  readonly byHand: "mql" | "beyond" | null;
}

/** A cycle in which time alone changes the score more often than this is not followed further between two changes. */
const MOST_STEPS = 1_000;

/**
 * By cycle. What people did by hand and what the opportunities said stays as it was: it ends a cycle's replay. Whoever sales took without an MQL was none. What
 * a rep did with an MQL of the rules is another matter: under other rules they might never have met.
 */
export function replayMqls(history: PersonHistory, rulebook: Rulebook, scoring: Scoring, to: Instant): ReplayedMql[] {
  return cyclesOf(history.stages, to).flatMap((cycle) => replayCycle(history, cycle, rulebook, scoring) ?? []);
}

function cyclesOf(events: readonly StageEvent[], to: Instant): Cycle[] {
  const epochs = [...new Set(events.map(({ epoch }) => epoch))];
  return epochs.flatMap((epoch, index) => {
    const stages = events.filter((event) => event.epoch === epoch);
    const [first] = stages;
    if (first === undefined || first.stage === "disqualified") return [];
    const next = events.find((event) => event.epoch === epochs[index + 1]);
    const ripe = stages.find((event) => rankOf(event.stage) >= MQL_RANK);
    const decided =
      ripe === undefined || ripe.side === "leadloop" ? stages.find((event) => isOpportunity(event)) : ripe;
    const end = [decided?.at, next?.at, to].reduce<Instant>(
      (soonest, at) => (at !== undefined && at < soonest ? at : soonest),
      to,
    );
    const forestalled = decided !== undefined && decided.at === end && !isOpportunity(decided);
    const byHand = decided?.stage === "mql" ? "mql" : "beyond";
    return [{ epoch, stages, start: first.at, until: end, byHand: forestalled ? byHand : null }];
  });
}

function isOpportunity({ stage }: StageEvent): boolean {
  return rankOf(stage) >= OPPORTUNITY_RANK;
}

/** Whether a score, or a raised hand, may make the person an MQL: not with what the last cycle ended with. */
interface Arming {
  armed: boolean;
  spent: boolean;
}

function replayCycle(history: PersonHistory, cycle: Cycle, rulebook: Rulebook, scoring: Scoring): ReplayedMql | null {
  let facts: Facts = {};
  let arming: Arming | null = null;
  for (const [index, change] of history.changes.entries()) {
    if (change.at > cycle.until) break;
    facts = withChange(facts, change.facts);
    const nextAt = history.changes[index + 1]?.at ?? cycle.until;
    const end = nextAt < cycle.until ? nextAt : cycle.until;
    if (end < cycle.start) continue;
    let at: Instant | null = change.at > cycle.start ? change.at : cycle.start;
    for (let step = 0; at !== null && isUpTo(end, at, cycle) && step < MOST_STEPS; step += 1) {
      const score: ScoreState = scoreLead(scoring, facts, at);
      const seen = { facts: asSeen(facts, score, cycle, at), score, at };
      arming ??= armingAt(cycle, seen, rulebook);
      const because = whyMql(seen, arming, cycle, rulebook, scoring);
      if (because !== null) return { epoch: cycle.epoch, at, score, because, facts, byHand: false };
      at = score.nextChangeAt;
    }
  }
  return cycle.byHand === "mql" ? saidByHand(facts, cycle, scoring) : null;
}

/** At the moment at which sales took the person on, no rule has a say any more. */
function isUpTo(end: Instant, at: Instant, { until, byHand }: Cycle): boolean {
  return at < end || (at === end && !(at === until && byHand === "beyond"));
}

function saidByHand(facts: Facts, { epoch, until }: Cycle, scoring: Scoring): ReplayedMql {
  const score = scoreLead(scoring, facts, until);
  return { epoch, at: until, score, because: "somebody said so by hand", facts, byHand: true };
}

function withChange(facts: Facts, change: Readonly<Record<string, Value>>): Facts {
  return Object.fromEntries(Object.entries({ ...facts, ...change }).filter(([, value]) => value !== null));
}

interface Seen {
  readonly facts: Facts;
  readonly score: ScoreState;
  readonly at: Instant;
}

/** Facts as conditions saw them then, with the stage that the person had before they were an MQL. */
function asSeen(facts: Facts, score: ScoreState, { stages, epoch }: Cycle, at: Instant): Facts {
  const before = stages.filter((event) => event.at <= at && rankOf(event.stage) < MQL_RANK).at(-1);
  const stage: Stage = before?.stage ?? "subscriber";
  return {
    ...facts,
    score: String(score.total),
    band: score.band,
    stage,
    epoch: String(epoch),
    stage_reason: before?.reason ?? null,
  };
}

function armingAt({ epoch }: Cycle, { facts, at }: Seen, { lifecycle }: Rulebook): Arming {
  if (epoch === 1) return { armed: true, spent: false };
  return { armed: false, spent: lifecycle.fastTrack?.holds(facts, at) === true };
}

function whyMql(
  { facts, score, at }: Seen,
  arming: Arming,
  cycle: Cycle,
  { lifecycle }: Rulebook,
  scoring: Scoring,
): string | null {
  const { fastTrack, recycle } = lifecycle;
  const raised = fastTrack?.holds(facts, at) === true;
  if (!raised) arming.spent = false;
  const retryOn = recycle?.retryOn == null ? "" : (facts[recycle.retryOn] ?? "");
  if (score.total < scoring.rearmBelow || (retryOn > cycle.start && retryOn <= at)) arming.armed = true;
  if (raised && !arming.spent) return "a hand was raised";
  return arming.armed && score.total >= scoring.mqlAt ? `score ${score.total}` : null;
}
