/** Takes one person through their cadences: who joins, which step is due, who jumps out and why. */

import type { CadenceRun, CadenceStep, FollowUpEvent } from "../model/follow-up.ts";
import type { TaskEntry } from "../model/ledger.ts";
import type { Instant } from "../model/record.ts";
import type { Cadence } from "../model/rulebook.ts";
import { type WorkingCalendar, workingDateAfter } from "./business-hours.ts";
import { anchorInstant, nextStepAt } from "./cadence-timing.ts";
import { closing, earlier, type FollowUpInput, type FollowUpPlan, isOpenTask } from "./follow-up-plan.ts";
import { taskOwner } from "./route-lead.ts";
import { suppressedBy } from "./suppression.ts";
import { taskWords } from "./task-words.ts";

const DAY_MS = 86_400_000;
/** Salesforce, Object Reference, Task: Subject takes 255 characters, Description 32,000. */
const SUBJECT_LENGTH = 255;
const DESCRIPTION_LENGTH = 32_000;
const NO_STAND_IN = "and routing.yml names none as fallback or fallback-person";

type CadencePlan = Pick<FollowUpPlan, "tasks" | "runs" | "events" | "dueAt">;

/** The key of one step of one run: cause of its task, and what makes it happen once. */
function stepCause(run: Pick<CadenceRun, "link" | "cadence" | "epoch" | "anchorAt">, step: string): string {
  return `${runPrefix(run)}${step}`;
}

/** What the keys of one run's events and tasks begin with. */
export function runPrefix({
  link,
  cadence,
  epoch,
  anchorAt,
}: Pick<CadenceRun, "link" | "cadence" | "epoch" | "anchorAt">) {
  return `cadence:${cadence}:${link}:${epoch}:${anchorAt.slice(0, 16)}:`;
}

/**
 * At most one step of each cadence is taken at a time, and one e-mail of all cadences within a day: HubSpot is shown one step, and its workflow must see it.
 */
export function followCadences(input: FollowUpInput, calendar: WorkingCalendar): CadencePlan {
  const { cadences } = input.rulebook.followUps;
  if (cadences.length === 0 && input.runs.length === 0) return { tasks: [], runs: [], events: [], dueAt: null };
  const followed: Followed[] = [];
  const ended = new Map<string, Instant>();
  let mailedAt = lastMailOf(input.events);
  const follow = (cadence: Cadence, run: CadenceRun): Followed => {
    const result = go(cadence, run, { ...input, mailedAt }, calendar);
    mailedAt = lastMailOf(result.events) ?? mailedAt;
    return result;
  };
  for (const run of input.runs.filter(({ state }) => state === "running")) {
    const cadence = cadences.find(({ name }) => name === run.cadence);
    const result = cadence === undefined ? left(run, "the cadence is no longer there", input) : follow(cadence, run);
    followed.push(result);
    if (result.run.state === "finished" && cadence?.next != null)
      ended.set(cadence.next, result.run.lastAt ?? input.now);
  }
  for (const cadence of cadences) {
    if (followed.some(({ run }) => run.cadence === cadence.name && run.state === "running")) continue;
    const run = joining(cadence, input, ended.get(cadence.name) ?? null);
    if (run !== null) followed.push({ ...follow(cadence, run), isNew: true });
  }
  return summed(input, followed);
}

/** The person's cadences, and when an e-mail of any of them was last asked for. */
type GoInput = FollowUpInput & { readonly mailedAt: Instant | null };

function lastMailOf(events: readonly FollowUpEvent[]): Instant | null {
  const mails = events.filter(({ kind }) => kind === "email");
  return mails.reduce<Instant | null>((last, { at }) => (last === null || at > last ? at : last), null);
}

interface Followed {
  readonly run: CadenceRun;
  readonly events: readonly FollowUpEvent[];
  readonly tasks: readonly TaskEntry[];
  readonly dueAt: Instant | null;
  readonly isNew?: boolean;
}

function summed(input: FollowUpInput, followed: readonly Followed[]): CadencePlan {
  const events = followed.flatMap((one) => one.events);
  const before = new Map(input.runs.map((run) => [runPrefix(run), run]));
  const after = new Map(followed.map(({ run }) => [runPrefix(run), run]));
  const runs = followed
    .filter(({ run, isNew }) => isNew === true || run !== before.get(runPrefix(run)))
    .map(({ run }) => run);
  return {
    tasks: [...followed.flatMap((one) => one.tasks), ...leftOver(input, after)],
    runs,
    events,
    dueAt: followed.reduce<Instant | null>((soonest, { dueAt }) => earlier(soonest, dueAt), null),
  };
}

/**
 * Tasks of cadences that are over: those of one that was left, which were still on their way to Salesforce at that moment, and the last one of a cadence that
 * came to its end, once the person would jump out of it.
 */
function leftOver(input: FollowUpInput, after: ReadonlyMap<string, CadenceRun>): TaskEntry[] {
  const over = input.runs.filter((run) => run.state !== "running" && !after.has(runPrefix(run)));
  return over.flatMap((run) => {
    if (run.state === "left") return closed(run, input, run.because ?? "the cadence was left");
    const cadence = input.rulebook.followUps.cadences.find(({ name }) => name === run.cadence);
    const why = cadence === undefined ? null : whyLeft(cadence, run, input);
    return why === null ? [] : closed(run, input, `${run.cadence} is over: ${why}`);
  });
}

function joining(cadence: Cadence, input: FollowUpInput, endedAt: Instant | null): CadenceRun | null {
  const { link, facts, stages, stage, runs, now } = input;
  const anchorAt = endedAt ?? anchorInstant(cadence.anchor, facts, stages, stage.epoch);
  if (anchorAt === null || anchorAt > now) return null;
  if (Date.parse(now) - Date.parse(anchorAt) > cadence.maxAgeDays * DAY_MS) return null;
  if (runs.some((run) => run.cadence === cadence.name && run.anchorAt >= anchorAt)) return null;
  if (!cadence.include.holds(facts, now) || cadence.leave.some(({ when }) => when?.holds(facts, now) === true))
    return null;
  return {
    link,
    cadence: cadence.name,
    epoch: stage.epoch,
    anchorAt,
    startedAt: now,
    taken: 0,
    lastAt: null,
    state: "running",
    endedAt: null,
    because: null,
  };
}

function go(cadence: Cadence, run: CadenceRun, input: GoInput, calendar: WorkingCalendar): Followed {
  const why = whyLeft(cadence, run, input);
  if (why !== null) return left(run, why, input);
  const dueAt = nextStepAt(cadence, run, calendar) ?? endAt(cadence, run);
  const step = cadence.steps[run.taken];
  if (step === undefined && (dueAt === null || dueAt <= input.now)) return finished(run, input);
  if (dueAt === null || step === undefined) return { run, events: [], tasks: [], dueAt };
  if (dueAt > input.now) return { run, events: [], tasks: [], dueAt };
  const mailAt = step.channel === "email" ? aDayAfter(input.mailedAt) : null;
  if (mailAt !== null && mailAt > input.now) return { run, events: [], tasks: [], dueAt: mailAt };
  const taken = take(cadence, step, run, input, calendar);
  const after = { ...run, taken: run.taken + 1, lastAt: input.now };
  const endsAt = endAt(cadence, after);
  if (endsAt !== null) return { run: after, ...taken, dueAt: endsAt };
  if (after.taken >= cadence.steps.length) {
    const end = finished(after, input);
    return { ...end, events: [...taken.events, ...end.events], tasks: taken.tasks };
  }
  return { run: after, ...taken, dueAt: nextStepAt(cadence, after, calendar) };
}

/** Once all steps are taken: an e-mail at the end has its day too, in which HubSpot's workflow sees it. Null where the end is not waited for. */
function endAt(cadence: Cadence, run: CadenceRun): Instant | null {
  if (run.lastAt === null || run.taken < cadence.steps.length || cadence.steps.at(-1)?.channel !== "email") return null;
  return aDayAfter(run.lastAt);
}

function aDayAfter(at: Instant | null): Instant | null {
  return at === null ? null : new Date(Date.parse(at) + DAY_MS).toISOString();
}

function whyLeft(cadence: Cadence, run: CadenceRun, input: FollowUpInput): string | null {
  const { facts, stage, now } = input;
  const rule = cadence.leave.find(
    ({ when, since }) => when?.holds(facts, now) === true || (since !== null && (facts[since] ?? "") > run.startedAt),
  );
  if (rule !== undefined) return rule.because;
  if (cadence.include.holds(facts, now)) return null;
  const hasMoved = stage.epoch !== run.epoch || stage.since > run.startedAt;
  return hasMoved ? `moved on, now ${stage.stage}` : `no longer holds: ${cadence.include.source}`;
}

function left(run: CadenceRun, because: string, input: FollowUpInput): Followed {
  const event = eventOf(run, "left", "left", `left ${run.cadence}: ${because}`, input.now);
  return {
    run: { ...run, state: "left", endedAt: input.now, because },
    events: [event],
    tasks: closed(run, input, `${run.cadence} was left: ${because}`),
    dueAt: null,
  };
}

function finished(run: CadenceRun, input: FollowUpInput): Followed {
  return {
    run: { ...run, state: "finished", endedAt: input.now },
    events: [eventOf(run, "finished", "finished", `${run.cadence} came to its end`, input.now)],
    tasks: [],
    dueAt: null,
  };
}

function closed(run: CadenceRun, input: FollowUpInput, note: string): TaskEntry[] {
  const prefix = runPrefix(run);
  return input.tasks.filter(({ cause }) => cause.startsWith(prefix)).flatMap((task) => closing(task, note) ?? []);
}

interface Taken {
  readonly events: readonly FollowUpEvent[];
  readonly tasks: readonly TaskEntry[];
}

function take(
  cadence: Cadence,
  step: CadenceStep,
  run: CadenceRun,
  input: FollowUpInput,
  calendar: WorkingCalendar,
): Taken {
  const { now, facts } = input;
  const stop = suppressedBy(input.rulebook.suppression, step.channel, facts, now);
  if (stop !== null) return skippedStep(step, run, `left out: ${stop.because}`, now);
  if (step.channel === "email")
    return { events: [eventOf(run, step.name, "email", `${cadence.name}/${step.name}`, now)], tasks: [] };
  const named = input.ownerEmail ?? cadence.owner;
  if (!input.inSalesforce) return skippedStep(step, run, "left out: the person is not in Salesforce", now);
  if (named === null) return skippedStep(step, run, "left out: the person has no owner", now);
  const owner = taskOwner(named, input.owners, input.rulebook.routing);
  // Salesforce would give a task without an owner to LeadLoop's own user, who calls nobody.
  if (owner === null) return skippedStep(step, run, `left out: ${named} is no active user, ${NO_STAND_IN}`, now);
  const task = stepTask(cadence, step, run, { input, calendar, ownerEmail: owner.email ?? named });
  // One task of a cadence at a time: whoever did not get round to the last one is asked for this one instead.
  const ofCadence = `cadence:${run.cadence}:${run.link}:`;
  const earlierOnes = input.tasks
    .filter((one) => one.cause.startsWith(ofCadence) && isOpenTask(one))
    .flatMap((one) => closing(one, `the next step of ${cadence.name} has come: ${task.subject}`) ?? []);
  return { events: [eventOf(run, step.name, "task", task.subject, now)], tasks: [...earlierOnes, task] };
}

function skippedStep(step: CadenceStep, run: CadenceRun, why: string, now: Instant): Taken {
  return { events: [eventOf(run, step.name, "skipped", `${step.channel} ${step.name} ${why}`, now)], tasks: [] };
}

function stepTask(
  cadence: Cadence,
  step: CadenceStep,
  run: CadenceRun,
  { input, calendar, ownerEmail }: { input: FollowUpInput; calendar: WorkingCalendar; ownerEmail: string },
): TaskEntry {
  const words = { ...taskWords(input), cadence: cadence.label, step: step.name };
  return newTask({
    cause: stepCause(run, step.name),
    input,
    purpose: `cadence ${cadence.name}`,
    subject: step.subject?.fill(words) ?? "",
    description: step.text?.fill(words) ?? "",
    priority: step.priority,
    dueOn: workingDateAfter(input.now, 0, calendar),
    ownerEmail,
    reason: `${cadence.label}: step ${run.taken + 1} of ${cadence.steps.length} (${step.name})`,
  });
}

/** A task that is still to be sent. */
export function newTask(task: {
  readonly cause: string;
  readonly input: FollowUpInput;
  readonly purpose: string;
  readonly subject: string;
  readonly description: string;
  readonly priority: string;
  readonly dueOn: string;
  readonly ownerEmail: string;
  readonly reason: string;
}): TaskEntry {
  const { input, subject, description, ...rest } = task;
  return {
    ...rest,
    link: input.link,
    epoch: input.stage.epoch,
    state: "due",
    subject: (subject.replaceAll(/\s+/g, " ").trim() || `Follow up ${input.name}`).slice(0, SUBJECT_LENGTH),
    description: description.slice(0, DESCRIPTION_LENGTH),
    createdAt: input.now,
    notBefore: null,
    salesforceId: null,
    status: null,
    closedAt: null,
    closedByUs: false,
  };
}

function eventOf(run: CadenceRun, name: string, kind: FollowUpEvent["kind"], text: string, at: Instant): FollowUpEvent {
  return { key: stepCause(run, name), link: run.link, epoch: run.epoch, kind, at, text };
}
