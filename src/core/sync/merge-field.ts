/** Three-way merge of one field against its base and its pending decision: what both sides shall hold, and what was overruled. */

import type { FieldState, Origin, Register } from "../model/link.ts";
import type { SyncRule } from "../model/mapping.ts";
import { type Instant, otherSystem, SYSTEMS, type System, type Value } from "../model/record.ts";
import { choose, type FieldConflict, type MergeInput, type News, type Sighting } from "./choose-value.ts";
import { type Candidate, isJoin, join } from "./sync-rules.ts";

export interface MergeResult {
  readonly state: FieldState;
  /** What both sides shall hold, or null when nothing is decided for this field now. */
  readonly decision: { readonly target: Value; readonly origin: Origin } | null;
  /** What was overruled: one entry for the other side's value, one for a decision that a newer edit overtook. */
  readonly conflicts: readonly FieldConflict[];
}

/**
 * Decides one field of one linked pair. Pure and total. A side has news when it differs from the base (or from everything a pending decision
 * expects to see there) and the difference is not our own writing. The algorithm is section 2.5 of the sync-correctness reference; each clause
 * of it is there because a simulated storm broke the design without it.
 */
export function mergeField(given: MergeInput): MergeResult {
  const { rule, sightings } = given;
  if (!isMerged(rule)) return { state: given.state, decision: null, conflicts: [] };
  const arrived = SYSTEMS.reduce((known, side) => withArrived(known, side, sightings[side]), given.state);
  const news = {
    hubspot: hasNews(arrived, "hubspot", sightings.hubspot),
    salesforce: hasNews(arrived, "salesforce", sightings.salesforce),
  };
  const { unseen: _heardNow, ...state } = arrived;
  const input = { ...given, state };
  const pending = state.register;
  const equal = meansTheSame(rule, sightings.hubspot.value, sightings.salesforce.value);
  const repairing =
    pending !== undefined && pending.target !== sightings.hubspot.value && !news.hubspot && !news.salesforce;
  if (equal && !repairing && input.overrun === null && !loosens(rule, state, sightings.hubspot.value))
    return agree(input, news);

  const chosen = choose(input, news);
  if (chosen.winner === null) return { state: chosen.held ?? state, decision: null, conflicts: chosen.conflicts };
  const register = nextRegister(input, news, chosen.winner);
  const conflicts = [...chosen.conflicts, ...overtaken(input, news, chosen.winner.value, chosen.conflicts)];
  if (equal && sightings.hubspot.value === register.target && !input.unsettled) {
    return { state: settledOn(state, register), decision: null, conflicts };
  }
  return {
    state: { ...withoutHold(state), register },
    decision: { target: register.target, origin: register.origin },
    conflicts,
  };
}

/**
 * What one side tells while the other does not show the field, or cannot be read: nothing is decided. That the side said something, and that a write of ours
 * had arrived there, is remembered: whoever takes it back or clears it before the other side shows the field has edited all the same. Pure.
 */
export function seeAlone(rule: SyncRule, state: FieldState, side: System, sighting: Sighting): FieldState {
  if (!isMerged(rule)) return state;
  const arrived = withArrived(state, side, sighting);
  return hasNews(arrived, side, sighting) ? saidUnseen(arrived, side) : arrived;
}

/** The state of a field in which a side said what the other does not show. */
export function saidUnseen(state: FieldState, side: System): FieldState {
  return { ...state, unseen: { ...state.unseen, [side]: true } };
}

/** Whether the rule is one of merging the values of both sides. */
export function isMerged(rule: SyncRule): boolean {
  return rule !== "dont-sync" && rule !== "stage";
}

/** A decision that gives way before it has arrived, to somebody who cannot have seen it. */
function overtaken(
  { rule, state }: MergeInput,
  news: News,
  kept: Value,
  conflicts: readonly FieldConflict[],
): FieldConflict[] {
  const { register } = state;
  if (rule === "union" && register !== undefined && join("union", [kept, register.target]) === kept) return [];
  if (register === undefined || register.target === null || register.target === kept) return [];
  if (SYSTEMS.some((side) => news[side] && register.delivered[side])) return [];
  if (conflicts.some(({ hubspot, salesforce }) => hubspot === register.target || salesforce === register.target))
    return [];
  const { side } = register.origin;
  const because = "overtaken by a newer edit before it had arrived";
  const values = { hubspot: kept, salesforce: kept, [side]: register.target };
  return [{ ...values, kept: otherSystem(side), because, open: false }];
}

/** Both sides hold the target already: it is the new base, and nothing is left to deliver. */
function settledOn(state: FieldState, register: Register): FieldState {
  const { register: _done, ...rest } = withoutHold(state);
  return { ...rest, base: register.target, origin: register.origin };
}

/** Nobody has objected, said with a no on one side and with a blank on the other: there is nothing to carry over. */
function meansTheSame(rule: SyncRule, hubspot: Value, salesforce: Value): boolean {
  return hubspot === salesforce || (rule === "most-restrictive" && hubspot !== "true" && salesforce !== "true");
}

/**
 * A write that nobody answered for is known to have arrived once its value shows, or somebody has edited it. From then on what had stood there before is news
 * again: only a person can have put it back. Values that were sent may still arrive, each of them, and carry none.
 */
function withArrived(state: FieldState, side: System, { value, answers }: Sighting): FieldState {
  const { register } = state;
  if (register === undefined) return state;
  const sent = register.sent[side];
  const shows = sent.includes(value);
  const delivered = register.delivered[side] || answers === true || (shows && value === register.target);
  return {
    ...state,
    register: {
      ...register,
      noNews: shows ? { ...register.noNews, [side]: unique([value, ...sent]) } : register.noNews,
      delivered: { ...register.delivered, [side]: delivered },
    },
  };
}

function hasNews(state: FieldState, side: System, sighting: Sighting): boolean {
  const { register, base } = state;
  // What was agreed on before is news where a person has come back to it.
  if (!sighting.own && (state.unseen?.[side] === true || answersRefusal(state, side, sighting.value))) return true;
  if (register !== undefined) {
    if (sighting.own || sighting.value === register.target) return false;
    // Back to what it was before our write is no echo when that write has been there in between.
    return sighting.answers === true || !register.noNews[side].includes(sighting.value);
  }
  if (base === undefined) return sighting.value !== null;
  return sighting.value !== base && !sighting.own;
}

/** The other side did not take what stood here: whatever stands here now, a blank or the base too, is what somebody made of it. */
function answersRefusal({ held }: FieldState, side: System, value: Value): boolean {
  const refused = held?.values[side];
  return refused !== undefined && refused !== value && held?.values[otherSystem(side)] === undefined;
}

/** Consent was given away earlier, and both sides now show less: it is put back. */
function loosens(rule: SyncRule, state: FieldState, value: Value): boolean {
  return (
    rule === "most-restrictive" && value !== "true" && (state.base === "true" || state.register?.target === "true")
  );
}

function agree(input: MergeInput, news: News): MergeResult {
  const { rule, state, sightings, unsettled } = input;
  const { hubspot, salesforce } = sightings;
  const value = isJoin(rule) ? join(rule, [hubspot.value, salesforce.value]) : hubspot.value;
  const next: FieldState = {
    base: value,
    ...originOf(input, value),
    ...(unsettled && state.register !== undefined ? { register: state.register } : {}),
    ...(state.unverified === undefined ? {} : { unverified: state.unverified }),
  };
  return { state: next, decision: null, conflicts: overtaken(input, news, value, []) };
}

/** Values that agreed when the two records first met have no origin: nobody entered them against anybody, so any later entry is newer. */
function originOf({ state, sightings, tieSide }: MergeInput, value: Value): Pick<FieldState, "origin"> {
  if (state.base === undefined) return {};
  if (state.base === value) return state.origin === undefined ? {} : { origin: state.origin };
  const other = otherSystem(tieSide);
  const side = sightings[other].lo < sightings[tieSide].lo ? other : tieSide;
  return { origin: { side, lo: sightings[side].lo, hi: sightings[side].hi } };
}

function nextRegister(input: MergeInput, news: News, winner: Candidate): Register {
  const { hubspot, salesforce } = input.sightings;
  const fresh = (side: System): boolean => news[side] || input.overrun?.side === side;
  const refreshed = { hubspot: fresh("hubspot"), salesforce: fresh("salesforce") };
  const origin = { side: winner.side, lo: winner.lo, hi: winner.hi };
  return registerFor(
    winner.value,
    origin,
    { hubspot: hubspot.value, salesforce: salesforce.value },
    refreshed,
    input.state.register,
  );
}

function registerFor(
  target: Value,
  origin: Origin,
  seen: Readonly<Record<System, Value>>,
  refreshed: News,
  previous: Register | undefined,
): Register {
  const noNews = { hubspot: [] as Value[], salesforce: [] as Value[] };
  const sent = { hubspot: [] as Value[], salesforce: [] as Value[] };
  const delivered = { hubspot: false, salesforce: false };
  for (const side of SYSTEMS) {
    const sentBefore = previous?.sent[side] ?? [];
    const writes = seen[side] !== target;
    sent[side] = unique(writes ? [...sentBefore, target] : sentBefore);
    const known = previous === undefined || refreshed[side] ? [seen[side], ...sentBefore] : previous.noNews[side];
    noNews[side] = unique([...known, ...(writes ? [target] : [])]);
    delivered[side] = !writes || (previous !== undefined && previous.target === target && previous.delivered[side]);
  }
  return { target, origin, noNews, sent, delivered };
}

/**
 * A value that LeadLoop itself decides, as if a person had entered it in Salesforce just now: pending until both sides hold it, so that a lost write
 * is repeated and what the sides show until then is not taken for somebody's answer.
 */
export function impose(
  state: FieldState,
  seen: Readonly<Record<System, Value>>,
  value: Value,
  now: Instant,
): FieldState {
  const origin = { side: "salesforce" as const, lo: now, hi: now };
  const register = registerFor(value, origin, seen, { hubspot: true, salesforce: true }, state.register);
  return { ...withoutHold(state), register };
}

function unique(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function withoutHold(state: FieldState): FieldState {
  const { held: _held, ...rest } = state;
  return rest;
}
