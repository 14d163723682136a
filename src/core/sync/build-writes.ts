/** From what a side holds and what it shall hold to one write, with the rule that asked for each field. */
import { encodeField } from "../mapping/translate-record.ts";
import type { Link } from "../model/link.ts";
import { type FieldMapping, type ObjectMapping, OPT_OUT_FIELD } from "../model/mapping.ts";
import type { FieldWrite, Write } from "../model/plan.ts";
import type { CrmRecord, RawValue, System, Value } from "../model/record.ts";
import { isGuarded } from "./sight-fields.ts";

/** A value of LeadLoop's own that a record shall show. */
export interface OwnValue {
  readonly system: System;
  readonly field: string;
  readonly value: RawValue;
  readonly rule: string;
}

/** A value that one side cannot take, with the reason: the field is parked, the rest is written. */
export interface Unencodable {
  readonly field: string;
  readonly system: System;
  readonly reason: string;
}

/** What the schema of an object says of its fields. */
export interface KnownFields {
  mayWrite(field: string): boolean;
  /** The field takes a moment, not a day. */
  holdsMoment(field: string): boolean;
}

export interface SideWrites {
  readonly fields: Readonly<Record<string, FieldWrite>>;
  /** Names of the mapped fields among them. */
  readonly mapped: readonly string[];
  readonly guarded: boolean;
  readonly unencodable: readonly Unencodable[];
}

/** The fields that `record` must be told. Values that already mean the same are left exactly as they are. */
export function fieldsToWrite(
  record: CrmRecord,
  mapping: ObjectMapping,
  targets: Readonly<Record<string, Value>>,
  own: readonly OwnValue[],
  known: KnownFields,
): SideWrites {
  const system = record.ref.system;
  const { mayWrite } = known;
  const fields: Record<string, FieldWrite> = {};
  const mapped: string[] = [];
  const unencodable: Unencodable[] = [];
  let guarded = false;
  for (const field of mapping.fields) {
    const target = targets[field.name];
    if (target === undefined) continue;
    const name = field[system];
    const current = record.fields[name];
    const encoded = encodeField(field, system, target, current, isDayForMoment(field, name, known));
    if (!encoded.ok) {
      unencodable.push({ field: field.name, system, reason: encoded.reason });
      continue;
    }
    if (isSameRaw(current, encoded.value)) continue;
    if (!mayWrite(name)) {
      unencodable.push({ field: field.name, system, reason: `${system} does not let ${name} be written` });
      continue;
    }
    fields[name] = { from: current, to: encoded.value, rule: field.rule };
    mapped.push(field.name);
    guarded ||= isGuarded(field);
  }
  repeatOptOut(fields, record, mapping, mayWrite);
  for (const value of own) addOwnValue(fields, record, value, mayWrite);
  return { fields, mapped, guarded, unencodable };
}

/** A day for a field of moments: a blank does not show which of the two is kept there. */
function isDayForMoment(field: FieldMapping, name: string, known: KnownFields): boolean {
  return field.transform.type === "date" && known.holdsMoment(name);
}

/**
 * A contact that is given another address has not opted out under that one
 * (https://knowledge.hubspot.com/articles/kcs_article/email/can-opted-out-contacts-still-receive-some-types-of-email): the opt-out is said again with it.
 */
function repeatOptOut(
  fields: Record<string, FieldWrite>,
  record: CrmRecord,
  mapping: ObjectMapping,
  mayWrite: (field: string) => boolean,
): void {
  const moves = mapping.fields.some(
    (field) => field.transform.name === "email" && (fields[field.hubspot]?.to ?? null) !== null,
  );
  const optOut = mapping.fields.find((field) => field.hubspot === OPT_OUT_FIELD && field.rule === "most-restrictive");
  if (record.ref.system !== "hubspot" || !moves || optOut === undefined || !mayWrite(OPT_OUT_FIELD)) return;
  const current = record.fields[OPT_OUT_FIELD];
  const encoded = encodeField(optOut, "hubspot", "true", undefined);
  if (!encoded.ok || !isSameRaw(current, encoded.value)) return;
  fields[OPT_OUT_FIELD] ??= { from: current, to: encoded.value, rule: optOut.rule };
}

function addOwnValue(
  fields: Record<string, FieldWrite>,
  record: CrmRecord,
  value: OwnValue,
  mayWrite: (field: string) => boolean,
): void {
  if (value.system !== record.ref.system) return;
  const current = record.fields[value.field];
  // A field that the record does not show does not exist there, or we may not see it: doctor and check say so.
  if (current === undefined || isSameRaw(current, value.value) || !mayWrite(value.field)) return;
  fields[value.field] = { from: current, to: value.value, rule: value.rule };
}

/** The fields of a record that is about to be created, required ones filled from `whenMissing`. */
export function fieldsToCreate(
  system: System,
  mapping: ObjectMapping,
  values: Readonly<Record<string, Value>>,
  own: readonly OwnValue[],
  known: KnownFields,
): SideWrites {
  const { mayWrite } = known;
  const fields: Record<string, FieldWrite> = {};
  const mapped: string[] = [];
  const unencodable: Unencodable[] = [];
  for (const field of mapping.fields) {
    const name = field[system];
    if (field.rule === "dont-sync" || !mayWrite(name)) continue;
    const value = values[field.name] ?? null;
    const encoded =
      value === null
        ? { ok: true as const, value: null }
        : encodeField(field, system, value, undefined, isDayForMoment(field, name, known));
    if (!encoded.ok) {
      unencodable.push({ field: field.name, system, reason: encoded.reason });
      continue;
    }
    if (encoded.value !== null) {
      fields[name] = { from: undefined, to: encoded.value, rule: field.rule };
      mapped.push(field.name);
    } else if (system === "salesforce" && field.whenMissing !== undefined) {
      fields[name] = { from: undefined, to: field.whenMissing, rule: "when-missing" };
    }
  }
  for (const value of own) {
    if (value.system !== system || value.value === null || !mayWrite(value.field)) continue;
    fields[value.field] = { from: undefined, to: value.value, rule: value.rule };
  }
  return { fields, mapped, guarded: false, unencodable };
}

/** One update of one record. Salesforce writes that a person's edit could be under are conditional. */
export function updateWrite(link: Link, record: CrmRecord, side: SideWrites, purpose: "fields" | "meet"): Write {
  const system = record.ref.system;
  const conditional = system === "salesforce" && (side.guarded || tellsStage(side));
  return {
    key: `${link.id}:${link.version}:${system}`,
    link: link.id,
    recordName: link.name,
    system,
    object: record.ref.object,
    id: record.ref.id,
    operation: "update",
    fields: side.fields,
    reason: reasonOf(side),
    unique: null,
    ifUnmodifiedSince: conditional ? record.modifiedAt : null,
    step: 1,
    purpose,
  };
}

/** A rep may be moving the stage forward at this very moment, also one that was blank when it was read. */
function tellsStage({ fields }: SideWrites): boolean {
  return Object.values(fields).some(({ rule }) => rule === "stage");
}

function reasonOf(side: SideWrites): string {
  const rules = [...new Set(Object.values(side.fields).map((field) => field.rule))];
  return rules.join(", ");
}

/** Equal as the system would store them: `60` and `"60"`, blank and null, one instant with and without its zero milliseconds. */
export function isSameRaw(a: RawValue | undefined, b: RawValue): boolean {
  const left = a === undefined || a === "" ? null : a;
  const right = b === "" ? null : b;
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (String(left) === String(right) || isSameInstant(String(left), String(right))) return true;
  // Only a number is compared as one: the postcode "02134" is not "2134".
  return (typeof left === "number" || typeof right === "number") && Number(left) === Number(right);
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;

/** HubSpot gives back `2018-02-26T19:58:54Z` for an instant that was written with milliseconds. */
function isSameInstant(left: string, right: string): boolean {
  return DATE_TIME.test(left) && DATE_TIME.test(right) && Date.parse(left) === Date.parse(right);
}
