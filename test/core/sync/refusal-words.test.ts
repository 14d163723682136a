/** What is told of a refused write beside the system's own words: the record that is in the way, and what a list allows. */
import { expect, test } from "vitest";
import type { Write } from "../../../src/core/model/plan.ts";
import type { FieldSchema, ObjectSchema, RawValue } from "../../../src/core/model/record.ts";
import { refusalWords } from "../../../src/core/sync/refusal-words.ts";

const LIST = ["Cold", "Warm", "Hot"];

function schemaOf(values: readonly string[], changes: Partial<FieldSchema> = {}): ObjectSchema {
  const field = { name: "Rating", label: "Rating", type: "picklist", length: null, writable: true } as const;
  const rest = { createable: true, required: false, unique: false, externalId: false, restricted: true };
  return { system: "salesforce", object: "Lead", fields: [{ ...field, ...rest, values, ...changes }] };
}

function words(
  value: RawValue,
  schema: ObjectSchema | null,
  { message = "no", existingId = null }: { readonly message?: string; readonly existingId?: string | null } = {},
): string {
  const fields = { Rating: { from: null, to: value, rule: "two-way" } };
  const write = { system: "salesforce", object: "Lead", fields } as unknown as Write;
  const outcome = { kind: "rejected", key: "k", code: "C", message, fields: ["Rating"], existingId } as const;
  return refusalWords(outcome, write, ["Rating"], schema);
}

const long = Array.from({ length: 25 }, (_, index) => `v${index}`);

test.each<[string, RawValue, ObjectSchema | null, string]>([
  ["a value that the list lacks", "Boiling", schemaOf(LIST), "no Rating allows: Cold, Warm, Hot."],
  [
    "one of several values",
    "Hot;Boiling",
    schemaOf(LIST, { type: "multi-picklist" }),
    "no Rating allows: Cold, Warm, Hot.",
  ],
  ["a long list", "x", schemaOf(long), `no Rating allows: ${long.slice(0, 20).join(", ")}, and 5 more.`],
  ["a value that the list has", "Hot", schemaOf(LIST), "no"],
  ["a list that takes any value", "Boiling", schemaOf(LIST, { restricted: false }), "no"],
  ["a field without a list", "Boiling", schemaOf([]), "no"],
  ["no text", 7, schemaOf(LIST), "no"],
  ["a schema that is not known", "Boiling", null, "no"],
])("of %s", (_what, value, schema, said) => {
  expect(words(value, schema)).toBe(said);
});

test("a list that the system names itself is not told twice", () => {
  const message = "Boiling is none of Cold, Warm, Hot";
  expect(words("Boiling", schemaOf(LIST), { message })).toBe(message);
});

test("the record that is in the way is told where the system's words leave it out", () => {
  expect(words("Hot", null, { message: "Use one of these records?", existingId: "00Q1" })).toBe(
    "Use one of these records? It found 00Q1.",
  );
  const named = "Contact already exists. Existing ID: 4711";
  expect(words("Hot", null, { message: named, existingId: "4711" })).toBe(named);
});
