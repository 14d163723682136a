/** Takes a field out of a query that Salesforce no longer shows us, so that the other fields still arrive. */
import type { SalesforceCalls } from "./salesforce-calls.ts";
import type { Refusal } from "./salesforce-errors.ts";
import { describeFields } from "./salesforce-schema.ts";

/**
 * The wanted fields that still exist for us, after a query was refused with INVALID_FIELD (one field hidden by field-level security or deleted fails
 * the whole query). `null` when that is not the reason. Fields taken out are missing in the records: unknown, never blank. Costs one describe.
 */
export async function narrowedFields(
  calls: SalesforceCalls,
  object: string,
  fields: readonly string[],
  refusal: Refusal,
): Promise<readonly string[] | null> {
  if (refusal.code !== "INVALID_FIELD") return null;
  const described = await describeFields(calls, object);
  const visible = new Set(described.flatMap(({ name, relationshipName }) => [name, relationshipName ?? name]));
  const kept = fields.filter((field) => visible.has(field.split(".")[0] ?? field));
  if (kept.length === fields.length) return null;
  const hidden = fields.filter((field) => !kept.includes(field));
  calls.log.warn({ event: "schema.changed", system: "salesforce", object, fields: hidden });
  return kept;
}
