/** Who looks after a company, and what people bought, in a state store in memory. */
import type { Link } from "../../src/core/model/link.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { MemoryTables } from "./memory-state-tables.ts";

export function companyReads(tables: MemoryTables): Pick<StateStore, "ownersOfDomains" | "salesByPerson"> {
  return {
    async ownersOfDomains(domains, accountOwner = null) {
      const contacts = tables.links.select(
        (link) => link.salesforceObject === "Contact" && link.state === "linked",
        (link) => [link.id],
      );
      return ownersOfDomains(contacts, domains, accountOwner);
    },
    async salesByPerson(since) {
      const won = tables.outcomes.select(
        (outcome) => outcome.won && outcome.counts && outcome.stageAt >= since && outcome.amount !== null,
        (outcome) => [outcome.link],
      );
      const groups = Map.groupBy(won, ({ link, currency }) => `${link} ${currency ?? ""}`);
      return [...groups.values()].flatMap((group) => {
        const [first] = group;
        const amount = group.reduce((sum, outcome) => sum + (outcome.amount ?? 0), 0);
        return first === undefined ? [] : [{ link: first.link, currency: first.currency, amount }];
      });
    },
  };
}

/** By e-mail domain, the owner of most of these contacts; of two with as many, the first by name. */
function ownersOfDomains(
  contacts: readonly Link[],
  domains: readonly string[],
  accountOwner: string | null,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const domain of domains) {
    const owners = contacts.flatMap((link) => {
      const owner = link.facts[accountOwner ?? ""] ?? link.facts["hubspot_owner_id"] ?? null;
      return owner !== null && link.email?.split("@")[1] === domain ? [owner] : [];
    });
    const count = (owner: string): number => owners.filter((one) => one === owner).length;
    const [most] = owners.toSorted((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
    if (most !== undefined) found.set(domain, most);
  }
  return found;
}
