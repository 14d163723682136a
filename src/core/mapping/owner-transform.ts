/** The owner transform: an owner is the same person in both systems when the e-mail is the same. */
import type { Transform } from "../model/mapping.ts";
import { type Owner, otherSystem, SYSTEMS, type System } from "../model/record.ts";
import { buildTransform, converted, encoded, quoted, refused } from "./build-transform.ts";
import { normalizeEmail } from "./text-transforms.ts";
import type { OwnerDirectory, TransformOptions } from "./transform-options.ts";

/** Salesforce ids that start so are groups: a queue owns the record, no person does (Object Reference, "Group"; key prefix 00G). */
const QUEUE_PREFIX = "00G";

/**
 * Canonical is the owner's e-mail. A record in a Salesforce queue, or with an owner whom the other system does not know (the integration user), belongs to
 * nobody yet: blank. An unknown or inactive owner is refused, so that the field is parked and nobody's leads end up with a person who left.
 */
export function ownerTransform(options: TransformOptions): Transform {
  const { owners } = options;
  return buildTransform({
    name: "owner",
    type: "text",
    read: (id, system) => {
      if (system === "salesforce" && id.startsWith(QUEUE_PREFIX)) return converted(null);
      if (owners?.isNobody?.(system, id) === true) return converted(null);
      const email = owners?.emailOf(system, id) ?? null;
      return email === null
        ? refused(`owner ${quoted(id)} of ${system} has no known e-mail address`)
        : converted(email);
    },
    write: (email, system) => {
      const owner = owners?.idOf(system, email) ?? null;
      if (owner === null) return refused(`nobody in ${system} has the e-mail address ${quoted(email)}`);
      return owner.active ? encoded(owner.id) : refused(`${email} is not active in ${system}`);
    },
    writeBlank: (system) => (system === "hubspot" ? encoded(null) : refused("a Salesforce record always has an owner")),
  });
}

/** A directory of the owners as they were read. Where two share an e-mail, the active one counts, else the first. */
export function buildOwnerDirectory(owners: Readonly<Record<System, readonly Owner[]>>): OwnerDirectory {
  const emails = new Map<string, string>();
  const ids = new Map<string, { readonly id: string; readonly active: boolean }>();
  for (const system of SYSTEMS) {
    for (const owner of owners[system]) {
      const email = owner.email === null || owner.queue ? null : normalizeEmail(owner.email);
      if (email === null) continue;
      emails.set(`${system} ${owner.id}`, email);
      const key = `${system} ${email}`;
      if (!ids.has(key) || (owner.active && !ids.get(key)?.active))
        ids.set(key, { id: owner.id, active: owner.active });
    }
  }
  return {
    emailOf: (system, id) => emails.get(`${system} ${id}`) ?? null,
    idOf: (system, email) => ids.get(`${system} ${email}`) ?? null,
    isNobody: (system, id) => {
      const email = emails.get(`${system} ${id}`);
      return email !== undefined && !ids.has(`${otherSystem(system)} ${email}`);
    },
  };
}

/** A directory that is made before the owners are read: `present` gives the one to ask, or null while there is none (then nobody is known). */
export function lateOwnerDirectory(present: () => OwnerDirectory | null): OwnerDirectory {
  return {
    emailOf: (system, id) => present()?.emailOf(system, id) ?? null,
    idOf: (system, email) => present()?.idOf(system, email) ?? null,
    isNobody: (system, id) => present()?.isNobody?.(system, id) ?? false,
  };
}
