/** Makes a custom field as an admin would, by the Tooling API. */
import type { NewField, NewFieldType } from "../../core/model/new-field.ts";
import type { FieldMade } from "../../jobs/ports.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";

/** Fields of tasks are made on Activity, which tasks and events share. */
const ACTIVITY = "Activity";
/** Rows that a multi-select shows at once; Salesforce demands a number. */
const VISIBLE_LINES = 4;

/**
 * One call. The field is there afterwards and nobody sees it: field-level security is a decision of the org's admin
 * (https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/tooling_api_objects_customfield.htm). Throws StopRun where the user may
 * make no fields at all.
 */
export async function createField(calls: SalesforceCalls, field: NewField): Promise<FieldMade> {
  const owner = field.object === "Task" ? ACTIVITY : field.object;
  const answer = await calls.send({
    method: "POST",
    path: calls.paths.customField,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ FullName: `${owner}.${field.name}`, Metadata: metadataOf(field) }),
    what: `the new field ${field.name} of ${field.object}`,
    write: true,
  });
  if (answer.ok) return { made: true };
  return { made: false, reason: `${answer.refusal.code}: ${answer.refusal.message}` };
}

function metadataOf(field: NewField): Readonly<Record<string, unknown>> {
  const key = field.unique ? { externalId: true, unique: true, caseSensitive: false } : {};
  return { label: field.label, description: field.description, ...typeOf(field.type), ...key };
}

function typeOf(type: NewFieldType): Readonly<Record<string, unknown>> {
  switch (type.kind) {
    case "text":
      return { type: "Text", length: type.length };
    case "number":
      return { type: "Number", precision: type.precision, scale: type.scale };
    case "boolean":
      return { type: "Checkbox", defaultValue: "false" };
    case "date":
      return { type: "Date" };
    case "datetime":
      return { type: "DateTime" };
    case "choice":
      return { type: "Picklist", valueSet: valueSetOf(type.values, type.restricted) };
    case "choices":
      return {
        type: "MultiselectPicklist",
        visibleLines: VISIBLE_LINES,
        valueSet: valueSetOf(type.values, type.restricted),
      };
  }
}

function valueSetOf(values: readonly string[], restricted: boolean): Readonly<Record<string, unknown>> {
  return {
    restricted,
    valueSetDefinition: {
      sorted: false,
      value: values.map((value) => ({ fullName: value, label: value, default: false })),
    },
  };
}
