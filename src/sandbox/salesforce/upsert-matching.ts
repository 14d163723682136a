/** Finds the record an upsert is about, by an external id or by the record id. */
import type { FieldDefinition, ObjectDefinition } from "./field-definition.ts";
import { isHidden, type WriteContext } from "./input-resolving.ts";
import { liveRecords, type OrgState, tableOf } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { normaliseId } from "./salesforce-id.ts";
import { createRecord, type RecordInput, requireLive, updateRecord } from "./sobject-writing.ts";

/** The field an upsert may match on; undefined when it does not exist, is hidden, or is no key. */
export function keyField(state: OrgState, object: ObjectDefinition, name: string): FieldDefinition | undefined {
  const field = state.catalog.field(object, name);
  if (field === undefined || isHidden(state, object, field)) return undefined;
  return field.externalId || field.idLookup ? field : undefined;
}

/** Ids of the live records with that key; matched without regard to case unless the field says otherwise. */
export function idsByKey(state: OrgState, object: ObjectDefinition, field: FieldDefinition, value: string): string[] {
  return liveRecords(tableOf(state, object), field.name, value)
    .filter((record) => !field.caseSensitive || record[field.name] === value)
    .map((record) => String(record["Id"]));
}

interface UpsertOutcome {
  readonly id: string;
  readonly created: boolean;
}

/** Updates the record with that key, or creates one. Several records with the key refuse with DUPLICATE_EXTERNAL_ID. */
export function upsertRecord(
  state: OrgState,
  object: ObjectDefinition,
  field: FieldDefinition,
  key: unknown,
  input: RecordInput,
  context: WriteContext,
): UpsertOutcome {
  if (field.type === "id") return upsertById(state, object, key, input, context);
  if (key === null || key === undefined || String(key).trim() === "") {
    throw new SalesforceFault("MISSING_ARGUMENT", `${field.name} not specified`, { fields: [field.name] });
  }
  const ids = idsByKey(state, object, field, String(key).trim());
  const [id, another] = ids;
  if (another !== undefined) {
    throw new SalesforceFault(
      "DUPLICATE_EXTERNAL_ID",
      `${field.name}: more than one record found for external id field: [${ids.join(", ")}]`,
    );
  }
  if (id === undefined) {
    const created = createRecord(state, object, { ...input, [field.name]: key }, context);
    return { id: created, created: true };
  }
  updateRecord(state, object, id, input, context);
  return { id, created: false };
}

function upsertById(
  state: OrgState,
  object: ObjectDefinition,
  key: unknown,
  input: RecordInput,
  context: WriteContext,
): UpsertOutcome {
  if (key === null || key === undefined || key === "") {
    return { id: createRecord(state, object, input, context), created: true };
  }
  const id = normaliseId(String(key));
  if (id === undefined) {
    throw new SalesforceFault("JSON_PARSER_ERROR", `Invalid value for type id: ${String(key)}`, { fields: ["Id"] });
  }
  requireLive(state, object, id);
  updateRecord(state, object, id, input, context);
  return { id, created: false };
}
