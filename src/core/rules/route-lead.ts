/** Chooses the owner of a lead: whoever looks after the company, else the first rule that fits and has someone to give it to, owners served in turn by weight. */
import { COMPANY_RULE, FALLBACK_RULE } from "../model/ledger.ts";
import type { Instant, Owner } from "../model/record.ts";
import type { Facts, Routing, RoutingOwner, RoutingRule } from "../model/rulebook.ts";

export type RoutedLead =
  | { readonly owner: Owner; readonly rule: string; readonly because: string }
  | { readonly owner: null; readonly because: string };

interface Candidate {
  readonly owner: Owner;
  readonly weight: number;
  readonly given: number;
}

/** What is known of owners besides their users: whom they look after, and how many leads wait for them. */
export interface OwnerWork {
  /** Owner's e-mail by the e-mail domain of the contacts they look after. */
  readonly byDomain: ReadonlyMap<string, string>;
  /** Open handoffs by the owner's e-mail in small letters. */
  readonly open: ReadonlyMap<string, number>;
}

export const NO_OWNER_WORK: OwnerWork = { byDomain: new Map(), open: new Map() };

export interface RoutingGround {
  readonly routing: Routing;
  readonly facts: Facts;
  readonly owners: readonly Owner[];
  readonly given: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly work: OwnerWork;
  /** Who had the lead and does not get it again. */
  readonly except?: Owner | null;
  /** Why no queue can own this person; null or left out where one can. */
  readonly noQueue?: string | null;
  readonly now: Instant;
}

/**
 * The owner of a lead, with the rule and the words that say why; no owner when not even the fallback is active. `owners` are Salesforce's users and queues;
 * one who is inactive, unknown, absent or has enough open handoffs is passed over before the lead is given, and that is said. `given` counts leads by rule
 * name, then by the owner's e-mail in small letters: over any number of leads each owner's count stays within one of their share by weight.
 */
export function routeLead(ground: RoutingGround): RoutedLead {
  const passed: string[] = [];
  const ofCompany = companyOwner(ground, passed);
  if (ofCompany !== null) return ofCompany;
  for (const rule of ground.routing.rules) {
    if (!rule.when.holds(ground.facts, ground.now)) continue;
    const candidates = candidatesOf(rule, ground, passed);
    const next = nextInTurn(candidates);
    if (next !== null) return { owner: next.owner, rule: rule.name, because: whyNext(rule, candidates, next, passed) };
    passed.push(`rule "${rule.name}" fits but none of its owners can take it`);
  }
  const { fallback } = ground.routing;
  if (passed.length === 0) passed.push("no routing rule fits");
  const { last, insteadOf } = lastResort(ground);
  if (last === null || last.id === ground.except?.id) {
    const missing =
      last === null
        ? (insteadOf ?? `the fallback "${fallback}" is no active Salesforce user or queue`)
        : `the fallback ${last.name} had it`;
    return { owner: null, because: [...passed, missing].join("; ") };
  }
  const given =
    insteadOf === null ? `given to the fallback "${fallback}"` : `given to ${last.name}, because ${insteadOf}`;
  return { owner: last, rule: FALLBACK_RULE, because: [...passed, given].join("; ") };
}

/** The fallback; where it is a queue and none can own the person, the fallback person, with the reason. */
function lastResort({ routing, owners, noQueue = null }: RoutingGround): {
  readonly last: Owner | null;
  readonly insteadOf: string | null;
} {
  const last = findOwner(routing.fallback, owners);
  if (last?.queue !== true || noQueue === null) return { last, insteadOf: null };
  const person = activeUser(routing.fallbackPerson ?? "", owners);
  return {
    last: person,
    insteadOf: person === null ? `${noQueue}, and fallback-person in routing.yml names no active user` : noQueue,
  };
}

/** The part of an e-mail address that is a company's; null for none, and for a free mail provider's. */
export function companyDomain(email: string | null | undefined, routing: Routing): string | null {
  const domain = email?.trim().toLowerCase().split("@")[1] ?? "";
  return domain === "" || routing.companyFirst === null || routing.companyFirst.freeMail.has(domain) ? null : domain;
}

function companyOwner(ground: RoutingGround, passed: string[]): RoutedLead | null {
  const domain = companyDomain(ground.facts["email"], ground.routing);
  const email = domain === null ? undefined : ground.work.byDomain.get(domain);
  if (email === undefined) return null;
  const owner = availableOwner({ email, weight: 1 }, ground, passed);
  if (owner === null) return null;
  return { owner, rule: COMPANY_RULE, because: `${owner.name} looks after the contacts at ${domain}` };
}

/** The owner when they can take a lead; otherwise why not is put with what was passed over. */
function availableOwner(wanted: RoutingOwner, ground: RoutingGround, passed: string[]): Owner | null {
  const { routing, owners, work, now } = ground;
  const owner = findOwner(wanted.email, owners);
  if (owner === null) {
    passed.push(`${wanted.email} is no active user`);
    return null;
  }
  if (owner.id === ground.except?.id) {
    passed.push(`${owner.name} had it`);
    return null;
  }
  const today = now.slice(0, 10);
  const email = wanted.email.toLowerCase();
  const away = routing.absences.find(
    (one) => one.email.toLowerCase() === email && one.from <= today && today <= one.to,
  );
  if (away !== undefined) {
    passed.push(`${owner.name} is away until ${away.to}`);
    return null;
  }
  const capacity = wanted.capacity ?? routing.capacity;
  const open = work.open.get(email) ?? 0;
  if (capacity === null || open < capacity) return owner;
  passed.push(`${owner.name} already has ${open} open`);
  return null;
}

/** An active owner by e-mail, or a queue by its name; null when there is none. */
export function findOwner(name: string, owners: readonly Owner[]): Owner | null {
  const wanted = name.trim().toLowerCase();
  if (wanted === "") return null;
  const byEmail = owners.find((owner) => owner.active && owner.email?.toLowerCase() === wanted && !owner.queue);
  return byEmail ?? owners.find((owner) => owner.active && owner.queue && owner.name.toLowerCase() === wanted) ?? null;
}

/** Who gets a task: its owner, or the fallback in place of one who left; null where none of them is an active user. A queue is given leads, not tasks. */
export function taskOwner(email: string, owners: readonly Owner[], routing: Routing): Owner | null {
  const { fallback, fallbackPerson } = routing;
  return activeUser(email, owners) ?? activeUser(fallback, owners) ?? activeUser(fallbackPerson ?? "", owners);
}

function activeUser(email: string, owners: readonly Owner[]): Owner | null {
  const owner = findOwner(email, owners);
  return owner === null || owner.queue ? null : owner;
}

/** Whether a handoff's owner is a queue: nobody has taken it yet. */
export function isQueue(name: string, owners: readonly Owner[]): boolean {
  return findOwner(name, owners)?.queue === true;
}

function candidatesOf(rule: RoutingRule, ground: RoutingGround, passed: string[]): Candidate[] {
  const given = ground.given.get(rule.name);
  return rule.owners.flatMap((wanted) => {
    const owner = wanted.weight > 0 ? availableOwner(wanted, ground, passed) : null;
    return owner === null ? [] : [{ owner, weight: wanted.weight, given: given?.get(wanted.email.toLowerCase()) ?? 0 }];
  });
}

/**
 * The quota method of Balinski and Young ("The Quota Method of Apportionment", American Mathematical Monthly 82, 1975): among those whose share of all leads
 * including this one is not used up, the one with the most weight per lead. It is the simple rule that never strays a whole lead from any share.
 */
function nextInTurn(candidates: readonly Candidate[]): Candidate | null {
  const weights = candidates.reduce((sum, { weight }) => sum + weight, 0);
  const leads = candidates.reduce((sum, { given }) => sum + given, 1);
  const due = candidates.filter(({ weight, given }) => given * weights < weight * leads);
  const [first, ...others] = due;
  if (first === undefined) return null;
  return others.reduce(
    (best, one) => (one.weight * (best.given + 1) > best.weight * (one.given + 1) ? one : best),
    first,
  );
}

function whyNext(
  rule: RoutingRule,
  candidates: readonly Candidate[],
  next: Candidate,
  passed: readonly string[],
): string {
  const turn = candidates.length === 1 ? "" : `, ${next.owner.name} is next in turn of ${candidates.length}`;
  return [...passed, `rule "${rule.name}" fits (${rule.when.source})${turn}`].join("; ");
}
