/** What `check --live` says of one mapped field: each kind of misfit between the two schemas, by its words. */
import { expect, test } from "vitest";
import { fieldFindings, requiredFindings } from "../../src/cli/check-live-field.ts";
import { type TransformName, transformNamed } from "../../src/core/mapping/transforms.ts";
import type { FieldMapping, ObjectMapping, SyncRule } from "../../src/core/model/mapping.ts";
import type { FieldSchema, ObjectSchema, System } from "../../src/core/model/record.ts";

const schemaOf = (system: System, fields: readonly Partial<FieldSchema>[]): ObjectSchema => ({
  system,
  object: system === "hubspot" ? "contacts" : "Lead",
  fields: fields.map((field) => ({ ...PLAIN, name: system === "hubspot" ? "title" : "Title", ...field })),
});
const PLAIN: FieldSchema = {
  name: "",
  label: "",
  type: "text",
  length: null,
  writable: true,
  createable: true,
  required: false,
  unique: false,
  externalId: false,
  values: [],
  restricted: false,
};
const fieldOf = (as: TransformName, rule: SyncRule, values?: Record<string, string>): FieldMapping => ({
  name: "title",
  hubspot: "title",
  salesforce: "Title",
  rule,
  transform: transformNamed(as, values === undefined ? {} : { values }),
  whenMissing: undefined,
});

interface Case {
  readonly as?: TransformName;
  readonly rule?: SyncRule;
  readonly values?: Record<string, string>;
  /** The side that is written. */
  readonly here?: Partial<FieldSchema>;
  readonly there?: Partial<FieldSchema>;
}

const list = (...values: string[]): Partial<FieldSchema> => ({ type: "picklist", values, restricted: true });
const told = ({ as = "text", rule = "two-way", values, here = {}, there = {} }: Case) =>
  fieldFindings(
    fieldOf(as, rule, values),
    "salesforce",
    schemaOf("salesforce", [here]),
    schemaOf("hubspot", [there]),
    true,
  );

test.each<[string, Case, string, string]>([
  [
    "is not there, or hidden",
    { here: { name: "Subject" } },
    "problem",
    "shows LeadLoop's user no field Title. If there is none: write Subject",
  ],
  [
    "is hidden, or not there",
    { here: { name: "Subject" } },
    "problem",
    "If there is one: field-level security hides it",
  ],
  ["is spelt otherwise", { here: { name: "TITLE" } }, "problem", "spells it TITLE; write TITLE"],
  ["is nearly there", { here: { name: "Titles" } }, "problem", "write Titles"],
  ["may only be read", { here: { writable: false, createable: false } }, "problem", "is read-only in salesforce"],
  [
    "may be given once",
    { here: { writable: false } },
    "problem",
    "can only be given in salesforce when a record is made",
  ],
  ["is put together from others", { here: { type: "other", unfit: "compound" } }, "problem", "map its parts instead"],
  ["is encrypted", { here: { unfit: "masked" } }, "problem", "reads asterisks in place of the value"],
  [
    "is encrypted and only read",
    { rule: "always-use-salesforce", here: { unfit: "masked" } },
    "problem",
    "would carry those to the other side",
  ],
  ["holds a file", { here: { type: "other", unfit: "binary" } }, "problem", "take the line out"],
  ["cannot be given to new records", { here: { createable: false } }, "warning", "set by an update after that"],
  ["holds addresses", { here: { format: "email" } }, "warning", "what is no email is rejected; write as: email"],
  ["holds phone numbers", { as: "number", here: { format: "phone" } }, "problem", "write as: phone"],
  ["holds web addresses", { as: "boolean", here: { format: "url" } }, "problem", "write as: url"],
  ["holds ids", { here: { type: "reference" } }, "warning", "takes only ids of records"],
  ["is of another kind", { here: { type: "number" } }, "problem", "write as: number"],
  ["is shorter", { here: { length: 5 }, there: { length: 9 } }, "warning", "write max-length: { salesforce: 5 }"],
  ["has fewer values", { here: list("A"), there: list("A", "B") }, "warning", "hubspot also has B"],
  ["has a list where the other is free text", { here: list("A") }, "warning", "other values will be rejected"],
  [
    "has fewer values than an open list",
    { here: list("A"), there: { ...list("A", "B"), restricted: false } },
    "warning",
    "hubspot also has B",
  ],
  [
    "has a value that the map means and the list has not",
    { as: "picklist", values: { b: "B" }, here: list("A"), there: list("b") },
    "warning",
    "hubspot also has b",
  ],
])("a field that %s is told", (_, given, severity, words) => {
  expect(told(given)).toEqual([[severity, expect.stringContaining(words)]]);
});

test.each<[string, Case]>([
  ["is never written", { rule: "always-use-salesforce", here: { ...list("A"), writable: false }, there: list("B") }],
  ["is encrypted and left alone", { rule: "dont-sync", here: { unfit: "masked" } }],
  ["takes whatever comes", { here: { ...list("A"), restricted: false }, there: list("A", "B") }],
  ["is not shorter", { here: { length: 9 }, there: { length: 9 } }],
  ["holds addresses and is given them", { as: "email", here: { format: "email" } }],
  ["holds phone numbers and is given text", { here: { format: "phone" } }],
  ["holds web addresses and is given them", { as: "url", here: { format: "url" } }],
  ["holds owners and is given them", { as: "owner", here: { type: "reference" } }],
  ["has every value", { here: list("A", "B"), there: list("B") }],
  ["has what the map makes of the other's", { as: "picklist", values: { b: "A" }, here: list("A"), there: list("b") }],
  ["takes a day where the other keeps moments", { as: "date", here: { type: "date" }, there: { type: "datetime" } }],
])("nothing is told of a field that %s", (_, given) => {
  expect(told(given)).toEqual([]);
});

test.each<[string, Partial<ObjectMapping>, readonly FieldMapping[], readonly (readonly [string, string])[]]>([
  ["a field without a line", {}, [], [["problem", "no line gives it"]]],
  ["a line without a placeholder", {}, [fieldOf("text", "two-way")], [["warning", "write when-missing"]]],
  ["a line with a placeholder", {}, [{ ...fieldOf("text", "two-way"), whenMissing: "-" }], []],
  ["nothing where nobody is created", { create: [] }, [], []],
])("what a create demands: %s", (_, mapping, fields, expected) => {
  const given = { create: ["salesforce"], matchKeys: [], ...mapping, fields } as unknown as ObjectMapping;
  const schema = schemaOf("salesforce", [{ required: true }]);
  expect(requiredFindings(given, "salesforce", schema)).toEqual(
    expected.map(([severity, words]) => [severity, expect.stringContaining(words)]),
  );
});
