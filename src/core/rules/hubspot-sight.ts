/** Reads HubSpot's stage history: which cycle a value belongs to, which move a person made, and what we ran over. */
import type { StageState } from "../model/link.ts";
import type { FieldVersion, Instant, RawValue } from "../model/record.ts";

/** What was seen of HubSpot's stage field. */
export interface Sighting {
  readonly value: RawValue;
  readonly history: readonly FieldVersion[];
  readonly at: Instant;
}

export interface HubspotSight {
  /** The newest entry that was not ours, of the present cycle; null when there is none. */
  readonly human: FieldVersion | null;
  /** It is what the record shows: nothing of ours came after it. */
  readonly shown: boolean;
  /** Entries of the last cycle that our clear ran over before they were read, newest first. */
  readonly runOver: readonly FieldVersion[];
}

/** Newest time that the sighting knows of; `now` where HubSpot could not be read. Later entries are news. */
export function newestTime(sighting: Sighting | null, now: Instant): Instant {
  return sighting === null ? now : (entriesOf(sighting)[0]?.at ?? sighting.at);
}

/** The history, newest first, with the value itself on top where the history does not tell of it. */
export function entriesOf(sighting: Sighting): readonly FieldVersion[] {
  const { value, history, at } = sighting;
  const [newest] = history;
  if (newest === undefined) return isBlank(value) ? [] : [{ value, at, own: false }];
  if (textOf(newest.value) === textOf(value)) return history;
  return [{ value, at: laterOf(at, newest.at), own: false }, ...history];
}

/**
 * HubSpot cannot carry the cycle (a write may have its stage refused and its cycle accepted), so it is inferred: our clear begins the cycle, and what came
 * before it belongs to the last one. While that clear is awaited, nothing in HubSpot is of this cycle. A stage that is cleared later, because HubSpot shows
 * one that nobody vouches for, is cleared within the cycle: what a person says before, after or instead of such a clear counts.
 */
export function sightHubspot(sighting: Sighting, state: StageState): HubspotSight {
  const entries = entriesOf(sighting);
  const floor = state.clearedAfter ?? "";
  const from = beginning(entries, state);
  if (from === null) return { human: null, shown: false, runOver: [] };
  const runOver =
    state.clearedAt === "awaited"
      ? entries.filter((entry) => !entry.own && !isBlank(entry.value) && entry.at > floor && entry.at <= from)
      : [];
  const human = entries.find((entry) => !entry.own && entry.at > from) ?? null;
  return { human, shown: human !== null && human === entries[0], runOver };
}

/** The state, told when our clear began the cycle, once it is seen. */
export function withClearSeen(state: StageState, sighting: Sighting | null): StageState {
  if (state.clearedAt !== "awaited" || sighting === null) return state;
  const clearedAt = beginning(entriesOf(sighting), state);
  return clearedAt === null ? state : { ...state, clearedAt };
}

/** What came later is of this cycle; null while our clear that begins it is not seen. */
function beginning(entries: readonly FieldVersion[], { clearedAfter = "", clearedAt }: StageState): Instant | null {
  if (clearedAt !== "awaited") return clearedAt ?? clearedAfter;
  return entries.findLast((entry) => entry.own && isBlank(entry.value) && entry.at > clearedAfter)?.at ?? null;
}

/** The later of two instants, which are compared as text. */
export function laterOf(a: Instant, b: Instant): Instant {
  if (a > b) return a;
  return b;
}

export function isBlank(value: RawValue): boolean {
  return textOf(value) === "";
}

function textOf(value: RawValue): string {
  return value === null ? "" : String(value).trim();
}
