/** Gives a new MQL to one owner, once per cycle: a handoff with a deadline, and a task with the reasons. */
import {
  COMPANY_RULE,
  CURRENT_OWNER,
  FALLBACK_RULE,
  type HandoffEntry,
  type StageEvent,
  type TaskEntry,
} from "../model/ledger.ts";
import type { ScoreState, StageState } from "../model/link.ts";
import type { Instant, Owner } from "../model/record.ts";
import type { Facts, Rulebook } from "../model/rulebook.ts";
import { addWorkingHours, isWorkingTime } from "./business-hours.ts";
import { readMark } from "./cycle-mark.ts";
import { handoffCause, writeHandoffTask } from "./handoff-task.ts";
import { laterOf } from "./hubspot-sight.ts";
import { calendarOf } from "./owner-calendar.ts";
import { findOwner, isQueue, NO_OWNER_WORK, type OwnerWork, routeLead } from "./route-lead.ts";
import { isExit, rankOf, SAL_RANK } from "./stages.ts";
import { takenUpAgain } from "./withdrawn-handoffs.ts";

const DAY_MS = 86_400_000;
const MOST_REASONS = 3;

export interface HandoffInput {
  readonly link: string;
  readonly name: string;
  readonly facts: Facts;
  readonly score: ScoreState | null;
  readonly stage: StageState;
  /** Of this run. */
  readonly entered: readonly StageEvent[];
  readonly handoffs: readonly HandoffEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly rulebook: Rulebook;
  /** Salesforce's users and queues. */
  readonly owners: readonly Owner[];
  /** An active rep who already owns the person keeps them. */
  readonly currentOwnerEmail: string | null;
  /** Who owns the record that a queue was given; null or left out while nobody has taken it. */
  readonly taker?: string | null;
  /** Why no queue can own this person; null or left out where one can. */
  readonly noQueue?: string | null;
  readonly given: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Whom owners look after, and how much waits for them; nothing is known when left out. */
  readonly work?: OwnerWork;
  /** Why nobody's reaction has ended the handoff: the reason that the person was recycled with in this run; null where that is not so. */
  readonly silence?: string | null;
  readonly now: Instant;
}

export interface HandoffPlan {
  readonly handoff: HandoffEntry | null;
  readonly task: TaskEntry | null;
  /** Handoffs that this run ended: accepted or rejected. */
  readonly ended: readonly HandoffEntry[];
  /** What the round robin counts; null for a kept owner and for the fallback. The e-mail is in small letters. */
  readonly routed: { readonly rule: string; readonly ownerEmail: string } | null;
  readonly skips: readonly string[];
  /** The person that the records shall belong to; null where nothing changes, and for a queue. */
  readonly newOwner: string | null;
  /** Why nobody can be given the lead; null where somebody can, or nobody is needed. */
  readonly nobody: string | null;
}

/**
 * One handoff and one task per cycle, whatever is seen twice. An MQL of longer ago than `maxAgeDays` is history; one that sales already works needs no task.
 * A queue gets the lead and no task: that is made for whoever takes the lead out of it, once.
 * Where nobody can be given the lead, that is said, and the next run tries again. An owner who left before their task was in Salesforce is replaced. `ownerEmail` is the owner's e-mail, or a queue's name where it has none.
 */
export function planHandoff(input: HandoffInput): HandoffPlan {
  const taken = input.handoffs.flatMap(
    (handoff) => takenFromQueue(handoff, input) ?? takenUpAgain(handoff, input) ?? [],
  );
  const handoffs = [...input.handoffs.filter(({ epoch }) => !taken.some((one) => one.epoch === epoch)), ...taken];
  const ended = handoffs.flatMap((handoff) => endOf(handoff, input) ?? []);
  const given = handoffs.find(({ link, epoch }) => link === input.link && epoch === input.stage.epoch);
  if (given === undefined) return { ...NOTHING, ...newHandoff(input), ended };
  const isOver = ended.some(({ epoch }) => epoch === given.epoch);
  if (!isOver && taken.includes(given)) return { ...NOTHING, ...withItsTask(given, input), ended };
  return { ...NOTHING, ...(isOver ? {} : routedAgain(given, input)), ended };
}

const NOTHING: HandoffPlan = {
  handoff: null,
  task: null,
  ended: [],
  routed: null,
  skips: [],
  newOwner: null,
  nobody: null,
};

/** The handoff as whoever took it out of the queue has it: taking is a first sign, and their own clock begins. Null where nobody did. */
function takenFromQueue(handoff: HandoffEntry, input: HandoffInput): HandoffEntry | null {
  const { owners, now, rulebook, taker = null } = input;
  if (handoff.link !== input.link || handoff.outcome !== "open" || !isQueue(handoff.ownerEmail, owners)) return null;
  const owner = findOwner(taker ?? "", owners);
  if (owner === null || owner.email === null || owner.queue) return null;
  const calendar = calendarOf(owner, rulebook.calendars);
  const deadline = addWorkingHours(now, rulebook.handoff.acceptWithinHours, calendar);
  return { ...handoff, ownerEmail: owner.email, deadline, reactedAt: handoff.reactedAt ?? now };
}

function withItsTask(handoff: HandoffEntry, input: HandoffInput): Partial<HandoffPlan> {
  const { name, facts, score, rulebook, owners, now } = input;
  if (input.tasks.some(({ cause }) => cause === handoffCause(handoff.link, handoff.epoch))) return { handoff };
  const calendar = calendarOf(findOwner(handoff.ownerEmail, owners), rulebook.calendars);
  const because = `${handoff.ownerEmail} took the lead out of the queue`;
  return { handoff, task: writeHandoffTask({ handoff, name, facts, score, rulebook, calendar, because, now }) };
}

/** The handoff as it ended, or null while it is open. Late is decided where the clock is watched, not here. */
function endOf(handoff: HandoffEntry, input: HandoffInput): HandoffEntry | null {
  const { stage, entered } = input;
  if (handoff.link !== input.link || handoff.outcome !== "open") return null;
  const taken = entered.find((event) => event.epoch === handoff.epoch && isTaking(event));
  if (taken !== undefined) {
    return reacted({ ...handoff, outcome: "accepted", endedAt: laterOf(taken.at, handoff.at), endedBy: taken.side });
  }
  if (handoff.epoch === stage.epoch) return acceptedSince(handoff, input);
  const back = entered.find((event) => event.epoch > handoff.epoch);
  const endedAt = back?.at ?? stage.since;
  if (input.silence != null && back?.reason === input.silence)
    return { ...handoff, outcome: "late", endedAt, endedBy: "leadloop" };
  return reacted({ ...handoff, outcome: "rejected", endedAt, endedBy: back?.side ?? "leadloop" });
}

/** Whoever accepts or rejects has reacted, if not before. */
function reacted(handoff: HandoffEntry): HandoffEntry {
  return { ...handoff, reactedAt: handoff.reactedAt ?? handoff.endedAt };
}

/** A rule may lift a new MQL past acceptance in the same moment: that is nobody's acceptance. */
function acceptedSince(handoff: HandoffEntry, input: HandoffInput): HandoffEntry | null {
  const { stage } = input;
  if (isExit(stage.stage) || rankOf(stage.stage) < SAL_RANK) return null;
  if (stage.since > handoff.at)
    return reacted({ ...handoff, outcome: "accepted", endedAt: stage.since, endedBy: "leadloop" });
  return saysAccepted(input)
    ? reacted({ ...handoff, outcome: "accepted", endedAt: input.now, endedBy: "salesforce" })
    : null;
}

function isTaking(event: StageEvent): boolean {
  return !isExit(event.stage) && rankOf(event.stage) >= SAL_RANK;
}

/** The rep's word, unless it is still that of the last cycle. */
function saysAccepted({ rulebook, facts, stage, now }: HandoffInput): boolean {
  return !readMark(stage).spent.includes("salWhen") && rulebook.lifecycle.salWhen?.holds(facts, now) === true;
}

function newHandoff(input: HandoffInput): Partial<HandoffPlan> {
  const { rulebook, now } = input;
  const qualified = qualification(input);
  if (qualified === null) return {};
  const { maxAgeDays } = rulebook.handoff;
  if (Date.parse(now) - Date.parse(qualified.at) > maxAgeDays * DAY_MS) {
    return qualified.isNew
      ? skip(`no handoff: MQL since ${qualified.at.slice(0, 10)}, more than ${maxAgeDays} days ago`)
      : {};
  }
  if (isWorked(input)) return skip("no handoff: sales already works this person");
  const chosen = chooseOwner(input);
  if (chosen.owner === null) return { ...skip(`no handoff: ${chosen.because}`), nobody: chosen.because };
  return handOver(input, chosen.owner, chosen.rule, chosen.because);
}

function skip(reason: string): Partial<HandoffPlan> {
  return { skips: [reason] };
}

/**
 * When the person became ripe for sales in the present cycle: an MQL, or an SQL by a rule that skipped it. Found again from the state, so that a handoff
 * for which nobody was there is not lost.
 */
function qualification({ entered, stage }: HandoffInput): { readonly at: Instant; readonly isNew: boolean } | null {
  if (isExit(stage.stage)) return null;
  const event = entered.find((one) => one.epoch === stage.epoch && isRipening(one));
  if (event !== undefined) return { at: event.at, isNew: true };
  return stage.stage === "mql" ? { at: stage.since, isNew: false } : null;
}

function isRipening({ stage, side }: StageEvent): boolean {
  return stage === "mql" || (stage === "sql" && side === "leadloop");
}

/** Somebody, not a rule of ours, moved the person to sales in this cycle. */
function isWorked(input: HandoffInput): boolean {
  const { entered, stage } = input;
  if (saysAccepted(input)) return true;
  return entered.some((event) => event.epoch === stage.epoch && event.side !== "leadloop" && isTaking(event));
}

type ChosenOwner =
  | { readonly owner: Owner; readonly rule: string | null; readonly because: string }
  | { readonly owner: null; readonly because: string };

function chooseOwner(input: HandoffInput): ChosenOwner {
  const current = findOwner(input.currentOwnerEmail ?? "", input.owners);
  if (current !== null) return { owner: current, rule: null, because: `${current.name} already owns the person` };
  const { rulebook, facts, owners, given, work = NO_OWNER_WORK, noQueue = null, now } = input;
  return routeLead({ routing: rulebook.routing, facts, owners, given, work, noQueue, now });
}

/** Whoever left before Salesforce has their task never saw the lead: it is routed once more, and the clock begins anew. Later that is the ladder's business. */
function routedAgain(given: HandoffEntry, input: HandoffInput): Partial<HandoffPlan> {
  if (given.outcome !== "open" || given.reactedAt != null || isExit(input.stage.stage)) return {};
  if (findOwner(given.ownerEmail, input.owners) !== null) return {};
  const task = input.tasks.find(({ cause }) => cause === handoffCause(given.link, given.epoch));
  if (task?.state === "done") return {};
  const left = `${given.ownerEmail} is no active user any more`;
  const noQueue = task === undefined ? (input.noQueue ?? null) : "no queue can own the task that was made";
  const chosen = chooseOwner({ ...input, noQueue });
  if (chosen.owner === null) return skip(`still with its first owner: ${left}; ${chosen.because}`);
  return handOver(input, chosen.owner, chosen.rule, `${left}; ${chosen.because}`);
}

function handOver(input: HandoffInput, owner: Owner, rule: string | null, because: string): Partial<HandoffPlan> {
  const { link, name, facts, score, stage, rulebook, now } = input;
  const calendar = calendarOf(owner, rulebook.calendars);
  const handoff: HandoffEntry = {
    link,
    epoch: stage.epoch,
    ownerEmail: owner.queue ? owner.name : (owner.email ?? owner.name),
    routedBy: rule ?? CURRENT_OWNER,
    at: now,
    deadline: addWorkingHours(now, rulebook.handoff.acceptWithinHours, calendar),
    outcome: "open",
    endedAt: null,
    endedBy: null,
    reasons: score?.reasons.slice(0, MOST_REASONS) ?? [],
    afterHours: !isWorkingTime(now, calendar),
  };
  const counted =
    rule === null || rule === FALLBACK_RULE || rule === COMPANY_RULE || owner.email === null
      ? null
      : { rule, ownerEmail: owner.email.toLowerCase() };
  const known = input.tasks.find((task) => task.cause === handoffCause(link, stage.epoch));
  if (owner.queue)
    return { handoff, ...skip(`no task yet: in the queue ${owner.name}, nobody has taken it; ${because}`) };
  const task = writeHandoffTask({ handoff, name, facts, score, rulebook, calendar, because, now });
  return {
    handoff,
    routed: counted,
    newOwner: handoff.ownerEmail,
    task: known === undefined ? task : rewritten(known, task),
  };
}

/** A task that waits, or that was sent and not seen there yet, is the same task for another owner; one that was given up or has arrived stays as it is. */
function rewritten(known: TaskEntry, task: TaskEntry): TaskEntry | null {
  if (known.ownerEmail === task.ownerEmail || (known.state !== "due" && known.state !== "sent")) return null;
  const state = task.state === "suppressed" ? task.state : known.state;
  return { ...task, state, createdAt: known.createdAt, notBefore: known.notBefore };
}
