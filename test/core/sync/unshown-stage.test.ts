/** What a side is known to show of the stage: as read, until an answer confirms the write, and why not. */
import { expect, test } from "vitest";
import type { UnshownStage } from "../../../src/core/model/link.ts";
import type { Write, WriteOutcome } from "../../../src/core/model/plan.ts";
import type { CrmRecord, RawValue } from "../../../src/core/model/record.ts";
import type { PersonDecision } from "../../../src/core/sync/person-decision.ts";
import { afterAnswer, noteUnshown } from "../../../src/core/sync/unshown-stage.ts";
import { personLink } from "../../contracts/state-samples.ts";

const OPEN: UnshownStage = { shown: "lead", because: "unanswered" };
const write: Write = {
  key: "key",
  link: "a",
  recordName: "Ann Lee",
  system: "hubspot",
  object: "contacts",
  id: "1",
  operation: "update",
  fields: {
    lifecyclestage: { from: "lead", to: "opportunity", rule: "stage" },
    city: { from: "", to: "Bonn", rule: "two-way" },
  },
  reason: "stage",
  unique: null,
  ifUnmodifiedSince: null,
  step: 1,
  purpose: "fields",
};
const key = write.key;
const written = (lifecyclestage: string | null): WriteOutcome => ({
  kind: "written",
  key,
  id: "1",
  created: false,
  version: null,
  returned: { lifecyclestage, city: "elsewhere" },
});
const rejected: WriteOutcome = { kind: "rejected", key, code: "A CODE", message: "no", fields: [], existingId: null };

test.each<[string, WriteOutcome, boolean, UnshownStage | undefined]>([
  ["taken", written("opportunity"), false, undefined],
  ["taken without a word about the values", { ...written(null), returned: null } as WriteOutcome, false, undefined],
  ["taken without the stage", written("lead"), false, { shown: "lead", because: "ignored" }],
  ["taken, and the stage is blank", written(null), false, { shown: "", because: "ignored" }],
  ["refused", rejected, false, { shown: "lead", because: "refused", code: "A_CODE" }],
  ["refused for another field", rejected, true, { shown: "lead", because: "unsent" }],
  ["too late", { kind: "stale", key }, false, { shown: "lead", because: "outdated" }],
  ["for a record that is gone", { kind: "gone", key, message: "" }, false, { shown: "lead", because: "outdated" }],
  ["not sent", { kind: "deferred", key, message: "" }, false, { shown: "lead", because: "unsent" }],
  ["without an answer", { kind: "unknown", key, message: "" }, false, OPEN],
  ["in a bulk job", { kind: "underway", key, lookAfterSeconds: 1 }, false, OPEN],
])("a write of the stage that was %s", (_, outcome, restFollows, expected) => {
  const salesforce: UnshownStage = { shown: "Lead", because: "refused", code: "EARLIER" };
  const link = { ...personLink("a"), unshown: { hubspot: OPEN, salesforce } };
  const { unshown } = afterAnswer(link, write, outcome, restFollows);
  expect(unshown?.hubspot).toEqual(expected);
  expect(unshown?.salesforce).toEqual(salesforce);
});

test("a clear that was written leaves a blank, and the stage to be sent", () => {
  const link = { ...personLink("a"), unshown: { hubspot: OPEN } };
  const fields = { lifecyclestage: { from: "customer", to: null, rule: "stage" } };
  const cleared = afterAnswer(link, { ...write, fields, purpose: "clear-stage" }, written(null), false);
  expect(cleared.unshown).toEqual({ hubspot: { shown: "", because: "unsent" } });
});

test("an answer about other fields, or about the cycle alone while the stage rests, says nothing of the stage", () => {
  const link = { ...personLink("a"), unshown: { hubspot: OPEN } };
  const { city } = write.fields;
  expect(afterAnswer(link, { ...write, fields: city === undefined ? {} : { city } }, rejected, false)).toBe(link);
  const resting = { ...personLink("a"), unshown: { hubspot: { ...OPEN, because: "resting" } } } as const;
  expect(afterAnswer(resting, write, written("opportunity"), false)).toBe(resting);
});

const NOTHING_ELSE = {
  conflicts: [],
  rejects: [],
  skips: [],
  stageEvents: [],
  handoffs: [],
  tasks: [],
  cadenceRuns: [],
  followUpEvents: [],
  notices: [],
  factChange: null,
  routed: null,
  lookAgainAt: null,
} as const;
const NOW = "2026-03-02T08:00:00.000Z";
const contact = (stage?: RawValue): CrmRecord => ({
  ref: { system: "hubspot", object: "contacts", id: "1" },
  fate: { kind: "live" },
  fields: stage === undefined ? {} : { lifecyclestage: stage },
  createdAt: NOW,
  modifiedAt: NOW,
  version: NOW,
});
const OWN = { stage: { hubspot: "lifecyclestage", salesforce: "LeadLoop_Stage__c" } };
const REFUSED: UnshownStage = { shown: "lead", because: "refused", code: "EARLIER" };

test.each<[string, CrmRecord | null, readonly Write[], boolean, UnshownStage | undefined]>([
  ["that shows the stage shows it, whatever was before", contact("opportunity"), [], true, undefined],
  ["that is written shows what was read", contact("lead"), [write], true, OPEN],
  ["that is written shows its blank", contact(null), [write], true, { shown: "", because: "unanswered" }],
  [
    "that is created is blank until it is there",
    null,
    [{ ...write, operation: "create" }],
    true,
    { shown: "", because: "unanswered" },
  ],
  ["that is left alone is held", contact("lead"), [], true, { shown: "lead", because: "resting" }],
  ["that is left alone may not be written", contact("lead"), [], false, { shown: "lead", because: "unwritable" }],
  [
    "that is written to the other system is left alone",
    contact("lead"),
    [{ ...write, system: "salesforce" }],
    true,
    { shown: "lead", because: "resting" },
  ],
  ["that was not read shows what it did before", null, [], true, REFUSED],
  ["whose stage could not be read shows what it did before", contact(), [], true, REFUSED],
])("a record %s", (_, hubspot, writes, mayWrite, expected) => {
  const known = { unshown: { hubspot: REFUSED }, facts: { hubspot_stage: "opportunity" } };
  const decision: PersonDecision = { ...NOTHING_ELSE, link: personLink("a", known), writes };
  const noted = noteUnshown(decision, { hubspot, salesforce: null }, { ownFields: OWN, mayWrite: () => mayWrite });
  expect(noted.link.unshown).toEqual(expected === undefined ? undefined : { hubspot: expected });
});

test("nothing is noted of somebody whose values are not synced", () => {
  const decision: PersonDecision = { ...NOTHING_ELSE, link: personLink("a", { state: "ambiguous" }), writes: [] };
  const context = { ownFields: OWN, mayWrite: () => true };
  expect(noteUnshown(decision, { hubspot: contact("lead"), salesforce: null }, context)).toBe(decision);
});
