/** What field history must say before a write of ours counts as having run over somebody's edit, and what the merge makes of it. */
import { describe, expect, test } from "vitest";
import type { CrmRecord, System } from "../../../src/core/model/record.ts";
import { NO_ARRIVALS } from "../../../src/core/sync/find-arrivals.ts";
import { findOverrunEdits, type HistoryRow } from "../../../src/core/sync/find-overrun.ts";
import { mergePerson } from "../../../src/core/sync/merge-person.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { fieldMapping } from "../../support/field-world.ts";

const SENT = "2026-03-02T08:00:00.500Z";
const mapping = fieldMapping("two-way");
const [field] = mapping.fields;
const FIELD = field?.salesforce ?? "";
const row = (from: string | null, to: string | null, own: boolean, second = 1, name = FIELD): HistoryRow => ({
  field: name,
  from,
  to,
  own,
  at: `2026-03-02T08:00:0${second}.000Z`,
});
const intent = { sentAt: SENT, fields: { [FIELD]: { from: "old", to: "ours", rule: "two-way" } } };

describe("A write that changed “old” to “ours”", () => {
  test.each<[string, readonly HistoryRow[], string | null | undefined]>([
    ["ran over nothing where its history row says so", [row("old", "ours", true)], undefined],
    [
      "ran over the edit that its history row replaced",
      [row("old", "theirs", false), row("theirs", "ours", true)],
      "theirs",
    ],
    [
      "ran over an edit of the same second, whichever row comes first",
      [row("theirs", "ours", true), row("old", "theirs", false)],
      "theirs",
    ],
    ["ran over a blanking", [row("old", null, false), row(null, "ours", true)], null],
    ["ran over nothing where somebody had entered the same", [row("old", "ours", false)], undefined],
    [
      "ran over nothing where only an earlier write of ours was in between",
      [row("old", "first", true), row("first", "ours", true)],
      undefined,
    ],
    ["is not found where the field is not tracked", [row("x", "ours", true, 1, "Other")], undefined],
    ["is not the rows of an hour ago", [{ ...row("theirs", "ours", true), at: "2026-03-02T07:00:00.000Z" }], undefined],
  ])("%s", (_, rows, expected) => {
    const found = findOverrunEdits(intent, mapping, rows)["field"];
    expect(found?.value).toBe(expected);
    if (found !== undefined) expect(found.wrote).toBe("ours");
  });

  test("leaves fields alone that are not synced", () => {
    const rows = [row("old", "theirs", false), row("theirs", "ours", true)];
    expect(findOverrunEdits(intent, fieldMapping("dont-sync"), rows)).toEqual({});
  });
});

describe("An edit that a write ran over", () => {
  const NOW = "2026-03-02T08:05:00.000Z";
  const record = (system: System, value: string): CrmRecord => ({
    ref: { system, object: system === "hubspot" ? "contacts" : "Lead", id: system === "hubspot" ? "1" : "00Q1" },
    fate: { kind: "live" },
    fields: { [field?.[system] ?? ""]: value },
    createdAt: "2026-01-01T00:00:00.000Z",
    modifiedAt: SENT,
    version: SENT,
  });
  const merge = (salesforce: string, at: string) => {
    const stranger = newLink("link", record("hubspot", "ours"), null, "linked", NOW);
    const origin = { side: "hubspot" as const, lo: "2026-03-02T07:50:00.000Z", hi: "2026-03-02T07:50:00.000Z" };
    const state = { base: "ours", origin, overrun: { value: "theirs", wrote: "ours", lo: at, hi: at } };
    const link = { ...stranger, salesforceObject: "Lead", salesforceId: "00Q1", fields: { field: state } };
    return mergePerson(link, mapping, record("hubspot", "ours"), record("salesforce", salesforce), {
      tieSide: "salesforce",
      now: NOW,
      arrivals: NO_ARRIVALS,
    });
  };

  test("wins where it is the newer one, and both values are told", () => {
    const merged = merge("ours", "2026-03-02T08:00:00.000Z");
    expect(merged.targets).toEqual({ field: "theirs" });
    expect(merged.conflicts).toMatchObject([
      { conflict: { hubspot: "ours", salesforce: "theirs", kept: "salesforce" } },
    ]);
    expect(merged.fields["field"]?.overrun).toBeUndefined();
  });

  test("loses where it is the older one, and both values are told", () => {
    const merged = merge("ours", "2026-03-02T07:00:00.000Z");
    expect(merged.fields["field"]).toMatchObject({ base: "ours" });
    expect(merged.conflicts).toMatchObject([{ conflict: { hubspot: "ours", salesforce: "theirs", kept: "hubspot" } }]);
  });

  test("is only told where Salesforce was edited again since", () => {
    const merged = merge("newest", "2026-03-02T08:00:00.000Z");
    expect(merged.targets).toEqual({ field: "newest" });
    expect(merged.conflicts).toMatchObject([{ conflict: { salesforce: "theirs", kept: "neither" } }]);
  });
});
