/** Chance for a storm: streams that know only the seed and their concern, and rolls that know only where they are asked. */

/** The same numbers give the same result, in [0, 1). Well mixed, so that neighbours have nothing in common. */
export function roll(...numbers: readonly number[]): number {
  let state = 0x9e3779b9;
  for (const number of numbers) state = mixed((state ^ number) >>> 0, number);
  return (mixed(state, 0x85ebca6b) >>> 0) / 4_294_967_296;
}

function mixed(state: number, salt: number): number {
  let mix = Math.imul(state ^ (state >>> 16), 0x21f0aaad) ^ salt;
  mix = Math.imul(mix ^ (mix >>> 15), 0x735a2d97);
  return (mix ^ (mix >>> 15)) + 0x6d2b79f5;
}

/** A number for a word, to roll with. */
export function wordNumber(word: string): number {
  let number = 0x811c9dc5;
  for (let index = 0; index < word.length; index += 1)
    number = Math.imul(number ^ word.charCodeAt(index), 0x01000193) >>> 0;
  return number;
}

/** A stream of its own for one concern: drawing more for one does not shift another. */
export class Dice {
  readonly #seed: number;
  readonly #concern: number;
  #drawn = 0;

  constructor(seed: number, concern: string) {
    this.#seed = seed;
    this.#concern = wordNumber(concern);
  }

  next(): number {
    this.#drawn += 1;
    return roll(this.#seed, this.#concern, this.#drawn);
  }

  /** A whole number, both ends included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  /** Off, normal or extreme: fixed moderate rates find almost nothing. */
  rate(normal: number, extreme: number): number {
    return this.pick([0, 0, normal, normal, extreme]);
  }
}
