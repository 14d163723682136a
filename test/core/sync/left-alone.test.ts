/** Whose a record is after a merge or a conversion with that of somebody who asked to be forgotten. */
import { describe, expect, test } from "vitest";
import type { Link } from "../../../src/core/model/link.ts";
import type { CrmRecord, RecordFate, System } from "../../../src/core/model/record.ts";
import { type FateStep, type Found, followFate } from "../../../src/core/sync/follow-fate.ts";
import type { Survivor } from "../../../src/core/sync/left-alone.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";

const NOW = "2026-03-02T08:00:00.000Z";
const OWN = "ann@example.com";

function record(system: System, id: string, fate: RecordFate = { kind: "live" }): CrmRecord {
  const object = system === "hubspot" ? "contacts" : "Lead";
  return { ref: { system, object, id }, fate, fields: {}, createdAt: NOW, modifiedAt: NOW, version: NOW };
}

const ann: Link = {
  ...{ ...newLink("ann", record("hubspot", "1"), OWN, "linked", NOW), salesforceObject: "Lead", salesforceId: "00Q1" },
  version: 1,
  fields: { title: { base: "x" } },
};
const forgotten: Link = {
  ...{ ...ann, id: "forgotten", state: "erased", email: null, fields: {} },
  ...{ hubspotId: "2", salesforceId: "00Q2" },
};

const MERGED: Found = { kind: "record", record: record("salesforce", "00Q1", { kind: "merged", into: "00Q2" }) };
const CONVERTED: Found = {
  kind: "record",
  record: record("salesforce", "00Q1", { kind: "converted", into: "0032", account: null, opportunity: null }),
};

/** Ann's lead becomes part of the record at which `standing` stands. */
function step(survivor: Survivor | undefined, standing: Link | undefined, given: { link?: Link; found?: Found } = {}) {
  const { link = ann, found = MERGED } = given;
  return followFate(
    link,
    "salesforce",
    found,
    () => standing,
    () => survivor,
  );
}

function expectLost({ link, aliases, superseded, readNext, isLeftAlone }: FateStep): void {
  expect(link).toMatchObject({ state: "tombstoned", hubspotId: "1", salesforceId: "00Q1", email: OWN });
  // Nobody's word for a deletion: the contact is not archived for it.
  expect(link.facts).toEqual({});
  expect({ aliases, superseded, readNext, isLeftAlone }).toEqual({
    ...{ aliases: [], superseded: [], readNext: null },
    isLeftAlone: true,
  });
}

describe("The record of somebody living becomes part of one that", () => {
  const foreign: Survivor = { email: "eve@example.com", isForgotten: true };
  const blank: Survivor = { email: null, isForgotten: false };
  const unheard: Survivor = { email: "eve-2@example.com", isForgotten: false };
  test.each([
    ["was forgotten, and has the forgotten address", foreign, forgotten],
    ["was forgotten, and has no address", blank, forgotten],
    ["was forgotten, and has an address that nobody knew", unheard, forgotten],
    ["was forgotten and is on no other side", foreign, { ...forgotten, hubspotId: null }],
    ["has an address that was forgotten, whoever stands there", foreign, undefined],
    ["has an address that was forgotten, and belongs to somebody else by now", foreign, { ...ann, id: "bob" }],
  ] as const)("%s: it is left alone, and the living one has lost theirs", (_title, survivor, standing) => {
    const told = step(survivor, standing);
    expectLost(told);
    expect(told.notes).toEqual([expect.stringContaining("00Q1 is part of 00Q2 now")]);
    expect(told.notes.join()).not.toMatch(/eve|forgotten@/);
    expectLost(step(survivor, standing, { found: CONVERTED }));
  });

  test("was forgotten, and has the living one's own address by now: they go on with it, and the forgotten one only loses it", () => {
    const told = step({ email: OWN, isForgotten: false }, forgotten);
    expect(told).toMatchObject({ link: { state: "linked", salesforceId: "00Q2" }, readNext: "salesforce" });
    expect(told.superseded).toMatchObject([{ id: "forgotten", state: "erased", hubspotId: "2", salesforceId: null }]);
    expect(told.isLeftAlone).toBe(false);
  });

  test("is new and has another address: they go on with it", () => {
    expect(step(unheard, undefined)).toMatchObject({ link: { state: "linked", salesforceId: "00Q2" }, notes: [] });
  });

  test("was forgotten and became part of another one itself: they follow it to its end, where the address tells", () => {
    expect(step(undefined, forgotten)).toMatchObject({ link: { state: "linked", salesforceId: "00Q2" } });
  });
});

test("In HubSpot, where a merge is a new contact, the address tells alike", () => {
  const merged = { ...record("hubspot", "9"), mergedIds: ["1", "2"] };
  const told = (isForgotten: boolean) =>
    followFate(
      ann,
      "hubspot",
      { kind: "record", record: merged },
      () => undefined,
      () => ({ email: isForgotten ? "eve@example.com" : OWN, isForgotten }),
    );
  expect(told(false)).toMatchObject({ link: { state: "linked", hubspotId: "9" }, isLeftAlone: false });
  expectLost(told(true));
});

test("Whoever had ended before is told nothing more, and whoever had stepped aside stays aside and gets no record of somebody forgotten", () => {
  const survivor: Survivor = { email: "eve@example.com", isForgotten: true };
  expect(step(survivor, forgotten, { link: { ...ann, state: "tombstoned" } }).notes).toEqual([]);
  const aside = step(survivor, { ...forgotten, hubspotId: null }, { link: { ...ann, state: "superseded" } });
  expect(aside).toMatchObject({ link: { state: "superseded", salesforceId: "00Q1" }, superseded: [], notes: [] });
});
