/** Counts every cell of every table, and keeps the ids behind it while they are few enough to be read. */

import type { IdTrail } from "./id-trail.ts";

/** Which records stand behind each number: table -> row -> column -> ids. */
export type Drill = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>>;

/** One cell by its three names. */
export interface CellAddress {
  readonly table: string;
  readonly row: string;
  readonly column: string;
}

/** One row of a table: a count for each of its columns, of which there are eight at most. */
export class CellRow {
  readonly #columns: number;
  /** How many were counted in exactly these columns, by the bits of their places: most people stand in several columns of a row, and one sum is cheaper than six. */
  readonly #byColumns: number[] = [];
  #ids: readonly (string[] | null)[] | null;
  readonly #trail: IdTrail | null;
  readonly #first: number;
  /** Numbers on the trail of the groups of columns that were met. */
  readonly #groups: (number | undefined)[] = [];

  /** `first`: the number of its first cell on the trail. */
  constructor(columns: number, keeps: (column: number) => boolean, trail: IdTrail | null, first: number) {
    this.#columns = columns;
    this.#trail = trail;
    this.#first = first;
    const ids = Array.from({ length: columns }, (_, column) => (keeps(column) ? [] : null));
    this.#ids = ids.some((kept) => kept !== null) ? ids : null;
  }

  /** Counts one more in the column of that place. */
  add(column: number, id: string): void {
    this.addToAll(1 << column, id);
  }

  /** Counts one more in each of the columns whose bits are set: 0b101 is the first and the third. */
  addToAll(columns: number, id: string): void {
    this.#byColumns[columns] = (this.#byColumns[columns] ?? 0) + 1;
    if (this.#ids !== null) {
      for (const [column, ids] of this.#ids.entries()) if (isAmong(column, columns)) ids?.push(id);
    }
    if (this.#trail !== null) this.#trail.add(this.#groups[columns] ?? this.#group(columns, this.#trail), id);
  }

  /** Who stands in the column; null where ids are not kept. */
  ids(column: number): readonly string[] | null {
    return this.#ids?.[column] ?? null;
  }

  /** From here on it only counts. */
  letIdsGo(): void {
    this.#ids = null;
  }

  get counts(): readonly number[] {
    return Array.from({ length: this.#columns }, (_, column) => this.count(column));
  }

  count(column: number): number {
    let count = 0;
    for (const [columns, many] of this.#byColumns.entries()) if (isAmong(column, columns)) count += many ?? 0;
    return count;
  }

  #group(columns: number, trail: IdTrail): number {
    const places = Array.from({ length: this.#columns }, (_, column) => column);
    const group = trail.group(
      places.filter((column) => isAmong(column, columns)).map((column) => this.#first + column),
    );
    this.#groups[columns] = group;
    return group;
  }
}

function isAmong(column: number, columns: number): boolean {
  return (columns & (1 << column)) !== 0;
}

/** A table whose columns are known from the start and whose rows come with the data. */
export class CellTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows = new Map<string, CellRow>();
  readonly #keeps: (row: string, column: string) => boolean;
  readonly #trail: IdTrail | null;

  constructor(
    name: string,
    columns: readonly string[],
    keeps: (row: string, column: string) => boolean,
    trail: IdTrail | null,
  ) {
    this.#trail = trail;
    this.name = name;
    this.columns = columns;
    this.#keeps = keeps;
  }

  /** The row of that name, made when it is first asked for. */
  row(name: string): CellRow {
    const known = this.rows.get(name);
    if (known !== undefined) return known;
    const keeps = (column: number): boolean => this.#keeps(name, this.columns[column] ?? "");
    const first = this.#trail?.define(this.name, name, this.columns) ?? 0;
    const made = new CellRow(this.columns.length, keeps, this.#trail, first);
    this.rows.set(name, made);
    return made;
  }

  add(row: string, column: number, id: string): void {
    this.row(row).add(column, id);
  }

  count(row: string, column: number): number {
    return this.rows.get(row)?.count(column) ?? 0;
  }
}

/** `all`: ids of every cell until `limit` leads were counted, then none. `one`: of that cell only. */
export type KeepIds =
  | { readonly kind: "all"; readonly limit: number }
  | { readonly kind: "one"; readonly cell: CellAddress };

/** All tables of a report. Every number is a count of this book, so a number and the ids behind it cannot disagree. */
export class CellBook {
  readonly #tables: CellTable[] = [];
  readonly #keep: KeepIds;
  readonly #trail: IdTrail | null;
  #keeping = true;
  #leads = 0;

  /** `trail` is told of every count. */
  constructor(keep: KeepIds, trail: IdTrail | null) {
    this.#keep = keep;
    this.#trail = trail;
  }

  /** Whether ids of every cell are still kept. */
  get keeping(): boolean {
    return this.#keeping && this.#keep.kind === "all";
  }

  table(name: string, columns: readonly string[]): CellTable {
    const keep = this.#keep;
    const keeps = (row: string, column: string): boolean =>
      this.#keeping &&
      (keep.kind === "all" || (keep.cell.table === name && keep.cell.row === row && keep.cell.column === column));
    const table = new CellTable(name, columns, keeps, this.#trail);
    this.#tables.push(table);
    return table;
  }

  /** One more lead: past the limit all ids are let go, so that memory stays flat. */
  lead(): void {
    this.#leads += 1;
    if (!this.#keeping || this.#keep.kind !== "all" || this.#leads <= this.#keep.limit) return;
    this.#keeping = false;
    for (const table of this.#tables) {
      for (const row of table.rows.values()) row.letIdsGo();
    }
  }

  /** Names of all cells that anybody is in. */
  *cells(): Generator<CellAddress & { readonly count: number }> {
    for (const table of this.#tables) {
      for (const [row, cells] of table.rows) {
        for (const [index, column] of table.columns.entries()) {
          const count = cells.count(index);
          if (count > 0) yield { table: table.name, row, column, count };
        }
      }
    }
  }

  /** Every id list sorted, and every name in order, so that the same data prints the same bytes in whatever order it came. Null once ids were let go. */
  drill(): Drill | null {
    if (!this.#keeping) return null;
    const tables = this.#tables.flatMap((table): [string, Drill[string]][] => {
      const rows = sortedEntries(table.rows).flatMap(([name, row]): [string, Drill[string][string]][] => {
        const cells = table.columns.flatMap((column, index): [string, readonly string[]][] => {
          const ids = row.ids(index);
          return ids === null || ids.length === 0 ? [] : [[column, ids.toSorted()]];
        });
        return cells.length === 0 ? [] : [[name, Object.fromEntries(cells)]];
      });
      return rows.length === 0 ? [] : [[table.name, Object.fromEntries(rows)]];
    });
    return Object.fromEntries(tables.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function sortedEntries<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
