/** How many cases the laws try, and from which seed: always the same ones, unless `LAWS_SEED` or `LAWS_RUNS` asks for others. */

/** Chosen once. Whoever looks for more asks for `LAWS_SEED=random`. */
const USUAL_SEED = 20_261_128;

const { LAWS_SEED: seed, LAWS_RUNS: factor } = process.env;

/** Where fast-check starts; null lets it choose, and it says in a failure what it chose. */
export const lawSeed: number | null = seed === "random" ? null : numberIn("LAWS_SEED", seed ?? USUAL_SEED);

const FACTOR = numberIn("LAWS_RUNS", factor ?? 1);

/** So many cases, times `LAWS_RUNS`; at least one. */
export function cases(usual: number): number {
  return Math.max(1, Math.round(usual * FACTOR));
}

function numberIn(name: string, text: string | number): number {
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  throw new Error(`${name} is "${text}", which is no number. LAWS_SEED may also be "random".`);
}
