/**
 * What is objected to after two linked people were merged on one side: their two records of the other side stay until somebody merges them too, and an
 * objection noted on either of them, or on the person who goes on, holds for all. Nothing else is carried, and nothing is ever loosened.
 */
import type { FieldState, Link } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import type { Write } from "../model/plan.ts";
import { type CrmRecord, type Instant, otherSystem, type System, type Value } from "../model/record.ts";
import { fieldsToWrite, type OwnValue, updateWrite } from "./build-writes.ts";
import { isKeyTaken, KEY } from "./key-taken.ts";
import type { DecisionContext } from "./person-decision.ts";
import { sightFields } from "./sight-fields.ts";

/** The facts by which both know of each other; no field of either system has a space in its name. */
const INTO_FACT = "merged into";
const FROM_FACT = "merged from";

/** The link that steps aside for `keeper`. */
export function asideFor(link: Link, keeper: string): Link {
  return { ...link, facts: { ...link.facts, [INTO_FACT]: keeper } };
}

/** Whom a link that stepped aside was merged into; null for everybody else, and where no record of theirs is left. */
export function keeperOf({ state, facts, hubspotId, salesforceId }: Link): string | null {
  return state === "superseded" && (hubspotId ?? salesforceId) !== null ? (facts[INTO_FACT] ?? null) : null;
}

/** Whether one of the link's records has become part of another person's, who keeps it. */
export function isMergedAway({ facts }: Pick<Link, "facts">): boolean {
  return facts[INTO_FACT] !== undefined;
}

/** The link that goes on, once it knows whose record is left beside its own: `away`, and whoever was merged into that one before. */
export function withAbsorbed(link: Link, away: Link): Link {
  const ids = new Set([...absorbedBy(link), away.id, ...absorbedBy(away)]);
  return { ...link, facts: { ...link.facts, [FROM_FACT]: [...ids].join(" ") } };
}

/** The links that stepped aside for this one. */
export function absorbedBy({ facts }: Pick<Link, "facts">): readonly string[] {
  return (facts[FROM_FACT] ?? "").split(" ").filter((id) => id !== "");
}

/** Names of the fields in which the person objects: agreed on, decided, or shown by a record. */
export function objectionsOf(
  link: Link,
  mapping: ObjectMapping,
  records: readonly (CrmRecord | null)[],
): ReadonlySet<string> {
  const shown = records.flatMap((record) => (record === null ? [] : [sightFields(link, mapping, record).values]));
  const out = consents(mapping).filter(
    ({ name }) => isOut(link.fields[name]) || shown.some((values) => values[name] === "true"),
  );
  return new Set(out.map(({ name }) => name));
}

/**
 * What the record of somebody who stepped aside is told: each of `objections` that it does not show, until it does, and our key where it has none: by that it
 * stays known as left by a merge, whatever its address, and is not taken for somebody new. Pure; the link's version is the caller's business.
 */
export function tightenAside(
  link: Link,
  mapping: ObjectMapping,
  record: CrmRecord | null,
  objections: ReadonlySet<string>,
  { mayWrite, holdsMoment, now, ownFields }: Pick<DecisionContext, "mayWrite" | "holdsMoment" | "now" | "ownFields">,
): { readonly link: Link; readonly writes: readonly Write[] } {
  if (record === null || keeperOf(link) === null) return { link, writes: [] };
  const { system, object } = record.ref;
  const { values } = sightFields(link, mapping, record);
  const known = consents(mapping).filter(({ name }) => values[name] !== undefined);
  const lacking = known.filter(({ name }) => objections.has(name) && values[name] !== "true");
  const states = known.flatMap((field): [string, FieldState][] => {
    if (values[field.name] === "true") return [[field.name, { base: "true" }]];
    return lacking.includes(field) ? [[field.name, onItsWay(system, values[field.name] ?? null, now)]] : [];
  });
  const next = { ...link, fields: { ...link.fields, ...Object.fromEntries(states) } };
  const targets = Object.fromEntries(lacking.map(({ name }) => [name, "true"]));
  const side = fieldsToWrite(record, mapping, targets, missingKey(link, record, ownFields.key[system]), {
    mayWrite: (field) => mayWrite(system, object, field, "update"),
    holdsMoment: (field) => holdsMoment(system, object, field),
  });
  if (Object.keys(side.fields).length === 0) return { link: next, writes: [] };
  const reason = `the person was merged into another one${lacking.length > 0 ? ", who objects (most-restrictive)" : ""}`;
  return { link: next, writes: [{ ...updateWrite(next, record, side, "fields"), reason }] };
}

function missingKey(link: Link, { ref: { system }, fields }: CrmRecord, field: string): readonly OwnValue[] {
  if (fields[field] !== null || isKeyTaken(link, system)) return [];
  return [{ system, field, value: link.id, rule: KEY }];
}

function onItsWay(system: System, shown: Value, now: Instant): FieldState {
  const other = otherSystem(system);
  const nothing = { hubspot: [], salesforce: [] };
  return {
    register: {
      target: "true",
      origin: { side: other, lo: now, hi: now },
      noNews: { ...nothing, [system]: [shown] },
      sent: { ...nothing, [system]: ["true"] },
      delivered: { hubspot: system !== "hubspot", salesforce: system !== "salesforce" },
    },
  };
}

function consents(mapping: ObjectMapping): readonly FieldMapping[] {
  return mapping.fields.filter(({ rule }) => rule === "most-restrictive");
}

function isOut(state: FieldState | undefined): boolean {
  return state?.base === "true" || state?.register?.target === "true";
}
