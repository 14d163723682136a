/** Reads an object's fields as the integration user sees them. */
import type * as z from "zod";
import { StopRun } from "../../core/errors.ts";
import type { FieldSchema, ObjectSchema } from "../../core/model/record.ts";
import type { SalesforceCalls } from "./salesforce-calls.ts";
import { describeAnswer } from "./salesforce-wire.ts";
import { name } from "./soql.ts";

type DescribedField = z.infer<typeof describeAnswer>["fields"][number];

const TYPES: Readonly<Record<string, FieldSchema["type"]>> = {
  string: "text",
  textarea: "text",
  email: "text",
  phone: "text",
  url: "text",
  encryptedstring: "text",
  combobox: "text",
  boolean: "boolean",
  int: "number",
  long: "number",
  double: "number",
  currency: "number",
  percent: "number",
  date: "date",
  datetime: "datetime",
  picklist: "picklist",
  multipicklist: "multi-picklist",
  reference: "reference",
  id: "id",
};

/** The object as the integration user sees it: a field that field-level security hides is not among the fields. Throws StopRun for an unknown object. */
export async function describeObject(calls: SalesforceCalls, object: string): Promise<ObjectSchema> {
  const fields = await describeFields(calls, object);
  return { system: "salesforce", object, fields: fields.map(fieldSchema) };
}

/** The vendor's own description of the object's fields. */
export async function describeFields(calls: SalesforceCalls, object: string): Promise<readonly DescribedField[]> {
  const what = `the description of ${object}`;
  const body = await calls.need({ method: "GET", path: calls.paths.describe(name(object)), what, write: false });
  const parsed = describeAnswer.safeParse(body);
  if (!parsed.success) throw new StopRun(`${what} has a form that LeadLoop does not know`, { cause: parsed.error });
  return parsed.data.fields;
}

function fieldSchema(field: DescribedField): FieldSchema {
  return {
    name: field.name,
    label: field.label,
    type: TYPES[field.type] ?? "other",
    length: field.length > 0 ? field.length : null,
    writable: field.updateable,
    createable: field.createable,
    required: field.createable && !field.nillable && !field.defaultedOnCreate,
    unique: field.unique,
    externalId: field.externalId,
    values: (field.picklistValues ?? []).filter(({ active }) => active).map(({ value }) => value),
    restricted: field.restrictedPicklist,
  };
}
