/** What a deletion on one side says on the record that stays on the other, where the mapping asks for it (`on-delete: flag`). */
import type { Link } from "../model/link.ts";
import type { ObjectMapping, OwnFields } from "../model/mapping.ts";
import type { Write } from "../model/plan.ts";
import { type CrmRecord, otherSystem, SYSTEMS, type System } from "../model/record.ts";
import type { Facts } from "../model/rulebook.ts";
import type { OwnValue } from "./build-writes.ts";
import type { DecisionContext, PersonInput } from "./person-decision.ts";

/** The fact that keeps the flag once it has been written, so that one deletion is said once; no field of either system has a space in its name. */
const FLAG_FACT = "deletion flagged";

const NAMES: Readonly<Record<System, string>> = { hubspot: "HubSpot", salesforce: "Salesforce" };

export interface FlaggedDeletion {
  readonly link: Link;
  readonly writes: readonly Write[];
}

/**
 * The write that flags the surviving record of a tombstoned pair; none once it has been written, where the record shows it already, where both records are
 * gone, where nobody has deleted the other one, and where the field cannot be written. The day is the one (UTC) on which the deletion was noticed. Pure; the link's version is the caller's business.
 */
export function flagDeletion(link: Link, input: PersonInput, context: DecisionContext): FlaggedDeletion {
  const nothing: FlaggedDeletion = { link, writes: [] };
  const survivor = survivorOf(link, input, context.ownFields);
  if (survivor === null || link.facts[FLAG_FACT] !== undefined) return nothing;
  const { record, field } = survivor;
  const { system, object, id } = record.ref;
  if (input.undeleted.has(otherSystem(system))) return nothing;
  const current = record.fields[field];
  const words = `deleted in ${NAMES[otherSystem(system)]}`;
  if (typeof current === "string" && current.startsWith(words))
    return { link: { ...link, facts: { ...link.facts, [FLAG_FACT]: current } }, writes: [] };
  // A field that the record does not show does not exist there, or we may not see it: doctor and check say so.
  if (current === undefined || !context.mayWrite(system, object, field, "update")) return nothing;
  const text = `${words}, noticed on ${context.now.slice(0, 10)}`;
  const write: Write = {
    key: `${link.id}:${link.version}:${system}`,
    link: link.id,
    recordName: link.name,
    system,
    object,
    id,
    operation: "update",
    fields: { [field]: { from: current, to: text, rule: "on-delete: flag" } },
    reason: `on-delete: flag (${words})`,
    unique: null,
    ifUnmodifiedSince: null,
    step: 1,
    purpose: "flag",
  };
  return { link, writes: [write] };
}

/** The record that is left of a pair, and its field for the flag. */
function survivorOf(
  link: Link,
  { mapping, hubspot, salesforce }: { mapping: ObjectMapping } & Pick<PersonInput, "hubspot" | "salesforce">,
  { deleted }: OwnFields,
): { readonly record: CrmRecord; readonly field: string } | null {
  if (link.state !== "tombstoned" || mapping.onDelete !== "flag" || deleted === null) return null;
  if (link.hubspotId === null || link.salesforceId === null) return null;
  if (hubspot !== null && salesforce !== null) return null;
  const record = hubspot ?? salesforce;
  return record === null ? null : { record, field: deleted[record.ref.system] };
}

/** The link once the flag has arrived: whoever takes the flag away afterwards is not told the same again. */
export function withFlag(link: Link, write: Write): Link {
  const [field] = Object.values(write.fields);
  return field === undefined ? link : { ...link, facts: { ...link.facts, [FLAG_FACT]: String(field.to) } };
}

/** What the record that is left says, for a reader; null where it says nothing. */
export function flagInWords({ facts }: Link): string | null {
  const said = facts[FLAG_FACT];
  return said === undefined ? null : `the record on the other side says so: "${said}" (on-delete: flag)`;
}

/** What the records of somebody who is there on every side say of a deletion: nothing any more. */
export function liftedFlags({ deleted }: OwnFields): OwnValue[] {
  if (deleted === null) return [];
  return SYSTEMS.map((system) => ({ system, field: deleted[system], value: null, rule: "restored" }));
}

/** The facts of somebody who is there on every side: another deletion would be flagged anew. */
export function withoutFlag(facts: Facts): Facts {
  const { [FLAG_FACT]: _, ...others } = facts;
  return others;
}
