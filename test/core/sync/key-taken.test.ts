/** Our key on a record that cannot have it: the rest is written all the same, and another record is told the key again. */
import { expect, test } from "vitest";
import type { Write } from "../../../src/core/model/plan.ts";
import { applyOutcome } from "../../../src/core/sync/apply-outcome.ts";
import { isAboutKey, isKeyTaken, KEY, withKeyTaken } from "../../../src/core/sync/key-taken.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { fieldMapping } from "../../support/field-world.ts";

const NOW = "2026-03-02T08:00:00.000Z";
const ref = { system: "salesforce", object: "Lead", id: "00Q1" } as const;
const record = { ref, fate: { kind: "live" }, fields: {}, createdAt: NOW, modifiedAt: NOW, version: NOW } as const;
const link = { ...newLink("link", record, null, "linked", NOW), hubspotId: "1", fields: { field: { base: "old" } } };
const write: Write = {
  ...{ key: "link:1:salesforce", link: "link", recordName: "Ann", system: "salesforce", object: "Lead", id: "00Q1" },
  ...{ operation: "update", reason: KEY, unique: null, ifUnmodifiedSince: null, step: 1, purpose: "fields" },
  fields: { Key: { from: null, to: "link", rule: KEY }, Field: { from: "old", to: "new", rule: "two-way" } },
};
const refused = { kind: "rejected", key: write.key, code: "DUPLICATE_VALUE", message: "Key is taken" } as const;
const context = {
  ...{
    mapping: fieldMapping("two-way"),
    schema: null,
    unanswered: [],
    arriving: {},
    verifyAfterSeconds: 20,
    quarantineSeconds: 90,
  },
  ...{ run: "run", now: NOW },
};

test.each([
  ["the key", write, ["Key"], true],
  ["the key and what was not written", write, ["Key", "Phone"], true],
  ["another field too", write, ["Key", "Field"], false],
  ["another field", write, ["Field"], false],
  ["nothing by name", write, [], false],
  ["the key of a record that is being made", { ...write, operation: "create" as const, id: null }, ["Key"], false],
])("A refusal that blames %s: it is about our key alone, or not", (_, given, fields, expected) => {
  expect(isAboutKey(given, fields)).toBe(expected);
});

test("What was refused for the key alone parks no field and is sent again at once, without the key", () => {
  const outcome = { ...refused, fields: ["Key"], existingId: "00Q2" };
  const applied = applyOutcome({ ...link, quarantine: { salesforce: NOW } }, write, outcome, context);
  expect(applied).toMatchObject({ intent: "moot", detail: "Key is taken", reject: null, again: { inSeconds: 0 } });
  expect([applied.link.fields["field"], applied.link.quarantine]).toEqual([{ base: "old" }, {}]);
  expect([isKeyTaken(applied.link, "salesforce"), isKeyTaken(applied.link, "hubspot")]).toEqual([true, false]);
});

test("Another record of the person is told the key again", () => {
  const taken = withKeyTaken(link, write, "Key is taken");
  expect(isKeyTaken({ ...taken, salesforceId: "00Q3" }, "salesforce")).toBe(false);
  const both = withKeyTaken(taken, { ...write, system: "hubspot", id: "1" }, "Key is taken");
  expect([isKeyTaken(both, "salesforce"), isKeyTaken(both, "hubspot")]).toEqual([true, true]);
});
