/** One person who is known to both systems and linked, with short words for what people do to the two records. */
import type { ConflictEntry } from "../../src/core/model/ledger.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import { MARKETER, type SyncWorld } from "./sync-world.ts";

export interface Couple {
  readonly hubspotId: string;
  readonly leadId: string;
  hubspot(properties: Readonly<Record<string, string>>): void;
  salesforce(fields: Readonly<Record<string, unknown>>): void;
  hubspotValue(property: string): string | null;
  salesforceValue(field: string): unknown;
  both(property: string, field: string): Promise<[unknown, unknown]>;
  conflicts(): Promise<readonly ConflictEntry[]>;
  /** Does something just before the client's next write. */
  before(client: CrmClient, deed: () => void): void;
}

const SOMEBODY = { firstname: "Ann", lastname: "Lee" } as const;

/** Makes so many people on both sides, links them by e-mail and lets everything settle. */
export async function couples(world: SyncWorld, count: number, name = "person"): Promise<Couple[]> {
  const made = Array.from({ length: count }, (_, index) => pair(world, `${name}-${index}@example.com`));
  await world.settle();
  return made;
}

/** Makes the same person on both sides, links them by e-mail and lets everything settle. */
export async function couple(world: SyncWorld, email: string): Promise<Couple> {
  const made = pair(world, email);
  await world.settle();
  return made;
}

function pair(world: SyncWorld, email: string): Couple {
  const { hubspot, salesforce } = world.sandbox;
  const hubspotId = hubspot.createContact({ email, ...SOMEBODY }, MARKETER);
  const rep = salesforce.people.repIds[0] ?? salesforce.people.managerId;
  const leadId = salesforce.create("Lead", { Email: email, FirstName: "Ann", LastName: "Lee", Company: "Acme" }, rep);
  const hubspotValue = (property: string): string | null => hubspot.contact(hubspotId)?.properties[property] ?? null;
  const salesforceValue = (field: string): unknown => salesforce.record("Lead", leadId)?.[field] ?? null;
  return {
    hubspotId,
    leadId,
    hubspot: (properties) => hubspot.editContact(hubspotId, properties, MARKETER),
    salesforce: (fields) => salesforce.edit("Lead", leadId, fields as Parameters<typeof salesforce.edit>[2], rep),
    hubspotValue,
    salesforceValue,
    both: async (property, field) => [hubspotValue(property), salesforceValue(field)],
    async conflicts() {
      const links = await world.store.linksByRecord("hubspot", [hubspotId]);
      const all = await world.store.conflicts({ link: links.get(hubspotId)?.id ?? "", limit: 100 });
      return all.filter((conflict) => conflict.rule !== "stage");
    },
    before(client, deed) {
      const write = client.write.bind(client);
      let done = false;
      Object.assign(client, {
        write: (writes: Parameters<CrmClient["write"]>[0]) => {
          if (!done) deed();
          done = true;
          return write(writes);
        },
      });
    },
  };
}
