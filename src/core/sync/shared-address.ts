/** Whose record has the address of somebody who was set aside for it: once that record is deleted, nobody is made anew under the address. */
import type { Link } from "../model/link.ts";
import type { RecordRef, System } from "../model/record.ts";

/** The facts that name it; no field of either system has a space in its name. The state looks for them by these names too. */
const SHARED_FACT = { hubspot: "address of hubspot", salesforce: "address of salesforce" } as const;

/** The link of somebody whose address was found at `holder`, which belongs to another person: HubSpot finds a contact by its additional addresses too. */
export function sharingWith(link: Link, { system, id }: RecordRef): Link {
  return { ...link, facts: { ...link.facts, [SHARED_FACT[system]]: id } };
}

/** The record of that system that was last seen to have the address; null where none was. */
export function sharedWith({ facts }: Pick<Link, "facts">, system: System): string | null {
  return facts[SHARED_FACT[system]] ?? null;
}
