/** Writes the rows of LeadHistory, ContactHistory and OpportunityHistory that follow from a change. */
import type { FieldDefinition, FieldValue, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import { latestRecord, type OrgState, storeRecord } from "./org-state.ts";

/** Who changed the record and when, as audit fields show it. */
interface ChangeMark {
  readonly by: string;
  /** In the vendor's date-time format. */
  readonly stamp: string;
}

/** Adds the history rows of one saved change. `before` is undefined for a new record. */
export function writeHistory(
  state: OrgState,
  object: ObjectDefinition,
  before: StoredRecord | undefined,
  after: StoredRecord,
  mark: ChangeMark,
): void {
  if (object.name === "Opportunity") writeStageHistory(state, before, after, mark);
  const tracked = state.trackedFields.get(object.name);
  if (tracked === undefined) return;
  if (before === undefined) {
    addHistoryRow(state, object, after, mark, { Field: "created", DataType: "Text", OldValue: null, NewValue: null });
    return;
  }
  for (const name of tracked) {
    if (before[name] === after[name]) continue;
    const field = object.fields.get(name);
    if (field !== undefined) writeFieldHistory(state, object, field, before, after, mark);
  }
}

/** Adds one row to the history of a record, for events that are not a change of a field (`leadConverted`). */
export function addHistoryRow(
  state: OrgState,
  object: ObjectDefinition,
  record: StoredRecord,
  mark: ChangeMark,
  row: Readonly<Record<"Field" | "DataType" | "OldValue" | "NewValue", FieldValue>>,
): void {
  const history = state.catalog.require(`${object.name}History`);
  storeRecord(state, history, {
    ...state.catalog.emptyRecord(history),
    Id: state.mint.next(history.idPrefix),
    [`${object.name}Id`]: record["Id"] ?? null,
    CreatedById: mark.by,
    CreatedDate: mark.stamp,
    ...row,
  });
}

/** A reference is tracked under its relationship's name by two rows: one with names, one with ids. */
function writeFieldHistory(
  state: OrgState,
  object: ObjectDefinition,
  field: FieldDefinition,
  before: StoredRecord,
  after: StoredRecord,
  mark: ChangeMark,
): void {
  const old = before[field.name] ?? null;
  const fresh = after[field.name] ?? null;
  if (field.type === "reference") {
    const Field = field.relationshipName ?? field.name;
    const names = { Field, DataType: "Text", OldValue: nameOf(state, old), NewValue: nameOf(state, fresh) };
    addHistoryRow(state, object, after, mark, names);
    addHistoryRow(state, object, after, mark, { Field, DataType: "EntityId", OldValue: old, NewValue: fresh });
    return;
  }
  // Multi-selects and long texts are tracked without their values.
  const silent = field.type === "multipicklist" || field.length > 255;
  addHistoryRow(state, object, after, mark, {
    Field: field.name,
    DataType: dataTypeOf(field),
    OldValue: silent ? null : textOf(old),
    NewValue: silent ? null : textOf(fresh),
  });
}

function textOf(value: FieldValue): FieldValue {
  return value === null ? null : String(value);
}

function dataTypeOf(field: FieldDefinition): string {
  if (field.type === "boolean") return "Boolean";
  if (field.type === "date") return "DateOnly";
  if (field.type === "datetime") return "DateTime";
  return ["int", "double", "currency", "percent"].includes(field.type) ? "Double" : "Text";
}

function nameOf(state: OrgState, id: FieldValue): FieldValue {
  if (typeof id !== "string") return null;
  const object = state.catalog.objectOfId(id);
  return object === undefined ? null : (latestRecord(state, object.name, id)?.["Name"] ?? null);
}

const stageFields = ["StageName", "Amount", "CloseDate", "Probability", "ForecastCategory"] as const;

/** OpportunityHistory takes a row on creation and on each change of stage, amount, close date, probability or forecast. */
function writeStageHistory(
  state: OrgState,
  before: StoredRecord | undefined,
  after: StoredRecord,
  mark: ChangeMark,
): void {
  if (before !== undefined && stageFields.every((name) => before[name] === after[name])) return;
  const history = state.catalog.require("OpportunityHistory");
  storeRecord(state, history, {
    ...state.catalog.emptyRecord(history),
    Id: state.mint.next(history.idPrefix),
    OpportunityId: after["Id"] ?? null,
    CreatedById: mark.by,
    CreatedDate: mark.stamp,
    SystemModstamp: mark.stamp,
    StageName: after["StageName"] ?? null,
    Amount: after["Amount"] ?? null,
    ExpectedRevenue: after["ExpectedRevenue"] ?? null,
    CloseDate: after["CloseDate"] ?? null,
    Probability: after["Probability"] ?? null,
    ForecastCategory: after["ForecastCategory"] ?? null,
    PrevAmount: before?.["Amount"] ?? null,
    PrevCloseDate: before?.["CloseDate"] ?? null,
  });
}
