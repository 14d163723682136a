/** Keeps the records of one object type: the truth, who holds which identifier, and the index that follows behind. */
import type { Random } from "../random.ts";
import { DueQueue } from "./due-queue.ts";
import type { MergedRecord, ObjectType, RecordState, ValueVersion, Writer } from "./hubspot-model.ts";
import type { RecordIds } from "./record-ids.ts";
import { SearchIndex } from "./search-index.ts";
import { SortedList } from "./sorted-list.ts";

/** How far the search runs behind the truth, and how records move by themselves. Times in milliseconds. */
export interface StoreTimes {
  /** A write reaches the search index after a time drawn from this range. */
  readonly lagMs: readonly [number, number];
  /** The chance that a write takes `tailMs` instead. */
  readonly tailChance: number;
  readonly tailMs: number;
  /** The chance that the modification time moves by itself once after a create; recorded up to 24 s later. */
  readonly selfTouchChance: number;
  readonly selfTouchMs: number;
}

/** What a new state differs in. */
export interface StateChanges {
  readonly values?: Readonly<Record<string, ValueVersion>>;
  readonly additionalEmails?: readonly string[];
  readonly mergedRecords?: readonly MergedRecord[];
  readonly modifiedAt?: number;
  readonly archivedAt?: number | undefined;
}

/** Something that happens by itself later. */
type DueChange =
  | { readonly kind: "index"; readonly id: string; readonly sequence: number; readonly state: RecordState | undefined }
  | { readonly kind: "touch"; readonly id: string };

export class RecordStore {
  readonly type: ObjectType;
  readonly index = new SearchIndex();
  readonly #states = new Map<string, RecordState>();
  readonly #aliases = new Map<string, string>();
  readonly #live = new SortedList<RecordState>((a, b) => a.numericId - b.numericId);
  readonly #archived = new SortedList<RecordState>((a, b) => a.numericId - b.numericId);
  /** Per identifying property: value to the id of the live record that holds it. */
  readonly #holders = new Map<string, Map<string, string>>();
  readonly #due = new DueQueue<DueChange>();
  readonly #random: Random;
  readonly #ids: RecordIds;
  #times: StoreTimes;
  #sequence = 0;

  constructor(type: ObjectType, random: Random, ids: RecordIds, times: StoreTimes) {
    this.type = type;
    this.#random = random;
    this.#ids = ids;
    this.#times = times;
    if (type === "contacts") this.identifyBy("email");
  }

  set times(times: StoreTimes) {
    this.#times = times;
  }

  /** Makes a property identify records. Values already stored are noted. */
  identifyBy(property: string): void {
    if (this.#holders.has(property)) return;
    const holders = new Map<string, string>();
    this.#holders.set(property, holders);
    this.#live.visit((state) => {
      for (const value of identifiers(state, property)) holders.set(value, state.id);
      return true;
    });
    this.index.identifyBy(property);
  }

  /** Properties that identify a record, `email` first for contacts. */
  identifyingProperties(): readonly string[] {
    return [...this.#holders.keys()];
  }

  /** Lets everything happen that is due by `now`. Called before anything is read or written. */
  settle(now: number): void {
    for (let due = this.#due.take(now); due !== undefined; due = this.#due.take(now)) {
      const change = due.item;
      if (change.kind === "index") {
        this.index.apply(change.id, change.sequence, change.state);
        continue;
      }
      const state = this.#states.get(change.id);
      if (state === undefined || state.archivedAt !== undefined) continue;
      this.change(state, { modifiedAt: Math.max(state.modifiedAt, due.at) }, due.at);
    }
  }

  /** The record with this id, archived or not; the id of a merged record leads to the record it became part of. */
  get(id: string): RecordState | undefined {
    let current = id;
    for (let next = this.#aliases.get(current); next !== undefined; next = this.#aliases.get(current)) current = next;
    return this.#states.get(current);
  }

  /** The live record that holds a value of an identifying property. */
  holder(property: string, value: string): RecordState | undefined {
    const id = this.#holders.get(property)?.get(value);
    return id === undefined ? undefined : this.#states.get(id);
  }

  /** Up to `most` live or archived records with an id above `after`, by id. */
  list(archived: boolean, after: number, most = Number.POSITIVE_INFINITY): readonly RecordState[] {
    const states: RecordState[] = [];
    const note = (state: RecordState): boolean => states.push(state) < most;
    (archived ? this.#archived : this.#live).visit(note, place(after + 0.5));
    return states;
  }

  /** Stores a new record. `visibleAtOnce` puts it into the index without lag and without a later touch. */
  create(
    start: { readonly createdAt: number; readonly by: Writer; readonly changes: StateChanges },
    now: number,
    visibleAtOnce = false,
  ): RecordState {
    const id = this.#ids.mint();
    this.#sequence += 1;
    const state: RecordState = {
      ...place(Number(id)),
      createdAt: start.createdAt,
      modifiedAt: now,
      createdBy: start.by,
      ...start.changes,
      id,
      sequence: this.#sequence,
    };
    this.#put(state, undefined);
    if (visibleAtOnce) {
      this.index.apply(id, state.sequence, state);
      return state;
    }
    this.#announce(id, state, now);
    if (this.#random.chance(this.#times.selfTouchChance)) {
      // Cubed, because most of the recorded touches came within seconds (median 3 s) and a few up to 24 s later.
      this.#due.add(now + 1 + Math.floor(this.#times.selfTouchMs * this.#random.next() ** 3), { kind: "touch", id });
    }
    return state;
  }

  /** Stores a changed state of a record that is stored already, and returns it. */
  change(state: RecordState, changes: StateChanges, now: number): RecordState {
    this.#sequence += 1;
    const next: RecordState = { ...state, modifiedAt: now, ...changes, sequence: this.#sequence };
    this.#put(next, state);
    this.#announce(next.id, next.archivedAt === undefined ? next : undefined, now);
    return next;
  }

  /** Takes a record away for good. */
  remove(state: RecordState, now: number): void {
    this.#sequence += 1;
    this.#unlist(state);
    this.#states.delete(state.id);
    this.#announce(state.id, undefined, now);
  }

  /** From here on the id of a record that is gone leads to another one. */
  alias(id: string, becomes: string): void {
    this.#aliases.set(id, becomes);
  }

  #announce(id: string, state: RecordState | undefined, now: number): void {
    const { lagMs, tailChance, tailMs } = this.#times;
    const lag = this.#random.chance(tailChance) ? tailMs : this.#random.integer(lagMs[0], lagMs[1]);
    this.#due.add(now + lag, { kind: "index", id, sequence: this.#sequence, state });
  }

  #put(state: RecordState, previous: RecordState | undefined): void {
    if (previous !== undefined) this.#unlist(previous);
    this.#states.set(state.id, state);
    if (state.archivedAt !== undefined) {
      this.#archived.add(state);
      return;
    }
    this.#live.add(state);
    for (const [property, holders] of this.#holders) {
      for (const value of identifiers(state, property)) holders.set(value, state.id);
    }
  }

  #unlist(state: RecordState): void {
    this.#live.remove(state);
    this.#archived.remove(state);
    if (state.archivedAt !== undefined) return;
    for (const [property, holders] of this.#holders) {
      for (const value of identifiers(state, property)) holders.delete(value);
    }
  }
}

/** The values by which a record is found; secondary e-mail addresses find it as well. */
function identifiers(state: RecordState, property: string): readonly string[] {
  const value = state.values[property]?.value ?? "";
  if (property === "email") return value === "" ? state.additionalEmails : [value, ...state.additionalEmails];
  return value === "" ? [] : [value];
}

/** A state without content that marks a place in the order of ids. */
function place(numericId: number): RecordState {
  return {
    id: "",
    numericId,
    createdAt: 0,
    modifiedAt: 0,
    archivedAt: undefined,
    createdBy: { sourceType: "", sourceId: "" },
    values: {},
    additionalEmails: [],
    mergedRecords: [],
    sequence: 0,
  };
}
