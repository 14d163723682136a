/** Plans what time and events call for about one person: the ladder of a handoff, cadences, the date a buyer named, and the care of open tasks. */
import type { FollowUpEvent } from "../model/follow-up.ts";
import type { HandoffEntry, TaskEntry } from "../model/ledger.ts";
import type { NoticeEntry } from "../model/notice.ts";
import type { Instant } from "../model/record.ts";
import { type WorkingCalendar, workingDateAfter } from "./business-hours.ts";
import { readMark } from "./cycle-mark.ts";
import { emailStepOf } from "./email-step.ts";
import { followCadences, newTask } from "./follow-cadences.ts";
import type { FollowUpInput, FollowUpPlan } from "./follow-up-plan.ts";
import { ladderKey } from "./handoff-ladder.ts";
import { calendarOf } from "./owner-calendar.ts";
import { findOwner } from "./route-lead.ts";
import { suppressedBy } from "./suppression.ts";
import { watchSystemDelay } from "./system-delay.ts";
import { managerOf, noticeOf, soonest, takeLadderSteps } from "./take-ladder-steps.ts";
import { taskWords } from "./task-words.ts";
import { tendTasks } from "./tend-tasks.ts";

/**
 * Pure: the same input and the same `now` give the same plan. Planned again on its own result it plans nothing, except what has come due since. Every step
 * has a key in the ledger and is taken once; a task that exists is never made again, whatever became of it.
 */
export function planFollowUps(input: FollowUpInput): FollowUpPlan {
  const calendar = calendarOf(findOwner(input.ownerEmail ?? "", input.owners), input.rulebook.calendars);
  const ladder = takeLadderSteps(input);
  const cadences = followCadences(input, calendar);
  const retry = retryOnDate(input, calendar);
  const made = onlyNew([...ladder.tasks, ...cadences.tasks, ...retry.tasks], input.tasks);
  const tended = tendTasks(input, made, ladder.handoffs);
  const silence = recycledInSilence(input);
  const delay = watchSystemDelay(input);
  const emailStep = emailStepOf(input, { events: [...ladder.events, ...cadences.events], runs: cadences.runs });
  return {
    tasks: tended.tasks,
    handoffs: tended.handoffs,
    runs: cadences.runs,
    events: [
      ...ladder.events,
      ...cadences.events,
      ...retry.events,
      ...silence.events,
      ...emailStep.events,
      ...delay.events,
    ],
    notices: [...ladder.notices, ...silence.notices, ...delay.notices],
    routed: ladder.routed,
    newOwner: ladder.newOwner,
    ...(emailStep.step === undefined ? {} : { emailStep: emailStep.step }),
    dueAt: soonest(ladder.dueAt, cadences.dueAt, retry.dueAt, delay.dueAt),
  };
}

/** A new task whose cause has had its task is none. */
function onlyNew(tasks: readonly TaskEntry[], known: readonly TaskEntry[]): TaskEntry[] {
  const causes = new Set(known.map(({ cause }) => cause));
  return tasks.filter((task) => task.state !== "due" || !causes.has(task.cause));
}

interface Retry {
  readonly tasks: readonly TaskEntry[];
  readonly events: readonly FollowUpEvent[];
  readonly dueAt: Instant | null;
}

const NO_RETRY: Retry = { tasks: [], events: [], dueAt: null };

/** The key of the task on the date that the buyer named. */
function retryCause(link: string, epoch: number): string {
  return `retry:${link}:${epoch}`;
}

/** *Bad timing* with a date: on that date there is a task, if the person is still where they were. */
function retryOnDate(input: FollowUpInput, calendar: WorkingCalendar): Retry {
  const { stage, link, now, rulebook, ownerEmail } = input;
  const { retry } = rulebook.followUps;
  const date = /^\d{4}-\d{2}-\d{2}/.exec(readMark(stage).words?.split("\n")[1] ?? "")?.[0];
  if (retry === null || stage.stage !== "recycled" || date === undefined) return NO_RETRY;
  const cause = retryCause(link, stage.epoch);
  if (input.tasks.some((task) => task.cause === cause) || input.events.some(({ key }) => key === cause))
    return NO_RETRY;
  const at = `${date}T00:00:00.000Z`;
  if (at > now) return { ...NO_RETRY, dueAt: at };
  const event = (text: string): FollowUpEvent => ({
    key: cause,
    link,
    epoch: stage.epoch,
    kind: "retry",
    at: now,
    text,
  });
  const stop = suppressedBy(rulebook.suppression, "call", input.facts, now);
  if (stop !== null) return { ...NO_RETRY, events: [event(`call on ${date} left out: ${stop.because}`)] };
  if (ownerEmail === null || !input.inSalesforce)
    return {
      ...NO_RETRY,
      events: [
        event(`call on ${date} left out: ${ownerEmail === null ? "nobody owns the person" : "not in Salesforce"}`),
      ],
    };
  const words = taskWords(input);
  const task = newTask({
    cause,
    input,
    purpose: "retry",
    subject: retry.subject.fill(words),
    description: retry.text.fill(words),
    priority: retry.priority,
    dueOn: workingDateAfter(now, 0, calendar),
    ownerEmail,
    reason: `the buyer named ${date}`,
  });
  return { ...NO_RETRY, tasks: [task], events: [event(task.subject)] };
}

/** Tells, once, that silence has sent the person back. */
function recycledInSilence(input: FollowUpInput): {
  readonly events: readonly FollowUpEvent[];
  readonly notices: readonly NoticeEntry[];
} {
  const late = input.handoffs.find((handoff) => isSilent(handoff, input));
  if (late === undefined) return { events: [], notices: [] };
  const { link, epoch } = late;
  const key = ladderKey(link, epoch, "recycle");
  const title = `${input.name} went back to marketing`;
  const owner = findOwner(late.ownerEmail, input.owners);
  const text =
    owner?.queue === true
      ? `Nobody took it out of the queue ${owner.name}, and the time for it is over.`
      : `${late.ownerEmail} did not react, and the time for it is over.`;
  return {
    events: [{ key, link, epoch, kind: "recycle", at: input.now, text: `${title}. ${text}` }],
    notices: [
      noticeOf(input, { kind: "sla-recycle", title, text, key, owner, manager: managerOf(owner, input.owners) }),
    ],
  };
}

function isSilent(handoff: HandoffEntry, { events, stage }: FollowUpInput): boolean {
  if (handoff.outcome !== "late" || handoff.epoch !== stage.epoch - 1) return false;
  return !events.some(({ key }) => key === ladderKey(handoff.link, handoff.epoch, "recycle"));
}
