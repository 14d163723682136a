/** What a deletion says on the record that is left, and when it says nothing. */
import { describe, expect, test } from "vitest";
import type { Link } from "../../../src/core/model/link.ts";
import type { ObjectMapping, OwnFields } from "../../../src/core/model/mapping.ts";
import type { CrmRecord, RawValue, System } from "../../../src/core/model/record.ts";
import { applyOutcome } from "../../../src/core/sync/apply-outcome.ts";
import { flagDeletion, liftedFlags, withoutFlag } from "../../../src/core/sync/flag-deletion.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import type { DecisionContext, PersonInput } from "../../../src/core/sync/person-decision.ts";
import { fieldMapping } from "../../support/field-world.ts";

const NOW = "2026-03-02T08:00:00.000Z";
const DELETED = { hubspot: "leadloop_deleted", salesforce: "LeadLoop_Deleted__c" };

function record(system: System, flag: RawValue = null): CrmRecord {
  const ref = system === "hubspot" ? { system, object: "contacts", id: "1" } : { system, object: "Lead", id: "00Q1" };
  const fields = { [DELETED[system]]: flag };
  return { ref, fate: { kind: "live" }, fields, createdAt: NOW, modifiedAt: NOW, version: NOW };
}

const contact = record("hubspot");
const lead = record("salesforce");
const ended: Link = {
  ...newLink("link", contact, "ann@example.com", "single", NOW),
  salesforceObject: "Lead",
  salesforceId: "00Q1",
  state: "tombstoned",
  version: 4,
};

interface Case {
  readonly link?: Partial<Link>;
  readonly onDelete?: ObjectMapping["onDelete"];
  readonly hubspot?: CrmRecord;
  readonly salesforce?: CrmRecord;
  readonly deleted?: OwnFields["deleted"];
  readonly mayWrite?: boolean;
  readonly undeleted?: System;
}

function flagged(given: Case) {
  const { onDelete = "flag", hubspot, salesforce, deleted = DELETED, mayWrite = true, undeleted } = given;
  const link = { ...ended, ...given.link };
  const input = {
    link,
    mapping: { ...fieldMapping("two-way"), onDelete },
    hubspot: hubspot ?? null,
    salesforce: salesforce ?? null,
    undeleted: new Set(undeleted === undefined ? [] : [undeleted]),
  } as Partial<PersonInput> as PersonInput;
  const context = { ownFields: { deleted } as OwnFields, mayWrite: () => mayWrite, now: NOW } as unknown;
  return flagDeletion(link, input, context as DecisionContext);
}

describe("A deletion is said on the record that is left", () => {
  test.each([
    ["in HubSpot", { hubspot: contact }, "1", { leadloop_deleted: "deleted in Salesforce, noticed on 2026-03-02" }],
    [
      "in Salesforce",
      { salesforce: lead },
      "00Q1",
      { LeadLoop_Deleted__c: "deleted in HubSpot, noticed on 2026-03-02" },
    ],
    [
      "in place of other words",
      { hubspot: record("hubspot", "note") },
      "1",
      { leadloop_deleted: "deleted in Salesforce, noticed on 2026-03-02" },
    ],
  ] as const)("%s", (_title, given, id, fields) => {
    const { writes } = flagged(given);
    expect(writes).toMatchObject([
      { id, operation: "update", purpose: "flag", key: expect.stringContaining("link:4:") },
    ]);
    expect(Object.entries(writes[0]?.fields ?? {}).map(([name, { to }]) => [name, to])).toEqual(Object.entries(fields));
  });
});

describe("A deletion is not said", () => {
  test.each<[string, Case]>([
    ["where the mapping says unlink", { onDelete: "unlink", hubspot: contact }],
    ["where there is no field for it", { deleted: null, hubspot: contact }],
    ["where the record does not show the field", { hubspot: { ...contact, fields: {} } }],
    ["where the field may not be written", { mayWrite: false, hubspot: contact }],
    ["of somebody whose link stands", { link: { state: "linked" }, hubspot: contact }],
    ["of somebody who was erased", { link: { state: "erased" }, hubspot: contact }],
    ["of a record that nobody has deleted", { hubspot: contact, undeleted: "salesforce" }],
    ["of somebody who was never on the other side", { link: { salesforceId: null }, hubspot: contact }],
    ["when both records are gone", {}],
    ["when both records are there", { hubspot: contact, salesforce: lead }],
    ["twice", { hubspot: record("hubspot", "deleted in Salesforce, noticed on 2026-02-01") }],
  ])("%s", (_title, given) => {
    expect(flagged(given).writes).toEqual([]);
  });
});

test("Whoever empties the field is not told again of the same deletion, only of another", () => {
  const [write] = flagged({ hubspot: contact }).writes;
  if (write === undefined) throw new Error("nothing was flagged");
  const outcome = { kind: "written", key: write.key, id: "1", created: false, version: null, returned: null } as const;
  const mapping = fieldMapping("two-way");
  const context = {
    mapping,
    schema: null,
    unanswered: [],
    verifyAfterSeconds: 20,
    quarantineSeconds: 90,
    arriving: {},
    run: "run",
    now: NOW,
  };
  const { facts } = applyOutcome(ended, write, outcome, context).link;
  expect(flagged({ link: { facts }, hubspot: contact }).writes).toEqual([]);
  expect(flagged({ link: { facts: withoutFlag(facts) }, hubspot: contact }).writes).toHaveLength(1);
  const seen = flagged({ hubspot: record("hubspot", "deleted in Salesforce, noticed on 2026-02-01") });
  expect(flagged({ link: { facts: seen.link.facts }, hubspot: contact }).writes).toEqual([]);
});

test("Records that are both there say nothing of a deletion, where there is a field for it", () => {
  expect(liftedFlags({ deleted: DELETED } as OwnFields).map(({ field, value }) => [field, value])).toEqual([
    ["leadloop_deleted", null],
    ["LeadLoop_Deleted__c", null],
  ]);
  expect(liftedFlags({ deleted: null } as OwnFields)).toEqual([]);
});
