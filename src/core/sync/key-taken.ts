/** A key of ours that stands at the wrong record: one that has it for good (a converted lead keeps what is unique, and nobody can write to it any more), or a stranger. */
import type { Link } from "../model/link.ts";
import type { Write } from "../model/plan.ts";
import type { CrmRecord, System } from "../model/record.ts";

/** Why a record is told its key, as a plan says it; and by this name the link keeps that it cannot be. */
export const KEY = "our key";

/** A refusal to change a record that blames our key and nothing else of what was written. `fields`: those that the system names. */
export function isAboutKey(write: Write, fields: readonly string[]): boolean {
  const blamed = fields.filter((name) => write.fields[name] !== undefined);
  return write.operation === "update" && blamed.length > 0 && blamed.every((name) => write.fields[name]?.rule === KEY);
}

/** The link of somebody whose record does not get our key: it is known by its id, and everything else is written to it. */
export function withKeyTaken(link: Link, { system, id }: Write, reason: string): Link {
  if (id === null) return link;
  const values = { ...link.fields[KEY]?.held?.values, [system]: id };
  return { ...link, fields: { ...link.fields, [KEY]: { held: { reason, values } } } };
}

/** Of the record that the link names now: another one is told the key again. */
export function isKeyTaken({ fields, hubspotId, salesforceId }: Link, system: System): boolean {
  const taken = fields[KEY]?.held?.values[system] ?? null;
  return taken !== null && taken === (system === "hubspot" ? hubspotId : salesforceId);
}

/** What to tell of a record that carries the key of somebody who stands at another record of the same system: the older link stays. Nothing of any other. */
export function strangersKey({ ref }: CrmRecord, byKey: Link | undefined): readonly string[] {
  if (byKey === undefined || byKey.state === "superseded" || byKey.state === "erased") return [];
  const standing = ref.system === "hubspot" ? byKey.hubspotId : byKey.salesforceId;
  if (standing === null || standing === ref.id) return [];
  return [
    `${ref.object} ${ref.id} carries the key of ${byKey.name}, who stays with ${standing}: it counts as another person and gets a key of its own`,
  ];
}
