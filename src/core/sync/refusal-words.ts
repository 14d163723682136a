/** What is told of a write that a system refused: its own words, and what of the way out they leave unsaid. */
import type { Write, WriteOutcome } from "../model/plan.ts";
import type { ObjectSchema, RawValue } from "../model/record.ts";

/** More values than these fill a screen and help nobody. */
const MOST_VALUES = 20;

/** `schema`: that of the object written to, as it was last read; null where it is not known. `fields`: the names of those that are blamed. */
export function refusalWords(
  outcome: Extract<WriteOutcome, { kind: "rejected" }>,
  { fields: sent }: Write,
  fields: readonly string[],
  schema: ObjectSchema | null,
): string {
  const { message, existingId } = outcome;
  const found = existingId === null || message.includes(existingId) ? [] : [`It found ${existingId}.`];
  const allowed = fields.flatMap((name) => allowedValues(name, sent[name]?.to ?? null, schema, message));
  return [message, ...found, ...allowed].join(" ");
}

/** Of a list that does not have the value. A value that the list has was refused for something else, or the list is old. */
function allowedValues(name: string, value: RawValue, schema: ObjectSchema | null, message: string): string[] {
  const field = schema?.fields.find((each) => each.name === name);
  if (field === undefined || !field.restricted || field.values.length === 0 || typeof value !== "string") return [];
  const parts = field.type === "multi-picklist" ? value.split(";") : [value];
  if (parts.every((part) => field.values.includes(part.trim()))) return [];
  if (field.values.every((each) => message.includes(each))) return [];
  const more = field.values.length - MOST_VALUES;
  const list = field.values.slice(0, MOST_VALUES).join(", ");
  return [`${name} allows: ${list}${more > 0 ? `, and ${more} more` : ""}.`];
}
