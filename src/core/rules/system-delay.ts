/** The system's own clock: from the moment somebody became an MQL until their owner has the task, by the clock on the wall. What is late here is ours to mend. */
import type { FollowUpEvent } from "../model/follow-up.ts";
import type { HandoffEntry } from "../model/ledger.ts";
import type { NoticeEntry } from "../model/notice.ts";
import type { Instant } from "../model/record.ts";
import type { FollowUpInput } from "./follow-up-plan.ts";
import { handoffCause } from "./handoff-task.ts";
import { findOwner } from "./route-lead.ts";
import { noticeOf } from "./take-ladder-steps.ts";

const MINUTE_MS = 60_000;

export interface SystemDelay {
  readonly events: readonly FollowUpEvent[];
  readonly notices: readonly NoticeEntry[];
  /** When to look whether the task has arrived. */
  readonly dueAt: Instant | null;
}

const IN_TIME: SystemDelay = { events: [], notices: [], dueAt: null };

/** Told once for each handoff, as soon as the time is over: also while the task is still on its way. */
export function watchSystemDelay(input: FollowUpInput): SystemDelay {
  const { link, stage, handoffs, tasks, events, rulebook, now } = input;
  const handoff = handoffs.find(({ outcome, epoch }) => outcome === "open" && epoch === stage.epoch);
  const task = tasks.find(({ cause }) => cause === handoffCause(link, stage.epoch));
  if (handoff === undefined && input.nobody != null) return nobodyThere(input, input.nobody);
  if (handoff === undefined || task === undefined || task.state === "suppressed") return IN_TIME;
  const key = `handoff:${link}:${stage.epoch}:slow`;
  const deliveredAt = task.deliveredAt ?? null;
  if (events.some((event) => event.key === key) || (task.state === "done" && deliveredAt === null)) return IN_TIME;
  const since = mqlSince(input, handoff);
  const deadline = new Date(Date.parse(since) + rulebook.handoff.systemWithinMinutes * MINUTE_MS).toISOString();
  if ((deliveredAt ?? now) < deadline) return deliveredAt === null ? { ...IN_TIME, dueAt: deadline } : IN_TIME;
  if (deliveredAt !== null && deliveredAt <= deadline) return IN_TIME;
  const arrived = deliveredAt === null ? "is not in Salesforce yet" : `reached Salesforce ${shown(deliveredAt)}`;
  const text = `An MQL since ${shown(since)}; the task for ${handoff.ownerEmail} ${arrived}. Agreed were ${rulebook.handoff.systemWithinMinutes} minutes.`;
  const title = `${input.name} reached sales late`;
  const owner = findOwner(handoff.ownerEmail, input.owners);
  return {
    events: [{ key, link, epoch: stage.epoch, kind: "slow", at: now, text: `${title}. ${text}` }],
    notices: [noticeOf(input, { kind: "handoff-slow", title, text, key, owner, manager: null })],
    dueAt: null,
  };
}

/** Told once in a cycle; each run tries again. */
function nobodyThere(input: FollowUpInput, because: string): SystemDelay {
  const { link, stage, events, now, name } = input;
  const key = `handoff:${link}:${stage.epoch}:nobody`;
  if (events.some((event) => event.key === key)) return IN_TIME;
  const title = `Nobody can be given ${name}`;
  const text = `An MQL waits for an owner: ${because}. Each run tries again.`;
  return {
    events: [{ key, link, epoch: stage.epoch, kind: "slow", at: now, text: `${title}. ${text}` }],
    notices: [noticeOf(input, { kind: "handoff-slow", title, text, key, owner: null, manager: null })],
    dueAt: null,
  };
}

/** Whoever was an MQL already when LeadLoop first met them was not kept waiting before that. */
function mqlSince({ stages }: FollowUpInput, { at, epoch }: HandoffEntry): Instant {
  const entered = stages.find((event) => event.epoch === epoch && event.stage === "mql");
  return entered === undefined || entered === stages[0] || entered.at > at ? at : entered.at;
}

function shown(instant: Instant): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}
