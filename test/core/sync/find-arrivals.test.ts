/** What field history must say before a write without an answer counts as arrived, as lost, or as one that nobody can tell about. */
import { describe, expect, test } from "vitest";
import type { IntentEntry } from "../../../src/core/model/ledger.ts";
import type { FieldState } from "../../../src/core/model/link.ts";
import type { CrmRecord } from "../../../src/core/model/record.ts";
import { doubtfulWrites, findArrivals } from "../../../src/core/sync/find-arrivals.ts";
import type { HistoryRow } from "../../../src/core/sync/find-overrun.ts";
import { fieldMapping } from "../../support/field-world.ts";

const READ = "2026-03-02T08:00:00.000Z";
const SINCE = "2026-03-02T08:02:00.000Z";
const mapping = fieldMapping("two-way");
const FIELD = mapping.fields[0]?.salesforce ?? "";

const intent: IntentEntry = {
  ...{ key: "k", run: "r", link: "link", system: "salesforce", object: "Lead", recordId: "00Q1", operation: "update" },
  fields: { [FIELD]: { from: "old", to: "ours", rule: "two-way" } },
  ...{ reason: "", state: "unknown", sentAt: READ, notBefore: SINCE, ifUnmodifiedSince: READ, detail: null },
};
const pending: FieldState = {
  base: "old",
  register: {
    target: "ours",
    origin: { side: "hubspot", lo: READ, hi: READ },
    noNews: { hubspot: ["ours"], salesforce: ["old", "ours"] },
    sent: { hubspot: [], salesforce: ["ours"] },
    delivered: { hubspot: true, salesforce: false },
  },
};
const record = (value: string, modifiedAt: string): CrmRecord => ({
  ref: { system: "salesforce", object: "Lead", id: "00Q1" },
  fate: { kind: "live" },
  fields: { [FIELD]: value },
  createdAt: "2026-01-01T00:00:00.000Z",
  modifiedAt,
  version: modifiedAt,
});
const doubts = (value: string, modifiedAt: string, given: Partial<IntentEntry> = {}) =>
  doubtfulWrites({ fields: { field: pending } }, mapping, record(value, modifiedAt), [{ ...intent, ...given }]);

describe("A write without an answer", () => {
  test.each<[string, string, string, Partial<IntentEntry>, number]>([
    ["is in doubt where the record was changed since, and shows the old value", "old", SINCE, {}, 1],
    ["never arrived where the record was not changed since it was read", "old", READ, {}, 0],
    ["arrived where its value shows", "ours", SINCE, {}, 0],
    ["is no question where somebody has entered something new", "new", SINCE, {}, 0],
    ["is no question where it was told as lost", "old", SINCE, { state: "settled" }, 0],
    ["is no question of another record", "old", SINCE, { recordId: "00Q2" }, 0],
    ["is no question where it was not conditional", "old", SINCE, { ifUnmodifiedSince: null }, 0],
    ["is no question where it wrote another value", "old", SINCE, { fields: {} }, 0],
  ])("%s", (_, value, modifiedAt, given, count) => {
    expect(doubts(value, modifiedAt, given)).toHaveLength(count);
  });
});

describe("Field history", () => {
  const row = (from: string | null, to: string | null, own: boolean, at = SINCE): HistoryRow => ({
    ...{ field: FIELD, from, to, own, at },
  });
  test.each<[string, readonly HistoryRow[], "answered" | "doubtful" | "lost"]>([
    ["tells of the write, and of who took it back", [row("old", "ours", true), row("ours", "old", false)], "answered"],
    ["tells of the field and not of the write", [row("old", "else", false), row("else", "old", false)], "lost"],
    ["tells nothing", [], "doubtful"],
    ["tells of the same value entered by a person", [row("old", "ours", false)], "lost"],
    ["tells of an earlier write of the same value", [row("x", "ours", true, "2026-03-02T07:59:00.000Z")], "lost"],
    ["tells of one in the second that was read, from another value", [row("x", "ours", true, READ)], "lost"],
    [
      "tells of one in the second that was read, from the value that was read",
      [row("old", "ours", true, READ)],
      "answered",
    ],
  ])("%s: %j", (_, rows, verdict) => {
    const tracked = new Set(rows.map(({ field }) => field));
    const { answered, doubtful } = findArrivals(doubts("old", SINCE), { rows, tracked, intents: [intent] }, mapping);
    expect([answered.has("field"), doubtful.has("field")]).toEqual([verdict === "answered", verdict === "doubtful"]);
  });
});

describe("A row of another field that the write had too", () => {
  const two = {
    ...mapping,
    fields: mapping.fields.flatMap((field) => [field, { ...field, name: "other", salesforce: "Other" }]),
  };
  const other = { Other: { from: null, to: "x", rule: "two-way" } };
  const both: IntentEntry = { ...intent, fields: { ...intent.fields, ...other } };
  const earlier: IntentEntry = { ...intent, key: "earlier", state: "settled", fields: other };
  const rows: readonly HistoryRow[] = [{ field: "Other", from: null, to: "x", own: true, at: SINCE }];
  test.each<[string, readonly IntentEntry[], readonly string[], "answered" | "doubtful" | "lost"]>([
    ["proves that it arrived", [both], ["Other"], "answered"],
    ["proves nothing where an earlier try of it explains the row", [both, earlier], ["Other"], "doubtful"],
    ["proves nothing where the field itself is tracked and has no row", [both], ["Other", FIELD], "lost"],
  ])("%s", (_, intents, tracked, verdict) => {
    const writes = doubtfulWrites({ fields: { field: pending } }, two, record("old", SINCE), [both]);
    const { answered, doubtful } = findArrivals(writes, { rows, tracked: new Set(tracked), intents }, two);
    expect([answered.has("field"), doubtful.has("field")]).toEqual([verdict === "answered", verdict === "doubtful"]);
  });
});
