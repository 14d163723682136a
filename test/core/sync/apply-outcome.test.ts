/** What each outcome of a write means for the link, and which plans safety refuses. */
import { describe, expect, test } from "vitest";
import type { Register } from "../../../src/core/model/link.ts";
import type { Write, WriteOutcome } from "../../../src/core/model/plan.ts";
import { applyOutcome, type OutcomeContext } from "../../../src/core/sync/apply-outcome.ts";
import { checkSafety, NOTHING_YET, tally } from "../../../src/core/sync/check-safety.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { fieldMapping } from "../../support/field-world.ts";

const NOW = "2026-03-02T08:00:00.000Z";
const LATER = "2026-03-02T08:01:30.000Z";
const ref = { system: "hubspot", object: "contacts", id: "1" } as const;
const stranger = newLink(
  "link",
  { ref, fate: { kind: "live" }, fields: {}, createdAt: NOW, modifiedAt: NOW, version: NOW },
  null,
  "linked",
  NOW,
);
const register: Register = {
  target: "new",
  origin: { side: "hubspot", lo: NOW, hi: NOW },
  noNews: { hubspot: ["new"], salesforce: ["old", "new"] },
  sent: { hubspot: [], salesforce: ["new"] },
  delivered: { hubspot: true, salesforce: false },
};
const link = {
  ...stranger,
  salesforceId: "00Q1",
  fields: { field: { base: "old", register } },
  quarantine: { salesforce: LATER },
};
const write: Write = {
  key: "key",
  link: "link",
  recordName: "Ann Lee",
  system: "salesforce",
  object: "Lead",
  id: "00Q1",
  operation: "update",
  fields: { Field: { from: "old", to: "new", rule: "two-way" } },
  reason: "two-way",
  unique: null,
  ifUnmodifiedSince: NOW,
  step: 1,
  purpose: "fields",
};
const context: OutcomeContext = {
  mapping: fieldMapping("two-way"),
  schema: null,
  unanswered: [],
  arriving: {},
  verifyAfterSeconds: 20,
  quarantineSeconds: 90,
  run: "run",
  now: NOW,
};
const written: WriteOutcome = {
  kind: "written",
  key: "key",
  id: "00Q1",
  created: false,
  version: null,
  returned: null,
};

describe("A write that", () => {
  test("was written settles the field when both sides hold the value, and nothing waits", () => {
    const applied = applyOutcome(link, write, written, context);
    expect(applied.link.fields["field"]).toEqual({ base: "new", origin: register.origin });
    expect([applied.link.quarantine, applied.intent]).toEqual([{}, "written"]);
  });

  test("made the record at its second try leaves each field to be checked, once the first try cannot arrive any more", () => {
    const create: Write = {
      ...write,
      system: "hubspot",
      id: null,
      operation: "create",
      purpose: "create",
      ifUnmodifiedSince: null,
    };
    const fields = { field: { from: undefined, to: "new", rule: "two-way" } };
    const pending = { ...link, facts: { field: "new" }, fields: {} };
    const once = applyOutcome(pending, { ...create, fields }, { ...written, created: true }, context);
    expect([once.link.fields["field"], once.again]).toEqual([{ base: "new" }, null]);
    const twice = { ...written, created: true, mayArriveAgain: true } as const;
    const applied = applyOutcome(pending, { ...create, fields }, twice, context);
    expect(applied.link.fields["field"]).toEqual({
      base: "new",
      unverified: { value: "new", readUpTo: "", arrivesUntil: LATER },
    });
    expect(applied.again?.inSeconds).toBe(90);
    // The first try was another run's, which this one did not wait for.
    const early = { ...context, arriving: { hubspot: LATER, salesforce: NOW } };
    const after = applyOutcome(pending, { ...create, fields }, { ...written, created: true }, early);
    expect([after.link.fields["field"], after.again]).toEqual([applied.link.fields["field"], null]);
    // Salesforce refuses a second one.
    const inSalesforce = { ...create, system: "salesforce", fields: { Field: fields.field } } as const;
    const refusing = { ...context, arriving: { salesforce: LATER } };
    const only = applyOutcome(pending, inSalesforce, { ...written, created: true }, refusing);
    expect(only.link.fields["field"]).toEqual({ base: "new" });
  });

  test.each([
    ["a value that was sent", "known", true, { base: "known" }],
    // It is not there: as a base, its absence would look like somebody's blank, and blank the other side.
    ["a value that could not be written there", "known", false, { unseen: { hubspot: true } }],
    ["no value on either side", null, false, { base: null }],
  ] as const)("made the record agrees on %s", (_, value, sent, state) => {
    const create: Write = {
      ...write,
      id: null,
      operation: "create",
      purpose: "create",
      fields: sent ? { Field: { from: undefined, to: value, rule: "two-way" } } : {},
    };
    const single = { ...stranger, facts: { field: value }, fields: {} };
    const { link: made } = applyOutcome(single, create, { ...written, created: true }, context);
    expect([made.salesforceId, made.fields["field"]]).toEqual(["00Q1", state]);
  });

  test("was written does not settle a field that the other side is still to be told", () => {
    const other: Write = {
      ...write,
      key: "other",
      system: "hubspot",
      fields: { field: { from: "x", to: "new", rule: "two-way" } },
    };
    const applied = applyOutcome(link, write, written, { ...context, unanswered: [other] });
    expect(applied.link.fields["field"]).toMatchObject({ base: "old", register: { target: "new" } });
  });

  test.each([
    ["was stale is read again at once", { kind: "stale", key: "key" }, "stale", 0],
    ["found its record gone is read again at once", { kind: "gone", key: "key", message: "deleted" }, "moot", 0],
    ["was not sent is decided again", { kind: "deferred", key: "key", message: "quota" }, "deferred", 0],
  ] as const)("%s, and what was decided stays", (_title, outcome, intent, inSeconds) => {
    const applied = applyOutcome(link, write, outcome, context);
    expect([applied.intent, applied.again?.inSeconds, applied.link.quarantine]).toEqual([intent, inSeconds, {}]);
    expect(applied.link.fields["field"]).toEqual(link.fields.field);
  });

  test("got no answer stays quarantined, and is looked at when that has passed", () => {
    const applied = applyOutcome(link, write, { kind: "unknown", key: "key", message: "time-out" }, context);
    expect([applied.intent, applied.again?.inSeconds, applied.link]).toEqual(["unknown", 90, link]);
  });

  test("was refused parks the fields that are named, with the vendor's words", () => {
    const outcome: WriteOutcome = {
      kind: "rejected",
      key: "key",
      code: "CUSTOM",
      message: "No bosses",
      fields: ["Field"],
      existingId: null,
    };
    const applied = applyOutcome(link, write, outcome, context);
    expect(applied.link.fields["field"]).toEqual({
      base: "old",
      held: { reason: "No bosses", values: { hubspot: "new" } },
    });
    expect(applied.reject).toMatchObject({ fields: ["Field"], code: "CUSTOM", message: "No bosses" });
  });
});

describe("Safety", () => {
  const safety = {
    blank: { atMost: 1, share: 0 },
    delete: { atMost: 1, share: 0 },
    regress: { atMost: 20, share: 0.01 },
    change: { atMost: 2, share: 0.1 },
    create: { atMost: 2, share: 0.1 },
  };
  const blanking: Write = { ...write, fields: { Field: { from: "old", to: null, rule: "two-way" } } };
  const scoring: Write = { ...write, fields: { Score: { from: 1, to: 2, rule: "score" } } };
  test.each([
    ["lets a few changes through", [write, write], 10, null],
    ["stops more changes than the share and the floor allow", [write, write, write], 10, "change 3 records"],
    ["lets more changes through where more people are linked", [write, write, write], 100, null],
    ["stops blanks", [blanking, blanking], 100, "blank 2 values"],
    ["does not count its own score", [scoring, scoring, scoring], 10, null],
    [
      "does not count first meetings",
      Array.from({ length: 5 }, (): Write => ({ ...blanking, purpose: "meet" })),
      10,
      null,
    ],
    [
      "stops many stages going back",
      Array.from({ length: 21 }, (): Write => ({ ...write, purpose: "clear-stage" })),
      10,
      "move 21 people back",
    ],
    ["stops many creates", Array.from({ length: 3 }, (): Write => ({ ...write, purpose: "create" })), 10, "make 3 rec"],
    [
      "lets them through beside many",
      Array.from({ length: 3 }, (): Write => ({ ...write, purpose: "create" })),
      30,
      null,
    ],
  ])("%s", (_title, writes, known, refusal) => {
    const verdict = checkSafety(tally(NOTHING_YET, writes), known, safety);
    if (refusal === null) expect(verdict).toBeNull();
    else expect(verdict).toContain(refusal);
  });

  test("stops deletions, which write nothing", () => {
    const sum = tally(tally(NOTHING_YET, [], 1), [], 1);
    expect(checkSafety(sum, 100, safety)).toContain("end the links of 2 people");
    expect(checkSafety(tally(NOTHING_YET, [], 1), 100, safety)).toBeNull();
  });
});
