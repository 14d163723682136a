/** Chooses the owner of a lead: the first rule that fits and has someone to give it to, owners served in turn by weight. */
import type { Instant, Owner } from "../model/record.ts";
import type { Facts, Routing, RoutingRule } from "../model/rulebook.ts";

export type RoutedLead =
  | { readonly owner: Owner; readonly rule: string; readonly because: string }
  | { readonly owner: null; readonly because: string };

/** The name under which the last resort stands in `rule`; leads given to it are not counted. */
export const FALLBACK_RULE = "fallback";

interface Candidate {
  readonly owner: Owner;
  readonly weight: number;
  readonly given: number;
}

/**
 * The owner of a lead, with the rule and the words that say why; no owner when not even the fallback is active. `owners` are Salesforce's users and queues;
 * an inactive or unknown one is passed over before the lead is given. `given` counts leads by rule name, then by the owner's e-mail in small letters: over
 * any number of leads each owner's count stays within one of their share by weight.
 */
export function routeLead(input: {
  readonly routing: Routing;
  readonly facts: Facts;
  readonly owners: readonly Owner[];
  readonly given: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly now: Instant;
}): RoutedLead {
  const passed: string[] = [];
  for (const rule of input.routing.rules) {
    if (!rule.when.holds(input.facts, input.now)) continue;
    const candidates = candidatesOf(rule, input.owners, input.given.get(rule.name));
    const next = nextInTurn(candidates);
    if (next !== null) return { owner: next.owner, rule: rule.name, because: whyNext(rule, candidates, next, passed) };
    passed.push(`rule "${rule.name}" fits but none of its owners is active`);
  }
  if (passed.length === 0) passed.push("no routing rule fits");
  const fallback = findOwner(input.routing.fallback, input.owners);
  if (fallback === null) {
    const missing = `the fallback "${input.routing.fallback}" is no active Salesforce user or queue`;
    return { owner: null, because: [...passed, missing].join("; ") };
  }
  return {
    owner: fallback,
    rule: FALLBACK_RULE,
    because: [...passed, `given to the fallback "${input.routing.fallback}"`].join("; "),
  };
}

/** An active owner by e-mail, or a queue by its name; null when there is none. */
export function findOwner(name: string, owners: readonly Owner[]): Owner | null {
  const wanted = name.trim().toLowerCase();
  if (wanted === "") return null;
  const byEmail = owners.find((owner) => owner.active && owner.email?.toLowerCase() === wanted && !owner.queue);
  return byEmail ?? owners.find((owner) => owner.active && owner.queue && owner.name.toLowerCase() === wanted) ?? null;
}

function candidatesOf(
  rule: RoutingRule,
  owners: readonly Owner[],
  given: ReadonlyMap<string, number> | undefined,
): Candidate[] {
  return rule.owners.flatMap(({ email, weight }) => {
    const owner = weight > 0 ? findOwner(email, owners) : null;
    return owner === null ? [] : [{ owner, weight, given: given?.get(email.toLowerCase()) ?? 0 }];
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
