/** How points fade with time, and the instant at which fading next changes a rounded sum. */

/** Points that fade since `fromMs`: by half every `spanMs`, or evenly down to nothing after it. Before that they are whole. */
export interface FadingPoints {
  readonly points: number;
  readonly fromMs: number;
  readonly spanMs: number;
  readonly linear: boolean;
}

/** Rules that share one cap: what does not fade, and what does. */
export interface CappedSum {
  readonly cap: number;
  readonly steady: number;
  readonly fading: readonly FadingPoints[];
}

/** A half of the score: capped sums, added, kept at the half's own cap, then rounded. */
export interface Half {
  readonly cap: number;
  readonly sums: CappedSum[];
}

const DAY_MS = 86_400_000;
/** 9999-12-31T23:59:59.999Z: later instants have no four-digit year and would not sort as text. */
const LAST_INSTANT_MS = 253_402_300_799_999;
/** Points that rise and points that fall can hover at a rounding edge for ever; after so many looks the answer is "look again then". */
const MOST_LOOKS = 20_000;

export function fadedPoints(fading: FadingPoints, atMs: number): number {
  const age = atMs - fading.fromMs;
  if (age <= 0) return fading.points;
  if (fading.linear) return age >= fading.spanMs ? 0 : fading.points * (1 - age / fading.spanMs);
  return fading.points * 2 ** (-age / fading.spanMs);
}

/** A half's points at an instant, rounded. */
function halfPoints(half: Half, atMs: number): number {
  let total = 0;
  for (const sum of half.sums) {
    let points = 0;
    for (const fading of sum.fading) points += fadedPoints(fading, atMs);
    points += sum.steady;
    total += points < sum.cap ? points : sum.cap;
  }
  return Math.round(total < half.cap ? total : half.cap);
}

/** Fit and engagement to the whole; must not fall when either rises. */
type TotalOf = (fit: number, engagement: number) => number;

/**
 * The first millisecond after `nowMs` at which the total differs from what it is now, or null when fading alone never changes it. Exact for points that only
 * fall; for a mix that hovers at a rounding edge it may be early, never late.
 */
export function nextTotalChange(fit: Half, engagement: Half, totalOf: TotalOf, nowMs: number): number | null {
  const onlyFalls = [fit, engagement].every(({ sums }) => sums.every(({ fading }) => fading.every(isFalling)));
  return onlyFalls ? nextFall(fit, engagement, totalOf, nowMs) : nextMove(fit, engagement, totalOf, nowMs);
}

function isFalling({ points }: FadingPoints): boolean {
  return points >= 0;
}

/** A total that only falls has changed by an instant exactly when it is lower there: a stretch that holds the change, then its middle, again and again. */
function nextFall(fit: Half, engagement: Half, totalOf: TotalOf, nowMs: number): number | null {
  const at = (ms: number): number => totalOf(halfPoints(fit, ms), halfPoints(engagement, ms));
  const total = at(nowMs);
  let same = nowMs;
  let lengthMs = DAY_MS;
  while (at(same + lengthMs) === total) {
    if (same + lengthMs >= LAST_INSTANT_MS) return null;
    same += lengthMs;
    lengthMs *= 2;
  }
  let changed = same + lengthMs;
  while (changed - same > 1) {
    const middle = same + Math.floor((changed - same) / 2);
    if (at(middle) === total) same = middle;
    else changed = middle;
  }
  return changed > LAST_INSTANT_MS ? null : changed;
}

/** Looks for the first stretch in which the total may be another, and halves it as long as it may. */
function nextMove(fit: Half, engagement: Half, totalOf: TotalOf, nowMs: number): number | null {
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
  for (const sum of half.sums) {
    let points = 0;
    for (const fading of sum.fading) {
      const falls = fading.points > 0;
      points += fadedPoints(fading, falls === (bound === "high") ? startMs : endMs);
    }
    total += Math.min(sum.cap, points + sum.steady);
  }
  return Math.round(Math.min(half.cap, total));
}
