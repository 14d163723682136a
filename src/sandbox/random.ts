/** Chance that can be repeated: the same seed gives the same numbers, and a fork does not disturb its parent. */
import { createHash } from "node:crypto";

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number between `min` and `max`, both included. */
  integer(min: number, max: number): number;
  /** One of the items; throws a RangeError on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** A new list with the same items in another order. */
  shuffle<T>(items: readonly T[]): T[];
  /** An independent stream named after its use; it depends on the seed and the name only, never on what was drawn so far. */
  fork(name: string): Random;
}

/**
 * Random numbers decided by `seed` alone.
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand, public domain) with its state taken from the SHA-256 of the seed.
 */
export function seededRandom(seed: string): Random {
  const digest = createHash("sha256").update(seed).digest();
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let counter = digest.readUInt32LE(12);

  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));

  return {
    next,
    integer,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new RangeError("cannot pick from an empty list");
      return items[integer(0, items.length - 1)] as T;
    },
    chance: (p) => next() < p,
    shuffle: <T>(items: readonly T[]): T[] => {
      const shuffled = [...items];
      for (let index = shuffled.length - 1; index > 0; index -= 1) {
        const other = integer(0, index);
        [shuffled[index], shuffled[other]] = [shuffled[other] as T, shuffled[index] as T];
      }
      return shuffled;
    },
    fork: (name) => seededRandom(`${seed}/${name}`),
  };
}
