/** The score that parts the MQLs that were won from those that were not, how sure that is, and whether the score tells them apart at all. */
import { hundredths, type Rate, rate } from "./statistics.ts";

/** Decided MQLs by whole score, from 0 to `TOP_SCORE`. */
export interface ScoredCounts {
  readonly won: readonly number[];
  readonly others: readonly number[];
}

/** `no difference`: the score does not tell won from lost, so that any threshold would be chance. */
export type ThresholdVerdict = "suggested" | "no difference" | "too few";

/** The threshold with the largest separation (Youden's J). Where none is suggested, the figures of the best one say why. */
export interface ThresholdSuggestion {
  readonly verdict: ThresholdVerdict;
  readonly won: number;
  readonly others: number;
  readonly threshold: number | null;
  /** 95 % interval: drawn anew a thousand times, with a fixed seed. */
  readonly from: number | null;
  readonly to: number | null;
  /** Of those at or above the best threshold, and of those below it. */
  readonly winRateAbove: Rate;
  readonly winRateBelow: Rate;
  /** Share of the won ones at or above, less the share of the others there: 1 is perfect, 0 is chance. Null for too few. */
  readonly separation: number | null;
}

export const TOP_SCORE = 100;
const STEP = 5;
const CANDIDATES = Array.from({ length: TOP_SCORE / STEP }, (_, index) => (index + 1) * STEP);
/** Fewer won or other ones than this suggest nothing. */
const FEWEST = 20;
/** Less parts nothing that a team would notice. */
const LEAST_SEPARATION = 0.2;
const DRAWS = 1_000;
const SEED = 1;

export function suggestThreshold(counts: ScoredCounts): ThresholdSuggestion {
  const won = sumFrom(counts.won, 0);
  const others = sumFrom(counts.others, 0);
  const none = { won, others, threshold: null, from: null, to: null };
  if (won < FEWEST || others < FEWEST) {
    const nothing = rate(0, 0);
    return { verdict: "too few", ...none, winRateAbove: nothing, winRateBelow: nothing, separation: null };
  }
  const { low: threshold, separation } = best(counts);
  const [wonAbove, othersAbove] = [sumFrom(counts.won, threshold), sumFrom(counts.others, threshold)];
  const winRateAbove = rate(wonAbove, wonAbove + othersAbove);
  const winRateBelow = rate(won - wonAbove, won + others - wonAbove - othersAbove);
  const told = { winRateAbove, winRateBelow, separation: hundredths(separation) };
  const isApart = (winRateAbove.low ?? 0) > (winRateBelow.high ?? 100);
  if (separation < LEAST_SEPARATION || !isApart) return { verdict: "no difference", ...none, ...told };
  return { verdict: "suggested", won, others, threshold, ...intervalOf(counts), ...told };
}

/** The thresholds between which nobody stands do equally well: `low` is the first of them, `high` the last. */
function best(counts: ScoredCounts): { readonly low: number; readonly high: number; readonly separation: number } {
  const won = sumFrom(counts.won, 0);
  const others = sumFrom(counts.others, 0);
  let found = { low: STEP, high: STEP, separation: -1 };
  for (const threshold of CANDIDATES) {
    const separation = sumFrom(counts.won, threshold) / won - sumFrom(counts.others, threshold) / others;
    if (separation > found.separation) found = { low: threshold, high: threshold, separation };
    else if (separation === found.separation) found = { ...found, high: threshold };
  }
  return found;
}

/** Bootstrap: every score's count drawn anew from a Poisson distribution around it, which for many people is to draw people with replacement. */
function intervalOf(counts: ScoredCounts): { readonly from: number; readonly to: number } {
  const random = randomNumbers(SEED);
  const lows: number[] = [];
  const highs: number[] = [];
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const drawn = {
      won: counts.won.map((count) => poisson(count, random)),
      others: counts.others.map((count) => poisson(count, random)),
    };
    if (sumFrom(drawn.won, 0) === 0 || sumFrom(drawn.others, 0) === 0) continue;
    const { low, high } = best(drawn);
    lows.push(low);
    highs.push(high);
  }
  const at = (values: number[], share: number): number =>
    values.sort((a, b) => a - b)[Math.round((values.length - 1) * share)] ?? STEP;
  return { from: at(lows, 0.025), to: at(highs, 0.975) };
}

function poisson(mean: number, random: () => number): number {
  if (mean === 0) return 0;
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count += 1;
  }
  return count;
}

/** Mulberry32 (T. Ettinger): the same seed, the same numbers, on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function sumFrom(counts: readonly number[], start: number): number {
  let sum = 0;
  for (let score = start; score < counts.length; score += 1) sum += counts[score] ?? 0;
  return sum;
}
