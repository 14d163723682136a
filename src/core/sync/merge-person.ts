/** Merges every mapped field of a linked pair: targets, conflicts, and the new state of each field. */
import type { FieldState, Link } from "../model/link.ts";
import type { FieldMapping, ObjectMapping } from "../model/mapping.ts";
import { type CrmRecord, type Instant, SYSTEMS, type System, type Value } from "../model/record.ts";
import type { FieldConflict, MergeInput, Sighting } from "./choose-value.ts";
import type { Arrivals } from "./find-arrivals.ts";
import { type MergeResult, mergeField, seeAlone } from "./merge-field.ts";
import {
  findOverrun,
  isUntickedBlank,
  newestEntry,
  type Overrun,
  overrunInSalesforce,
  type Sights,
  sightFields,
} from "./sight-fields.ts";
import { isJoin, join } from "./sync-rules.ts";

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
  readonly arrivals: Arrivals;
}

/** Merges a pair of live records. Pure. */
export function mergePerson(
  link: Link,
  mapping: ObjectMapping,
  hubspot: CrmRecord,
  salesforce: CrmRecord,
  context: MergeContext,
): MergedPerson {
  const sights = { hubspot: sightFields(link, mapping, hubspot), salesforce: sightFields(link, mapping, salesforce) };
  const unsettled = SYSTEMS.some((system) => (link.quarantine[system] ?? "") > context.now);
  const fields: Record<string, FieldState> = { ...link.fields };
  const targets: Record<string, Value> = {};
  const values: Record<string, Value> = {};
  const conflicts: { field: FieldMapping; conflict: FieldConflict }[] = [];
  for (const field of mapping.fields) {
    const stored = link.fields[field.name];
    const state = seenState(stored, sights, field);
    if (stored?.unreadable !== undefined || state.unreadable !== undefined) fields[field.name] = state;
    if (isAtRest(field, state, sights)) {
      values[field.name] = state.base ?? null;
      continue;
    }
    const pair = sightingsOf(field, state, sights, context.arrivals);
    if (pair === null) fields[field.name] = seenOnOneSide(field, state, sights, context.arrivals);
    if (pair === null || isStillHeld(field, state, pair)) {
      values[field.name] = undecided(field, state, sights);
      continue;
    }
    const input = { rule: field.rule, sightings: pair, tieSide: context.tieSide, unsettled };
    const merged = mergeOverruns(state, input, findOverrun(state, field, hubspot));
    fields[field.name] = verified(merged.state, field, hubspot, context.now);
    for (const conflict of merged.conflicts) conflicts.push({ field, conflict });
    if (merged.decision !== null) targets[field.name] = merged.decision.target;
    if (context.arrivals.doubtful.has(field.name))
      conflicts.push(...perhapsTakenBack(field, merged, pair.salesforce.value));
    values[field.name] = merged.decision === null ? pair.hubspot.value : merged.decision.target;
  }
  const unreadable = SYSTEMS.flatMap((system) => sights[system].unreadable.map((entry) => ({ system, ...entry })));
  return { fields, targets, values, conflicts, unreadable };
}

/** Merges a field with the edits that our last writes ran over, one after the other: each is compared with what was decided before it. */
function mergeOverruns(
  state: FieldState,
  input: Omit<MergeInput, "state" | "overrun">,
  inHubspot: Overrun | null,
): MergeResult {
  const { overrun: _decidedNow, ...known } = state;
  const { sightings } = input;
  const found = [inHubspot, overrunInSalesforce(state, sightings.salesforce.value)];
  const overruns = found.filter((one) => one !== null);
  const standing = overruns.filter((one) => one.standing);
  const conflicts = overruns
    .filter((one) => !one.standing)
    .map(({ value, side }) => buried(side, value, sightings[side].value));
  let merged = mergeField({ ...input, state: known, overrun: standing[0] ?? null });
  for (const overrun of standing.slice(1)) {
    const next = mergeField({ ...input, state: merged.state, overrun });
    merged = { ...next, conflicts: [...merged.conflicts, ...next.conflicts] };
  }
  return { ...merged, conflicts: [...conflicts, ...merged.conflicts] };
}

/** Both sides show what they agreed on, and nothing is open: most fields of most people. Whatever the rule, merging would give this state back. */
function isAtRest(
  field: FieldMapping,
  state: FieldState,
  { hubspot, salesforce }: Readonly<Record<System, Sights>>,
): boolean {
  const { base, register, unverified, overrun, held, unseen } = state;
  if (base === undefined || hubspot.values[field.name] !== base) return false;
  const shown = salesforce.values[field.name];
  if (shown === undefined || (shown !== base && !isUntickedBlank(field, state, shown))) return false;
  if (register !== undefined || unverified !== undefined || overrun !== undefined) return false;
  if (held !== undefined || unseen !== undefined) return false;
  return !isJoin(field.rule) || join(field.rule, [base]) === base;
}

/** What a field counts as where nothing is decided: what was agreed on, or else what is there. */
function undecided({ name }: FieldMapping, { base }: FieldState, sights: Readonly<Record<System, Sights>>): Value {
  return base ?? sights.hubspot.values[name] ?? sights.salesforce.values[name] ?? null;
}

function sightingsOf(
  field: FieldMapping,
  state: FieldState,
  sights: Readonly<Record<System, Sights>>,
  arrivals: Arrivals,
): Readonly<Record<System, Sighting>> | null {
  const hubspot = sights.hubspot.sighting(field);
  const salesforce = inSalesforce(field, state, sights, arrivals, hubspot);
  return hubspot === null || salesforce === null ? null : { hubspot, salesforce };
}

function inSalesforce(
  field: FieldMapping,
  state: FieldState,
  { salesforce }: Readonly<Record<System, Sights>>,
  { answered }: Arrivals,
  hubspot: Sighting | null,
): Sighting | null {
  const sighting = salesforce.sighting(field);
  if (sighting === null) return null;
  if (answered.has(field.name)) return { ...sighting, answers: true };
  const isBlank = hubspot?.value !== "false" && isUntickedBlank(field, state, sighting.value);
  return isBlank ? { ...sighting, value: null } : sighting;
}

/** The state of a field that one side hides, or holds in a form that cannot be read: with what the other one tells, until both can be compared. */
function seenOnOneSide(
  field: FieldMapping,
  state: FieldState,
  sights: Readonly<Record<System, Sights>>,
  arrivals: Arrivals,
): FieldState {
  const hubspot = sights.hubspot.sighting(field);
  if (hubspot !== null) return seeAlone(field.rule, state, "hubspot", hubspot);
  const salesforce = inSalesforce(field, state, sights, arrivals, null);
  return salesforce === null ? state : seeAlone(field.rule, state, "salesforce", salesforce);
}

/** The state, with a note why a side cannot be read, for as long as that is so. */
function seenState(
  stored: FieldState | undefined,
  sights: Readonly<Record<System, Sights>>,
  { name }: FieldMapping,
): FieldState {
  const { unreadable: _, ...known } = stored ?? {};
  const unread = SYSTEMS.flatMap((system) =>
    sights[system].unreadable.flatMap(({ field, reason }) => (field === name ? [[system, reason]] : [])),
  );
  return unread.length === 0 ? known : { ...known, unreadable: Object.fromEntries(unread) };
}

/** A refused value, or a question to a person, stands until one of the two sides says something else. Consent is tried again at every look: it must arrive. */
function isStillHeld(field: FieldMapping, state: FieldState, pair: Readonly<Record<System, Sighting>>): boolean {
  if (state.held === undefined || field.rule === "most-restrictive") return false;
  if (state.held.until === "released") return true;
  const held = state.held.values;
  return SYSTEMS.every((system) => held[system] === undefined || held[system] === pair[system].value);
}

/** Our write ran over an edit, and somebody has edited since: the newer edit stands, the one in between is only told. */
function buried(side: System, value: Value, shown: Value): FieldConflict {
  const because = `our write ran over this edit, and ${side} was edited again since`;
  return { hubspot: shown, salesforce: shown, [side]: value, kept: "neither", because, open: false };
}

/** Nobody can say whether the write was lost, or was there and was taken back by hand: it is sent again, and what it replaces is told. */
function perhapsTakenBack(field: FieldMapping, { decision }: MergeResult, shown: Value): MergedPerson["conflicts"] {
  if (decision === null || decision.target === shown) return [];
  const because =
    "our write went without an answer and the record was changed since: this may have been put back by hand, which field history would tell";
  const conflict = { hubspot: decision.target, salesforce: shown, kept: "hubspot" as const, because, open: false };
  return [{ field, conflict }];
}

/** The check for an overrun edit is done once our write shows in the history, and no try of it without an answer can arrive any more. */
function verified(state: FieldState, field: FieldMapping, hubspot: CrmRecord, now: Instant): FieldState {
  const { unverified, ...rest } = state;
  if (unverified === undefined) return state;
  const { arrivesUntil, ...known } = unverified;
  const history = hubspot.history?.[field.hubspot] ?? [];
  const shows = history.some((entry) => entry.own && entry.at > known.readUpTo);
  if (arrivesUntil === undefined) return shows ? rest : state;
  // What was read now is decided now: only what is entered from here on can be run over unread.
  if (arrivesUntil > now) {
    return shows ? { ...rest, unverified: { ...unverified, readUpTo: newestEntry(hubspot, field.hubspot) } } : state;
  }
  return shows || state.register === undefined ? rest : { ...rest, unverified: known };
}

/** The values of a person known to one side only. */
export function singleValues(link: Link, mapping: ObjectMapping, record: CrmRecord): Readonly<Record<string, Value>> {
  return sightFields(link, mapping, record).values;
}
