/** Whom a record belongs to, and what becomes of a link when a record is merged, converted, deleted or comes back. */
import { describe, expect, test } from "vitest";
import type { Link } from "../../../src/core/model/link.ts";
import type { CrmRecord, RecordFate, System } from "../../../src/core/model/record.ts";
import { followFate, restored } from "../../../src/core/sync/follow-fate.ts";
import {
  attachRecord,
  judgeClaim,
  newLink,
  pairRecord,
  preferContact,
  replaceLead,
  unlessByAddress,
} from "../../../src/core/sync/pair-records.ts";

const NOW = "2026-03-02T08:00:00.000Z";

function record(
  system: System,
  id: string,
  object = system === "hubspot" ? "contacts" : "Lead",
  fate: RecordFate = { kind: "live" },
): CrmRecord {
  return { ref: { system, object, id }, fate, fields: {}, createdAt: NOW, modifiedAt: NOW, version: NOW };
}

const base = newLink("link", record("hubspot", "1"), "ann@example.com", "single", NOW);
const single: Link = { ...base, version: 1 };
const linked: Link = {
  ...single,
  id: "linked",
  hubspotId: "2",
  salesforceObject: "Lead",
  salesforceId: "00Q1",
  state: "linked",
  fields: { title: { base: "x" } },
};
const nobody = (): undefined => undefined;

describe("A Salesforce lead with the e-mail address of", () => {
  const lead = record("salesforce", "00Q9");
  test.each([
    ["nobody is new", [], { kind: "new" }],
    ["a HubSpot contact alone joins it", [single], { kind: "attach", link: single }],
    [
      "two HubSpot contacts is ambiguous",
      [single, { ...single, id: "b", hubspotId: "3" }],
      { kind: "ambiguous", candidates: ["1", "3"] },
    ],
    ["somebody linked already is ambiguous", [linked], { kind: "ambiguous", candidates: ["2"] }],
    ["somebody who was deleted stays away", [{ ...single, state: "tombstoned" as const }], { kind: "tombstoned" }],
    ["somebody whose place was taken is new", [{ ...single, state: "superseded" as const }], { kind: "new" }],
    ["somebody forgotten on request is new", [{ ...single, state: "erased" as const }], { kind: "new" }],
  ])("%s", (_title, byEmail, pairing) => {
    expect(pairRecord(lead, undefined, byEmail)).toMatchObject(pairing);
  });

  test("somebody else belongs to whom our key names", () => {
    expect(pairRecord(lead, single, [linked])).toEqual({ kind: "attach", link: single });
    expect(pairRecord(lead, { ...single, state: "erased" }, [])).toEqual({ kind: "new" });
  });
});

describe("Doubles", () => {
  const contact = record("hubspot", "9");
  const one: Link = { ...newLink("one", record("salesforce", "00Q1"), "ann@example.com", "single", NOW), version: 1 };
  const two: Link = { ...one, id: "two", salesforceId: "00Q2", state: "ambiguous" };
  const person: Link = { ...one, id: "person", salesforceId: "0031", salesforceObject: "Contact" };

  test("that were set aside are candidates as much as the one that was seen first", () => {
    expect(pairRecord(contact, undefined, [one, two])).toMatchObject({
      kind: "ambiguous",
      candidates: ["00Q1", "00Q2"],
    });
    expect(pairRecord(contact, undefined, [person, two])).toEqual({ kind: "attach", link: person });
  });

  test("in one run are told apart by our key only", () => {
    const attach = { kind: "attach", link: one } as const;
    expect(unlessByAddress(attach, undefined)).toMatchObject({ kind: "ambiguous" });
    expect(unlessByAddress(attach, one)).toEqual(attach);
  });

  test("leave one person behind, or two that never met, or stay doubtful", () => {
    expect(judgeClaim(contact, [one])).toEqual({ kind: "join", link: one });
    expect(judgeClaim(contact, [{ ...two }])).toEqual({ kind: "join", link: two });
    expect(judgeClaim(contact, [one, two])).toEqual({ kind: "doubtful" });
    expect(judgeClaim(contact, [{ ...one, state: "tombstoned" }, two])).toEqual({ kind: "join", link: two });
    expect(judgeClaim(contact, [])).toEqual({ kind: "alone" });
    expect(judgeClaim(record("salesforce", "00Q2"), [one])).toEqual({ kind: "doubtful" });
  });

  test("that go after their create was refused leave nothing held", () => {
    const held: Link = { ...one, fields: { jobtitle: { held: { reason: "exists", values: { salesforce: "x" } } } } };
    expect(attachRecord(held, contact)).toMatchObject({ state: "linked", hubspotId: "9", fields: { jobtitle: {} } });
    expect(attachRecord(held, contact).fields["jobtitle"]).not.toHaveProperty("held");
  });
});

describe("A Salesforce contact with the e-mail address of", () => {
  const contact = record("salesforce", "0031", "Contact");
  test("somebody linked to a lead takes the lead's place, and the two sides meet anew", () => {
    expect(pairRecord(contact, undefined, [linked])).toEqual({ kind: "replace", link: linked });
    expect(replaceLead(linked, contact)).toMatchObject({
      salesforceObject: "Contact",
      salesforceId: "0031",
      hubspotId: "2",
      fields: {},
      generation: 2,
    });
  });

  test("somebody linked to another contact is ambiguous", () => {
    expect(pairRecord(contact, undefined, [{ ...linked, salesforceObject: "Contact" }])).toMatchObject({
      kind: "ambiguous",
    });
  });

  test("a lead and a HubSpot contact that are not linked is ambiguous", () => {
    expect(pairRecord(contact, undefined, [{ ...linked, hubspotId: null }, single])).toMatchObject({
      kind: "ambiguous",
    });
  });
});

test("Of a lead and a contact found together, the contact is the person", () => {
  const [lead, contact] = [record("salesforce", "00Q1"), record("salesforce", "0031", "Contact")];
  expect(preferContact([lead, contact])).toEqual([contact]);
  expect(preferContact([lead])).toEqual([lead]);
});

test("Whoever was forgotten on request stays so when the record is merged into another", () => {
  const merged = record("salesforce", "00Q1", "Lead", { kind: "merged", into: "00Q2" });
  const standing: Link = { ...linked, id: "other", salesforceId: "00Q2" };
  const forgotten: Link = { ...linked, state: "erased" };
  expect(followFate(forgotten, "salesforce", { kind: "record", record: merged }, () => standing).link).toBe(forgotten);
});

test("A record that joins a person makes the link whole", () => {
  expect(attachRecord(single, record("salesforce", "00Q1"))).toMatchObject({
    state: "linked",
    hubspotId: "1",
    salesforceId: "00Q1",
  });
});

describe("A link whose record", () => {
  const fated = (fate: RecordFate): CrmRecord => record("salesforce", "00Q1", "Lead", fate);
  test.each([
    [
      "is live stays as it is",
      { kind: "record", record: fated({ kind: "live" }) },
      { state: "linked", salesforceId: "00Q1" },
    ],
    ["was not read stays as it is", { kind: "not-read" }, { state: "linked", salesforceId: "00Q1" }],
    ["is deleted is closed", { kind: "record", record: fated({ kind: "deleted" }) }, { state: "tombstoned" }],
    ["is not known any more is closed", { kind: "missing" }, { state: "tombstoned" }],
    [
      "was merged moves to the master",
      { kind: "record", record: fated({ kind: "merged", into: "00Q2" }) },
      { state: "linked", salesforceId: "00Q2" },
    ],
    [
      "was converted moves to the contact",
      { kind: "record", record: fated({ kind: "converted", into: "0031", account: null, opportunity: null }) },
      { state: "linked", salesforceObject: "Contact", salesforceId: "0031" },
    ],
  ] as const)("%s", (_title, found, expected) => {
    expect(followFate(linked, "salesforce", found, nobody).link).toMatchObject(expected);
  });

  test("was merged into somebody's who is linked already steps aside, and the admin is told to merge the other side", () => {
    const master: Link = { ...linked, id: "master", hubspotId: "5", salesforceId: "00Q2" };
    const step = followFate(
      linked,
      "salesforce",
      { kind: "record", record: fated({ kind: "merged", into: "00Q2" }) },
      () => master,
    );
    expect(step.link).toMatchObject({ state: "superseded", salesforceId: null });
    expect(step.aliases).toEqual([{ system: "salesforce", oldId: "00Q1", link: "master", cause: "merge" }]);
    expect(step.notes).toHaveLength(1);
  });

  test("was deleted on the other side before stays deleted when it is merged into somebody's, and remembers the address", () => {
    const master: Link = { ...linked, id: "master", hubspotId: "5", salesforceId: "00Q2" };
    const closed: Link = { ...linked, state: "tombstoned" };
    const merged = { kind: "record", record: fated({ kind: "merged", into: "00Q2" }) } as const;
    const step = followFate(closed, "salesforce", merged, () => master);
    expect(step.link).toMatchObject({ state: "tombstoned", hubspotId: "2", salesforceId: null, email: closed.email });
    expect(step.aliases).toEqual([{ system: "salesforce", oldId: "00Q1", link: "master", cause: "merge" }]);
  });

  test("was deleted on one side is not brought back by the other side being there", () => {
    const closed: Link = { ...linked, state: "tombstoned" };
    const seen = followFate(closed, "hubspot", { kind: "record", record: record("hubspot", "2") }, nobody).link;
    expect(seen.state).toBe("tombstoned");
    expect(restored(seen, { hubspot: record("hubspot", "2"), salesforce: null }).state).toBe("tombstoned");
  });

  test("came back from the recycle bin goes on, as if both sides met for the first time", () => {
    const closed: Link = { ...linked, state: "tombstoned" };
    const back = restored(closed, { hubspot: record("hubspot", "2"), salesforce: record("salesforce", "00Q1") });
    expect(back).toMatchObject({ id: "linked", state: "linked", generation: 2, fields: {} });
  });
});

test("A merged contact takes in whom it was made of, but not the tombstone of one whose lead was deleted: that goes on remembering the address", () => {
  const deleted: Link = { ...linked, state: "tombstoned" };
  const merged = { ...record("hubspot", "9"), mergedIds: ["1", "2"] };
  const step = (other: Link) =>
    followFate({ ...single, hubspotId: "9" }, "hubspot", { kind: "record", record: merged }, (_system, id) =>
      id === "2" ? other : undefined,
    );
  expect(step(deleted).superseded).toMatchObject([{ state: "tombstoned", hubspotId: null, salesforceId: "00Q1" }]);
  expect(step(linked).superseded).toMatchObject([{ state: "superseded", hubspotId: null, salesforceId: "00Q1" }]);
});
