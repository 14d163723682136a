/** Whether a record that was read tells anything that is not already known, so that our own echo costs no second look. */

import { decodeFields } from "../mapping/translate-record.ts";
import type { FactSource } from "../model/fact-source.ts";
import type { FieldState, Link } from "../model/link.ts";
import type { ObjectMapping, OwnFields } from "../model/mapping.ts";
import type { CrmRecord, System, Value } from "../model/record.ts";
import type { Rulebook } from "../model/rulebook.ts";
import { isSameRaw } from "./build-writes.ts";
import { gatherFacts } from "./gather-facts.ts";
import { isKeyTaken } from "./key-taken.ts";
import { stageName } from "./own-values.ts";
import { isUntickedBlank } from "./sight-fields.ts";

export interface KnownPerson {
  readonly link: Link;
  readonly mapping: ObjectMapping;
}

/**
 * True when the record is live, is the one the link names, and every value in it is what both sides agreed on or what LeadLoop put there. A field
 * with a pending decision, or one that was never agreed on, always deserves a look.
 */
export function tellsNothingNew(
  known: KnownPerson,
  record: CrmRecord,
  asked: readonly string[],
  rulebook: Rulebook,
  ownFields: OwnFields,
): boolean {
  const { link, mapping } = known;
  // A search may leave fields out of its answer: what was asked for and is not there may have changed.
  if (asked.some((name) => record.fields[name] === undefined)) return false;
  const { system, id } = record.ref;
  if (record.fate.kind !== "live" || (link.state !== "linked" && link.state !== "single"))
    return link.state === "superseded";
  if (id !== (system === "hubspot" ? link.hubspotId : link.salesforceId)) return false;
  return (
    fieldsAreKnown(link, mapping, record) &&
    factsAreKnown(link, mapping, record, rulebook.facts[system]) &&
    ownFieldsAreKnown(link, record, rulebook, ownFields)
  );
}

function fieldsAreKnown(link: Link, mapping: ObjectMapping, record: CrmRecord): boolean {
  const { values, unreadable } = decodeFields(mapping, record, link.fields);
  const isTold = ({ field, reason }: (typeof unreadable)[number]): boolean => {
    const state = link.fields[field];
    return state?.held !== undefined || state?.unreadable?.[record.ref.system] === reason;
  };
  if (!unreadable.every(isTold)) return false;
  if (link.state === "single")
    return mapping.fields.every((field) => (values[field.name] ?? null) === (link.facts[field.name] ?? null));
  return mapping.fields.every((field) => {
    if (field.rule === "dont-sync" || field.rule === "stage") return true;
    const state = link.fields[field.name];
    const value = values[field.name];
    if (value === undefined) return true;
    // It could not be read before: that it can is news, for the reject is over.
    if (state?.unreadable?.[record.ref.system] !== undefined) return false;
    if (record.ref.system === "salesforce" && state?.register === undefined && isUntickedBlank(field, state, value))
      return true;
    // Never agreed on: a blank is nothing new only where the other side has nothing to fill it with either.
    const open = value === null && (link.facts[field.name] ?? null) === null;
    return state === undefined ? open : isKnown(state, record.ref.system, value, open);
  });
}

/** `open`: what counts where the two sides never agreed. */
function isKnown(state: FieldState, system: System, value: Value, open: boolean): boolean {
  if (state.overrun !== undefined || state.unseen) return false;
  if (state.held?.until === "released") return true;
  if (state.held !== undefined) return (state.held.values[system] ?? value) === value;
  if (state.register !== undefined) return false;
  return state.base === undefined ? open : state.base === value;
}

function factsAreKnown(link: Link, mapping: ObjectMapping, record: CrmRecord, sources: readonly FactSource[]): boolean {
  const fresh = gatherFacts({}, {}, [{ record, sources }]);
  return sources.every(
    ({ name, field }) =>
      record.fields[field] === undefined ||
      (link.facts[name] ?? null) === (fresh[name] ?? null) ||
      mapping.fields.some((mapped) => mapped.name === name),
  );
}

function ownFieldsAreKnown(link: Link, record: CrmRecord, rulebook: Rulebook, ownFields: OwnFields): boolean {
  const { system } = record.ref;
  const shows = (field: string, value: string | number | null): boolean => {
    const seen = record.fields[field];
    return seen === undefined || isSameRaw(seen, value);
  };
  if (link.stage?.clearing === true || link.stage === null || link.score === null) return false;
  // It was not known to show its stage: that it does now is news, whoever entered it.
  if (link.unshown?.[system] !== undefined) return false;
  if (!isKeyTaken(link, system) && !shows(ownFields.key[system], link.id)) return false;
  if (!shows(ownFields.score[system], system === "hubspot" ? String(link.score.total) : link.score.total)) return false;
  if (!shows(ownFields.stage[system], stageName(rulebook.lifecycle, link.stage.stage, system))) return false;
  return system === "hubspot" || shows(ownFields.epoch, link.stage.epoch);
}
