/** The few statistics a report shows: shares with their uncertainty, quantiles of durations. */

/** `count` of `of`, in percent with two decimals, between `low` and `high` with 95 % confidence. Null figures where there is nothing to divide by. */
export interface Rate {
  readonly of: number;
  readonly count: number;
  readonly percent: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Share with Wilson's score interval (E. B. Wilson, 1927), which stays honest for small counts and for 0 and 100 %. */
export function rate(count: number, of: number): Rate {
  if (of === 0) return { of, count, percent: null, low: null, high: null };
  const z = 1.959964;
  const share = count / of;
  const scale = 1 + (z * z) / of;
  const middle = (share + (z * z) / (2 * of)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const percent = (value: number): number => hundredths(Math.min(1, Math.max(0, value)) * 100);
  return {
    of,
    count,
    percent: Math.round((count * 10_000) / of) / 100,
    low: percent(middle - half),
    high: percent(middle + half),
  };
}

/** Middle and slow end of a list of durations, in days with two decimals. */
export interface Spread {
  readonly count: number;
  readonly medianDays: number | null;
  readonly p90Days: number | null;
}

/** A list of numbers that may grow to millions: eight bytes each. Its pieces and its length are all it is when it comes from another thread. */
export class NumberList {
  /** Filled to the end, but for the last one. */
  readonly pieces: Float64Array<ArrayBuffer>[] = [];
  length = 0;
  #last = EMPTY;
  /** Numbers in the last piece. */
  #used = 0;

  push(value: number): void {
    if (this.#used === this.#last.length) this.#begin();
    this.#last[this.#used] = value;
    this.#used += 1;
    this.length += 1;
  }

  /** Takes over the pieces of another list. */
  append({ pieces, length }: Pick<NumberList, "pieces" | "length">): void {
    if (this.#last !== EMPTY) this.pieces[this.pieces.length - 1] = this.#last.subarray(0, this.#used);
    let left = length;
    for (const piece of pieces) {
      this.pieces.push(piece.subarray(0, left));
      left -= piece.length;
    }
    this.#last = EMPTY;
    this.#used = 0;
    this.length += length;
  }

  /** Median and 90th percentile with two decimals, in the unit of the values; null when there are none. */
  middleAndSlowEnd(): { readonly median: number | null; readonly p90: number | null } {
    const values = this.#whole();
    return { median: quantile(values, 0.5), p90: quantile(values, 0.9) };
  }

  /** How many there are of each whole number from 0 up to `top`. */
  counts(top: number): readonly number[] {
    const counts = new Array<number>(top + 1).fill(0);
    for (const value of this.#whole()) counts[value] = (counts[value] ?? 0) + 1;
    return counts;
  }

  /** The values as days. */
  spread(): Spread {
    const { median, p90 } = this.middleAndSlowEnd();
    return { count: this.length, medianDays: median, p90Days: p90 };
  }

  #whole(): Float64Array {
    if (whole.length < this.length) whole = new Float64Array(this.length);
    let at = 0;
    for (const piece of this.pieces) {
      whole.set(piece.subarray(0, this.length - at), at);
      at += piece.length;
    }
    return whole.subarray(0, this.length);
  }

  #begin(): void {
    this.#last = new Float64Array(Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, this.length)));
    this.#used = 0;
    this.pieces.push(this.#last);
  }
}

/** Where a list is put together to be looked through: one after the other, in the same memory. */
let whole = new Float64Array(0);

const EMPTY = new Float64Array(0);
const SMALLEST_PIECE = 16;
const LARGEST_PIECE = 1 << 14;

/** Linear between the two nearest values (Hyndman and Fan's type 7, as spreadsheets do), so that 0.5 is the usual median. Reorders the values. */
function quantile(values: Float64Array, share: number): number | null {
  if (values.length === 0) return null;
  const place = (values.length - 1) * share;
  const below = nthSmallest(values, Math.floor(place));
  const above = nthSmallest(values, Math.ceil(place));
  return hundredths(below + (above - below) * (place - Math.floor(place)));
}

/** Hoare's selection: the value that would stand at `place` in sorted order, without sorting millions. Reorders the values. */
function nthSmallest(values: Float64Array, place: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const { low, high } = partition(values, left, right);
    if (place <= high) right = high;
    else if (place >= low) left = low;
    else break;
  }
  return values[place] ?? 0;
}

/** Moves smaller values to the left of the middle one and larger ones to the right; up to `high` stand the smaller, from `low` on the larger. */
function partition(values: Float64Array, left: number, right: number): { readonly low: number; readonly high: number } {
  const pivot = values[(left + right) >>> 1] ?? 0;
  let low = left;
  let high = right;
  while (low <= high) {
    while ((values[low] ?? 0) < pivot) low += 1;
    while ((values[high] ?? 0) > pivot) high -= 1;
    if (low > high) break;
    const swapped = values[low] ?? 0;
    values[low] = values[high] ?? 0;
    values[high] = swapped;
    low += 1;
    high -= 1;
  }
  return { low, high };
}

/** Two decimals, and never "-0". */
export function hundredths(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
