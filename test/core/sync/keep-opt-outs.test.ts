/** What somebody objected to who was merged into another person goes on with that person, and nothing else does. */
import { expect, test } from "vitest";
import type { FieldState, Link } from "../../../src/core/model/link.ts";
import type { ObjectMapping } from "../../../src/core/model/mapping.ts";
import type { Value } from "../../../src/core/model/record.ts";
import { keepOptOuts } from "../../../src/core/sync/keep-opt-outs.ts";
import { newLink } from "../../../src/core/sync/pair-records.ts";
import { fieldMapping } from "../../support/field-world.ts";

const NOW = "2026-03-02T08:00:00.000Z";
const named = (mapped: ObjectMapping, name: string) => mapped.fields.map((field) => ({ ...field, name }));
const consent = fieldMapping("most-restrictive");
const mapping: ObjectMapping = {
  ...consent,
  fields: [...named(consent, "objects"), ...named(fieldMapping("two-way"), "newsletter")],
};
const contact = {
  ref: { system: "hubspot", object: "contacts", id: "1" },
  fate: { kind: "live" },
  fields: {},
  createdAt: NOW,
  modifiedAt: NOW,
  version: NOW,
} as const;
const kept: Link = {
  ...newLink("kept", contact, "ann@example.com", "linked", NOW),
  fields: { objects: { base: "false" } },
};
const pending: FieldState = {
  base: "false",
  register: {
    target: "true",
    origin: { side: "salesforce", lo: NOW, hi: NOW },
    noNews: { hubspot: [], salesforce: [] },
    sent: { hubspot: [], salesforce: [] },
    delivered: { hubspot: false, salesforce: false },
  },
};

interface Case {
  readonly was?: FieldState;
  readonly shown?: Value;
  readonly into?: Partial<Link>;
}

function after({ was = { base: "true" }, shown = null, into = {} }: Case): FieldState | undefined {
  const away = { fields: { objects: was, newsletter: { base: "true" } }, shown: { objects: shown } };
  const link = keepOptOuts({ ...kept, ...into }, away, mapping, NOW);
  expect(link.fields["newsletter"]).toBeUndefined();
  return link.fields["objects"];
}

test.each<[string, Case]>([
  ["was agreed on", {}],
  ["was decided and is on its way", { was: pending }],
  ["a rep noted since the last look", { was: { base: "false" }, shown: "true" }],
])("An objection that %s is to arrive on both sides of whoever goes on", (_title, given) => {
  expect(after(given)).toMatchObject({
    base: "false",
    register: { target: "true", delivered: { hubspot: false, salesforce: false } },
  });
});

test.each<[string, Case]>([
  ["nobody objected", { was: { base: "false" }, shown: "false" }],
  ["whoever goes on has objected too", { into: { fields: { objects: { base: "true" } } } }],
  ["whoever goes on was deleted", { into: { state: "tombstoned" } }],
  ["whoever goes on was forgotten on request", { into: { state: "erased" } }],
])("Nothing changes where %s", (_title, given) => {
  expect(after(given)).toBe((given.into?.fields ?? kept.fields)["objects"]);
});
