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

/**
 * Compound fields come as objects, and bulk queries refuse them and files
 * (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/compound_fields.htm); whoever may not view encrypted data reads a mask
 * (https://help.salesforce.com/s/articleView?id=sf.fields_about_encrypted_fields.htm).
 */
const UNFIT: Readonly<Record<string, FieldSchema["unfit"]>> = {
  address: "compound",
  location: "compound",
  encryptedstring: "masked",
  base64: "binary",
};

const FORMATS: Readonly<Record<string, FieldSchema["format"]>> = { email: "email", phone: "phone", url: "url" };

/**
 * The object as the integration user sees it: a field that field-level security hides is not among the fields. `reached` are fields of other objects over a
 * relation (`Account.Name`, `Account.Owner.Email`): those that are there come last, and nobody may write them. Throws StopRun for an unknown object.
 */
export async function describeObject(
  calls: SalesforceCalls,
  object: string,
  reached: readonly string[] = [],
): Promise<ObjectSchema> {
  const fields = await describeFields(calls, object);
  const known = new Map([[object, fields]]);
  const over: FieldSchema[] = [];
  for (const path of reached) {
    const field = await fieldOver(calls, object, path.split("."), known);
    if (field !== null) over.push({ ...fieldSchema(field), ...READ_ONLY, name: path });
  }
  return { system: "salesforce", object, fields: [...fields.map(fieldSchema), ...over] };
}

const READ_ONLY = { writable: false, createable: false, required: false } as const;

/** The field at the end of the path; null where a step of it is not there, or hidden. Each object on the way is described once. */
async function fieldOver(
  calls: SalesforceCalls,
  object: string,
  [step = "", ...rest]: readonly string[],
  known: Map<string, readonly DescribedField[]>,
): Promise<DescribedField | null> {
  const fields = known.get(object) ?? (await describeFields(calls, object));
  known.set(object, fields);
  if (rest.length === 0) return fields.find(({ name: its }) => its === step) ?? null;
  const parent = fields.find(({ relationshipName }) => relationshipName === step)?.referenceTo[0];
  return parent === undefined ? null : fieldOver(calls, parent, rest, known);
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
  const format = FORMATS[field.type];
  const unfit = UNFIT[field.type];
  return {
    name: field.name,
    label: field.label,
    type: TYPES[field.type] ?? "other",
    ...(format === undefined ? {} : { format }),
    ...(unfit === undefined ? {} : { unfit }),
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
