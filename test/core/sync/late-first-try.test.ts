/** A create whose first try may still arrive: whatever it runs over until then is found, however often the contact is read before. */
import { describe, expect, test } from "vitest";
import type { FieldState, Link } from "../../../src/core/model/link.ts";
import type { CrmRecord, FieldVersion, Instant } from "../../../src/core/model/record.ts";
import { NO_ARRIVALS } from "../../../src/core/sync/find-arrivals.ts";
import { mergePerson } from "../../../src/core/sync/merge-person.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { withChecks } from "../../../src/core/sync/sight-fields.ts";
import { fieldMapping } from "../../support/field-world.ts";

const at = (second: number): Instant => `2026-03-02T08:00:${second}.000Z`;
const ours = (value: string, second: number): FieldVersion => ({ value, own: true, at: at(second) });
const theirs = (value: string, second: number): FieldVersion => ({ value, own: false, at: at(second) });
const UNTIL = at(50);
const MADE: FieldState = { base: "made", unverified: { value: "made", readUpTo: "", arrivesUntil: UNTIL } };
const mapping = fieldMapping("two-way");

function contact(...history: readonly FieldVersion[]): CrmRecord {
  const modifiedAt = history[0]?.at ?? at(10);
  return {
    ...{ ref: { system: "hubspot", object: "contacts", id: "1" }, fate: { kind: "live" } },
    ...{ fields: { field: history[0]?.value ?? null }, history: { field: history } },
    ...{ createdAt: at(10), modifiedAt, version: modifiedAt },
  };
}

const lead = (value: string): CrmRecord => ({
  ...{ ref: { system: "salesforce", object: "Lead", id: "00Q1" }, fate: { kind: "live" }, fields: { Field: value } },
  ...{ createdAt: at(10), modifiedAt: at(10), version: at(10) },
});

/** What is made of both records, read at `second`, where the lead holds `shown`. */
function look(state: FieldState, second: number, hubspot: CrmRecord, shown = "made") {
  const link: Link = {
    ...newLink("link", hubspot, "ann@example.com", "linked", at(10)),
    ...{ salesforceObject: "Lead", salesforceId: "00Q1", fields: { field: state } },
  };
  const context = { tieSide: "salesforce", now: at(second), arrivals: NO_ARRIVALS } as const;
  const { fields, targets, conflicts } = mergePerson(link, mapping, hubspot, lead(shown), context);
  return { state: fields["field"] ?? {}, target: targets["field"], told: conflicts.length };
}

describe("While the first try of a create may arrive", () => {
  test("an edit that it runs over is found, although the contact was read before", () => {
    const early = look(MADE, 20, contact(ours("made", 15)));
    const late = look(early.state, 55, contact(ours("made", 40), theirs("edited", 38), ours("made", 15)));
    expect([early.target, late.target]).toEqual([undefined, "edited"]);
  });

  test("so is one that it runs over after somebody's edit of the lead was carried to the contact", () => {
    const early = look(MADE, 20, contact(ours("made", 15)), "carried");
    expect(early.target).toBe("carried");
    const write = { fields: { field: { from: "made", to: "carried", rule: "two-way" as const } } };
    const sent = withChecks({ field: early.state }, mapping, write, contact(ours("made", 15)))["field"] ?? {};
    const seen = look(sent, 30, contact(ours("carried", 25), ours("made", 15)), "carried");
    const history = [ours("made", 40), theirs("edited", 38), ours("carried", 25), ours("made", 15)];
    expect(look(seen.state, 55, contact(...history), "carried").target).toBe("edited");
  });

  test("an edit that was read is put back, and is no conflict", () => {
    const history = [theirs("edited", 18), ours("made", 15)];
    const read = look(MADE, 20, contact(...history));
    const carried = look(read.state, 30, contact(...history), "edited");
    const late = look(carried.state, 55, contact(ours("made", 40), ...history), "edited");
    expect([read.target, late.target, late.told]).toEqual(["edited", "edited", 0]);
  });

  test("an edit that it ran over and somebody has replaced since is told once", () => {
    const history = contact(theirs("newest", 30), ours("made", 25), theirs("edited", 23), ours("made", 15));
    const first = look(MADE, 35, history);
    const second = look(first.state, 40, history, "newest");
    expect([first.target, first.told, second.told]).toEqual(["newest", 1, 0]);
  });
});

describe("Once the first try of a create cannot arrive any more", () => {
  test("there is nothing left to check, whether or not the contact was read before", () => {
    const history = contact(ours("made", 15));
    const early = look(MADE, 20, history).state;
    expect(early.unverified).toEqual({ value: "made", readUpTo: at(15), arrivesUntil: UNTIL });
    expect([look(MADE, 50, history).state, look(early, 50, history).state]).toEqual([
      { base: "made" },
      { base: "made" },
    ]);
  });

  test("a later write of ours that does not show yet is still to be checked", () => {
    const changed = look(MADE, 20, contact(ours("made", 15)), "carried").state;
    const write = { fields: { field: { from: "made", to: "carried", rule: "two-way" as const } } };
    const sent = withChecks({ field: changed }, mapping, write, contact(ours("made", 15)))["field"] ?? {};
    const waiting = look(sent, 55, contact(ours("made", 15)), "carried").state;
    expect(waiting.unverified).toEqual({ value: "carried", readUpTo: at(15) });
  });
});
