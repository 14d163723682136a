/** Whose value a field takes when its two sides meet: by join, by favourite side or by time. Names everybody who is overruled. */

import type { FieldState, Origin } from "../model/link.ts";
import type { SyncRule } from "../model/mapping.ts";
import { otherSystem, SYSTEMS, type System, type Value } from "../model/record.ts";
import { type Candidate, favouredSide, isJoin, join, newest } from "./sync-rules.ts";

/** What one side holds, and the interval in which it must have been entered. `own`: our own integration entered it last. */
export interface Sighting extends Omit<Origin, "side"> {
  readonly value: Value;
  readonly own: boolean;
  /** History shows that our pending write arrived, and that somebody has edited since: whatever the value is, it is an answer to ours. */
  readonly answers?: boolean;
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

/** Which sides tell something that is neither agreed, nor pending, nor our own writing. */
export type News = Readonly<Record<System, boolean>>;

/** The winner, or null when nothing is to be written; and the values it overrules. */
export interface Choice {
  readonly winner: Candidate | null;
  readonly conflicts: readonly FieldConflict[];
  readonly held?: FieldState;
}

/** Pure. `held` is the field's state when a person must decide. */
export function choose(input: MergeInput, news: News): Choice {
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

function chooseByJoin(
  input: MergeInput,
  rule: "union" | "highest" | "lowest" | "most-restrictive",
  news: News,
): Choice {
  const values: Value[] = [input.sightings.hubspot.value, input.sightings.salesforce.value];
  if (input.overrun !== null) values.push(input.overrun.value);
  if (rule === "most-restrictive") values.push(input.state.base ?? null, input.state.register?.target ?? null);
  // What was decided and is still on its way counts as said, until somebody who has seen it says something else.
  else if (
    (!news.hubspot && !news.salesforce) ||
    isUndelivered(input, "hubspot", news) ||
    isUndelivered(input, "salesforce", news)
  )
    values.push(input.state.register?.target ?? null);
  const value = join(rule, values);
  const holder =
    [input.tieSide, otherSystem(input.tieSide)].find((side) => input.sightings[side].value === value) ?? input.tieSide;
  const winner: Candidate = { ...sighted(input, holder, 3), value };
  return { winner, conflicts: rule === "union" ? [] : overruledByJoin(input, rule, value, news) };
}

/** A union keeps everything; the other joins overrule whoever entered less. */
function overruledByJoin(
  input: MergeInput,
  rule: "highest" | "lowest" | "most-restrictive",
  kept: Value,
  news: News,
): FieldConflict[] {
  const met = input.state.base === undefined && input.state.register === undefined;
  return SYSTEMS.flatMap((side) => {
    const said = input.overrun?.side === side ? input.overrun.value : input.sightings[side].value;
    if ((!news[side] && input.overrun === null) || said === null || said === kept) return [];
    const loosened = met
      ? "the stricter one holds where two records meet"
      : `${side} was loosened by hand and is put back`;
    const because =
      rule === "most-restrictive"
        ? `consent only tightens by itself: ${loosened}`
        : `the rule keeps the ${rule} of both values`;
    const keeper = otherSystem(side);
    return [{ ...bothSides(kept), [side]: said, kept: keeper, because, open: false }];
  });
}

function chooseByFavourite(
  input: MergeInput,
  favourite: { readonly side: System; readonly unlessBlank: boolean },
  news: News,
): Choice {
  const other = otherSystem(favourite.side);
  const ranOver = input.overrun?.side === favourite.side ? input.overrun : null;
  const preferred = ranOver === null ? effective(input, favourite.side, news[favourite.side]) : ranOver.value;
  const first = input.state.base === undefined && input.state.register === undefined;
  // A blank never wipes the other side when two records meet for the first time, unless it is known that something stood there and was cleared.
  if (preferred === null && first && !news[favourite.side] && !favourite.unlessBlank)
    return { winner: null, conflicts: [] };
  const spoken = input.overrun?.side === other ? input.overrun.value : effective(input, other, news[other]);
  if (preferred === null && favourite.unlessBlank)
    return { winner: { ...sighted(input, other, 3), value: spoken }, conflicts: [] };
  const winner: Candidate = { ...sighted(input, favourite.side, 3), value: preferred };
  const lost = spoken !== preferred && spoken !== null && (news[other] || input.overrun !== null);
  const because = favourite.unlessBlank
    ? `the rule prefers ${favourite.side} unless it is blank`
    : `the rule always uses ${favourite.side}`;
  return {
    winner,
    conflicts: lost ? [{ ...bothSides(preferred), [other]: spoken, kept: favourite.side, because, open: false }] : [],
  };
}

/** A decision that never arrived at a side, and an edit there, were made without knowledge of each other. */
function isUndelivered({ state }: MergeInput, side: System, news: News): boolean {
  return state.register !== undefined && news[side] && !state.register.delivered[side];
}

function chooseByTime(input: MergeInput, news: News): Choice {
  const { rule } = input;
  const candidates = candidatesByTime(input, news).filter(
    (candidate) => !(rule === "never-blank" && candidate.value === null),
  );
  // A side speaks once: what was seen there last replaces what was run over or is still pending from there.
  const [mine, theirs] = [input.tieSide, otherSystem(input.tieSide)].map((side) =>
    latest(candidates.filter((entry) => entry.side === side)),
  );
  const only = mine ?? theirs;
  if (only === undefined) return { winner: whenNobodyHasNews(input), conflicts: [] };
  if (mine === undefined || theirs === undefined || mine.value === theirs.value) return { winner: only, conflicts: [] };
  if (rule === "ask") return askAbout(input, mine, theirs);
  const verdict = newest(mine, theirs, input.tieSide);
  const loser = verdict.winner === mine ? theirs : mine;
  const conflict = {
    ...bothValues(verdict.winner, loser),
    kept: verdict.winner.side,
    because: verdict.because,
    open: false,
  };
  return { winner: verdict.winner, conflicts: [conflict] };
}

function latest(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.toSorted((a, b) => b.rank - a.rank)[0];
}

/** Neither side is written until one of them says something else, or a person decides. */
function askAbout({ state, sightings }: MergeInput, a: Candidate, b: Candidate): Choice {
  const seen = { hubspot: sightings.hubspot.value, salesforce: sightings.salesforce.value };
  if (state.held !== undefined && sameValues(state.held.values, seen)) return { winner: null, conflicts: [] };
  const because = "both sides changed it; the rule asks a person";
  const conflict: FieldConflict = { ...bothValues(a, b), kept: "neither", because, open: true };
  return {
    winner: null,
    conflicts: [conflict],
    held: { ...state, held: { reason: "waits for a person to decide", values: seen } },
  };
}

function sameValues(a: Readonly<Partial<Record<System, Value>>>, b: Readonly<Record<System, Value>>): boolean {
  return a.hubspot === b.hubspot && a.salesforce === b.salesforce;
}

function candidatesByTime(input: MergeInput, news: News): Candidate[] {
  const { state, overrun } = input;
  const candidates: Candidate[] = [];
  for (const side of SYSTEMS) if (news[side]) candidates.push(sighted(input, side, 3));
  const settledOn = pendingCandidate(state);
  if (overrun !== null) {
    candidates.push(overrun);
    if (settledOn !== null) candidates.push(settledOn);
    return candidates;
  }
  const undelivered = SYSTEMS.some((side) => isUndelivered(input, side, news));
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
    const origin = state.origin ?? {
      side: input.tieSide,
      lo: input.sightings[input.tieSide].lo,
      hi: input.sightings[input.tieSide].hi,
    };
    return { ...origin, value: state.base, rank: 1 };
  }
  const filled = SYSTEMS.find((side) => input.sightings[side].value !== null);
  return filled === undefined ? null : sighted(input, filled, 1);
}

function bothSides(value: Value): { hubspot: Value; salesforce: Value } {
  return { hubspot: value, salesforce: value };
}

function bothValues(winner: Candidate, loser: Candidate): { hubspot: Value; salesforce: Value } {
  return winner.side === "hubspot"
    ? { hubspot: winner.value, salesforce: loser.value }
    : { hubspot: loser.value, salesforce: winner.value };
}
