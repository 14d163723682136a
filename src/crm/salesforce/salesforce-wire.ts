/** The shapes of Salesforce's answers as far as we use them, and how a row becomes a record. Envelopes are checked, rows are read field by field. */
import * as z from "zod";
import type { CrmRecord, Instant, RawValue, RecordFate } from "../../core/model/record.ts";
import { toEighteen } from "./eighteen-character-id.ts";

export type Row = Readonly<Record<string, unknown>>;

const rows = z.custom<readonly Row[]>((value) => Array.isArray(value), "expected a list of records");

/** Answer of query and queryAll. */
export const queryAnswer = z.looseObject({ done: z.boolean(), records: rows });

/** One error, from a request (`errorCode`) or from a row of a collection (`statusCode`). */
const apiError = z.looseObject({
  errorCode: z.string().optional(),
  statusCode: z.string().optional(),
  message: z.string().default(""),
  fields: z.array(z.string()).nullish(),
  duplicateResult: z.unknown().optional(),
});
export type ApiError = z.infer<typeof apiError>;
export const apiErrors = z.array(apiError);

export const collectionAnswer = z.array(
  z.looseObject({
    id: z.string().nullish(),
    success: z.boolean(),
    created: z.boolean().optional(),
    errors: apiErrors.default([]),
  }),
);

export const compositeAnswer = z.looseObject({
  compositeResponse: z.array(
    z.looseObject({ body: z.unknown(), httpStatusCode: z.number().int(), referenceId: z.string() }),
  ),
});

export const limitsAnswer = z.looseObject({
  DailyApiRequests: z.looseObject({ Max: z.number(), Remaining: z.number() }).optional(),
});

export const organizationAnswer = z.looseObject({
  features: z.looseObject({ defaultCurrencyIsoCode: z.string().nullish() }),
});

export const tokenAnswer = z.looseObject({ access_token: z.string(), instance_url: z.string(), id: z.string() });
export const tokenRefusal = z.looseObject({ error: z.string(), error_description: z.string().optional() });

/** A matched record inside a DUPLICATES_DETECTED error. */
export const duplicateResult = z.looseObject({
  matchResults: z.array(
    z.looseObject({ matchRecords: z.array(z.looseObject({ record: z.looseObject({ Id: z.string() }) })) }),
  ),
});

export const describeAnswer = z.looseObject({
  fields: z.array(
    z.looseObject({
      name: z.string(),
      label: z.string(),
      type: z.string(),
      length: z.number().default(0),
      updateable: z.boolean(),
      createable: z.boolean(),
      nillable: z.boolean(),
      defaultedOnCreate: z.boolean().default(false),
      unique: z.boolean().default(false),
      externalId: z.boolean().default(false),
      restrictedPicklist: z.boolean().default(false),
      relationshipName: z.string().nullish(),
      referenceTo: z.array(z.string()).default([]),
      picklistValues: z.array(z.looseObject({ active: z.boolean(), value: z.string() })).nullish(),
    }),
  ),
});

const MERGEABLE: ReadonlySet<string> = new Set(["Lead", "Contact", "Account"]);
/** Objects without a recycle bin. */
const NEVER_DELETED: ReadonlySet<string> = new Set(["User", "Group"]);
const ALWAYS = ["Id", "SystemModstamp", "LastModifiedDate", "CreatedDate", "LastModifiedById"];
const CONVERSION = ["IsConverted", "ConvertedContactId", "ConvertedAccountId", "ConvertedOpportunityId"];

/** The fields to select so that a row tells its version and its fate, the wanted ones included, each once. */
export function fieldsToSelect(object: string, wanted: readonly string[]): readonly string[] {
  const fields = new Set(ALWAYS);
  if (!NEVER_DELETED.has(object)) fields.add("IsDeleted");
  if (MERGEABLE.has(object)) fields.add("MasterRecordId");
  if (object === "Lead") for (const field of CONVERSION) fields.add(field);
  for (const field of wanted) fields.add(field);
  return [...fields];
}

/** A row as a record. `fields` holds only what was wanted and came back; times of the vendor's form are given as Instants. */
export function recordFrom(object: string, wanted: readonly string[], row: Row): CrmRecord {
  const fields: Record<string, RawValue> = {};
  for (const field of wanted) {
    const value = rawValue(valueAt(row, field));
    if (value !== undefined) fields[field] = value;
  }
  const modifiedAt = row["LastModifiedDate"] ?? row["SystemModstamp"];
  return {
    ref: { system: "salesforce", object, id: idOf(row) },
    fate: fateOf(row),
    fields,
    createdAt: instantFrom(row["CreatedDate"]),
    modifiedAt: instantFrom(modifiedAt),
    version: instantFrom(row["SystemModstamp"]),
  };
}

export function idOf(row: Row): string {
  return idOrNull(row["Id"]) ?? "";
}

/** Conversion outlasts a later delete of the Lead: the person lives in the Contact. */
function fateOf(row: Row): RecordFate {
  if (row["IsConverted"] === true) {
    return {
      kind: "converted",
      into: idOrNull(row["ConvertedContactId"]),
      account: idOrNull(row["ConvertedAccountId"]),
      opportunity: idOrNull(row["ConvertedOpportunityId"]),
    };
  }
  if (row["IsDeleted"] !== true) return { kind: "live" };
  const into = idOrNull(row["MasterRecordId"]);
  return into === null ? { kind: "deleted" } : { kind: "merged", into };
}

/** Follows `Account.Name` into the nested row; a blank relation makes a blank value. */
function valueAt(row: Row, field: string): unknown {
  const direct = row[field];
  if (direct !== undefined || !field.includes(".")) return direct;
  let value: unknown = row;
  for (const step of field.split(".")) {
    if (value === null || value === undefined) return value;
    value = (value as Row)[step];
  }
  return value;
}

/** Objects (compound addresses) have no single value and count as not read. */
function rawValue(value: unknown): RawValue | undefined {
  if (typeof value === "string") {
    if (value === "") return null;
    return isVendorTime(value) ? instantFrom(value) : value;
  }
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  return undefined;
}

/** `2021-12-02T18:23:39.000+0000`, the one form REST answers use. */
function isVendorTime(text: string): boolean {
  return text.length === 28 && text.endsWith("+0000") && text.charAt(10) === "T";
}

/** Cutting is much cheaper than parsing, and the form is fixed. */
export function instantFrom(value: unknown): Instant {
  if (typeof value !== "string") return "";
  return isVendorTime(value) ? `${value.slice(0, 23)}Z` : new Date(value).toISOString();
}

export function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export function idOrNull(value: unknown): string | null {
  const id = textOrNull(value);
  return id === null ? null : (toEighteen(id) ?? id);
}
