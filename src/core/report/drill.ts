/** Which records stand behind each number: table -> row -> column -> ids. */

export type Drill = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>>;

/** Collects ids while the rows stream by; each cell's number is the count of its ids, so the two can never disagree. */
export class CellIds {
  readonly #tables = new Map<string, Map<string, Map<string, string[]>>>();

  add(table: string, row: string, column: string, id: string): void {
    const rows = within(this.#tables, table, () => new Map<string, Map<string, string[]>>());
    const columns = within(rows, row, () => new Map<string, string[]>());
    within(columns, column, (): string[] => []).push(id);
  }

  count(table: string, row: string, column: string): number {
    return this.#tables.get(table)?.get(row)?.get(column)?.length ?? 0;
  }

  rows(table: string): readonly string[] {
    return [...(this.#tables.get(table)?.keys() ?? [])];
  }

  /** Every id list sorted, and every name in order, so that the same data prints the same bytes in whatever order it came. */
  finish(): Drill {
    return sortedObject(this.#tables, (rows) =>
      sortedObject(rows, (columns) => sortedObject(columns, (ids) => ids.sort())),
    );
  }
}

function within<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function sortedObject<T, R>(map: ReadonlyMap<string, T>, change: (value: T) => R): Readonly<Record<string, R>> {
  const keys = [...map.keys()].sort();
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = map.get(key);
      return value === undefined ? [] : [[key, change(value)]];
    }),
  );
}
