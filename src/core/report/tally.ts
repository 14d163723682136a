/** Sums that counters keep as plain data, so that what several counted, each a part of the people, can be added up. */
import { NumberList } from "./statistics.ts";

/** What a counter has summed up; the same counter of other people has the same shape. */
export type Tally = TallyMap | TallyList | TallyRecord | ReadonlySet<string> | NumberList;
type TallyMap = ReadonlyMap<string, TallyValue>;
type TallyList = readonly TallyValue[];
interface TallyRecord {
  readonly [name: string]: TallyValue;
}
type TallyValue = Tally | number | string | null;

/**
 * Adds the tally of other people to `own`, which changes: numbers under one name are added, sets and lists of numbers are joined, and what only the others
 * have is taken over. `other` may come from another thread, where classes have become plain data; it must not be used afterwards.
 */
export function absorbTally(own: Tally, other: Tally): void {
  if (own instanceof NumberList) own.append(other as unknown as NumberList);
  else if (own instanceof Set && other instanceof Set) for (const one of other) own.add(one);
  else if (own instanceof Map && other instanceof Map)
    for (const [name, value] of other) own.set(name, added(own.get(name), value));
  else if (Array.isArray(own) && Array.isArray(other))
    for (const [place, value] of other.entries()) own[place] = added(own[place], value);
  else
    for (const [name, value] of Object.entries(other)) Object.assign(own, { [name]: added(partOf(own, name), value) });
}

function added(own: TallyValue | undefined, other: TallyValue): TallyValue {
  if (typeof other === "number") return (typeof own === "number" ? own : 0) + other;
  if (other === null || typeof other !== "object") return own ?? other;
  if (own === undefined || own === null || typeof own !== "object") return isList(other) ? listOf(other) : other;
  absorbTally(own, other);
  return own;
}

function partOf(tally: Tally, name: string): TallyValue | undefined {
  return (tally as TallyRecord)[name];
}

function isList(tally: Tally): boolean {
  return "pieces" in tally;
}

/** A list as it was, or as it came from another thread. */
function listOf(tally: Tally): NumberList {
  const list = new NumberList();
  list.append(tally as unknown as NumberList);
  return list;
}

/** The buffers of all lists of numbers in it, which are most of its bytes. */
export function buffersOf(tally: Tally): readonly ArrayBuffer[] {
  if (tally instanceof NumberList) return tally.pieces.map(({ buffer }) => buffer);
  const values: Iterable<TallyValue> =
    tally instanceof Map || tally instanceof Set ? tally.values() : Object.values(tally);
  return [...values].flatMap((value) => (value === null || typeof value !== "object" ? [] : buffersOf(value)));
}
