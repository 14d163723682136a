/** Counts every cell of every table, and keeps the ids behind it while they are few enough to be read. */

import { CellCounts, type CellsPart } from "./cell-counts.ts";
import type { CountRecording, GroupWord } from "./count-recording.ts";
import { type DurationList, DurationLists } from "./duration-list.ts";
import type { IdTrail } from "./id-trail.ts";
import { MoneyBook } from "./money-book.ts";

/** Which records stand behind each number: table -> row -> column -> ids. */
export type Drill = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>>;

/** One cell by its three names. */
export interface CellAddress {
  readonly table: string;
  readonly row: string;
  readonly column: string;
}

/** One row of a table: a count for each of its columns, of which there are thirty at most. */
export class CellRow {
  readonly #columns: number;
  readonly #cells: CellCounts;
  readonly #keeps: (column: number) => boolean;
  readonly #first: number;
  /** Numbers of the groups of columns that were met, by the bits of their places. */
  readonly #groups: (number | undefined)[] = [];

  /** `first`: the number of its first cell. */
  constructor(columns: number, keeps: (column: number) => boolean, cells: CellCounts, first: number) {
    this.#columns = columns;
    this.#keeps = keeps;
    this.#cells = cells;
    this.#first = first;
  }

  /** Counts one more in the column of that place. */
  add(column: number, id: string): void {
    this.addToAll(1 << column, id);
  }

  /** Counts one more in each of the columns whose bits are set: 0b101 is the first and the third. */
  addToAll(columns: number, id: string): void {
    this.#cells.add(this.groupOf(columns), id);
  }

  /** The number of the group of its cells in the columns whose bits are set. */
  groupOf(columns: number): number {
    return this.#groups[columns] ?? this.#group(columns);
  }

  /** Its cells in the columns whose bits are set. */
  cellsIn(columns: number): RowCells {
    const places = Array.from({ length: this.#columns }, (_, column) => column);
    const among = places.filter((column) => (columns & (1 << column)) !== 0);
    return {
      first: this.#first,
      cells: among.map((column) => this.#first + column),
      keepsIds: among.some(this.#keeps),
    };
  }

  /** Who stands in the column, sorted; null where ids are not kept. */
  ids(column: number): readonly string[] | null {
    return this.#keeps(column) ? this.#cells.ids(this.#first + column) : null;
  }

  get counts(): readonly number[] {
    return Array.from({ length: this.#columns }, (_, column) => this.count(column));
  }

  count(column: number): number {
    return this.#cells.count(this.#first + column);
  }

  #group(columns: number): number {
    const { cells, keepsIds } = this.cellsIn(columns);
    const group = this.#cells.group(cells, keepsIds, [this.#first]);
    this.#groups[columns] = group;
    return group;
  }
}

/** Some cells of one row. */
export interface RowCells {
  /** The first cell of the row. */
  readonly first: number;
  /** By their numbers. */
  readonly cells: readonly number[];
  readonly keepsIds: boolean;
}

/** A table whose columns are known from the start and whose rows come with the data. */
export class CellTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows = new Map<string, CellRow>();
  readonly #keeps: (row: string, column: string) => boolean;
  readonly #cells: CellCounts;
  /** The row that was asked for last: in most tables the next person stands in the same one. */
  #last: CellRow | null = null;
  #lastName = "";

  constructor(
    name: string,
    columns: readonly string[],
    keeps: (row: string, column: string) => boolean,
    cells: CellCounts,
  ) {
    this.name = name;
    this.columns = columns;
    this.#keeps = keeps;
    this.#cells = cells;
  }

  /** The row of that name, made when it is first asked for. */
  row(name: string): CellRow {
    if (this.#last !== null && this.#lastName === name) return this.#last;
    const row = this.rows.get(name) ?? this.#begin(name);
    this.#last = row;
    this.#lastName = name;
    return row;
  }

  add(row: string, column: number, id: string): void {
    this.row(row).add(column, id);
  }

  count(row: string, column: number): number {
    return this.rows.get(row)?.count(column) ?? 0;
  }

  #begin(name: string): CellRow {
    const keeps = (column: number): boolean => this.#keeps(name, this.columns[column] ?? "");
    const first = this.#cells.define(this.name, name, this.columns);
    const made = new CellRow(this.columns.length, keeps, this.#cells, first);
    this.rows.set(name, made);
    return made;
  }
}

/** `all`: ids of every cell until all cells together have more than `limit`, then none. `one`: of that cell only. */
export type KeepIds =
  | { readonly kind: "all"; readonly limit: number }
  | { readonly kind: "none" }
  | { readonly kind: "one"; readonly cell: CellAddress };

/** All tables of a report. Every number is a count of this book, so a number and the ids behind it cannot disagree. */
export class CellBook {
  readonly #tables: CellTable[] = [];
  readonly #keep: KeepIds;
  readonly #counts: CellCounts;
  readonly durations: DurationLists;
  readonly money: MoneyBook;
  /** Takes every count there is to be made; null where it is made. */
  readonly recording: CountRecording | null;
  #keeping: boolean;

  /** `trail` is told of every count. */
  constructor(keep: KeepIds, trail: IdTrail | null, recording: CountRecording | null = null) {
    this.#keep = keep;
    this.recording = recording;
    this.#counts = new CellCounts(trail, recording);
    this.durations = new DurationLists(recording);
    this.money = new MoneyBook(recording);
    this.#keeping = keep.kind !== "none";
  }

  /** Whether ids of every cell are still kept. */
  get keeping(): boolean {
    return this.#keeping && this.#keep.kind === "all";
  }

  table(name: string, columns: readonly string[]): CellTable {
    const keep = this.#keep;
    const keeps = (row: string, column: string): boolean =>
      this.#keeping &&
      (keep.kind !== "one" || (keep.cell.table === name && keep.cell.row === row && keep.cell.column === column));
    const table = new CellTable(name, columns, keeps, this.#counts);
    this.#tables.push(table);
    return table;
  }

  /** Gives the number of a new group of cells of several rows, for `add`: who stands in all of them is counted at once. */
  group(rows: readonly RowCells[]): number {
    return this.#counts.group(
      rows.flatMap(({ cells }) => cells),
      rows.some(({ keepsIds }) => keepsIds),
      rows.map(({ first }) => first),
    );
  }

  /** The number of a group that a recording named so. */
  recordedGroup(word: GroupWord): number {
    const rows = word.flatMap(([table, row, columns]) => {
      const known = this.#tables.find(({ name }) => name === table)?.row(row);
      return known === undefined ? [] : [{ row: known, columns }];
    });
    const [first] = rows;
    if (first !== undefined && rows.length === 1) return first.row.groupOf(first.columns);
    return this.group(rows.map(({ row, columns }) => row.cellsIn(columns)));
  }

  /** The list of durations of that name, in units of so many milliseconds. */
  list(name: string, unit: number): DurationList {
    return this.durations.list(name, unit);
  }

  /** Counts one more in each cell of the group. */
  add(group: number, id: string): void {
    this.#counts.add(group, id);
  }

  /** What was counted, for a book of the same tables elsewhere. */
  get part(): CellsPart {
    return this.#counts.part;
  }

  /** Adds what another book has counted of other people. */
  absorb({ rows, cellsOf, counts, ids }: CellsPart): void {
    if (ids === null) this.#letIdsGo();
    const places = new Map<number, { readonly row: CellRow; readonly column: number }>();
    for (const { table, row, first, columns } of rows) {
      const own = this.#tables.find(({ name }) => name === table)?.row(row);
      if (own === undefined) continue;
      for (const column of columns.keys()) places.set(first + column, { row: own, column });
    }
    for (const [group, cells] of cellsOf.entries()) {
      const own = cells.flatMap((cell) => {
        const place = places.get(cell);
        return place === undefined ? [] : [place.row.cellsIn(1 << place.column)];
      });
      this.#counts.absorb(this.group(own), counts[group] ?? 0, ids?.[group] ?? null);
    }
    this.keepWithinLimit();
  }

  /** Past the limit all ids are let go, so that memory stays flat. */
  keepWithinLimit(): void {
    if (this.#keeping && this.#keep.kind === "all" && this.#counts.kept > this.#keep.limit) this.#letIdsGo();
  }

  #letIdsGo(): void {
    this.#keeping = false;
    this.#counts.letIdsGo();
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
          return ids === null || ids.length === 0 ? [] : [[column, ids]];
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
