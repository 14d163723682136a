/** How points fade with time, and the instant at which fading next changes a rounded sum. */

/** Points that halve every `halfLifeMs` since `fromMs`; before that they are whole. */
export interface FadingPoints {
  readonly points: number;
  readonly fromMs: number;
  readonly halfLifeMs: number;
}

/** Rules that share one cap: what does not fade, and what does. */
export interface CappedSum {
  readonly cap: number;
  readonly steady: number;
  readonly fading: readonly FadingPoints[];
}

/** A half of the score: capped sums, added, then rounded. */
export type Half = readonly CappedSum[];

const DAY_MS = 86_400_000;
/** 9999-12-31T23:59:59.999Z: later instants have no four-digit year and would not sort as text. */
const LAST_INSTANT_MS = 253_402_300_799_999;
/** Points that rise and points that fall can hover at a rounding edge for ever; after so many looks the answer is "look again then". */
const MOST_LOOKS = 20_000;

export function fadedPoints(fading: FadingPoints, atMs: number): number {
  const age = atMs - fading.fromMs;
  return age <= 0 ? fading.points : fading.points * 2 ** (-age / fading.halfLifeMs);
}

/** A half's points at an instant, rounded. */
export function halfPoints(half: Half, atMs: number): number {
  let total = 0;
  for (const sum of half) {
    let points = sum.steady;
    for (const fading of sum.fading) points += fadedPoints(fading, atMs);
    total += Math.min(sum.cap, points);
  }
  return Math.round(total);
}

/**
 * The first millisecond after `nowMs` at which `totalOf(fit, engagement)` differs from what it is now, or null when fading alone never changes it.
 * `totalOf` must not fall when either half rises. Exact for points that only fall; for a mix that hovers at a rounding edge it may be early, never late.
 */
export function nextTotalChange(
  fit: Half,
  engagement: Half,
  totalOf: (fit: number, engagement: number) => number,
  nowMs: number,
): number | null {
  const total = totalOf(halfPoints(fit, nowMs), halfPoints(engagement, nowMs));
  let looks = 0;
  const mayChange = (startMs: number, endMs: number): boolean => {
    looks += 1;
    const low = totalOf(boundOf(fit, startMs, endMs, "low"), boundOf(engagement, startMs, endMs, "low"));
    const high = totalOf(boundOf(fit, startMs, endMs, "high"), boundOf(engagement, startMs, endMs, "high"));
    return low !== total || high !== total;
  };
  /** First change within [start, end], found left half first. */
  const search = (startMs: number, endMs: number): number | null => {
    if (looks > MOST_LOOKS) return startMs;
    if (!mayChange(startMs, endMs)) return null;
    if (startMs === endMs) return startMs;
    const middle = Math.floor((startMs + endMs) / 2);
    return search(startMs, middle) ?? search(middle + 1, endMs);
  };
  let startMs = nowMs + 1;
  let lengthMs = DAY_MS;
  while (startMs < LAST_INSTANT_MS && mayChange(startMs, Number.POSITIVE_INFINITY)) {
    const endMs = Math.min(startMs + lengthMs, LAST_INSTANT_MS);
    const found = search(startMs, endMs);
    if (found !== null) return found;
    startMs = endMs + 1;
    lengthMs *= 2;
  }
  return null;
}

/** The least or the most that a half can be, rounded, anywhere between two instants. */
function boundOf(half: Half, startMs: number, endMs: number, bound: "low" | "high"): number {
  let total = 0;
  for (const sum of half) {
    let points = sum.steady;
    for (const fading of sum.fading) {
      const falls = fading.points > 0;
      points += fadedPoints(fading, falls === (bound === "high") ? startMs : endMs);
    }
    total += Math.min(sum.cap, points);
  }
  return Math.round(total);
}
