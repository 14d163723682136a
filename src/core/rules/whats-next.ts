/** Says what will happen to a person if nobody does anything: the clock that runs, the next step of each cadence, the date they named. */
import type { CadenceRun, FollowUpEvent, LadderStepKind } from "../model/follow-up.ts";
import type { HandoffEntry, TaskEntry } from "../model/ledger.ts";
import type { ScoreState, StageState } from "../model/link.ts";
import type { Instant, Owner } from "../model/record.ts";
import type { Facts, Rulebook } from "../model/rulebook.ts";
import { nextStepAt } from "./cadence-timing.ts";
import { readMark } from "./cycle-mark.ts";
import { acceptanceDue } from "./default-acceptance.ts";
import { isOpenTask } from "./follow-up-plan.ts";
import { ladderDue } from "./handoff-ladder.ts";
import { calendarOf } from "./owner-calendar.ts";
import { findOwner, isQueue } from "./route-lead.ts";
import { suppressedBy } from "./suppression.ts";

export interface NextThing {
  /** Null where it waits for something that is not time. */
  readonly at: Instant | null;
  readonly kind: "clock" | "ladder" | "cadence" | "retry" | "task" | "score";
  readonly what: string;
}

export interface NextInput {
  readonly facts: Facts;
  readonly score: ScoreState | null;
  readonly stage: StageState | null;
  readonly handoffs: readonly HandoffEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly runs: readonly CadenceRun[];
  readonly events: readonly FollowUpEvent[];
  readonly rulebook: Rulebook;
  readonly owners: readonly Owner[];
  readonly ownerEmail: string | null;
  /** Salesforce has a record of the person, so that tasks can get there. */
  readonly inSalesforce: boolean;
  readonly now: Instant;
}

const LADDER_WORDS: Readonly<Record<LadderStepKind, string>> = {
  remind: "the owner is reminded",
  escalate: "the manager is told",
  reassign: "somebody else gets the lead",
  "last-touch": "one last e-mail is asked for",
  recycle: "the lead goes back to marketing",
};

/** In order of time; what waits for something else comes last. */
export function whatsNext(input: NextInput): readonly NextThing[] {
  const things = [...clocks(input), ...cadenceSteps(input), ...retryDate(input), ...openTasks(input), ...fading(input)];
  const key = ({ at }: NextThing): string => at ?? "9999";
  return things.toSorted((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b))));
}

/** The open handoff of this cycle, while a queue has it and nobody has taken it; null otherwise. */
export function waitingInQueue({
  handoffs,
  stage,
  owners,
}: Pick<NextInput, "handoffs" | "stage" | "owners">): HandoffEntry | null {
  const open = handoffs.find(({ outcome, epoch }) => outcome === "open" && epoch === stage?.epoch);
  return open !== undefined && isQueue(open.ownerEmail, owners) ? open : null;
}

function clocks({ handoffs, stage, tasks, events, rulebook, owners, now }: NextInput): NextThing[] {
  const handoff = handoffs.find(({ outcome, epoch }) => outcome === "open" && epoch === stage?.epoch);
  const accepted = acceptanceDue(rulebook.lifecycle, stage);
  const byDefault: NextThing[] = accepted === null ? [] : [{ at: accepted, kind: "clock", what: "counts as accepted" }];
  if (handoff === undefined) return [...byDefault, ...nobodyYet(stage, handoffs, events)];
  const { ownerEmail, deadline, reactedAt = null } = handoff;
  const waits = isQueue(ownerEmail, owners);
  const reacted = reactedAt === null ? "" : `, who reacted ${reactedAt.slice(0, 10)}`;
  const clock: NextThing = {
    at: deadline,
    kind: "clock",
    what: waits
      ? `in the queue ${ownerEmail}, nobody has taken it: somebody is to take it, and accept or reject, until then`
      : `${ownerEmail}${reacted}: accept or reject until then`,
  };
  const calendar = calendarOf(findOwner(ownerEmail, owners), rulebook.calendars);
  const ladder = { handoff, rules: rulebook.handoff, tasks, events, calendar };
  const { due, nextAt } = ladderDue({ ...ladder, now });
  const steps = due.map(({ kind }): NextThing => ({ at: now, kind: "ladder", what: `${LADDER_WORDS[kind]} (due)` }));
  const [next] = nextAt === null ? [] : ladderDue({ ...ladder, now: nextAt }).due.slice(due.length);
  if (nextAt !== null && next !== undefined) steps.push({ at: nextAt, kind: "ladder", what: LADDER_WORDS[next.kind] });
  if (steps.length === 0)
    steps.push({ at: null, kind: "ladder", what: "the owner's clock waits until the task is in Salesforce" });
  return [...byDefault, clock, ...steps];
}

/** An MQL for whom no owner was found; each run tries again. */
function nobodyYet(
  stage: StageState | null,
  handoffs: readonly HandoffEntry[],
  events: readonly FollowUpEvent[],
): NextThing[] {
  if (stage?.stage !== "mql" || handoffs.some(({ epoch }) => epoch === stage.epoch)) return [];
  const told = events.find(({ kind, epoch }) => kind === "slow" && epoch === stage.epoch);
  return told === undefined ? [] : [{ at: null, kind: "clock", what: told.text }];
}

function cadenceSteps({ runs, rulebook, owners, ownerEmail, facts, now }: NextInput): NextThing[] {
  const calendar = calendarOf(findOwner(ownerEmail ?? "", owners), rulebook.calendars);
  return runs
    .filter(({ state }) => state === "running")
    .flatMap((run): NextThing[] => {
      const cadence = rulebook.followUps.cadences.find(({ name }) => name === run.cadence);
      const step = cadence?.steps[run.taken];
      if (cadence === undefined || step === undefined) return [];
      const stop = suppressedBy(rulebook.suppression, step.channel, facts, now);
      const but = stop === null ? "" : `, which would be left out: ${stop.because}`;
      const what = `${cadence.label}: ${step.name} (${step.channel}), step ${run.taken + 1} of ${cadence.steps.length}${but}`;
      return [{ at: nextStepAt(cadence, run, calendar), kind: "cadence", what }];
    });
}

function retryDate({ stage, tasks, events, rulebook }: NextInput): NextThing[] {
  const date = stage?.stage === "recycled" ? readMark(stage).words?.split("\n")[1] : undefined;
  if (stage === null || date === undefined || date === "" || rulebook.followUps.retry === null) return [];
  const isOver = [...tasks.map(({ cause }) => cause), ...events.map(({ key }) => key)].some(
    (key) => key.startsWith("retry:") && key.endsWith(`:${stage.epoch}`),
  );
  return isOver
    ? []
    : [{ at: `${date.slice(0, 10)}T00:00:00.000Z`, kind: "retry", what: "a task to call, on the date they named" }];
}

function openTasks({ tasks, inSalesforce, now }: NextInput): NextThing[] {
  const unsent = inSalesforce ? "on its way to Salesforce" : "waits until the person is in Salesforce";
  const overdue = (dueOn: string): string => (dueOn < now.slice(0, 10) ? "overdue task" : "task");
  return tasks
    .filter((task) => isOpenTask(task) || task.state === "due" || task.state === "sent")
    .map((task) => ({
      at: `${task.dueOn}T00:00:00.000Z`,
      kind: "task",
      what: `${overdue(task.dueOn)} of ${task.ownerEmail}: ${task.subject}${isOpenTask(task) ? "" : ` (${unsent})`}`,
    }));
}

function fading({ score }: NextInput): NextThing[] {
  const at = score?.nextChangeAt ?? null;
  return at === null ? [] : [{ at, kind: "score", what: "time alone changes the score, or a segment" }];
}
