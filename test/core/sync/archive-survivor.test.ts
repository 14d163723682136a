/** When the record that is left of a pair follows a deletion, and when it is left alone. */
import { describe, expect, test } from "vitest";
import type { Link } from "../../../src/core/model/link.ts";
import type { ObjectMapping } from "../../../src/core/model/mapping.ts";
import type { WriteOutcome } from "../../../src/core/model/plan.ts";
import type { CrmRecord, System } from "../../../src/core/model/record.ts";
import { applyOutcome } from "../../../src/core/sync/apply-outcome.ts";
import { archiveAgain, archiveInWords, archiveSurvivor } from "../../../src/core/sync/archive-survivor.ts";
import { followFate, restored } from "../../../src/core/sync/follow-fate.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import type { PersonInput } from "../../../src/core/sync/person-decision.ts";
import { fieldMapping } from "../../support/field-world.ts";

const NOW = "2026-03-02T08:00:00.000Z";

function record(system: System, fate: CrmRecord["fate"] = { kind: "live" }): CrmRecord {
  const ref = system === "hubspot" ? { system, object: "contacts", id: "1" } : { system, object: "Lead", id: "00Q1" };
  return { ref, fate, fields: {}, createdAt: NOW, modifiedAt: NOW, version: NOW };
}

const contact = record("hubspot");
const lead = record("salesforce");
const linked: Link = {
  ...newLink("link", contact, "ann@example.com", "linked", NOW),
  salesforceObject: "Lead",
  salesforceId: "00Q1",
  version: 4,
};
const stranger = (): undefined => undefined;
const ended = (link: Link = linked, system: System = "salesforce"): Link =>
  followFate(link, system, { kind: "record", record: record(system, { kind: "deleted" }) }, stranger).link;

interface Case {
  readonly link?: Link;
  readonly onDelete?: ObjectMapping["onDelete"];
  readonly hubspot?: CrmRecord | null;
  readonly salesforce?: CrmRecord | null;
}

function followed({ link = ended(), onDelete = "archive", hubspot = contact, salesforce = null }: Case) {
  const mapping = { ...fieldMapping("two-way"), onDelete };
  return archiveSurvivor(link, { link, mapping, hubspot, salesforce } as PersonInput);
}

test("A record whose other half is said to be deleted is archived, by one write without a field", () => {
  expect(followed({}).writes).toEqual([
    expect.objectContaining({
      key: "link:4:hubspot",
      system: "hubspot",
      object: "contacts",
      id: "1",
      operation: "archive",
      purpose: "archive",
      fields: {},
      reason: "on-delete: archive (deleted in Salesforce)",
    }),
  ]);
  expect(followed({ link: ended(linked, "hubspot"), hubspot: null, salesforce: lead }).writes).toMatchObject([
    { system: "salesforce", object: "Lead", id: "00Q1", reason: "on-delete: archive (deleted in HubSpot)" },
  ]);
});

const missing = followFate(linked, "salesforce", { kind: "missing" }, stranger).link;
const merged = record("salesforce", { kind: "merged", into: "00Q2" });
const converted = record("salesforce", { kind: "converted", into: "0031", account: null, opportunity: null });

describe("A record is left alone", () => {
  test.each<[string, Case]>([
    ["where the mapping says unlink", { onDelete: "unlink" }],
    ["where the mapping says flag", { onDelete: "flag" }],
    ["when the other one merely cannot be found", { link: missing }],
    [
      "when the other one was merged",
      { link: followFate(linked, "salesforce", { kind: "record", record: merged }, stranger).link },
    ],
    [
      "when the other one was converted",
      { link: followFate(linked, "salesforce", { kind: "record", record: converted }, stranger).link },
    ],
    ["when both are there", { salesforce: lead }],
    [
      "when it is the deleted lead itself, restored after its contact was archived",
      { hubspot: null, salesforce: lead },
    ],
    [
      "when it is the deleted contact itself, restored after its lead was archived",
      { link: ended(linked, "hubspot"), hubspot: contact, salesforce: null },
    ],
    ["when both are gone", { hubspot: null }],
    ["when it was never linked to the other side", { link: { ...ended(), salesforceId: null } }],
    ["when the link ended before anybody asked to follow", { link: ended({ ...linked, state: "tombstoned" }) }],
  ])("%s", (_title, given) => {
    expect(followed(given).writes).toEqual([]);
  });

  test("later too, when the deletion was noticed under another policy", () => {
    const { link } = followed({ onDelete: "unlink" });
    expect(link.facts).toEqual(linked.facts);
    expect(followed({ link }).writes).toEqual([]);
  });
});

function answered(outcome: WriteOutcome["kind"], link = ended()): Link {
  const [write] = followed({ link }).writes;
  if (write === undefined) throw new Error("nothing was archived");
  const told = { key: write.key, id: "1", message: "no", code: "DELETE_FAILED", fields: [], existingId: null };
  const more = { created: false, version: null, returned: null };
  const context = {
    schema: null,
    unanswered: [],
    arriving: {},
    verifyAfterSeconds: 20,
    quarantineSeconds: 90,
    run: "run",
    now: NOW,
  };
  const mapping = { ...fieldMapping("two-way"), onDelete: "archive" as const };
  return applyOutcome(link, write, { kind: outcome, ...told, ...more } as WriteOutcome, { ...context, mapping }).link;
}

describe("Once it was tried", () => {
  test.each([
    ["written", "it is not done again", 0, /was archived/],
    ["gone", "somebody was quicker, and it is as good as done", 0, /was archived/],
    ["rejected", "it is not tried again by itself", 0, /could not be archived/],
    ["unknown", "it is tried again", 1, /is to be archived/],
    ["deferred", "it is tried again", 1, /is to be archived/],
  ] as const)("and was %s, %s", (kind, _then, writes, words) => {
    const link = answered(kind);
    expect(link.state).toBe("tombstoned");
    expect(followed({ link }).writes).toHaveLength(writes);
    expect(archiveInWords(link, { ...fieldMapping("two-way"), onDelete: "archive" })).toMatch(words);
  });

  test("and was refused, it is tried again when the reject is cleared", () => {
    expect(followed({ link: archiveAgain(answered("rejected")) }).writes).toHaveLength(1);
    expect(followed({ link: archiveAgain(answered("written")) }).writes).toEqual([]);
  });

  test("nobody is brought back by one record alone, and a second deletion is followed anew", () => {
    const link = answered("written");
    expect(restored(link, { hubspot: null, salesforce: lead }).state).toBe("tombstoned");
    expect(restored(link, { hubspot: contact, salesforce: lead }).state).toBe("linked");
  });
});
