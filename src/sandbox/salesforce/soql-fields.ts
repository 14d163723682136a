/** Finds the fields a query names, over parent relationships too, and reads their values from records. */
import type { FieldDefinition, FieldValue, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import { isHidden } from "./input-resolving.ts";
import { type OrgState, tableOf } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";

/** A field reached from the queried object: `Owner.Email` has one hop, `Email` none. */
export interface FieldPath {
  readonly hops: readonly FieldDefinition[];
  readonly field: FieldDefinition;
}

/** Throws INVALID_FIELD for a name the integration user cannot see. */
export function findField(state: OrgState, object: ObjectDefinition, path: string): FieldPath {
  const names = path.split(".");
  const [head] = names;
  // A query may write the object's own name in front: `SELECT Lead.Id FROM Lead`.
  if (names.length > 1 && head?.toLowerCase() === object.name.toLowerCase()) names.shift();
  const hops: FieldDefinition[] = [];
  let targets: readonly ObjectDefinition[] = [object];
  for (const name of names.slice(0, -1)) {
    const hop = firstOf(targets, (target) => relationship(state, target, name));
    if (hop === undefined) throw noRelationship(name, targets[0]);
    hops.push(hop);
    targets = hop.referenceTo.flatMap((target) => state.catalog.object(target) ?? []);
  }
  const last = names.at(-1) ?? "";
  const field = firstOf(targets, (target) => visibleField(state, target, last));
  if (field === undefined) throw noColumn(last, targets[0]?.name ?? object.name);
  return { hops, field };
}

function firstOf<T>(
  targets: readonly ObjectDefinition[],
  find: (target: ObjectDefinition) => T | undefined,
): T | undefined {
  for (const target of targets) {
    const found = find(target);
    if (found !== undefined) return found;
  }
  return undefined;
}

function visibleField(state: OrgState, object: ObjectDefinition, name: string): FieldDefinition | undefined {
  const field = state.catalog.field(object, name);
  return field === undefined || isHidden(state, object, field) ? undefined : field;
}

function relationship(state: OrgState, object: ObjectDefinition, name: string): FieldDefinition | undefined {
  for (const field of object.fields.values()) {
    if (field.relationshipName?.toLowerCase() !== name.toLowerCase()) continue;
    return isHidden(state, object, field) ? undefined : field;
  }
  return undefined;
}

function noColumn(name: string, objectName: string): SalesforceFault {
  return new SalesforceFault(
    "INVALID_FIELD",
    `\nSELECT ${name} FROM ${objectName}\n       ^\nERROR at Row:1:Column:8\nNo such column '${name}' on entity '${objectName}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}

function noRelationship(name: string, object: ObjectDefinition | undefined): SalesforceFault {
  return new SalesforceFault(
    "INVALID_FIELD",
    `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names. (${object?.name ?? ""})`,
  );
}

/** The value at the end of a path, as a reader sees it at `now`; null where a parent is missing. */
export function valueAt(state: OrgState, record: StoredRecord, path: FieldPath, now: number): FieldValue {
  let current: StoredRecord | undefined = record;
  for (const hop of path.hops) current = parentOf(state, current?.[hop.name] ?? null, now)?.record;
  return current === undefined ? null : plainValue(current, path.field);
}

/** A record's parent by its id, as a reader sees it at `now`. */
export function parentOf(
  state: OrgState,
  id: FieldValue,
  now: number,
): { readonly object: ObjectDefinition; readonly record: StoredRecord } | undefined {
  if (typeof id !== "string") return undefined;
  const object = state.catalog.objectOfId(id);
  const record = object === undefined ? undefined : tableOf(state, object).visible(id, now);
  return object === undefined || record === undefined ? undefined : { object, record };
}

/** A field's value; a field defined after the record was stored is empty. */
export function plainValue(record: StoredRecord, field: FieldDefinition): FieldValue {
  return record[field.name] ?? (field.type === "boolean" ? false : null);
}

/** As `plainValue`, with compound addresses put together from their parts as the API sends them. */
export function sentValue(object: ObjectDefinition, record: StoredRecord, field: FieldDefinition): unknown {
  if (field.type !== "address") return plainValue(record, field);
  const parts = [...object.fields.values()].filter((part) => part["compoundFieldName"] === field.name);
  if (parts.every((part) => plainValue(record, part) === null)) return null;
  const prefix = field.name.replace(/Address$/, "");
  return Object.fromEntries(
    parts.map((part) => {
      const name = part.name.slice(prefix.length);
      return [name.charAt(0).toLowerCase() + name.slice(1), plainValue(record, part)];
    }),
  );
}
