/** Three-way merge of one field against its base and its pending decision: what both sides shall hold, and what was overruled. */
import { otherSystem, SYSTEMS, type System, type Value } from "../model/record.ts";
import type { FieldState, Origin, Register } from "../model/link.ts";
import type { SyncRule } from "../model/mapping.ts";
import { type Candidate, favouredSide, isJoin, join, newest } from "./sync-rules.ts";

/** What one side holds, and the interval in which it must have been entered. `own`: our own integration entered it last. */
export interface Sighting extends Omit<Origin, "side"> {
  readonly value: Value;
  readonly own: boolean;
}

export interface MergeInput {
  readonly rule: SyncRule;
  readonly state: FieldState;
  readonly sightings: Readonly<Record<System, Sighting>>;
  /** A person's value that our last write ran over before anyone read it. */
  readonly overrun: Candidate | null;
  readonly tieSide: System;
  /** The outcome of an earlier write is still unknown: what is pending stays pending. */
  readonly unsettled: boolean;
}

/** Two different values met; one was kept. `open`: a person must decide, neither side is written. */
export interface FieldConflict {
  readonly hubspot: Value;
  readonly salesforce: Value;
  readonly kept: System | "merged" | "neither";
  readonly because: string;
  readonly open: boolean;
}

export interface MergeResult {
  readonly state: FieldState;
  /** What both sides shall hold, or null when nothing is decided for this field now. */
  readonly decision: { readonly target: Value; readonly origin: Origin } | null;
  readonly conflict: FieldConflict | null;
}

/**
 * Decides one field of one linked pair. Pure and total. A side has news when it differs from the base (or from everything a pending decision
 * expects to see there) and the difference is not our own writing. The algorithm is section 2.5 of the sync-correctness reference; each clause
 * of it is there because a simulated storm broke the design without it.
 */
export function mergeField(input: MergeInput): MergeResult {
  const { rule, state, sightings } = input;
  if (rule === "dont-sync" || rule === "stage") return { state, decision: null, conflict: null };
  const news = { hubspot: hasNews(state, "hubspot", sightings.hubspot), salesforce: hasNews(state, "salesforce", sightings.salesforce) };
  const pending = state.register;
  const equal = meansTheSame(rule, sightings.hubspot.value, sightings.salesforce.value);
  const repairing = pending !== undefined && pending.target !== sightings.hubspot.value && !news.hubspot && !news.salesforce;
  if (equal && !repairing && input.overrun === null && !loosens(rule, state, sightings.hubspot.value)) return agree(input);

  const chosen = choose(input, news);
  if (chosen.winner === null) return { state: chosen.held ?? state, decision: null, conflict: chosen.conflict };
  const register = nextRegister(input, news, chosen.winner);
  return {
    state: { ...withoutHold(state), register },
    decision: { target: register.target, origin: register.origin },
    conflict: chosen.conflict,
  };
}

/** Nobody has objected, said with a no on one side and with a blank on the other: there is nothing to carry over. */
function meansTheSame(rule: SyncRule, hubspot: Value, salesforce: Value): boolean {
  return hubspot === salesforce || (rule === "most-restrictive" && hubspot !== "true" && salesforce !== "true");
}

function hasNews(state: FieldState, side: System, sighting: Sighting): boolean {
  const { register, base } = state;
  if (register !== undefined) {
    return !sighting.own && !register.noNews[side].includes(sighting.value) && sighting.value !== register.target;
  }
  if (base === undefined) return sighting.value !== null;
  return sighting.value !== base && !sighting.own;
}

/** Consent was given away earlier, and both sides now show less: it is put back. */
function loosens(rule: SyncRule, state: FieldState, value: Value): boolean {
  return rule === "most-restrictive" && value !== "true" && (state.base === "true" || state.register?.target === "true");
}

function agree(input: MergeInput): MergeResult {
  const { state, sightings, unsettled } = input;
  const value = sightings.hubspot.value;
  const next: FieldState = {
    base: value,
    ...originOf(state, sightings, value),
    ...(unsettled && state.register !== undefined ? { register: state.register } : {}),
    ...(state.unverified === undefined ? {} : { unverified: state.unverified }),
  };
  return { state: next, decision: null, conflict: null };
}

/** Values that agreed when the two records first met have no origin: nobody entered them against anybody, so any later entry is newer. */
function originOf(state: FieldState, sightings: MergeInput["sightings"], value: Value): Pick<FieldState, "origin"> {
  if (state.base === undefined) return {};
  if (state.base === value) return state.origin === undefined ? {} : { origin: state.origin };
  const { hubspot, salesforce } = sightings;
  const first = hubspot.lo <= salesforce.lo ? { side: "hubspot" as const, ...hubspot } : { side: "salesforce" as const, ...salesforce };
  return { origin: { side: first.side, lo: first.lo, hi: first.hi } };
}

interface Choice {
  readonly winner: Candidate | null;
  readonly conflict: FieldConflict | null;
  readonly held?: FieldState;
}

function choose(input: MergeInput, news: Readonly<Record<System, boolean>>): Choice {
  const { rule } = input;
  if (isJoin(rule)) return chooseByJoin(input, rule, news);
  const favourite = favouredSide(rule);
  if (favourite !== null) return chooseByFavourite(input, favourite, news);
  return chooseByTime(input, news);
}

function sighted(input: MergeInput, side: System, rank: 1 | 3): Candidate {
  const { value, lo, hi } = input.sightings[side];
  return { value, side, lo, hi, rank };
}

/** What a side stands for: its news, or the decision that is on its way to it, or the base. */
function effective(input: MergeInput, side: System, news: boolean): Value {
  const { register, base } = input.state;
  const seen = input.sightings[side].value;
  if (news) return seen;
  if (register !== undefined) return register.origin.side === side || register.delivered[side] ? register.target : seen;
  return base === undefined ? seen : base;
}

function chooseByJoin(input: MergeInput, rule: "union" | "highest" | "lowest" | "most-restrictive", news: Readonly<Record<System, boolean>>): Choice {
  const values: Value[] = [input.sightings.hubspot.value, input.sightings.salesforce.value];
  if (input.overrun !== null) values.push(input.overrun.value);
  if (rule === "most-restrictive") values.push(input.state.base ?? null, input.state.register?.target ?? null);
  const value = join(rule, values);
  const side = input.sightings.hubspot.value === value ? "hubspot" : "salesforce";
  const winner: Candidate = { ...sighted(input, side, 3), value };
  const loosened = SYSTEMS.find((system) => news[system] && rule === "most-restrictive" && value === "true" && input.sightings[system].value === "false");
  if (loosened === undefined) return { winner, conflict: null };
  const because = `consent only tightens by itself: ${loosened} was loosened by hand and is put back`;
  return { winner, conflict: conflictOf(input, otherSystem(loosened), because) };
}

function chooseByFavourite(
  input: MergeInput,
  favourite: { readonly side: System; readonly unlessBlank: boolean },
  news: Readonly<Record<System, boolean>>,
): Choice {
  const other = otherSystem(favourite.side);
  const preferred = effective(input, favourite.side, news[favourite.side]);
  const first = input.state.base === undefined && input.state.register === undefined;
  // A blank never wipes the other side when two records meet for the first time.
  if (preferred === null && first && !favourite.unlessBlank) return { winner: null, conflict: null };
  if (preferred === null && favourite.unlessBlank) {
    const winner: Candidate = { ...sighted(input, other, 3), value: effective(input, other, news[other]) };
    return { winner, conflict: null };
  }
  const winner: Candidate = { ...sighted(input, favourite.side, 3), value: preferred };
  const overruled = input.overrun !== null && input.overrun.side === other ? input.overrun.value : input.sightings[other].value;
  const lost = (news[other] || (input.overrun !== null && input.overrun.side === other)) && overruled !== preferred && overruled !== null;
  const because = favourite.unlessBlank ? `the rule prefers ${favourite.side} unless it is blank` : `the rule always uses ${favourite.side}`;
  return { winner, conflict: lost ? { ...conflictOf(input, favourite.side, because), [other]: overruled } : null };
}

function chooseByTime(input: MergeInput, news: Readonly<Record<System, boolean>>): Choice {
  const { state, rule } = input;
  const candidates = candidatesByTime(input, news).filter((candidate) => !(rule === "never-blank" && candidate.value === null));
  const [head, ...tail] = candidates;
  if (head === undefined) return { winner: whenNobodyHasNews(input), conflict: null };
  let winner = head;
  let conflict: FieldConflict | null = null;
  for (const next of tail) {
    if (next.value === winner.value) continue;
    if (next.side === winner.side) {
      winner = next.rank > winner.rank ? next : winner;
      continue;
    }
    if (rule === "ask") {
      const values = { hubspot: input.sightings.hubspot.value, salesforce: input.sightings.salesforce.value };
      const open: FieldConflict = { ...values, kept: "neither", because: "both sides changed it; the rule asks a person", open: true };
      if (state.held !== undefined && sameValues(state.held.values, values)) return { winner: null, conflict: null };
      return { winner: null, conflict: open, held: { ...state, held: { reason: "waits for a person to decide", values } } };
    }
    const verdict = newest(winner, next, input.tieSide);
    const loser = verdict.winner === winner ? next : winner;
    conflict = { ...bothValues(verdict.winner, loser), kept: verdict.winner.side, because: verdict.because, open: false };
    winner = verdict.winner;
  }
  return { winner, conflict };
}

function sameValues(a: Readonly<Partial<Record<System, Value>>>, b: Readonly<Record<System, Value>>): boolean {
  return a.hubspot === b.hubspot && a.salesforce === b.salesforce;
}

function candidatesByTime(input: MergeInput, news: Readonly<Record<System, boolean>>): Candidate[] {
  const { state, overrun } = input;
  const { register } = state;
  const candidates: Candidate[] = [];
  for (const side of SYSTEMS) if (news[side]) candidates.push(sighted(input, side, 3));
  const settledOn = pendingCandidate(state);
  if (overrun !== null) {
    candidates.push(overrun);
    if (settledOn !== null) candidates.push(settledOn);
    return candidates;
  }
  const undelivered = register !== undefined && SYSTEMS.some((side) => news[side] && !register.delivered[side]);
  // A decision that never arrived and a new edit were made without knowledge of each other.
  if (undelivered && settledOn !== null) candidates.push(settledOn);
  return candidates;
}

function pendingCandidate(state: FieldState): Candidate | null {
  const { register, base, origin } = state;
  if (register !== undefined) return { ...register.origin, value: register.target, rank: 1 };
  if (base === undefined || origin === undefined) return null;
  return { ...origin, value: base, rank: 1 };
}

/** Nobody changed anything, yet the sides differ: finish what was decided, or fill the side that lags. */
function whenNobodyHasNews(input: MergeInput): Candidate | null {
  const { state, rule } = input;
  if (state.register !== undefined) return { ...state.register.origin, value: state.register.target, rank: 1 };
  if (state.base !== undefined && !(rule === "never-blank" && state.base === null)) {
    const origin = state.origin ?? { side: input.tieSide, lo: input.sightings[input.tieSide].lo, hi: input.sightings[input.tieSide].hi };
    return { ...origin, value: state.base, rank: 1 };
  }
  const filled = SYSTEMS.find((side) => input.sightings[side].value !== null);
  return filled === undefined ? null : sighted(input, filled, 1);
}

function nextRegister(input: MergeInput, news: Readonly<Record<System, boolean>>, winner: Candidate): Register {
  const previous = input.state.register;
  const target = winner.value;
  const noNews = { hubspot: [] as Value[], salesforce: [] as Value[] };
  const sent = { hubspot: [] as Value[], salesforce: [] as Value[] };
  const delivered = { hubspot: false, salesforce: false };
  for (const side of SYSTEMS) {
    const seen = input.sightings[side].value;
    const sentBefore = previous?.sent[side] ?? [];
    const refreshed = news[side] || input.overrun?.side === side || previous === undefined;
    const writes = seen !== target;
    sent[side] = unique(writes ? [...sentBefore, target] : sentBefore);
    noNews[side] = unique([...(refreshed ? [seen, ...sentBefore] : previous.noNews[side]), ...(writes ? [target] : [])]);
    delivered[side] = !writes || (previous !== undefined && previous.target === target && previous.delivered[side]);
  }
  return { target, origin: { side: winner.side, lo: winner.lo, hi: winner.hi }, noNews, sent, delivered };
}

function unique(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function withoutHold(state: FieldState): FieldState {
  const { held: _held, ...rest } = state;
  return rest;
}

function conflictOf(input: MergeInput, kept: System, because: string): FieldConflict {
  return { hubspot: input.sightings.hubspot.value, salesforce: input.sightings.salesforce.value, kept, because, open: false };
}

function bothValues(winner: Candidate, loser: Candidate): { hubspot: Value; salesforce: Value } {
  return winner.side === "hubspot" ? { hubspot: winner.value, salesforce: loser.value } : { hubspot: loser.value, salesforce: winner.value };
}
