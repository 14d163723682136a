/** Whether a person known to one side shall be created on the other, and with which values. */
import type { TaskEntry } from "../model/ledger.ts";
import type { Link } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { Write } from "../model/plan.ts";
import { type Instant, type Owner, otherSystem, type System, type Value } from "../model/record.ts";
import type { Facts } from "../model/rulebook.ts";
import { findOwner } from "../rules/route-lead.ts";
import { fieldsToCreate, type OwnValue, type Unencodable } from "./build-writes.ts";
import { stageForCreate } from "./own-values.ts";
import type { DecisionContext, PersonInput } from "./person-decision.ts";
import { withoutRefusedOwn } from "./refused-own.ts";

export type CreateWish =
  | { readonly kind: "none" }
  | { readonly kind: "create"; readonly system: System }
  | { readonly kind: "skip"; readonly system: System; readonly reason: string };

const FINAL: readonly Link["state"][] = ["ambiguous", "superseded", "tombstoned", "erased"];

/** No value is synced for somebody who is deleted, erased, or whom two records claim to be. */
export function isFinal({ state }: Pick<Link, "state">): boolean {
  return FINAL.includes(state);
}

/** Only a live person without a record on the other side, whom the mapping lets us create there, and who can be recognised again by e-mail. */
export function wantsCreate(
  link: Link,
  input: Pick<PersonInput, "hubspot" | "salesforce" | "mapping">,
  facts: Facts,
  now: Instant,
): CreateWish {
  if (isFinal(link)) return { kind: "none" };
  const { mapping, hubspot, salesforce } = input;
  if ((hubspot === null) === (salesforce === null)) return { kind: "none" };
  const system: System = hubspot === null ? "hubspot" : "salesforce";
  const known = system === "hubspot" ? link.hubspotId : link.salesforceId;
  if (known !== null || !mapping.create.includes(system)) return { kind: "none" };
  const { include } = mapping;
  if (system === "salesforce" && include !== null && !include.holds(facts, now)) return { kind: "none" };
  if (link.email === null)
    return { kind: "skip", system, reason: "no e-mail address, so it could not be recognised there" };
  const refused = refusedThere(link, system, mapping);
  const lacking = mapping.fields.find((field) => refused.has(field.name) && isIndispensable(field));
  if (lacking !== undefined)
    return { kind: "skip", system, reason: `${system} refused ${lacking[system]}; another value of it is tried again` };
  return { kind: "create", system };
}

/** Whose the new record is where an answer to an e-mail brings somebody to Salesforce whom nobody owns: whoever has the task to reply. Null in all other cases. */
export function ownerByReply(
  link: Link,
  input: Pick<PersonInput, "hubspot" | "salesforce" | "mapping">,
  signals: readonly TaskEntry[],
  { facts, owners, now }: { readonly facts: Facts; readonly owners: readonly Owner[]; readonly now: Instant },
): string | null {
  const reply = signals.find(({ purpose, state }) => purpose === "reply" && state === "due");
  if (reply === undefined || (facts["hubspot_owner_id"] ?? null) !== null) return null;
  const wish = wantsCreate(link, input, facts, now);
  if (wish.kind !== "create" || wish.system !== "salesforce") return null;
  const owner = findOwner(reply.ownerEmail, owners);
  return owner === null || owner.queue ? null : owner.email;
}

/** Nobody is made without it: the address, and what Salesforce insists on. */
export function isIndispensable({ name, whenMissing }: FieldMapping): boolean {
  return name === "email" || whenMissing !== undefined;
}

/**
 * Fields that the system refused by name when the person was to be created there, with the value that they still have: the create goes without them. A
 * refusal that names none is of the whole record, and no field is to blame.
 */
function refusedThere(link: Link, system: System, mapping: ObjectMapping): ReadonlySet<string> {
  const source = otherSystem(system);
  const given = mapping.fields.filter(({ name }) => (link.facts[name] ?? null) !== null);
  const held = given.filter(({ name }) => {
    const values = link.fields[name]?.held?.values;
    return values?.[source] !== undefined && values[source] === link.facts[name];
  });
  return new Set(held.length < given.length ? held.map(({ name }) => name) : []);
}

/** An upsert on our key, so that a lost answer cannot make a second record. */
export function createWrite(
  link: Link,
  system: System,
  mapping: ObjectMapping,
  values: Readonly<Record<string, Value>>,
  own: readonly OwnValue[],
  context: DecisionContext,
): { readonly write: Write; readonly unencodable: readonly Unencodable[] } {
  const object = system === "hubspot" ? mapping.hubspot : mapping.salesforce;
  const stage = withoutRefusedOwn(link, stageForCreate(link, system, context));
  const others = own.filter(
    (value) => !stage.some((mine) => mine.system === value.system && mine.field === value.field),
  );
  const refused = refusedThere(link, system, mapping);
  const accepted = Object.fromEntries(Object.entries(values).filter(([name]) => !refused.has(name)));
  const side = fieldsToCreate(system, mapping, accepted, [...others, ...stage], {
    mayWrite: (field) => context.mayWrite(system, object, field, "create"),
    holdsMoment: (field) => context.holdsMoment(system, object, field),
  });
  const write: Write = {
    key: `${link.id}:${link.version}:${system}`,
    link: link.id,
    recordName: link.name,
    system,
    object,
    id: null,
    operation: "create",
    fields: side.fields,
    reason:
      system === "salesforce" && mapping.include !== null
        ? `not there yet, and ${mapping.include.source}`
        : "not there yet",
    unique: { field: context.ownFields.key[system], value: link.id },
    ifUnmodifiedSince: null,
    step: 1,
    purpose: "create",
  };
  return { write, unencodable: side.unencodable };
}
