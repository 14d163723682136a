/** A table in memory: rows by key, copied on the way in and on the way out, so that nobody holds what is stored. */

/** A deep copy of plain data. What is undefined is not there, as in JSON; maps and sets stay what they are. */
function copyOf<Data>(data: Data): Data {
  if (typeof data !== "object" || data === null) return data;
  if (Array.isArray(data)) return data.map((item) => copyOf(item)) as Data;
  const copy: Record<string, unknown> = {};
  for (const key in data) {
    const value = data[key];
    if (value !== undefined) copy[key] = copyOf(value);
  }
  return copy as Data;
}

export class MemoryTable<Row extends object> {
  readonly #rows = new Map<string, Row>();
  readonly #key: (row: Row) => string;

  constructor(key: (row: Row) => string) {
    this.#key = key;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): Row | undefined {
    return copyOf(this.#rows.get(key));
  }

  put(row: Row): void {
    this.#rows.set(this.#key(row), copyOf(row));
  }

  delete(key: string): void {
    this.#rows.delete(key);
  }

  /** The way back to the rows as they stand now: stored rows are never changed in place. */
  backup(): () => void {
    const kept = new Map(this.#rows);
    return () => {
      this.#rows.clear();
      for (const [key, row] of kept) this.#rows.set(key, row);
    };
  }

  /** Rows that fit, in the order of `by` (texts compared by code unit, as the database's "C"), at most so many. */
  select(fits: (row: Row) => boolean, by: (row: Row) => readonly (string | number)[], limit = Infinity): Row[] {
    const found = [...this.#rows.values()].filter(fits);
    found.sort((one, other) => compare(by(one), by(other)));
    return found.slice(0, limit).map((row) => copyOf(row));
  }

  count(fits: (row: Row) => boolean = () => true): number {
    let count = 0;
    for (const row of this.#rows.values()) if (fits(row)) count += 1;
    return count;
  }
}

function compare(one: readonly (string | number)[], other: readonly (string | number)[]): number {
  for (const [index, left] of one.entries()) {
    const right = other[index] as string | number;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** For descending order of a text. */
export function descending(text: string): number {
  return -Date.parse(text);
}
