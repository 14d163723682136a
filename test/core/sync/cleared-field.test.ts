/** A value that a person clears is cleared on the other side too, or the two would never agree: unless its rule says that blanks do not count. */
import { describe, expect, test } from "vitest";
import type { FieldState } from "../../../src/core/model/link.ts";
import type { SyncRule } from "../../../src/core/model/mapping.ts";
import { SYSTEMS, type System, type Value } from "../../../src/core/model/record.ts";
import { mergeField } from "../../../src/core/sync/merge-field.ts";

const AGREED = "2026-03-02T08:00:00.000Z";
const CLEARED = "2026-03-02T09:00:00.000Z";

function afterClearing(rule: SyncRule, cleared: System, state: FieldState = { base: "x" }): Value | undefined {
  return afterEditing(rule, cleared, null, state);
}

function afterEditing(rule: SyncRule, edited: System, value: Value, state: FieldState): Value | undefined {
  const sighting = (side: System) =>
    side === edited
      ? { value, own: false, lo: CLEARED, hi: CLEARED }
      : { value: "x", own: false, lo: AGREED, hi: AGREED };
  const merged = mergeField({
    rule,
    state,
    sightings: { hubspot: sighting("hubspot"), salesforce: sighting("salesforce") },
    overrun: null,
    tieSide: "salesforce",
    unsettled: false,
  });
  return merged.decision?.target;
}

describe.each(SYSTEMS)("A value that was agreed on and is cleared in %s", (side) => {
  test.each<[SyncRule, string | null]>([
    ["two-way", null],
    ["ask", null],
    ["never-blank", "x"],
    ["always-use-hubspot", side === "hubspot" ? null : "x"],
    ["always-use-salesforce", side === "salesforce" ? null : "x"],
  ])("under %s is %j on both sides", (rule, target) => {
    expect(afterClearing(rule, side)).toBe(target);
  });
});

describe.each(SYSTEMS)(
  "A value that the other side refused and is cleared in %s, after the other side was given its own",
  (side) => {
    test.each<[SyncRule, string | null]>([
      ["two-way", null],
      ["never-blank", "x"],
      ["always-use-hubspot", side === "hubspot" ? null : "x"],
      ["always-use-salesforce", side === "salesforce" ? null : "x"],
    ])("under %s is %j on both sides", (rule, target) => {
      const held = { reason: "No bosses", values: { [side]: "boss" } };
      expect(afterClearing(rule, side, { held })).toBe(target);
    });

    test.each<[Value, Value]>([
      ["agreed", "boss"],
      ["agreed", null],
      [null, "boss"],
    ])("or put back to %j, which both had agreed on, after %j was refused", (base, refused) => {
      const held = { reason: "No bosses", values: { [side]: refused } };
      expect(afterEditing("two-way", side, base, { base, held })).toBe(base);
    });

    test("answers a question to a person, where both had been asked about", () => {
      const held = {
        reason: "waits for a person to decide",
        values: { hubspot: "x", salesforce: "x", [side]: "boss" },
      };
      expect(afterClearing("ask", side, { held })).toBe("x");
    });
  },
);
