/** What a look at both records leaves of a link whose stored values cannot be trusted. */
import { expect, test } from "vitest";
import type { CrmRecord, System } from "../../../src/core/model/record.ts";
import { observePerson } from "../../../src/core/sync/observe-person.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { fieldMapping } from "../../support/field-world.ts";

const NOW = "2026-03-02T08:00:00.000Z";
const mapping = fieldMapping("two-way");
const [field] = mapping.fields;
const record = (system: System, value: string): CrmRecord => ({
  ref: { system, object: system === "hubspot" ? "contacts" : "Lead", id: system },
  ...{ fate: { kind: "live" }, createdAt: NOW, modifiedAt: NOW, version: NOW },
  fields: { [field?.[system] ?? ""]: value },
});

test("What both sides hold alike is agreed on, and who waits for an answer goes on waiting", () => {
  const met = { ...newLink("link", record("hubspot", "a"), null, "linked", NOW), salesforceId: "salesforce" };
  const link = { ...met, quarantine: { salesforce: "2026-03-02T08:01:30.000Z" } };
  const seen = observePerson(link, mapping, record("hubspot", "a"), record("salesforce", "a"));
  expect(seen).toMatchObject({ differing: [], link: { version: 1, fields: { [field?.name ?? ""]: { base: "a" } } } });
  expect(seen.link.quarantine).toEqual(link.quarantine);
});
