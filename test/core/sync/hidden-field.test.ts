/** A value that somebody enters while the other side hides its field is not forgotten: the field deserves a look as soon as it is shown again. */
import { describe, expect, test } from "vitest";
import { transformNamed } from "../../../src/core/mapping/transforms.ts";
import type { FieldState, Link, Register } from "../../../src/core/model/link.ts";
import type { SyncRule } from "../../../src/core/model/mapping.ts";
import {
  type CrmRecord,
  otherSystem,
  type RawValue,
  SYSTEMS,
  type System,
  type Value,
} from "../../../src/core/model/record.ts";
import { NO_ARRIVALS } from "../../../src/core/sync/find-arrivals.ts";
import { mergePerson } from "../../../src/core/sync/merge-person.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { fieldMapping } from "../../support/field-world.ts";

const NOW = "2026-03-02T08:00:00.000Z";
const LATER = "2026-03-02T10:00:00.000Z";
const mapping = fieldMapping("two-way");

/** `undefined`: the field is hidden. */
function record(system: System, value: RawValue | undefined, at = NOW): CrmRecord {
  const [object, field] = system === "hubspot" ? ["contacts", "field"] : ["Lead", "Field"];
  const fields = value === undefined ? {} : { [field]: value };
  const history = { field: [{ value: String(value ?? ""), at, own: false }] };
  return {
    ...{
      ref: { system, object, id: "1" },
      fate: { kind: "live" },
      fields,
      createdAt: NOW,
      modifiedAt: at,
      version: at,
    },
    ...(system === "hubspot" ? { history } : {}),
  };
}

type Shown = RawValue | undefined;

/** `edited`: the side whose value is two hours younger. */
function merged(
  state: FieldState,
  hubspot: Shown,
  salesforce: Shown,
  edited?: System,
  mapping = fieldMapping("two-way"),
) {
  const link: Link = {
    ...newLink("link", record("hubspot", null), "ann@example.com", "linked", NOW),
    ...{ salesforceObject: "Lead", salesforceId: "1", fields: { field: state } },
  };
  const context = { tieSide: "salesforce", now: LATER, arrivals: NO_ARRIVALS } as const;
  const { fields, targets, conflicts } = mergePerson(
    link,
    mapping,
    record("hubspot", hubspot, edited === "hubspot" ? LATER : NOW),
    record("salesforce", salesforce, edited === "salesforce" ? LATER : NOW),
    context,
  );
  const told = conflicts.map(({ conflict }) => [conflict.hubspot, conflict.salesforce]);
  return { state: fields["field"] ?? {}, target: targets["field"], told };
}

/** `here` shows the first value, the other side the second. */
function seen(here: System, state: FieldState, value: Shown, other: Shown, rule: SyncRule = "two-way") {
  const mapping = fieldMapping(rule);
  return here === "hubspot" ? merged(state, value, other, here, mapping) : merged(state, other, value, here, mapping);
}

test.each<[string, Value, Value]>([
  ["a value over a blank", null, "new"],
  ["a value over another", "old", "new"],
  ["a blank over a value", "old", null],
])("%s, entered in HubSpot while Salesforce hides the field", (_what, old, entered) => {
  const hidden = merged({ base: old }, entered, undefined);
  expect(hidden).toEqual({ state: { base: old, unseen: { hubspot: true } }, target: undefined, told: [] });
  const shown = merged(hidden.state, entered, old);
  expect(shown.target).toBe(entered);
  expect(shown.state.unseen).toBeUndefined();
});

test("a field that is hidden while nobody enters anything, or where it was taken back, is at rest", () => {
  expect(merged({ base: "old" }, "old", undefined).state).toEqual({ base: "old" });
  expect(merged({ base: "old", unseen: { hubspot: true } }, "old", "old").state).toEqual({ base: "old" });
});

describe.each(SYSTEMS)(
  "What %s alone showed, and what stands there by the time the other side shows the field",
  (here) => {
    const both = (value: Value, other: Value) => (here === "hubspot" ? [value, other] : [other, value]);

    test.each<[string, FieldState, Value]>([
      ["cleared, where nothing was ever agreed on", {}, null],
      ["cleared, as it had been agreed on", { base: null }, null],
      ["put back to what had been agreed on", { base: "old" }, "old"],
    ])("%s, is younger than what was entered unseen on the other side", (_what, state, now) => {
      const hidden = seen(here, state, "new", undefined);
      const still = seen(here, hidden.state, now, undefined);
      const shown = seen(here, still.state, now, "older");
      expect(shown).toMatchObject({ target: now, told: [both(now, "older")] });
    });

    test("cleared, wipes the other side under a rule that always uses it, and not what it never had anything to do with", () => {
      const rule = `always-use-${here}` as const;
      const hidden = seen(here, {}, "new", undefined, rule);
      expect(seen(here, hidden.state, null, "older", rule).target).toBe(null);
      expect(seen(here, {}, null, "older", rule).target).toBeUndefined();
    });

    test("taken back from a write of ours that had been seen there, is news", () => {
      const other = otherSystem(here);
      const register: Register = {
        target: "ours",
        origin: { side: other, lo: NOW, hi: NOW },
        noNews: { hubspot: ["ours"], salesforce: ["ours"], [here]: ["old", "ours"] },
        sent: { hubspot: [], salesforce: [], [here]: ["ours"] },
        delivered: { hubspot: true, salesforce: true, [here]: false },
      };
      const hidden = seen(here, { base: "old", register }, "ours", undefined);
      expect(hidden.state.unseen).toBeUndefined();
      expect(seen(here, hidden.state, "old", "ours").target).toBe("old");
      expect(seen(here, { base: "old", register }, "old", "ours").target).toBe("ours");
    });

    test("says nothing where nothing was entered: what was entered on the other side is the only news", () => {
      const hidden = seen(here, { base: "old" }, "old", undefined);
      expect(seen(here, hidden.state, "old", "new")).toMatchObject({ target: "new", told: [] });
      const blank = seen(here, {}, null, undefined);
      expect(seen(here, blank.state, null, "new")).toMatchObject({ target: "new", told: [] });
    });
  },
);

test("A box that nobody ticked in Salesforce while HubSpot hid it unticks none there", () => {
  const boxes = {
    ...mapping,
    fields: mapping.fields.map((field) => ({ ...field, transform: transformNamed("boolean", {}) })),
  };
  const hidden = merged({}, undefined, false, undefined, boxes);
  expect(hidden.state.unseen).toBeUndefined();
  expect(merged(hidden.state, "true", false, undefined, boxes).target).toBe("true");
});
