/** What opportunities and rules say about a person's stage. */
import type { OutcomeEntry } from "../model/ledger.ts";
import type { ScoreState, StageState } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Facts, Lifecycle, Scoring, Stage } from "../model/rulebook.ts";
import type { CycleMark } from "./cycle-mark.ts";
import type { StageClaim } from "./stage-progress.ts";
import { isExit, MQL_RANK, rankOf } from "./stages.ts";

/** All that the stage rules look at. */
export interface RuleGround {
  readonly lifecycle: Lifecycle;
  readonly scoring: Scoring;
  readonly facts: Facts;
  readonly score: ScoreState | null;
  /** Since when the person counts as accepted by default; null while they do not. */
  readonly acceptedSince: Instant | null;
  readonly now: Instant;
}

/** When the cycle began, as well as it is known: what happened in opportunities before does not count again. */
function cycleStart(state: StageState): Instant {
  if (state.cycleSince !== undefined) return state.cycleSince;
  return isExit(state.stage) ? state.since : (state.clearedAfter ?? "");
}

/** An open opportunity, and the first win, of this cycle. */
export function outcomeClaims(outcomes: readonly OutcomeEntry[], state: StageState): StageClaim[] {
  const start = cycleStart(state);
  const claims: StageClaim[] = [];
  for (const outcome of outcomes) {
    if (outcome.openedAt <= start && outcome.stageAt <= start) continue;
    const { name, stageName } = outcome;
    const whose = outcome.through === "account" ? " of the account" : "";
    if (outcome.won) {
      claims.push({ stage: "customer", at: outcome.stageAt, side: "salesforce", reason: `won "${name}"${whose}` });
    } else if (!outcome.closed) {
      const at = outcome.openedAt > start ? outcome.openedAt : outcome.stageAt;
      claims.push({
        stage: "opportunity",
        at,
        side: "salesforce",
        reason: `open opportunity "${name}" (${stageName})${whose}`,
      });
    }
  }
  return claims;
}

/** The loss that ends a cycle: the newest one since the person became an opportunity, while no other opportunity is open. */
export function losingOutcome(outcomes: readonly OutcomeEntry[], state: StageState): OutcomeEntry | null {
  if (state.stage !== "opportunity" || outcomes.some((outcome) => !outcome.closed)) return null;
  // Days, because Salesforce's close date has no time of day.
  const since = state.since.slice(0, 10);
  const lost = outcomes.filter((outcome) => !outcome.won && outcome.stageAt.slice(0, 10) >= since);
  return lost.reduce<OutcomeEntry | null>(
    (newest, one) => (newest === null || isNewer(one, newest) ? one : newest),
    null,
  );
}

/** Every stage that a rule opens from `reached`, in order, all at `now`. A disqualified person is left alone. */
export function ruleClaims(ground: RuleGround, reached: Stage, armed: boolean, mark: CycleMark): StageClaim[] {
  if (reached === "disqualified") return [];
  const { lifecycle, facts, now } = ground;
  const claims: StageClaim[] = [];
  let rank = rankOf(reached);
  const open = (stage: Stage, side: StageClaim["side"], reason: string): void => {
    claims.push({ stage, at: now, side, reason });
    rank = rankOf(stage);
  };
  const holds = (name: "leadWhen" | "fastTrack" | "salWhen" | "sqlWhen" | "evangelistWhen"): boolean =>
    lifecycle[name]?.holds(facts, now) === true;

  const asked = !mark.spent.includes("fastTrack") && rank < rankOf("sql") && holds("fastTrack");
  if (rank < rankOf("lead") && holds("leadWhen")) open("lead", "leadloop", `engaged (${lifecycle.leadWhen?.source})`);
  const qualifies = rank < MQL_RANK ? whyQualified(ground, armed, asked) : null;
  if (qualifies !== null) open("mql", "leadloop", qualifies);
  if (rank < rankOf("sal") && !mark.spent.includes("salWhen") && holds("salWhen")) {
    open("sal", "salesforce", `accepted by sales (${lifecycle.salWhen?.source})`);
  }
  if (ground.acceptedSince !== null && reached === "mql" && rank < rankOf("sal"))
    open("sal", "leadloop", `accepted by default: not rejected for ${lifecycle.salAfterHours} hours`);
  // What sales learned in an earlier cycle counts again once sales has accepted the person anew.
  const learned = mark.spent.includes("sqlWhen") ? rank >= rankOf("sal") : rank >= MQL_RANK;
  if (rank < rankOf("sql") && (learned || asked) && holds("sqlWhen")) {
    open("sql", "leadloop", `sales knows what it must know (${lifecycle.sqlWhen?.source})`);
  }
  // Only whoever is a customer in this cycle: what made an advocate of them before does not count for somebody who was lost since.
  if (rank === rankOf("customer") && holds("evangelistWhen"))
    open("evangelist", "leadloop", `speaks for us (${lifecycle.evangelistWhen?.source})`);
  return claims;
}

function whyQualified(ground: RuleGround, armed: boolean, asked: boolean): string | null {
  const { lifecycle, scoring, score } = ground;
  if (asked) return `fast track (${lifecycle.fastTrack?.source})`;
  if (score === null || !armed || score.total < scoring.mqlAt) return null;
  return `score ${score.total} reached ${scoring.mqlAt}`;
}

function isNewer(a: OutcomeEntry, b: OutcomeEntry): boolean {
  return a.stageAt > b.stageAt || (a.stageAt === b.stageAt && a.opportunityId > b.opportunityId);
}
