/** A value that somebody enters while the other side hides its field is not forgotten: the field deserves a look as soon as it is shown again. */
import { expect, test } from "vitest";
import type { FieldState, Link } from "../../../src/core/model/link.ts";
import type { CrmRecord, RawValue, System, Value } from "../../../src/core/model/record.ts";
import { NO_ARRIVALS } from "../../../src/core/sync/find-arrivals.ts";
import { mergePerson } from "../../../src/core/sync/merge-person.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { fieldMapping } from "../../support/field-world.ts";

const NOW = "2026-03-02T08:00:00.000Z";
const mapping = fieldMapping("two-way");

/** `undefined`: the field is hidden. */
function record(system: System, value: RawValue | undefined): CrmRecord {
  const [object, field] = system === "hubspot" ? ["contacts", "field"] : ["Lead", "Field"];
  const fields = value === undefined ? {} : { [field]: value };
  const history = { field: [{ value: String(value ?? ""), at: NOW, own: false }] };
  return {
    ...{
      ref: { system, object, id: "1" },
      fate: { kind: "live" },
      fields,
      createdAt: NOW,
      modifiedAt: NOW,
      version: NOW,
    },
    ...(system === "hubspot" ? { history } : {}),
  };
}

function merged(state: FieldState, hubspot: RawValue | undefined, salesforce: RawValue | undefined) {
  const link: Link = {
    ...newLink("link", record("hubspot", null), "ann@example.com", "linked", NOW),
    ...{ salesforceObject: "Lead", salesforceId: "1", fields: { field: state } },
  };
  const context = { tieSide: "salesforce", now: NOW, arrivals: NO_ARRIVALS } as const;
  const { fields, targets } = mergePerson(
    link,
    mapping,
    record("hubspot", hubspot),
    record("salesforce", salesforce),
    context,
  );
  return { state: fields["field"] ?? {}, target: targets["field"] };
}

test.each<[string, Value, Value]>([
  ["a value over a blank", null, "new"],
  ["a value over another", "old", "new"],
  ["a blank over a value", "old", null],
])("%s, entered in HubSpot while Salesforce hides the field", (_what, old, entered) => {
  const hidden = merged({ base: old }, entered, undefined);
  expect(hidden).toEqual({ state: { base: old, unseen: true }, target: undefined });
  const shown = merged(hidden.state, entered, old);
  expect(shown.target).toBe(entered);
  expect(shown.state.unseen).toBeUndefined();
});

test("a field that is hidden while nobody enters anything, or where it was taken back, is at rest", () => {
  expect(merged({ base: "old" }, "old", undefined).state).toEqual({ base: "old" });
  expect(merged({ base: "old", unseen: true }, "old", "old").state).toEqual({ base: "old" });
});
