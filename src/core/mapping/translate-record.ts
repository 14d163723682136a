/** Reads a whole record into canonical values, and one canonical value back into what a system stores. */
import type { FieldState } from "../model/link.ts";
import type { Encoded, FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { CrmRecord, RawValue, System, Value } from "../model/record.ts";

/** A record as LeadLoop sees it. A field that was not read is in neither list: unknown, never blank. */
export interface DecodedRecord {
  readonly values: Readonly<Record<string, Value>>;
  readonly unreadable: readonly { readonly field: string; readonly reason: string }[];
}

/**
 * The mapped fields of a record in canonical form, by field name; those that cannot be converted, each with the reason. `known`: the person's fields, whose
 * bases spare a second reading.
 */
export function decodeFields(
  mapping: Pick<ObjectMapping, "fields">,
  record: CrmRecord,
  known: Readonly<Record<string, Pick<FieldState, "base">>> = {},
): DecodedRecord {
  const { system } = record.ref;
  const values: Record<string, Value> = {};
  const unreadable: { readonly field: string; readonly reason: string }[] = [];
  for (const field of mapping.fields) {
    const name = field[system];
    const raw = Object.hasOwn(record.fields, name) ? record.fields[name] : undefined;
    if (raw === undefined) continue;
    const value = field.transform.decode(raw, system, known[field.name]?.base);
    if (value.ok) values[field.name] = value.value;
    else unreadable.push({ field: field.name, reason: value.reason });
  }
  return { values, unreadable };
}

/**
 * What to write so that the system holds `value`. `current` is what it holds now (undefined when that is not known): when it already means the same, it is
 * given back exactly, so `encoded.value === current` says that nothing need be written. `holdsMoment`: the system keeps moments in this field.
 */
export function encodeField(
  field: FieldMapping,
  system: System,
  value: Value,
  current: RawValue | undefined,
  holdsMoment = false,
): Encoded {
  return field.transform.encode(value, system, current, holdsMoment);
}

/** Whether the side already holds the value, or the nearest it can (a Salesforce checkbox cannot be blank): then there is nothing to write. */
export function holdsValue(field: FieldMapping, system: System, value: Value, current: RawValue): boolean {
  const wanted = encodeField(field, system, value, current);
  return wanted.ok && wanted.value === current;
}
