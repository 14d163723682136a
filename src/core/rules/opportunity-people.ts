/** Whose an opportunity is: those with a contact role on it, or else, by setting, the contacts of its account; and for which of them its money counts. */
import type { OpportunityTie, OutcomeEntry } from "../model/ledger.ts";
import type { Instant } from "../model/record.ts";

export interface ContactRole {
  readonly contactId: string;
  readonly isPrimary: boolean;
}

export interface AccountContact {
  readonly contactId: string;
  readonly createdAt: Instant;
}

export interface TiedContact {
  readonly contactId: string;
  readonly through: OpportunityTie;
}

const RANK: Readonly<Record<OpportunityTie, number>> = { "primary contact role": 0, "contact role": 1, account: 2 };

/**
 * One contact role says whose it is, and the account says nothing any more. Without any, it is everybody's at the account (`contacts`; null where the setting
 * does not ask for them) who was there by the day on which it was closed (null while it is open): a later colleague had no part in it.
 */
export function contactsOf(
  roles: readonly ContactRole[],
  contacts: readonly AccountContact[] | null,
  closedAt: Instant | null,
): readonly TiedContact[] {
  if (roles.length > 0) {
    const primary = new Set(roles.flatMap(({ contactId, isPrimary }) => (isPrimary ? [contactId] : [])));
    return [...new Set(roles.map(({ contactId }) => contactId))].map((contactId) => ({
      contactId,
      through: primary.has(contactId) ? "primary contact role" : "contact role",
    }));
  }
  return (contacts ?? [])
    .filter(({ createdAt }) => closedAt === null || createdAt.slice(0, 10) <= closedAt.slice(0, 10))
    .map(({ contactId }) => ({ contactId, through: "account" }));
}

/**
 * The entries with one of each opportunity counting: a primary role before others, roles before the account; among equals whoever it counted for already
 * (`stored`), else whoever is furthest in the funnel (`rankOf`, by link), else the first by link.
 */
export function countOnce(
  entries: readonly OutcomeEntry[],
  stored: readonly OutcomeEntry[],
  rankOf: (link: string) => number,
): readonly OutcomeEntry[] {
  const before = new Map(stored.flatMap((entry) => (entry.counts ? [[entry.opportunityId, entry.link]] : [])));
  const chosen = new Map<string, OutcomeEntry>();
  const comesBefore = (a: OutcomeEntry, b: OutcomeEntry): boolean => {
    const isStored = (entry: OutcomeEntry): number => Number(before.get(entry.opportunityId) !== entry.link);
    const steps = [
      RANK[a.through] - RANK[b.through],
      isStored(a) - isStored(b),
      rankOf(b.link) - rankOf(a.link),
      a.link < b.link ? -1 : 1,
    ];
    return (steps.find((step) => step !== 0) ?? 0) < 0;
  };
  for (const entry of entries) {
    const best = chosen.get(entry.opportunityId);
    if (best === undefined || comesBefore(entry, best)) chosen.set(entry.opportunityId, entry);
  }
  return entries.map((entry) => ({ ...entry, counts: chosen.get(entry.opportunityId) === entry }));
}
