/** Looks after tasks that reps have before them: brings the reasons up to date, and closes what has lost its cause. */
import type { Channel } from "../model/follow-up.ts";
import type { HandoffEntry, TaskEntry } from "../model/ledger.ts";
import type { ScoreReason } from "../model/link.ts";
import type { Cadence } from "../model/rulebook.ts";
import { closing, type FollowUpInput, isOpenTask } from "./follow-up-plan.ts";
import { handoffCause, writeHandoffTask } from "./handoff-task.ts";
import { calendarOf } from "./owner-calendar.ts";
import { findOwner } from "./route-lead.ts";
import { rankOf } from "./stages.ts";
import { suppressedBy } from "./suppression.ts";

const MOST_REASONS = 3;

/** `made` are tasks that this plan makes or changes already, `handed` handoffs that it changes; both come back with what is added. */
export function tendTasks(
  input: FollowUpInput,
  made: readonly TaskEntry[],
  handed: readonly HandoffEntry[],
): { readonly tasks: readonly TaskEntry[]; readonly handoffs: readonly HandoffEntry[] } {
  const changed = new Map(made.map((task) => [task.cause, task]));
  const handoffs = new Map(handed.map((handoff) => [handoff.epoch, handoff]));
  for (const stored of input.tasks) {
    const task = changed.get(stored.cause) ?? stored;
    const note = whyGone(task, input);
    const closed = note === null ? null : closing(task, note);
    if (closed !== null) {
      changed.set(task.cause, closed);
      continue;
    }
    const refreshed = withReasons(task, input, handoffs);
    if (refreshed === null) continue;
    changed.set(task.cause, refreshed.task);
    handoffs.set(refreshed.handoff.epoch, refreshed.handoff);
  }
  return { tasks: [...changed.values()], handoffs: [...handoffs.values()] };
}

/** Why nobody needs to do this task any more; null while somebody does. */
function whyGone(task: TaskEntry, input: FollowUpInput): string | null {
  const { facts, stage, rulebook } = input;
  const { contactLogged } = rulebook.followUps;
  const contact = contactLogged === null ? null : (facts[contactLogged] ?? null);
  if (contact !== null && contact > task.createdAt && task.state === "done")
    return `real contact was logged ${contact.slice(0, 10)}`;
  if (task.purpose === "mql") {
    const handoff = input.handoffs.find((one) => handoffCause(one.link, one.epoch) === task.cause);
    if (handoff?.outcome === "rejected") return "the lead was given back";
    if (handoff?.outcome === "late") return "the time was over, and the lead went back to marketing";
    if (task.epoch === stage.epoch && rankOf(stage.stage) >= rankOf("opportunity"))
      return `the person is ${stage.stage} now`;
  }
  if (task.purpose === "retry" && (task.epoch !== stage.epoch || stage.stage !== "recycled"))
    return `the person is ${stage.stage} now`;
  return whyStopped(task, input);
}

/** Nobody keeps a task to call somebody who, since it was made, must not be called. */
function whyStopped(task: TaskEntry, { facts, rulebook, now }: FollowUpInput): string | null {
  const channel = channelOf(task, rulebook.followUps.cadences);
  const stop = channel === null ? null : suppressedBy(rulebook.suppression, channel, facts, now);
  if (stop !== null) return `no ${channel} any more: ${stop.because}`;
  const { suppressWhen } = rulebook.handoff;
  if (task.purpose !== "mql" || suppressWhen?.holds(facts, now) !== true) return null;
  return `not to be done any more, because this holds: ${suppressWhen.source}`;
}

/** By which means the task reaches the person; null for an answer to their own e-mail, which may always be given. */
function channelOf({ purpose, cause }: TaskEntry, cadences: readonly Cadence[]): Channel | null {
  if (purpose === "reply") return null;
  if (!cause.startsWith("cadence:")) return "call";
  const cadence = cadences.find(({ name }) => purpose === `cadence ${name}`);
  return cadence?.steps.find(({ name }) => cause.endsWith(`:${name}`))?.channel ?? null;
}

/** The task says why now: it is written anew when other reasons have become the strongest, not when points fade. */
function withReasons(
  task: TaskEntry,
  input: FollowUpInput,
  handed: ReadonlyMap<number, HandoffEntry>,
): { readonly task: TaskEntry; readonly handoff: HandoffEntry } | null {
  const { score, facts, name, rulebook, owners, now } = input;
  if (task.purpose !== "mql" || !isOpenTask(task) || score === null) return null;
  const stored = input.handoffs.find((one) => handoffCause(one.link, one.epoch) === task.cause);
  const handoff = stored === undefined ? undefined : (handed.get(stored.epoch) ?? stored);
  if (handoff === undefined || handoff.outcome !== "open") return null;
  const reasons = score.reasons.slice(0, MOST_REASONS);
  if (namesOf(reasons) === namesOf(handoff.reasons)) return null;
  const calendar = calendarOf(findOwner(handoff.ownerEmail, owners), rulebook.calendars);
  const { description } = writeHandoffTask({
    handoff,
    name,
    facts,
    score,
    rulebook,
    calendar,
    because: task.reason,
    now,
  });
  return {
    task: { ...task, description, change: { ...task.change, description } },
    handoff: { ...handoff, reasons },
  };
}

function namesOf(reasons: readonly ScoreReason[]): string {
  return reasons
    .map(({ rule }) => rule)
    .sort()
    .join(" ");
}
