/** Who looks after a company, in a state store in memory. */
import type { Link } from "../../src/core/model/link.ts";

/** By e-mail domain, the owner of most of these contacts; of two with as many, the first by name. */
export function ownersOfDomains(contacts: readonly Link[], domains: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const domain of domains) {
    const owners = contacts.flatMap((link) => {
      const owner = link.facts["hubspot_owner_id"] ?? null;
      return owner !== null && link.email?.split("@")[1] === domain ? [owner] : [];
    });
    const count = (owner: string): number => owners.filter((one) => one === owner).length;
    const [most] = owners.toSorted((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
    if (most !== undefined) found.set(domain, most);
  }
  return found;
}
