/** Which change of a field's type loses values, and when the field is there again. */
import { expect, test } from "vitest";
import type { ObjectMapping } from "../../../src/core/model/mapping.ts";
import type { FieldSchema, ObjectSchema } from "../../../src/core/model/record.ts";
import {
  beforeRetyping,
  conversionsBetween,
  withoutConverted,
  withRetyped,
} from "../../../src/core/sync/converted-fields.ts";

const line = (rule: string) =>
  [
    { fields: [{ hubspot: "jobtitle", salesforce: "Title", rule, transform: { type: "text" } }] },
  ] as unknown as ObjectMapping[];
const schema = (type: FieldSchema["type"], length: number | null, name = "Title"): ObjectSchema => ({
  system: "salesforce",
  object: "Lead",
  fields: [{ name, type, length } as FieldSchema],
});

test.each([
  ["text", 128, "number", null, true],
  ["text", 128, "boolean", null, true],
  ["text", 128, "date", null, true],
  ["datetime", null, "date", null, true],
  ["text", 128, "text", 80, true],
  ["text", null, "text", 80, true],
  ["number", null, "text", 18, false],
  ["text", 128, "text", 255, false],
  ["text", 128, "picklist", null, false],
  ["picklist", null, "text", 80, false],
  ["picklist", null, "multi-picklist", null, false],
  ["boolean", null, "boolean", null, false],
] as const)("%s (%s) that becomes %s (%s) loses values: %s", (was, wasLong, is, isLong, loses) => {
  const found = conversionsBetween(schema(was, wasLong), schema(is, isLong), line("two-way"));
  expect(found.map(({ name }) => name)).toEqual(loses ? ["Title"] : []);
});

test("a field that no mapping has, or that was not there before, is none", () => {
  expect(conversionsBetween(schema("text", 9, "Fax"), schema("number", null, "Fax"), line("two-way"))).toEqual([]);
  expect(conversionsBetween(schema("text", 9, "Fax"), schema("number", null), line("two-way"))).toEqual([]);
});

test.each([
  ["as it is", schema("number", null), "two-way", []],
  ["with its old type back", schema("text", 128), "two-way", ["Title"]],
  ["with another line in the mappings", schema("number", null), "dont-sync", ["Title"]],
])("a field that was left out, %s, is shown: %s", (_, now, rule, shown) => {
  const converted = conversionsBetween(schema("text", 128), schema("number", null), line("two-way"));
  const left = withoutConverted(now, converted, line(rule));
  expect(left.fields.map(({ name }) => name)).toEqual(shown);
  expect(left.converted?.length ?? 0).toBe(1 - shown.length);
});

const MONDAY = "2026-03-02T08:00:00.000Z";
const TUESDAY = "2026-03-03T08:00:00.000Z";
const FRIDAY = "2026-03-06T08:00:00.000Z";

test("a schema that was read anew, once or more, before what went by another type was read still tells what the field was", () => {
  const [text, number] = [schema("text", 128), schema("number", null)];
  const once = withRetyped(number, text, { at: TUESDAY, since: MONDAY });
  const twice = withRetyped(number, once, { at: FRIDAY, since: MONDAY });
  for (const known of [once, twice])
    expect(conversionsBetween(beforeRetyping(known), number, line("two-way"))).toMatchObject([{ name: "Title" }]);
  // Whoever clears it long after has cleared it.
  const late = withRetyped(number, twice, { at: FRIDAY, since: TUESDAY });
  expect(conversionsBetween(beforeRetyping(late), number, line("two-way"))).toEqual([]);
  expect(late.retyped).toBeUndefined();
});

test.each([
  ["is the same", schema("text", 128)],
  ["holds more", schema("text", 255)],
  ["is hidden", { ...schema("text", 128), fields: [] }],
])("a field that %s is not noted", (_, now) => {
  expect(withRetyped(now, schema("text", 128), { at: TUESDAY, since: MONDAY })).toEqual(now);
});
