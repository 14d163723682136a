/** Decides a person's lifecycle stage from both sides, their opportunities and the rules, and what each system must be told. */
import type { OutcomeEntry, StageEvent } from "../model/ledger.ts";
import type { ScoreState, StageState } from "../model/link.ts";
import type { FieldVersion, Instant, RawValue, System } from "../model/record.ts";
import type { Facts, Lifecycle, Scoring } from "../model/rulebook.ts";
import { readMark, spentNow, stillSpent, wordsOf, writeMark } from "./cycle-mark.ts";
import { acceptanceDue } from "./default-acceptance.ts";
import { openFirstCycle, readEpoch } from "./first-sight.ts";
import { laterOf, newestTime, withClearSeen } from "./hubspot-sight.ts";
import { isArmed, type RecycleWish, readRecycleWish } from "./recycle-wish.ts";
import { losingOutcome, outcomeClaims, type RuleGround, ruleClaims } from "./stage-claims.ts";
import { climb, type ScoreAtEntry, type StageClaim, type StageProgress, startCycle } from "./stage-progress.ts";
import { leftBehind, type StageNote, seeSides } from "./stage-sides.ts";
import { readStage, spellStage } from "./stage-spelling.ts";
import { tellHubspot, tellSalesforce } from "./stage-writes.ts";
import { isExit, OPPORTUNITY_RANK, rankOf } from "./stages.ts";

/** HubSpot's stage as it was read. */
export interface StageSighting {
  readonly value: RawValue;
  /** Newest first; empty when the history was not read. */
  readonly history: readonly FieldVersion[];
  /** Best known time of the value. */
  readonly at: Instant;
}

export interface StageInput {
  /** Null at the first sight of this person. */
  readonly state: StageState | null;
  readonly lifecycle: Lifecycle;
  readonly scoring: Scoring;
  readonly facts: Facts;
  readonly score: ScoreState | null;
  /** Null: no HubSpot record, or the field could not be read. */
  readonly hubspot: StageSighting | null;
  /** Null: no Salesforce record, or the field could not be read. A missing epoch counts as the stored one. */
  readonly salesforce: { readonly stage: RawValue; readonly epoch: RawValue; readonly at: Instant } | null;
  /** The person's opportunities. */
  readonly outcomes: readonly OutcomeEntry[];
  /** Why the person goes back although nobody sent them: no reaction to the handoff until its time was over. */
  readonly silence?: string | null;
  /** When the person first came: time of the first entry. */
  readonly createdAt: Instant;
  readonly now: Instant;
}

export interface StageDecision {
  readonly state: StageState;
  /** In order; sequence and link are filled by the caller. */
  readonly events: readonly Omit<StageEvent, "link" | "sequence">[];
  /** What HubSpot must be told: nothing, first a clear (a backward move), or the value. */
  readonly hubspot:
    | { readonly kind: "none" }
    | { readonly kind: "clear" }
    | { readonly kind: "set"; readonly value: string };
  /** What Salesforce must hold, or null when it already does or there is no record. */
  readonly salesforce: { readonly stage: string; readonly epoch: number } | null;
  /** A backward move by hand without a reason that was put back, and the like: said in the conflicts and in explain. */
  readonly notes: readonly {
    readonly side: System;
    readonly found: string;
    readonly kept: string;
    readonly because: string;
  }[];
}

interface Seen {
  readonly progress: StageProgress;
  readonly claims: readonly StageClaim[];
  readonly notes: readonly StageNote[];
}

/**
 * The stage is the furthest (cycle, rank) that anything vouches for: the stored state, either side, the opportunities, the rules. It goes back only into
 * the next cycle, by a recycle with a reason or a lost opportunity. Total and deterministic; deciding again on the result, seen back, writes nothing.
 */
export function decideStage(input: StageInput): StageDecision {
  const { lifecycle, outcomes } = input;
  const entry: ScoreAtEntry = { score: input.score?.total ?? null, band: input.score?.band ?? null };
  const wish = readRecycleWish(lifecycle, input.facts, input.now);
  const seen = input.state === null ? seeFirst(input, entry) : seeAgain(input, input.state, wish, entry);
  const claims = [...seen.claims, ...outcomeClaims(outcomes, seen.progress.state)];
  const reached = climb(seen.progress, claims, entry);
  const behind = leftBehind(lifecycle, reached.state, seen.claims, reached.events);
  const isDue = wish.kind === "wish" && wish.words !== readMark(reached.state).words;
  const decided = isDue ? sendBack(input, reached, wish, entry) : goOn(input, reached, entry);
  const sameCycle = decided.state.epoch === reached.state.epoch;
  return tellBoth(input, decided, [...behind, ...(sameCycle ? seen.notes : []), ...reasonless(input, decided, wish)]);
}

function seeFirst(input: StageInput, entry: ScoreAtEntry): Seen {
  const { lifecycle, facts, hubspot, salesforce, createdAt, now } = input;
  const engaged = lifecycle.leadWhen?.holds(facts, now) === true;
  const blank = engaged
    ? { stage: "lead" as const, reason: `engaged (${lifecycle.leadWhen?.source})` }
    : { stage: "subscriber" as const, reason: "first seen" };
  const progress = openFirstCycle({ lifecycle, hubspot, salesforce, createdAt, blank }, entry);
  return { progress, claims: [], notes: firstDifferences(input, progress.state) };
}

/** Two records that already had different stages: the one that gives way is said. */
function firstDifferences(input: StageInput, state: StageState): StageNote[] {
  const sides: readonly [System, RawValue | undefined][] = [
    ["hubspot", input.hubspot?.value],
    ["salesforce", input.salesforce?.stage],
  ];
  return sides.flatMap(([side, value]) => {
    const reading = readStage(input.lifecycle, side, value ?? null, state.stage);
    if (reading.kind === "blank" || (reading.kind === "known" && reading.stage === state.stage)) return [];
    const kept = spellStage(input.lifecycle, state.stage, side) ?? state.stage;
    const because =
      reading.kind === "known"
        ? "the other side is further"
        : "no stage in config/lifecycle.yml is spelt so; add the name there, and until then the field is left as it is";
    return [{ side, found: String(value), kept, because }];
  });
}

function seeAgain(input: StageInput, stored: StageState, wish: RecycleWish, entry: ScoreAtEntry): Seen {
  const { lifecycle, hubspot, salesforce } = input;
  const state = refreshed(input, stored, wish);
  const later = laterInSalesforce(input, state, entry);
  if (later !== null) return { progress: later, claims: [], notes: [] };
  const sides = seeSides({ lifecycle, state, hubspot, salesforce });
  return { progress: { state: withClearSeen(state, hubspot), events: [] }, ...sides };
}

/** The state with its memory brought up to now: armed again, and reasons that nobody gives any more forgotten. */
function refreshed(input: StageInput, stored: StageState, wish: RecycleWish): StageState {
  const { recycledFor: _, ...state } = stored;
  const mark = readMark(stored);
  const words = wish.kind === "none" && !isExit(stored.stage) ? null : mark.words;
  const kept = writeMark({ words, spent: stillSpent(mark, input.lifecycle, input.facts, input.now) });
  const armed = isArmed(stored, input.scoring, input.score, input.now);
  return { ...state, armed, ...(kept === undefined ? {} : { recycledFor: kept }) };
}

/** Salesforce carries the cycle: where it is ahead of the stored state, the state was lost or is older. */
function laterInSalesforce(input: StageInput, state: StageState, entry: ScoreAtEntry): StageProgress | null {
  const { salesforce, lifecycle } = input;
  const epoch = readEpoch(salesforce?.epoch ?? null);
  if (salesforce === null || epoch === null || epoch <= state.epoch) return null;
  const reading = readStage(lifecycle, "salesforce", salesforce.stage, null);
  if (reading.kind !== "known") return null;
  const reason = `Salesforce was already in cycle ${epoch}`;
  const claim: StageClaim = { stage: reading.stage, at: salesforce.at, side: "salesforce", reason };
  return begin(input, { state, events: [] }, epoch, claim, readMark(state).words, entry);
}

/** Sent back by somebody. A record that was a customer's or an opportunity's when first seen is not sent back by words from before. */
function sendBack(
  input: StageInput,
  reached: StageProgress,
  wish: Extract<RecycleWish, { kind: "wish" }>,
  entry: ScoreAtEntry,
): StageProgress {
  const { state } = reached;
  const remember = writeMark({ words: wish.words, spent: readMark(state).spent });
  const marked: StageProgress = {
    ...reached,
    state: { ...state, ...(remember === undefined ? {} : { recycledFor: remember }) },
  };
  if (input.state === null && rankOf(state.stage) >= OPPORTUNITY_RANK) return goOn(input, marked, entry);
  // A reason that is put in better words, or a date added later, does not send the person back a second time.
  if (state.stage === wish.stage)
    return goOn(input, { ...marked, state: { ...marked.state, reason: wish.reason } }, entry);
  const claim: StageClaim = { stage: wish.stage, at: input.now, side: "leadloop", reason: wish.reason };
  return begin(input, reached, state.epoch + 1, claim, wish.words, entry);
}

/** Nobody sent the person back: the rules apply, and a lost opportunity ends the cycle. */
function goOn(input: StageInput, reached: StageProgress, entry: ScoreAtEntry): StageProgress {
  const { state } = reached;
  const ruled = climb(reached, ruleClaims(groundOf(input, state), state.stage, state.armed, readMark(state)), entry);
  const lost = losingOutcome(input.outcomes, ruled.state);
  if (lost === null) return unanswered(input, ruled, entry);
  const reason = `lost: ${lost.lostReason ?? "no reason given"}`;
  const at = laterOf(lost.stageAt, ruled.state.since);
  const claim: StageClaim = { stage: "recycled", at, side: "salesforce", reason };
  // Words that were counted before and are still on the record must not be taken for new ones.
  const words = readMark(ruled.state).words ?? wordsOf(reason, null);
  return begin(input, ruled, ruled.state.epoch + 1, claim, words, entry);
}

function groundOf(input: StageInput, state: StageState): RuleGround {
  const due = acceptanceDue(input.lifecycle, state);
  // Whoever was an MQL when first seen is history; sent back without a reason is no acceptance.
  const counts = due !== null && due <= input.now && input.state !== null;
  const isSentBack = input.lifecycle.recycle?.when.holds(input.facts, input.now) === true;
  return { ...input, acceptedSince: counts && !isSentBack ? due : null };
}

/** Nobody reacted to the handoff: the person is recycled, never just dropped. */
function unanswered(input: StageInput, ruled: StageProgress, entry: ScoreAtEntry): StageProgress {
  const { silence = null, now } = input;
  const { state } = ruled;
  if (silence === null || state.stage !== "mql" || state.epoch !== input.state?.epoch) return ruled;
  const claim: StageClaim = { stage: "recycled", at: now, side: "leadloop", reason: silence };
  return begin(input, ruled, state.epoch + 1, claim, readMark(state).words ?? wordsOf(silence, null), entry);
}

function begin(
  input: StageInput,
  progress: StageProgress,
  epoch: number,
  claim: StageClaim,
  words: string | null,
  entry: ScoreAtEntry,
): StageProgress {
  const recycledFor = writeMark({ words, spent: spentNow(input.lifecycle, input.facts, input.now) });
  const clearedAfter = newestTime(input.hubspot, input.now);
  return startCycle(
    progress,
    { epoch, claim, clearedAfter, ...(recycledFor === undefined ? {} : { recycledFor }) },
    entry,
  );
}

function reasonless(input: StageInput, decided: StageProgress, wish: RecycleWish): StageNote[] {
  if (wish.kind !== "reasonless" || isExit(decided.state.stage)) return [];
  const kept = spellStage(input.lifecycle, decided.state.stage, "salesforce") ?? decided.state.stage;
  const because = "the person was sent back without a reason; give the reason and it counts";
  return [{ side: "salesforce", found: "(no reason)", kept, because }];
}

function tellBoth(input: StageInput, decided: StageProgress, notes: readonly StageNote[]): StageDecision {
  const { lifecycle, hubspot, salesforce } = input;
  const told = hubspot === null ? null : tellHubspot(lifecycle, decided.state, hubspot.value);
  const state = told?.state ?? decided.state;
  return {
    state,
    events: decided.events,
    hubspot: told?.write ?? { kind: "none" },
    salesforce: salesforce === null ? null : tellSalesforce(lifecycle, state, salesforce),
    notes,
  };
}
