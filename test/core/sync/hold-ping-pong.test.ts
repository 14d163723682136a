/** When writes count as going in circles: how many in a row, how soon they are answered, and what a person's edit in between changes. */
import { describe, expect, test } from "vitest";
import type { ConflictEntry, IntentEntry } from "../../../src/core/model/ledger.ts";
import type { SyncRule } from "../../../src/core/model/mapping.ts";
import type { Write } from "../../../src/core/model/plan.ts";
import type { CrmRecord, System } from "../../../src/core/model/record.ts";
import { holdPingPong } from "../../../src/core/sync/hold-ping-pong.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { fieldMapping } from "../../support/field-world.ts";

const NOW = "2026-03-02T12:00:00.000Z";
const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 2, 2, 11, minute, second)).toISOString();

function record(system: System, value: string, modifiedAt: string): CrmRecord {
  const ref = { system, object: system === "hubspot" ? "contacts" : "Lead", id: system };
  const name = fieldMapping("two-way").fields[0]?.[system] ?? "";
  return { ref, fate: { kind: "live" }, fields: { [name]: value }, createdAt: at(0), modifiedAt, version: modifiedAt };
}

/** Writes of the field to Salesforce, five minutes apart, each counted on from the one before where `inARow`. */
function writes(values: readonly string[], inARow: boolean, name = "Field"): IntentEntry[] {
  return values.map((to, index) => ({
    key: `k${index}`,
    run: `r${index}`,
    link: "link",
    system: "salesforce",
    object: "Lead",
    recordId: "salesforce",
    operation: "update",
    fields: {
      [name]: { from: null, to, rule: name === "Field" ? "two-way" : "score", ...(inARow ? { again: index } : {}) },
    },
    reason: "",
    state: "written",
    sentAt: at(index * 5),
    notBefore: at(index * 5),
    ifUnmodifiedSince: null,
    detail: null,
  }));
}

function decide(
  recent: readonly IntentEntry[],
  to: string,
  salesforceModifiedAt: string,
  rule: SyncRule = "two-way",
  field = "Field",
  conflicts: readonly ConflictEntry[] = [],
) {
  const mapping = fieldMapping(rule);
  const hubspot = record("hubspot", to, at(0));
  const salesforce = record("salesforce", "rewritten", salesforceModifiedAt);
  const link = { ...newLink("link", hubspot, null, "linked", NOW), fields: { field: { base: "before" } } };
  const write: Write = {
    key: "k",
    link: "link",
    recordName: "Ann",
    system: "salesforce",
    object: "Lead",
    id: "salesforce",
    operation: "update",
    fields: { [field]: { from: "rewritten", to, rule: field === "Field" ? rule : "score" } },
    reason: "",
    unique: null,
    ifUnmodifiedSince: null,
    step: 1,
    purpose: "fields",
  };
  const none = {
    conflicts,
    rejects: [],
    skips: [],
    stageEvents: [],
    handoffs: [],
    tasks: [],
    notices: [],
    cadenceRuns: [],
    followUpEvents: [],
    factChange: null,
    routed: null,
  };
  const decision = { link, writes: [write], ...none, lookAgainAt: null };
  return holdPingPong(decision, { link, mapping, hubspot, salesforce }, recent, { run: "run", now: NOW });
}

describe("A field that is changed back within our own write", () => {
  test.each([
    [1, false],
    [2, false],
    [3, true],
    [4, true],
  ])("after %i writes in a row: held %s", (times, held) => {
    const recent = writes(
      Array.from({ length: times }, () => "ours"),
      true,
    );
    const decision = decide(recent, "ours", recent.at(-1)?.sentAt ?? "");
    expect(decision.writes).toHaveLength(held ? 0 : 1);
    expect(decision.link.fields["field"]?.held?.until).toBe(held ? "released" : undefined);
    expect(decision.link.fields["field"]?.base).toBe("before");
    expect(decision.conflicts.map(({ open }) => open)).toEqual(held ? [true] : []);
  });

  test("goes on when somebody has edited the record since, and the count starts anew", () => {
    const recent = writes(["ours", "ours", "ours"], true);
    expect(decide(recent, "ours", at(30)).writes).toMatchObject([{ fields: { Field: { to: "ours" } } }]);
    expect(decide(recent, "ours", at(30)).writes[0]?.fields["Field"]).not.toHaveProperty("again");
  });

  test("and back again is held at once", () => {
    const recent = writes(["a", "b"], false);
    expect(decide(recent, "a", recent.at(-1)?.sentAt ?? "").writes).toEqual([]);
  });

  test("is never held where it is consent", () => {
    const recent = writes(["ours", "ours", "ours"], true);
    expect(decide(recent, "ours", at(10), "most-restrictive").writes).toHaveLength(1);
  });

  test("and held is told with the edit that a write of ours ran over, which neither side shows any more", () => {
    const recent = writes(["ours", "ours", "ours"], true);
    const overrun: ConflictEntry = {
      ...{ id: "c", link: "link", field: "field", rule: "two-way", kept: "hubspot", because: "newer" },
      ...{ hubspot: "edited", salesforce: "ours", at: NOW, run: "run", open: false },
    };
    const { conflicts } = decide(recent, "ours", at(10), "two-way", "Field", [overrun]);
    expect(conflicts).toMatchObject([{ hubspot: "edited", salesforce: "ours", kept: "neither", open: true }]);
  });

  test("is no circle where nobody knows whether our writes arrived: they are repeated until they do", () => {
    for (const state of ["unknown", "sent", "rejected", "stale", "moot"] as const) {
      const unanswered = writes(Array(20).fill("ours"), true).map((entry) => ({ ...entry, state }));
      expect(decide(unanswered, "ours", at(95)).writes).toHaveLength(1);
    }
  });

  test("is held after twenty writes in a day, whoever asks", () => {
    const recent = writes(
      Array.from({ length: 20 }, (_, index) => `v${index}`),
      false,
    );
    expect(decide(recent, "new", NOW).writes).toEqual([]);
  });
});

test("A field of LeadLoop's own that is changed back three times rests until the day is over", () => {
  const twice = decide(writes(["60", "60"], false, "Score"), "60", at(30), "two-way", "Score");
  expect(twice.writes[0]?.fields).toHaveProperty("Score");
  const thrice = decide(writes(["50", "60", "60", "60"], false, "Score"), "60", at(30), "two-way", "Score");
  expect(thrice.writes).toEqual([]);
  expect(thrice.skips).toHaveLength(1);
  // Whoever nobody touches is looked at when only two of the writes are of that day.
  expect([twice.lookAgainAt, thrice.lookAgainAt]).toEqual([null, "2026-03-03T11:05:01.000Z"]);
});
