/** A person whose record was deleted meets the other one of theirs as if for the first time, and what was objected to stays objected to. */
import { expect, test } from "vitest";
import type { FieldState, Link } from "../../../src/core/model/link.ts";
import type { CrmRecord } from "../../../src/core/model/record.ts";
import { isDeletionKnown } from "../../../src/core/sync/archive-survivor.ts";
import { followFate } from "../../../src/core/sync/follow-fate.ts";
import { givenUp, goOnWith } from "../../../src/core/sync/go-on-with.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { fieldMapping } from "../../support/field-world.ts";

const NOW = "2026-03-02T08:00:00.000Z";
const SEEN = { version: NOW, at: NOW };
const mapping = fieldMapping("most-restrictive");
const [field] = mapping.fields;
if (field === undefined) throw new Error("one field");

function lead(id: string, objects: boolean | null): CrmRecord {
  return {
    ref: { system: "salesforce", object: "Lead", id },
    fate: { kind: "live" },
    fields: { [field?.salesforce ?? ""]: objects },
    ...{ createdAt: NOW, modifiedAt: NOW, version: NOW },
  };
}

const pending: FieldState = {
  base: "false",
  register: {
    target: "true",
    origin: { side: "salesforce", lo: NOW, hi: NOW },
    noNews: { hubspot: [], salesforce: [] },
    sent: { hubspot: [], salesforce: [] },
    delivered: { hubspot: false, salesforce: true },
  },
};
const away: Link = { ...newLink("away", lead("2", null), "two@example.com", "superseded", NOW) };

function deleted(state: FieldState): { before: Link; link: Link } {
  const before: Link = {
    ...newLink("kept", lead("1", null), "one@example.com", "linked", NOW),
    ...{ hubspotId: "7", fields: { [field?.name ?? ""]: state }, seen: { salesforce: SEEN, hubspot: SEEN } },
  };
  const found = { kind: "record", record: { ...lead("1", null), fate: { kind: "deleted" } } } as const;
  return { before, link: followFate(before, "salesforce", found, () => undefined).link };
}

test("The other record takes the place of the deleted one, and nothing of the deletion is left to follow", () => {
  const { before, link } = deleted({ base: "false" });
  expect([link.state, isDeletionKnown(link)]).toEqual(["tombstoned", true]);
  const next = goOnWith(link, lead("2", null), { away, objected: before.fields }, mapping, NOW);
  expect(next).toMatchObject({ id: "kept", state: "linked", hubspotId: "7", salesforceId: "2", fields: {} });
  expect([isDeletionKnown(next), next.generation, next.seen]).toEqual([
    false,
    before.generation + 1,
    { hubspot: SEEN },
  ]);
  expect(givenUp(away, "salesforce")).toMatchObject({ state: "superseded", hubspotId: null, salesforceId: null });
});

test.each<[string, FieldState, Link, boolean | null]>([
  ["was decided of the deleted record and had not arrived yet", pending, away, null],
  ["was agreed on", { base: "true" }, away, null],
  ["is on its way to the other record", { base: "false" }, { ...away, fields: { [field.name]: pending } }, null],
  ["the other record shows", { base: "false" }, away, true],
])("An objection that %s holds for both sides", (_which, state, beside, shown) => {
  const { before, link } = deleted(state);
  const next = goOnWith(link, lead("2", shown), { away: beside, objected: before.fields }, mapping, NOW);
  expect(next.fields[field.name]?.register).toMatchObject({
    target: "true",
    delivered: { hubspot: false, salesforce: false },
  });
});

const STAGE = { epoch: 1, stage: "mql", since: NOW, reason: "first seen", armed: true } as const;

test.each([
  ["counted for whoever had the record", "Bad timing\n", undefined, "Bad timing\n"],
  ["counted beside a wish that is spent", "Bad timing\n", "-\n\nsqlWhen", "Bad timing\n\nsqlWhen"],
  ["nobody gave", undefined, "No budget\n\nsqlWhen", "No budget\n\nsqlWhen"],
] as const)("A reason for sending back that %s counts once", (_which, told, own, kept) => {
  const { before, link } = deleted({ base: "false" });
  const stage = { ...STAGE, ...(own === undefined ? {} : { recycledFor: own }) };
  const beside: Link = { ...away, stage: { ...STAGE, ...(told === undefined ? {} : { recycledFor: told }) } };
  const given = { away: beside, objected: before.fields };
  const next = goOnWith({ ...link, stage }, lead("2", null), given, mapping, NOW);
  expect(next.stage).toEqual({ ...STAGE, recycledFor: kept });
});
