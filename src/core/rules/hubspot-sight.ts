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
 * before it belongs to the last one. While the clear has not landed, nothing in HubSpot is of this cycle.
 */
export function sightHubspot(sighting: Sighting, state: StageState): HubspotSight {
  const entries = entriesOf(sighting);
  const floor = state.clearedAfter ?? "";
  const ourClear = entries.findLast((entry) => entry.own && isBlank(entry.value) && entry.at > floor);
  const runOver =
    ourClear === undefined || state.clearing !== true
      ? []
      : entries.filter((entry) => !entry.own && !isBlank(entry.value) && entry.at > floor && entry.at <= ourClear.at);
  if (ourClear === undefined && state.clearing === true) return { human: null, shown: false, runOver };
  const from = ourClear?.at ?? floor;
  const human = entries.find((entry) => !entry.own && entry.at > from) ?? null;
  return { human, shown: human !== null && human === entries[0], runOver };
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
