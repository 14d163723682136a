/** What a record that was just read may lead to: a run that foresees too much plans everybody twice, so nothing harmless may count. */
import { expect, test } from "vitest";
import type { Link } from "../../../src/core/model/link.ts";
import type { CrmRecord, RawValue, Value } from "../../../src/core/model/record.ts";
import type { Condition } from "../../../src/core/model/rulebook.ts";
import { foresee, NOTHING_YET } from "../../../src/core/sync/check-safety.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { fieldMapping } from "../../support/field-world.ts";
import { rulebook } from "../rules/rule-subjects.ts";

const TRUE: Condition = { source: "true", holds: () => true };
const AT = "2026-03-02T08:00:00.000Z";
const mapping = fieldMapping("two-way");
const ownFields = { stage: { hubspot: "lifecyclestage", salesforce: "Stage" } } as Parameters<
  typeof foresee
>[3]["ownFields"];
const rules = { mapping, rulebook: rulebook(), ownFields };
const [field] = mapping.fields;

function read(value: RawValue): CrmRecord {
  const ref = { system: "hubspot", object: "contacts", id: "1" } as const;
  const fields = { [field?.hubspot ?? ""]: value };
  return { ref, fate: { kind: "live" }, fields, createdAt: AT, modifiedAt: AT, version: AT };
}

test.each<[string, Value, RawValue, number]>([
  ["a text that became blank", "text", null, 1],
  ["a text that became empty", "text", "", 1],
  ["another text", "text", "other", 0],
  ["a blank that is blank", null, null, 0],
  ["a tick that went", "true", null, 1],
  ["a checkbox that was never touched, which is as good as unticked", "false", null, 0],
])("%s", (_what, base, now, blank) => {
  const link = { ...newLink("link", read(now), null, "linked", AT), fields: { [field?.name ?? ""]: { base } } };
  expect(foresee(NOTHING_YET, read(now), link, rules)).toEqual({ ...NOTHING_YET, change: 1, blank });
});

test("a stranger may have to be made on the other side", () => {
  expect(foresee(NOTHING_YET, read("text"), undefined, rules)).toEqual({ ...NOTHING_YET, create: 1 });
});

test.each<[string, RawValue, Value, number]>([
  ["a reason where there was none", "Bad timing", null, 1],
  ["the same reason as before", "Bad timing", "Bad timing", 0],
  ["no reason", null, null, 0],
])("%s moves a person back at most", (_what, now, before, regress) => {
  const { lifecycle } = rules.rulebook;
  const recycling = { ...lifecycle, recycle: { when: TRUE, reason: "rejection", retryOn: null } };
  const facts = { hubspot: [], salesforce: [{ name: "rejection", field: "Rejection__c", type: "text" as const }] };
  const ref = { system: "salesforce", object: "Lead", id: "00Q1" } as const;
  const record = { ...read(null), ref, fields: { Rejection__c: now } };
  const stage = { stage: "sql", epoch: 1 } as Link["stage"];
  const link = { ...newLink("link", record, null, "linked", AT), stage, facts: { rejection: before } };
  const changed = { mapping, ownFields, rulebook: { lifecycle: recycling, facts } };
  expect(foresee(NOTHING_YET, record, link, changed)).toEqual({ ...NOTHING_YET, change: 1, regress });
});
