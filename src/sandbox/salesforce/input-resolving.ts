/** Turns the fields of a write request into values to store: finds each field, checks that it may be written, follows foreign keys. */
import type { FieldDefinition, FieldValue, ObjectDefinition } from "./field-definition.ts";
import { type OrgState, recordsWith, tableOf } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { storedValue } from "./value-check.ts";

/** Who writes, and under which of the API's options. */
export interface WriteContext {
  /** Id of the user the write is stamped with. */
  readonly by: string;
  /** True for calls through the API: field-level security, row locks and workflows apply. */
  readonly api: boolean;
  /** `Sforce-Auto-Assign`: whether the lead assignment rule may take the owner. */
  readonly autoAssign: boolean;
  /** `Sforce-Duplicate-Rule-Header: allowSave=true`. */
  readonly allowDuplicates: boolean;
  /** The moment the write is stamped with, when it is not now. */
  readonly at?: number;
}

/** A person's write in the user interface. */
export function personWrite(by: string, at?: number): WriteContext {
  const base = { by, api: false, autoAssign: false, allowDuplicates: true };
  return at === undefined ? base : { ...base, at };
}

export type ResolvedInput = ReadonlyMap<FieldDefinition, FieldValue>;

export function isHidden(state: OrgState, object: ObjectDefinition, field: FieldDefinition): boolean {
  return state.hidden.has(`${object.name}.${field.name}`);
}

/** Values by field for a create or update. Throws the vendor's fault for the first key that may not be written. */
export function resolveInput(
  state: OrgState,
  object: ObjectDefinition,
  input: Readonly<Record<string, unknown>>,
  mode: "create" | "update",
  context: WriteContext,
): ResolvedInput {
  const values = new Map<FieldDefinition, FieldValue>();
  for (const [key, raw] of Object.entries(input)) {
    if (key === "attributes") continue;
    const field = state.catalog.field(object, key);
    if (field?.type === "id") throw idInBody(mode);
    if (field === undefined || (context.api && isHidden(state, object, field))) {
      const parent = relationshipField(state, object, key, raw, context);
      if (parent === undefined) throw noSuchColumn(key, object.name);
      requireWritable(parent.field, mode);
      values.set(parent.field, parent.id);
      continue;
    }
    requireWritable(field, mode);
    const value = storedValue(field, raw);
    if (field.type === "reference" && value !== null) requireTarget(state, field, String(value));
    values.set(field, value);
  }
  return values;
}

/** The fault of a name the caller cannot see, be it missing or hidden. */
function noSuchColumn(name: string, objectName: string): SalesforceFault {
  return new SalesforceFault("INVALID_FIELD", `No such column '${name}' on sobject of type ${objectName}`);
}

function idInBody(mode: "create" | "update"): SalesforceFault {
  if (mode === "create") {
    return new SalesforceFault("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", {
      fields: ["Id"],
    });
  }
  return new SalesforceFault("INVALID_FIELD", "The Id field should not be specified in the sobject data.", {
    fields: ["Id"],
  });
}

function requireWritable(field: FieldDefinition, mode: "create" | "update"): void {
  if (mode === "create" ? field.createable : field.updateable) return;
  throw new SalesforceFault(
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    { fields: [field.name] },
  );
}

function requireTarget(state: OrgState, field: FieldDefinition, id: string): void {
  const target = state.catalog.objectOfId(id);
  if (target === undefined || !field.referenceTo.includes(target.name)) {
    throw new SalesforceFault("MALFORMED_ID", `${field.label}: id value of incorrect type: ${id}`, {
      fields: [field.name],
    });
  }
  const record = tableOf(state, target).latest(id);
  if (record === undefined) {
    throw new SalesforceFault("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", { fields: [field.name] });
  }
  if (record["IsDeleted"] === true) {
    throw new SalesforceFault("ENTITY_IS_DELETED", "entity is deleted", { fields: [field.name] });
  }
}

/** `"Account": {"Ext__c": "A-1"}`: the reference field of that relationship and the id its external id names. */
function relationshipField(
  state: OrgState,
  object: ObjectDefinition,
  key: string,
  raw: unknown,
  context: WriteContext,
): { field: FieldDefinition; id: string } | undefined {
  const field = [...object.fields.values()].find(
    (candidate) => candidate.relationshipName?.toLowerCase() === key.toLowerCase(),
  );
  if (field === undefined || typeof raw !== "object" || raw === null) return undefined;
  if (context.api && isHidden(state, object, field)) return undefined;
  const { attributes, ...keys } = raw as Record<string, unknown> & { attributes?: { type?: string } };
  const targetName = attributes?.type ?? field.referenceTo[0] ?? "";
  if (field.referenceTo.length > 1 && attributes?.type === undefined) {
    throw new SalesforceFault(
      "INVALID_FIELD",
      "Nested object for polymorphic foreign key must have an attributes field before any other fields.",
    );
  }
  const target = state.catalog.object(targetName);
  const [name = "", value] = Object.entries(keys)[0] ?? [];
  const keyField = target === undefined ? undefined : state.catalog.field(target, name);
  if (target === undefined || keyField === undefined || !(keyField.externalId || keyField.idLookup)) {
    throw new SalesforceFault("INVALID_FIELD", `No such column '${name}' on sobject of type ${targetName}`);
  }
  const found =
    keyField.type === "id" ? [{ Id: String(value) }] : recordsWith(state, target.name, keyField.name, String(value));
  const id = found[0]?.["Id"];
  if (found.length === 1 && typeof id === "string") return { field, id };
  throw new SalesforceFault(
    "INVALID_FIELD",
    `Foreign key external ID: ${String(value)} not found for field ${keyField.name} in entity ${target.name}`,
  );
}
