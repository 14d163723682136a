/** Stores the records of one object: by id, by indexed value and by last change, with versions that are not visible yet. */
import type { StoredRecord } from "./field-definition.ts";
import { ModstampLog } from "./modstamp-log.ts";

/** What readers saw before a write that is not committed yet. `record` is undefined where there was no row. */
interface EarlierVersion {
  readonly record: StoredRecord | undefined;
  /** The moment from which readers see the next version. */
  readonly until: number;
}

interface Row {
  latest: StoredRecord;
  earlier: readonly EarlierVersion[];
}

/** One object's rows. `latest` is the truth; `visible` is what the API may show at a moment. */
export class RecordTable {
  readonly #rows = new Map<string, Row>();
  readonly #indexes: Map<string, Map<string, Set<string>>>;
  readonly #log = new ModstampLog((id) => this.#stampOf(id));
  readonly #delayed = new Set<string>();

  /** `indexed`: names of the fields that are looked up by value. */
  constructor(indexed: readonly string[]) {
    this.#indexes = new Map(indexed.map((field) => [field, new Map()]));
  }

  /** Starts an index over a field that did not have one. */
  index(field: string): void {
    if (this.#indexes.has(field)) return;
    this.#indexes.set(field, new Map());
    for (const row of this.#rows.values()) this.#fileUnder(field, row.latest);
  }

  latest(id: string): StoredRecord | undefined {
    return this.#rows.get(id)?.latest;
  }

  /** Ids of all rows, oldest first. */
  ids(): Iterable<string> {
    return this.#rows.keys();
  }

  *allLatest(): Generator<StoredRecord> {
    for (const row of this.#rows.values()) yield row.latest;
  }

  visible(id: string, now: number): StoredRecord | undefined {
    const row = this.#rows.get(id);
    if (row === undefined || row.earlier.length === 0) return row?.latest;
    const held = row.earlier.find((version) => version.until > now);
    return held === undefined ? row.latest : held.record;
  }

  /** Stores a version. Readers see it from `visibleAt` on; until then they see what they saw before. */
  put(id: string, record: StoredRecord, visibleAt: number, now: number): void {
    const row = this.#rows.get(id);
    const previous = row?.latest;
    const earlier = visibleAt > now ? [...stillHeld(row, now), { record: previous, until: visibleAt }] : [];
    if (earlier.length > 0) this.#delayed.add(id);
    else this.#delayed.delete(id);
    if (row === undefined) this.#rows.set(id, { latest: record, earlier });
    else {
      row.latest = record;
      row.earlier = earlier;
    }
    this.#reindex(id, previous, record);
  }

  /** Takes back a write: the row is again `record`, or gone when that is undefined. */
  revert(id: string, record: StoredRecord | undefined): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#delayed.delete(id);
    this.#reindex(id, row.latest, record);
    if (record === undefined) this.#rows.delete(id);
    else this.#rows.set(id, { latest: record, earlier: [] });
  }

  hasIndex(field: string): boolean {
    return this.#indexes.has(field);
  }

  /** Ids of the rows whose latest version holds the value, deleted rows included. Texts match without regard to case. */
  idsWith(field: string, value: string): Iterable<string> {
    return this.#indexes.get(field)?.get(value.toLowerCase()) ?? [];
  }

  /** Ids in the order of (SystemModstamp, Id) of their latest version. */
  idsSince(stamp: string): Generator<string> {
    return this.#log.idsSince(stamp);
  }

  /** Rows with a version that is not visible yet. Readers must look at them whatever the indexes say. */
  delayedIds(now: number): readonly string[] {
    for (const id of this.#delayed) {
      const row = this.#rows.get(id);
      if (row !== undefined && stillHeld(row, now).length > 0) continue;
      if (row !== undefined) row.earlier = [];
      this.#delayed.delete(id);
    }
    return [...this.#delayed];
  }

  #stampOf(id: string): string | undefined {
    const stamp = this.#rows.get(id)?.latest["SystemModstamp"];
    return typeof stamp === "string" ? stamp : undefined;
  }

  #reindex(id: string, previous: StoredRecord | undefined, next: StoredRecord | undefined): void {
    for (const [field, byValue] of this.#indexes) {
      const before = previous?.[field];
      const after = next?.[field];
      if (before === after) continue;
      if (typeof before === "string") byValue.get(before.toLowerCase())?.delete(id);
      if (next !== undefined && typeof after === "string") this.#fileUnder(field, next);
    }
    const stamp = next?.["SystemModstamp"];
    if (typeof stamp === "string" && stamp !== previous?.["SystemModstamp"]) this.#log.add(id, stamp);
  }

  #fileUnder(field: string, record: StoredRecord): void {
    const value = record[field];
    const id = record["Id"];
    if (typeof value !== "string" || typeof id !== "string") return;
    const byValue = this.#indexes.get(field);
    const key = value.toLowerCase();
    const ids = byValue?.get(key);
    if (ids === undefined) byValue?.set(key, new Set([id]));
    else ids.add(id);
  }
}

function stillHeld(row: Row | undefined, now: number): readonly EarlierVersion[] {
  return row === undefined ? [] : row.earlier.filter((version) => version.until > now);
}
