/** The rows that say why: conflicts with both values, rejects by field, holds, and the owner that routing chose. */
import type { ConflictEntry, RejectEntry } from "../model/ledger.ts";
import type { FieldState, Link } from "../model/link.ts";
import type { Write } from "../model/plan.ts";
import { otherSystem, type System, type Value } from "../model/record.ts";
import type { StageDecision } from "../rules/decide-stage.ts";
import { findOwner } from "../rules/route-lead.ts";
import type { Unencodable } from "./build-writes.ts";
import { impose } from "./merge-field.ts";
import type { MergedPerson } from "./merge-person.ts";
import type { DecisionContext, PersonInput } from "./person-decision.ts";
import { sightFields } from "./sight-fields.ts";

export function conflictEntries(link: Link, merged: MergedPerson, context: DecisionContext): ConflictEntry[] {
  const told = new Map<string, number>();
  const nameOf = (field: string): string => {
    const before = told.get(field) ?? 0;
    told.set(field, before + 1);
    return `${link.id}:${field}:${link.version}${before === 0 ? "" : `:${before}`}`;
  };
  return merged.conflicts.map(({ field, conflict }) => ({
    id: nameOf(field.name),
    link: link.id,
    field: field.name,
    rule: field.rule,
    hubspot: conflict.hubspot,
    salesforce: conflict.salesforce,
    kept: conflict.kept,
    because: conflict.because,
    at: context.now,
    run: context.run,
    open: conflict.open,
  }));
}

/** A stage that was moved back by hand without a reason is put back, and said. */
export function notesAsConflicts(link: Link, stage: StageDecision, context: DecisionContext): ConflictEntry[] {
  return stage.notes.map((note, index) => ({
    id: `${link.id}:stage:${link.version}:${index}`,
    link: link.id,
    field: "lifecyclestage",
    rule: "stage",
    hubspot: note.side === "hubspot" ? note.found : note.kept,
    salesforce: note.side === "salesforce" ? note.found : note.kept,
    kept: otherSystem(note.side),
    because: note.because,
    at: context.now,
    run: context.run,
    open: false,
  }));
}

export function rejectEntries(
  link: Link,
  input: PersonInput,
  merged: MergedPerson,
  unencodable: readonly Unencodable[],
  context: DecisionContext,
): RejectEntry[] {
  const refused = unencodable.map((entry) => ({ ...entry, code: "CANNOT_CONVERT" }));
  const unreadable = merged.unreadable
    .filter(({ system, field, reason }) => input.link.fields[field]?.unreadable?.[system] !== reason)
    .map((entry) => ({ ...entry, code: "CANNOT_READ" }));
  return [...refused, ...unreadable].map(({ system, field, reason, code }) => {
    const record = system === "hubspot" ? input.hubspot : input.salesforce;
    const object = system === "hubspot" ? input.mapping.hubspot : (link.salesforceObject ?? input.mapping.salesforce);
    return {
      id: rejectId(link.id, system, field),
      link: link.id,
      system,
      object,
      recordId: record?.ref.id ?? null,
      recordName: link.name,
      fields: [field],
      code,
      message: reason,
      at: context.now,
      run: context.run,
      attempts: 1,
    };
  });
}

export function rejectId(link: string, system: System, field: string): string {
  return `${link}:${system}:${field}`;
}

/** The reject of a write that named no mapped field, such as one of our own score or stage: over once the system takes such a write. */
export function rejectOfWrite({ link, system, purpose }: Write): string {
  return rejectId(link, system, purpose);
}

/** A field that one side cannot take waits, as it was, until the side it comes from says something else. */
export function holdUnencodable(
  decided: Readonly<Record<string, FieldState>>,
  before: Readonly<Record<string, FieldState>>,
  unencodable: readonly Unencodable[],
  targets: Readonly<Record<string, Value>>,
): Readonly<Record<string, FieldState>> {
  if (unencodable.length === 0) return decided;
  const fields = { ...decided };
  for (const { field, system, reason } of unencodable) {
    const target = targets[field];
    if (target === undefined) continue;
    fields[field] = { ...before[field], held: { reason, values: { [otherSystem(system)]: target } } };
  }
  return fields;
}

/**
 * The owner chosen by routing, as if a person had entered it in Salesforce just now: it is written there, and follows the mapping to HubSpot.
 * No owner field in the mapping: routing shows in the task alone.
 */
export function assignOwner(
  merged: MergedPerson,
  input: PersonInput,
  email: string | null,
  context: DecisionContext,
): MergedPerson {
  const field = input.mapping.fields.find((candidate) => candidate.transform.name === "owner");
  if (email === null || field === undefined) return merged;
  const values = { ...merged.values, [field.name]: email };
  const { hubspot, salesforce, link } = input;
  if (hubspot === null || salesforce === null)
    return assignToOnly({ ...merged, values }, input, field.name, email, context);
  const seen = {
    hubspot: sightFields(link, input.mapping, hubspot).sighting(field),
    salesforce: sightFields(link, input.mapping, salesforce).sighting(field),
  };
  if (seen.hubspot === null || seen.salesforce === null) return { ...merged, values };
  const state = impose(
    merged.fields[field.name] ?? {},
    { hubspot: seen.hubspot.value, salesforce: seen.salesforce.value },
    email,
    context.now,
  );
  return {
    ...merged,
    values,
    fields: { ...merged.fields, [field.name]: state },
    targets: { ...merged.targets, [field.name]: email },
  };
}

/**
 * The other side gets the owner with its create; the one that is there already, in the same run: Salesforce always, HubSpot where nobody owns or whoever
 * does has left. It stays
 * pending until both hold it, so that a create that has to be repeated still knows.
 */
function assignToOnly(
  merged: MergedPerson,
  input: PersonInput,
  field: string,
  email: string,
  context: DecisionContext,
): MergedPerson {
  const only = input.salesforce ?? input.hubspot;
  if (only === null) return merged;
  const shown = sightFields(input.link, input.mapping, only).values[field] ?? null;
  if (only.ref.system === "hubspot" && shown !== null && findOwner(shown, context.owners) !== null) return merged;
  const seen = { hubspot: null, salesforce: null, [only.ref.system]: shown };
  const state = impose(merged.fields[field] ?? {}, seen, email, context.now);
  return { ...merged, fields: { ...merged.fields, [field]: state }, targets: { ...merged.targets, [field]: email } };
}
