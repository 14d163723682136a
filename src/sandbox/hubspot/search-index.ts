/** What the search sees: states of records that may be older than the truth, in the orders a search needs. */
import type { RecordState } from "./hubspot-model.ts";
import { SortedList } from "./sorted-list.ts";

const byId = (a: RecordState, b: RecordState): number => a.numericId - b.numericId;
const byModified = (a: RecordState, b: RecordState): number => a.modifiedAt - b.modifiedAt || a.numericId - b.numericId;

/** Holds at most one state per record: the newest one that has reached the index. */
export class SearchIndex {
  readonly #states = new Map<string, RecordState>();
  /** Records taken out, with the sequence that did it, so that an older state arriving late does not bring them back. */
  readonly #removed = new Map<string, number>();
  readonly #byId = new SortedList<RecordState>(byId);
  readonly #byModified = new SortedList<RecordState>(byModified);
  #version = 0;
  /** For properties that identify a record: value to ids. */
  readonly #identifiers = new Map<string, Map<string, Set<string>>>([["email", new Map()]]);

  /** Grows whenever something in the index changes. */
  get version(): number {
    return this.#version;
  }

  /** Lets lookups by this property be answered without reading every record. */
  identifyBy(property: string): void {
    if (this.#identifiers.has(property)) return;
    const ids = new Map<string, Set<string>>();
    this.#identifiers.set(property, ids);
    for (const state of this.#states.values()) note(ids, state, property);
  }

  /** A change arrives: `state` is undefined when the record is gone. Changes older than the one known are dropped. */
  apply(id: string, sequence: number, state: RecordState | undefined): void {
    const known = this.#states.get(id);
    if (sequence <= (known?.sequence ?? this.#removed.get(id) ?? -1)) return;
    this.#version += 1;
    if (known !== undefined) this.#forget(known);
    if (state === undefined) {
      this.#states.delete(id);
      this.#removed.set(id, sequence);
      return;
    }
    this.#removed.delete(id);
    this.#states.set(id, state);
    this.#byId.add(state);
    this.#byModified.add(state);
    for (const [property, ids] of this.#identifiers) note(ids, state, property);
  }

  get(id: string): RecordState | undefined {
    return this.#states.get(id);
  }

  /** Ids of the records with this lower-case value, or undefined when the property identifies no record. */
  withIdentifier(property: string, value: string): readonly string[] | undefined {
    const ids = this.#identifiers.get(property);
    return ids === undefined ? undefined : [...(ids.get(value) ?? [])];
  }

  /** Shows `visit` all states with an id above `after`, by id. */
  visitFromId(after: number, visit: (state: RecordState) => void): void {
    this.#byId.visit(
      (state) => {
        visit(state);
        return true;
      },
      probe(0, after + 0.5),
    );
  }

  /** How many states `visitFromId` would show. */
  countFromId(after: number): number {
    return this.#byId.size - this.#byId.rank(probe(0, after + 0.5));
  }

  /** Shows `visit` the states modified between both times, both included, by time and then id. */
  visitModifiedBetween(from: number, to: number, visit: (state: RecordState) => void): void {
    this.#byModified.visit(
      (state) => {
        if (state.modifiedAt > to) return false;
        visit(state);
        return true;
      },
      probe(from, -1),
    );
  }

  /** How many states `visitModifiedBetween` would show. */
  countModifiedBetween(from: number, to: number): number {
    return this.#byModified.rank(probe(to, Number.MAX_SAFE_INTEGER)) - this.#byModified.rank(probe(from, -1));
  }

  #forget(state: RecordState): void {
    this.#byId.remove(state);
    this.#byModified.remove(state);
    for (const [property, ids] of this.#identifiers) {
      const value = indexedValue(state, property);
      const holders = ids.get(value);
      holders?.delete(state.id);
      if (holders?.size === 0) ids.delete(value);
    }
  }
}

/** The index holds strings in lower case. */
function indexedValue(state: RecordState, property: string): string {
  return (state.values[property]?.value ?? "").toLowerCase();
}

function note(ids: Map<string, Set<string>>, state: RecordState, property: string): void {
  const value = indexedValue(state, property);
  if (value === "") return;
  const holders = ids.get(value);
  if (holders === undefined) ids.set(value, new Set([state.id]));
  else holders.add(state.id);
}

/** A state that only marks a place in the orders above. */
function probe(modifiedAt: number, numericId: number): RecordState {
  return {
    id: "",
    numericId,
    createdAt: 0,
    modifiedAt,
    archivedAt: undefined,
    createdBy: { sourceType: "", sourceId: "" },
    values: {},
    additionalEmails: [],
    mergedRecords: [],
    sequence: 0,
  };
}
