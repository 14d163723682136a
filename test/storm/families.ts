/** Families of storms: what came later is played in seeds of its own, so that the storms of before unfold as they always did. */

/** Storms from this seed on have admins in them who forget people and give fields another type. */
export const SECOND_FAMILY = 2_000_000_000;
/** Storms from this seed on are aimed: each plays a few rare coincidences, one after the other. */
export const THIRD_FAMILY = 3_000_000_000;

const FIRST_SEEDS: ReadonlyMap<string, number> = new Map([
  ["1", 0],
  ["2", SECOND_FAMILY],
  ["3", THIRD_FAMILY],
]);

const FAMILIES = [...FIRST_SEEDS.keys()];

/** The seed of a storm by its number within a family; a seed of a later family is one already. Throws RangeError for a family that there is not. */
export function seedIn(family: string, number: number): number {
  const first = FIRST_SEEDS.get(family);
  if (first === undefined)
    throw new RangeError(`--family ${family}: there are the families ${FAMILIES.join(", ")}; say one of these`);
  return number < SECOND_FAMILY ? first + number : number;
}

/** Seeds of all families take turns. */
export function freshSeed(number: number, turn: number): number {
  return seedIn(FAMILIES[turn % FAMILIES.length] ?? "1", number);
}
