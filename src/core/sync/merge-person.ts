/** Merges every mapped field of a linked pair: targets, conflicts, and the new state of each field. */
import type { FieldState, Link } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import { type CrmRecord, type Instant, SYSTEMS, type System, type Value } from "../model/record.ts";
import { type FieldConflict, mergeField, type Sighting } from "./merge-field.ts";
import { findOverrun, type Sights, sightFields } from "./sight-fields.ts";

export interface MergedPerson {
  readonly fields: Readonly<Record<string, FieldState>>;
  /** What both sides shall hold, for the fields that were decided now. */
  readonly targets: Readonly<Record<string, Value>>;
  /** Every known value of the person after the merge. */
  readonly values: Readonly<Record<string, Value>>;
  readonly conflicts: readonly { readonly field: FieldMapping; readonly conflict: FieldConflict }[];
  readonly unreadable: readonly { readonly system: System; readonly field: string; readonly reason: string }[];
}

export interface MergeContext {
  readonly tieSide: System;
  readonly now: Instant;
}

/** Merges a pair of live records. Pure. */
export function mergePerson(link: Link, mapping: ObjectMapping, hubspot: CrmRecord, salesforce: CrmRecord, context: MergeContext): MergedPerson {
  const sights = { hubspot: sightFields(link, mapping, hubspot), salesforce: sightFields(link, mapping, salesforce) };
  const unsettled = SYSTEMS.some((system) => (link.quarantine[system] ?? "") > context.now);
  const fields: Record<string, FieldState> = { ...link.fields };
  const targets: Record<string, Value> = {};
  const values: Record<string, Value> = {};
  const conflicts: { field: FieldMapping; conflict: FieldConflict }[] = [];
  for (const field of mapping.fields) {
    const state = link.fields[field.name] ?? {};
    const pair = sightingsOf(field, sights);
    if (pair === null || (state.held !== undefined && isStillHeld(state, pair))) {
      values[field.name] = state.base ?? sights.hubspot.values[field.name] ?? sights.salesforce.values[field.name] ?? null;
      continue;
    }
    const overrun = findOverrun(state, field, hubspot);
    const merged = mergeField({ rule: field.rule, state, sightings: pair, overrun, tieSide: context.tieSide, unsettled });
    fields[field.name] = verified(merged.state, field, hubspot);
    if (merged.conflict !== null) conflicts.push({ field, conflict: merged.conflict });
    if (merged.decision !== null) targets[field.name] = merged.decision.target;
    values[field.name] = merged.decision === null ? pair.hubspot.value : merged.decision.target;
  }
  const unreadable = SYSTEMS.flatMap((system) => sights[system].unreadable.map((entry) => ({ system, ...entry })));
  return { fields, targets, values, conflicts, unreadable };
}

function sightingsOf(field: FieldMapping, sights: Readonly<Record<System, Sights>>): Readonly<Record<System, Sighting>> | null {
  const hubspot = sights.hubspot.sighting(field);
  const salesforce = sights.salesforce.sighting(field);
  return hubspot === null || salesforce === null ? null : { hubspot, salesforce };
}

/** A refused value, or a question to a person, stands until one of the two sides says something else. */
function isStillHeld(state: FieldState, pair: Readonly<Record<System, Sighting>>): boolean {
  const held = state.held?.values ?? {};
  return SYSTEMS.every((system) => held[system] === undefined || held[system] === pair[system].value);
}

/** The check for an overrun edit is done once the record's history has been read after our write. */
function verified(state: FieldState, field: FieldMapping, hubspot: CrmRecord): FieldState {
  if (state.unverified === undefined) return state;
  const newest = hubspot.history?.[field.hubspot]?.[0];
  if (newest === undefined || newest.at <= state.unverified.readUpTo) return state;
  const { unverified: _checked, ...rest } = state;
  return rest;
}

/** The values of a person known to one side only. */
export function singleValues(link: Link, mapping: ObjectMapping, record: CrmRecord): Readonly<Record<string, Value>> {
  return sightFields(link, mapping, record).values;
}
