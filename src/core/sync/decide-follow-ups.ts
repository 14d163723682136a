/** Puts following up into the decision about a person: what it starts from, and how its plan joins tasks and handoffs decided before it. */
import type { HandoffEntry, StageEvent, TaskEntry } from "../model/ledger.ts";
import type { Link, ScoreState, StageState } from "../model/link.ts";
import type { Facts } from "../model/rulebook.ts";
import type { FollowUpPlan } from "../rules/follow-up-plan.ts";
import { planFollowUps } from "../rules/plan-follow-ups.ts";
import type { HandoffPlan } from "../rules/plan-handoff.ts";
import { silenceOf } from "../rules/take-ladder-steps.ts";
import type { DecisionContext, PersonInput } from "./person-decision.ts";

/** Why the person goes back although nobody sent them; asked before the stage is decided. */
export function silenceBefore(input: PersonInput, context: DecisionContext): string | null {
  const { link, handoffs, tasks, followUpEvents: events } = input;
  if (link.stage === null) return null;
  const { rulebook, owners, now } = context;
  return silenceOf({ handoffs, tasks, events, rulebook, owners, epoch: link.stage.epoch, now });
}

export function decideFollowUps(
  input: PersonInput,
  decided: {
    readonly link: Link;
    readonly name: string;
    readonly facts: Facts;
    readonly score: ScoreState;
    readonly stage: StageState;
    readonly stageEvents: readonly StageEvent[];
    readonly handoff: HandoffPlan;
    readonly ownerEmail: string | null;
  },
  context: DecisionContext,
): FollowUpPlan {
  const { handoff } = decided;
  const newest = [...handoff.ended, ...(handoff.handoff === null ? [] : [handoff.handoff])];
  const plan = planFollowUps({
    link: decided.link.id,
    name: decided.name,
    facts: decided.facts,
    score: decided.score,
    stage: decided.stage,
    stages: [...input.stageEvents, ...decided.stageEvents],
    handoffs: latest(input.handoffs, newest, ({ epoch }) => String(epoch)),
    tasks: latest(input.tasks, handoff.task === null ? [] : [handoff.task], ({ cause }) => cause),
    runs: input.cadenceRuns,
    events: input.followUpEvents,
    rulebook: context.rulebook,
    owners: context.owners,
    ownerEmail: handoff.newOwner ?? decided.ownerEmail,
    given: context.given,
    work: context.work,
    nobody: handoff.nobody,
    inSalesforce: input.salesforce !== null,
    now: context.now,
  });
  return {
    ...plan,
    tasks: latest<TaskEntry>(handoff.task === null ? [] : [handoff.task], plan.tasks, ({ cause }) => cause),
    handoffs: latest<HandoffEntry>(newest, plan.handoffs, ({ epoch }) => String(epoch)),
  };
}

/** Each row as it is newest. */
function latest<Row>(before: readonly Row[], after: readonly Row[], key: (row: Row) => string): readonly Row[] {
  if (after.length === 0) return before;
  return [...new Map([...before, ...after].map((row) => [key(row), row])).values()];
}

/** What is new among the facts, for replays; null where nothing is. A fact that is no longer known is null. */
export function factChange(before: Facts, after: Facts, isFirst: boolean): Facts | null {
  if (isFirst) return after;
  const changed: Record<string, string | null> = {};
  for (const name of Object.keys(after)) if (after[name] !== before[name]) changed[name] = after[name] ?? null;
  for (const name of Object.keys(before)) if (!(name in after)) changed[name] = null;
  return Object.keys(changed).length === 0 ? null : changed;
}
