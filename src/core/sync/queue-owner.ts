/** Puts a lead into the queue that was given it, and sees who took it out. In Salesforce a queue owns Leads; no Contact can be in one, and no Task in a queue of Leads. */
import type { HandoffEntry } from "../model/ledger.ts";
import type { Owner } from "../model/record.ts";
import type { Facts } from "../model/rulebook.ts";
import { findOwner } from "../rules/route-lead.ts";
import type { OwnValue } from "./build-writes.ts";
import type { DecisionContext, PersonInput } from "./person-decision.ts";

/** The fact that keeps who owned the record when it was sent to the queue; its blank keeps it apart from names in files. */
const QUEUED_FROM = "queued from";
/** Stands there for a record that is made in the queue, or was in one. */
const NOBODY = "nobody";

/** What a handoff must know about queues: who has taken the lead, and why no queue can own the person. */
export function queueGround(
  input: PersonInput,
  email: string | null,
  context: DecisionContext,
): { readonly taker: string | null; readonly noQueue: string | null } {
  return { taker: takerOf(input, email, context), noQueue: whyNoQueue(input) };
}

/** Null where one can. */
function whyNoQueue({ link, mapping, salesforce }: PersonInput): string | null {
  const object = salesforce?.ref.object ?? link.salesforceObject ?? mapping.salesforce;
  if (object !== "Lead") return `no queue can own a ${object} in Salesforce`;
  return ownerField(mapping) === null
    ? "the mapping has no owner, so nobody would be seen to take it from a queue"
    : null;
}

/**
 * The e-mail of the user who has the record instead of the queue; null while nobody has. Whoever owned it before does not count until it was seen in other hands: the
 * write may still be on its way.
 */
function takerOf(
  { link, mapping, salesforce }: PersonInput,
  email: string | null,
  context: DecisionContext,
): string | null {
  const id = ownerId(mapping, salesforce);
  const from = link.facts[QUEUED_FROM] ?? null;
  if (id !== null && id === from) return null;
  if (findOwner(email ?? "", context.owners) !== null) return email;
  return from === null ? null : (context.owners.find((owner) => owner.id === id && isUser(owner))?.email ?? null);
}

/** The facts with who owned the record before the queue, and what is to be written so that the queue has it. */
export function withQueue(
  facts: Facts,
  input: PersonInput,
  changed: readonly HandoffEntry[],
  epoch: number,
  context: DecisionContext,
): { readonly facts: Facts; readonly own: readonly OwnValue[] } {
  const { [QUEUED_FROM]: before, ...others } = facts;
  const handoff = [...changed, ...input.handoffs].find((one) => one.epoch === epoch);
  const queue = handoff?.outcome === "open" ? findOwner(handoff.ownerEmail, context.owners) : null;
  const field = ownerField(input.mapping);
  if (queue === null || !queue.queue || field === null || whyNoQueue(input) !== null) return { facts: others, own: [] };
  const id = ownerId(input.mapping, input.salesforce);
  const isQueued = id === queue.id || context.owners.some((owner) => owner.queue && owner.id === id);
  // Somebody put it into another queue: it stays there.
  if (isQueued) return { facts: { ...others, [QUEUED_FROM]: before ?? NOBODY }, own: [] };
  const own: OwnValue = { system: "salesforce", field, value: queue.id, rule: "routing" };
  return { facts: { ...others, [QUEUED_FROM]: id ?? NOBODY }, own: [own] };
}

function ownerField(mapping: PersonInput["mapping"]): string | null {
  return mapping.fields.find(({ transform }) => transform.name === "owner")?.salesforce ?? null;
}

function ownerId(mapping: PersonInput["mapping"], salesforce: PersonInput["salesforce"]): string | null {
  const field = ownerField(mapping);
  const value = field === null ? null : (salesforce?.fields[field] ?? null);
  return value === null ? null : String(value);
}

function isUser({ active, queue }: Owner): boolean {
  return active && !queue;
}
