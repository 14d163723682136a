/** Tells why a person is whose they are: the rule that gave them the lead, the queue it was taken from, or who entered it. */
import type { FollowUpEvent } from "../model/follow-up.ts";
import { COMPANY_RULE, CURRENT_OWNER, FALLBACK_RULE, type HandoffEntry, type TaskEntry } from "../model/ledger.ts";
import type { Origin, StageState } from "../model/link.ts";
import type { Owner } from "../model/record.ts";
import type { Routing } from "../model/rulebook.ts";
import { handoffCause } from "./handoff-task.ts";
import { findOwner } from "./route-lead.ts";
import { waitingInQueue } from "./whats-next.ts";

interface OwnedPerson {
  /** Of their owner; null where nobody owns them. */
  readonly email: string | null;
  readonly handoffs: readonly HandoffEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly events: readonly FollowUpEvent[];
  readonly stage: StageState | null;
  readonly routing: Routing;
  /** Salesforce's users and queues; none where they are not known. */
  readonly owners: readonly Owner[];
  /** Where the owner was entered; null where both sides had it from the start. */
  readonly origin: Origin | null;
}

/** Null where nobody owns the person, and no queue does. */
export function whoseAndWhy(person: OwnedPerson): { readonly email: string; readonly because: string } | null {
  const { email, handoffs, stage, owners } = person;
  const waiting = waitingInQueue({ handoffs, stage, owners });
  if (waiting !== null) {
    const because = `in queue ${waiting.ownerEmail} since ${waiting.at.slice(0, 10)}, nobody has taken it; no task before somebody does`;
    return { email: waiting.ownerEmail, because };
  }
  if (email === null) return null;
  const handoff = handoffs.findLast(({ ownerEmail }) => ownerEmail.toLowerCase() === email.toLowerCase());
  const because = handoff === undefined ? withoutHandoff(person) : byHandoff(email, handoff, person);
  const hasLeft = owners.length > 0 && findOwner(email, owners) === null;
  return { email, because: hasLeft ? `${because}; no active user in Salesforce any more` : because };
}

function byHandoff(email: string, handoff: HandoffEntry, { tasks, events, routing }: OwnedPerson): string {
  const moved = events.find(({ kind, epoch }) => kind === "reassign" && epoch === handoff.epoch);
  if (moved !== undefined) return `${moved.at.slice(0, 10)}: ${moved.text}`;
  const day = handoff.at.slice(0, 10);
  if (handoff.routedBy === CURRENT_OWNER) return `already owned them when the lead was handed over, ${day}`;
  const { rules, fallback, fallbackPerson = null } = routing;
  const isFallback = [fallback, fallbackPerson].some((one) => one?.toLowerCase() === email.toLowerCase());
  if (handoff.routedBy === FALLBACK_RULE && !isFallback) return `took the lead out of the queue it was given to ${day}`;
  const task = tasks.find(({ cause }) => cause === handoffCause(handoff.link, handoff.epoch));
  // The words of that moment: who was passed over, and whose turn it was.
  if (task !== undefined && task.state !== "suppressed") return `given the lead ${day}: ${task.reason}`;
  if (handoff.routedBy === COMPANY_RULE) return `given the lead ${day}, because they look after the company`;
  if (handoff.routedBy === FALLBACK_RULE) return `given the lead ${day} as the fallback: nobody else could take it`;
  const rule = rules.find(({ name }) => name === handoff.routedBy);
  const fits = rule === undefined ? "" : `, which fits: ${rule.when.source}`;
  return `given the lead ${day} by the rule "${handoff.routedBy}"${fits}`;
}

function withoutHandoff({ origin }: OwnedPerson): string {
  return origin === null ? "owned them before LeadLoop" : `entered in ${origin.side} ${origin.hi.slice(0, 10)}`;
}
