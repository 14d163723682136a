/** Whoever is the same person to the state as somebody who is forgotten: doubles under their address, and records that a merge or an additional address left beside theirs. */
import type { Link } from "../core/model/link.ts";
import { absorbedBy } from "../core/sync/share-objections.ts";
import type { StateStore } from "./state-port.ts";

/** They stand for nobody else: left unpaired, known to one side only, or ended by a deletion. */
const BESIDE: ReadonlySet<Link["state"]> = new Set(["ambiguous", "single", "pending", "tombstoned"]);

/**
 * The others who are to be forgotten with `people`, each once: those with the address of one of them, those whose address was found at a contact of theirs
 * (HubSpot finds a contact by its additional addresses too), and those whose place they took in a merge. None of them would be taken in if they came today.
 */
export async function samePersonAs(store: StateStore, people: readonly Link[]): Promise<readonly Link[]> {
  const emails = people.flatMap(({ email }) => email ?? []);
  const contacts = people.flatMap(({ hubspotId }) => hubspotId ?? []);
  const merged = people.flatMap(absorbedBy);
  const beside = [
    ...(emails.length === 0 ? [] : await store.linksByEmail(emails)),
    ...(contacts.length === 0 ? [] : await store.linksSharing("hubspot", contacts)),
  ].filter(({ state }) => BESIDE.has(state));
  const leftBehind = merged.length === 0 ? [] : await store.links(merged);
  const others = new Map([...beside, ...leftBehind].map((link) => [link.id, link]));
  for (const { id } of people) others.delete(id);
  return [...others.values()];
}
