/** Takes the due steps of a handoff's ladder: what is told to whom, what changes in the task, and who gets the lead next. */
import type { FollowUpEvent, LadderStep, TaskChange } from "../model/follow-up.ts";
import { FALLBACK_RULE, type HandoffEntry, type TaskEntry } from "../model/ledger.ts";
import type { NoticeEntry } from "../model/notice.ts";
import type { Instant, Owner } from "../model/record.ts";
import { addWorkingHours } from "./business-hours.ts";
import { earlier, type FollowUpInput, type FollowUpPlan, isOpenTask } from "./follow-up-plan.ts";
import { ladderDue, ladderKey } from "./handoff-ladder.ts";
import { handoffCause, writeHandoffTask } from "./handoff-task.ts";
import { escalationWords, type LadderWords, reminderWords } from "./ladder-words.ts";
import { calendarOf } from "./owner-calendar.ts";
import { findOwner, routeLead } from "./route-lead.ts";
import { suppressedBy } from "./suppression.ts";

type LadderPlan = Pick<FollowUpPlan, "tasks" | "handoffs" | "events" | "notices" | "routed" | "newOwner" | "dueAt">;

const NOTHING: LadderPlan = {
  tasks: [],
  handoffs: [],
  events: [],
  notices: [],
  routed: null,
  newOwner: null,
  dueAt: null,
};

/** Whoever lost the lead had a task for it. */
const NO_SECOND_QUEUE = "a queue is for leads that nobody had";

/** `recycle` is decided with the stage, before the handoff is looked at here; see `silenceOf`. */
export function takeLadderSteps(input: FollowUpInput): LadderPlan {
  const open = input.handoffs.find(({ outcome, epoch }) => outcome === "open" && epoch === input.stage.epoch);
  if (open === undefined) return NOTHING;
  const { rulebook, tasks, events, now } = input;
  const handoff = withReaction(open, tasks);
  const owner = findOwner(handoff.ownerEmail, input.owners);
  const calendar = calendarOf(owner, rulebook.calendars);
  const { due, nextAt } = ladderDue({ handoff, rules: rulebook.handoff, tasks, events, calendar, now });
  let plan: LadderPlan = { ...NOTHING, handoffs: handoff === open ? [] : [handoff], dueAt: nextAt };
  for (const step of due) plan = taken(step, plan, handoff, owner, input);
  return plan;
}

/** The owner's first sign, as their task shows it. */
function withReaction(handoff: HandoffEntry, tasks: readonly TaskEntry[]): HandoffEntry {
  if (handoff.reactedAt != null) return handoff;
  const task = tasks.find(({ cause }) => cause === handoffCause(handoff.link, handoff.epoch));
  if (task === undefined || task.closedByUs || task.touchedAt == null) return handoff;
  return { ...handoff, reactedAt: task.touchedAt };
}

function taken(
  step: LadderStep,
  plan: LadderPlan,
  handoff: HandoffEntry,
  owner: Owner | null,
  input: FollowUpInput,
): LadderPlan {
  switch (step.kind) {
    case "remind":
      return withNotice(plan, step, handoff, owner, input, reminderWords(input.name, handoff, owner));
    case "escalate":
      return withTask(
        withNotice(plan, step, handoff, owner, input, escalationWords(input.name, handoff, owner)),
        handoff,
        input,
        { priority: "High", subject: "Overdue: " },
      );
    case "reassign":
      return reassigned(plan, step, handoff, owner, input);
    case "last-touch":
      return lastTouch(plan, step, handoff, input);
    case "recycle":
      return plan;
  }
}

/** One more touch by another channel before the person goes back: HubSpot's workflow sends it. */
function lastTouch(plan: LadderPlan, step: LadderStep, handoff: HandoffEntry, input: FollowUpInput): LadderPlan {
  const { rulebook, facts, now } = input;
  const stop = suppressedBy(rulebook.suppression, "email", facts, now);
  const text = stop === null ? "one last e-mail before the lead goes back" : `last touch left out: ${stop.because}`;
  return withEvent(plan, step, handoff, input, text);
}

function reassigned(
  plan: LadderPlan,
  step: LadderStep,
  handoff: HandoffEntry,
  owner: Owner | null,
  input: FollowUpInput,
): LadderPlan {
  const { rulebook, owners, facts, given, now } = input;
  const { routing } = rulebook;
  const chosen = routeLead({
    routing,
    facts,
    owners,
    given,
    work: input.work,
    except: owner,
    noQueue: NO_SECOND_QUEUE,
    now,
  });
  if (chosen.owner === null)
    return withEvent(plan, step, handoff, input, `nobody else to give it to: ${chosen.because}`, "skipped");
  const next = chosen.owner;
  const nextEmail = next.email ?? next.name;
  const calendar = calendarOf(next, rulebook.calendars);
  const because = chosen.because;
  const deadline = addWorkingHours(now, rulebook.handoff.acceptWithinHours, calendar);
  const given2: HandoffEntry = { ...handoff, ownerEmail: nextEmail, routedBy: chosen.rule, deadline };
  const told = withNotice(plan, step, handoff, owner, input, {
    kind: "sla-reassignment",
    title: `${input.name} was given to ${next.name}`,
    text: `Nobody reacted in time. ${chosen.because}.`,
    newOwner: next,
  });
  const { name, score, tasks } = input;
  const isFirst = !tasks.some(({ cause }) => cause === handoffCause(handoff.link, handoff.epoch));
  const task = { handoff: given2, name, facts, score, rulebook, calendar, because, now };
  return {
    ...(isFirst
      ? { ...told, tasks: [...told.tasks, writeHandoffTask(task)] }
      : withTask(told, handoff, input, { ownerEmail: nextEmail })),
    handoffs: [given2],
    newOwner: nextEmail,
    routed:
      chosen.rule === FALLBACK_RULE || next.email === null
        ? null
        : { rule: chosen.rule, ownerEmail: next.email.toLowerCase() },
  };
}

function withEvent(
  plan: LadderPlan,
  step: LadderStep,
  handoff: HandoffEntry,
  input: FollowUpInput,
  text: string,
  kind: FollowUpEvent["kind"] = step.kind,
): LadderPlan {
  const { link, epoch } = handoff;
  const event: FollowUpEvent = {
    key: ladderKey(link, epoch, step.kind),
    link,
    epoch,
    kind,
    at: input.now,
    text,
  };
  return { ...plan, events: [...plan.events, event] };
}

type Said = LadderWords & { readonly newOwner?: Owner };

function withNotice(
  plan: LadderPlan,
  step: LadderStep,
  handoff: HandoffEntry,
  owner: Owner | null,
  input: FollowUpInput,
  said: Said,
): LadderPlan {
  const reached = said.newOwner ?? owner;
  const notice = noticeOf(input, {
    ...said,
    key: ladderKey(handoff.link, handoff.epoch, step.kind),
    owner: reached,
    manager: managerOf(owner, input.owners),
  });
  const noted = withEvent(plan, step, handoff, input, `${said.title}. ${said.text}`);
  return { ...noted, notices: [...plan.notices, notice] };
}

/** A notice about this person, with what makes them worth it. */
export function noticeOf(
  input: FollowUpInput,
  said: Said & { readonly key: string; readonly owner: Owner | null; readonly manager: Owner | null },
): NoticeEntry {
  const { score, facts, link, now } = input;
  const company = facts["company"] ?? null;
  const lines = [
    said.text,
    company === null ? null : `Company: ${company}`,
    score === null
      ? null
      : `Score ${score.total} (${score.band}): ${score.reasons
          .slice(0, 3)
          .map(({ text }) => text)
          .join("; ")}`,
  ];
  return {
    key: said.key,
    kind: said.kind,
    link,
    title: said.title,
    text: lines.filter((line) => line !== null).join("\n"),
    html: null,
    ownerEmail: said.owner?.email ?? null,
    managerEmail: said.manager?.email ?? null,
    at: now,
    state: "due",
    notBefore: null,
    attempts: 0,
    detail: null,
  };
}

export function managerOf(owner: Owner | null, owners: readonly Owner[]): Owner | null {
  if (owner === null || owner.managerId === null) return null;
  return owners.find(({ id, active }) => active && id === owner.managerId) ?? null;
}

/** The handoff's task takes the change, if a rep still has it before them. */
function withTask(
  plan: LadderPlan,
  handoff: HandoffEntry,
  input: FollowUpInput,
  change: Pick<TaskChange, "priority" | "ownerEmail" | "subject">,
): LadderPlan {
  const cause = handoffCause(handoff.link, handoff.epoch);
  const task = [...plan.tasks, ...input.tasks].find((one) => one.cause === cause);
  if (task === undefined || !isOpenTask(task)) return plan;
  const { subject: prefix, ...rest } = change;
  const subject = prefix === undefined ? {} : { subject: `${prefix}${task.subject}`.slice(0, 255) };
  const changed: TaskEntry = {
    ...task,
    ...(change.priority === undefined ? {} : { priority: change.priority }),
    ...(change.ownerEmail === undefined ? {} : { ownerEmail: change.ownerEmail }),
    ...subject,
    change: { ...task.change, ...rest, ...subject },
  };
  return { ...plan, tasks: [...plan.tasks.filter((one) => one.cause !== cause), changed] };
}

/** Whether nobody reacted to the present handoff until its ladder ended: then the person goes back to marketing. */
export function silenceOf(
  input: Pick<FollowUpInput, "handoffs" | "tasks" | "events" | "rulebook" | "owners" | "now"> & {
    readonly epoch: number;
  },
): string | null {
  const { handoffs, tasks, events, rulebook, owners, epoch, now } = input;
  const handoff = handoffs.find((one) => one.outcome === "open" && one.epoch === epoch);
  if (handoff === undefined || !rulebook.handoff.ladder.some(({ kind }) => kind === "recycle")) return null;
  const calendar = calendarOf(findOwner(handoff.ownerEmail, owners), rulebook.calendars);
  const { due } = ladderDue({
    handoff: withReaction(handoff, tasks),
    rules: rulebook.handoff,
    tasks,
    events,
    calendar,
    now,
  });
  return due.some(({ kind }) => kind === "recycle") ? rulebook.handoff.silentReason : null;
}

export function soonest(...instants: readonly (Instant | null)[]): Instant | null {
  return instants.reduce<Instant | null>((first, one) => earlier(first, one), null);
}
