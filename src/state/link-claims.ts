/** Decides which of the offered links may be stored: whose version is current, and whose records no other person holds. */
import type { Link, LinkState } from "../core/model/link.ts";

/** What is stored of a link that the offered ones may collide with. */
export interface StoredClaim {
  readonly id: string;
  readonly state: LinkState;
  readonly version: number;
  readonly hubspotId: string | null;
  readonly salesforceId: string | null;
}

export interface SettledClaims {
  readonly accepted: readonly Link[];
  readonly stale: readonly string[];
  /** Accepted links whose stored record passes to another accepted link: they must let go of it first. */
  readonly releasing: readonly string[];
}

type Holder = Pick<StoredClaim, "id" | "state" | "hubspotId" | "salesforceId">;

/**
 * A link is stale when its stored version is not the one before it, or when a person that does not give it up in the same batch holds one of its
 * records. A superseded link holds nothing: its records belong to the link that took its place.
 */
export function settleClaims(offered: readonly Link[], stored: readonly StoredClaim[]): SettledClaims {
  const versions = new Map(stored.map((row) => [row.id, row.version]));
  let accepted = offered.filter((link) => (versions.get(link.id) ?? 0) === link.version - 1);
  for (;;) {
    // A link that is turned away keeps what is stored of it, which may turn away the next one.
    const remaining = withoutCollisions(accepted, stored);
    if (remaining.length === accepted.length) break;
    accepted = remaining;
  }
  const ids = new Set(accepted.map((link) => link.id));
  return {
    accepted,
    stale: offered.filter((link) => !ids.has(link.id)).map((link) => link.id),
    releasing: releasingLinks(accepted, stored),
  };
}

function withoutCollisions(accepted: readonly Link[], stored: readonly StoredClaim[]): Link[] {
  const ids = new Set(accepted.map((link) => link.id));
  const held = new Map<string, string>();
  for (const row of stored) {
    if (!ids.has(row.id)) for (const claim of claimsOf(row)) held.set(claim, row.id);
  }
  return accepted.filter((link) => {
    const claims = claimsOf(link);
    if (claims.some((claim) => (held.get(claim) ?? link.id) !== link.id)) return false;
    for (const claim of claims) held.set(claim, link.id);
    return true;
  });
}

function releasingLinks(accepted: readonly Link[], stored: readonly StoredClaim[]): string[] {
  const claimants = new Map(accepted.flatMap((link) => claimsOf(link).map((claim) => [claim, link.id] as const)));
  return stored
    .filter((row) => claimsOf(row).some((claim) => (claimants.get(claim) ?? row.id) !== row.id))
    .map((row) => row.id);
}

function claimsOf(holder: Holder): readonly string[] {
  if (holder.state === "superseded") return [];
  const claims: string[] = [];
  if (holder.hubspotId !== null) claims.push(`h:${holder.hubspotId}`);
  if (holder.salesforceId !== null) claims.push(`s:${holder.salesforceId}`);
  return claims;
}
