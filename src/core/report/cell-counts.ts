/** How many were counted in every cell of the report, group by group: most records stand in several cells at once, and one sum is cheaper than six. */
import { type CountRecording, type GroupWord, WORD } from "./count-recording.ts";
import type { IdTrail, TrailRow } from "./id-trail.ts";

/** What was counted, as plain data: cells and groups have the numbers that they had there. */
export interface CellsPart {
  readonly rows: readonly TrailRow[];
  readonly cellsOf: readonly (readonly number[])[];
  /** By group. */
  readonly counts: Uint32Array;
  /** By group; null once they were let go. */
  readonly ids: readonly (readonly string[] | null)[] | null;
}

/** Cells are numbered as their rows are met, groups of cells likewise. Every number of a report is a sum of these counts. */
export class CellCounts {
  readonly #trail: IdTrail | null;
  readonly #recording: CountRecording | null;
  /** Numbers of the words of groups, by the group's number. */
  readonly #words: (number | undefined)[] = [];
  #cells = 0;
  /** By the group's number. */
  #counts = new Uint32Array(1_024);
  /** Who was counted, by the group's number; null for a group whose ids are not kept. */
  #ids: (string[] | null)[] | null = [];
  /** How many ids are kept, each as often as a cell would tell it. */
  #kept = 0;
  /** Groups that hold the cell, by the cell's number. */
  readonly #groupsOf: number[][] = [];
  readonly #rows: TrailRow[] = [];
  readonly #cellsOf: (readonly number[])[] = [];
  /** First cells of the rows of each group. */
  readonly #rowsOf: (readonly number[])[] = [];

  /** `trail` is told of every count; a recording takes them all, and nothing is counted. */
  constructor(trail: IdTrail | null, recording: CountRecording | null) {
    this.#trail = trail;
    this.#recording = recording;
  }

  /** Numbers the cells of a new row and gives the first number. */
  define(table: string, row: string, columns: readonly string[]): number {
    const first = this.#cells;
    this.#cells += columns.length;
    for (const _ of columns) this.#groupsOf.push([]);
    const defined = { table, row, first, columns };
    this.#rows.push(defined);
    this.#trail?.define(defined);
    return first;
  }

  /** Gives the number of a new group of cells of the rows whose first cells these are. */
  group(cells: readonly number[], keepsIds: boolean, rows: readonly number[]): number {
    const group = this.#cellsOf.push(cells) - 1;
    this.#rowsOf.push(rows);
    for (const cell of cells) this.#groupsOf[cell]?.push(group);
    if (group === this.#counts.length) this.#makeRoom();
    this.#ids?.push(keepsIds ? [] : null);
    this.#trail?.group(cells);
    return group;
  }

  /** Counts one more in each cell of the group. */
  add(group: number, id: string): void {
    if (this.#recording !== null) {
      this.#recording.add(this.#words[group] ?? this.#wordOf(group, this.#recording), id);
      return;
    }
    this.#counts[group] = (this.#counts[group] ?? 0) + 1;
    if (this.#ids !== null) this.#keep(this.#ids[group] ?? null, group, id);
    if (this.#trail !== null) this.#trail.add(group, id);
  }

  count(cell: number): number {
    let count = 0;
    for (const group of this.#groupsOf[cell] ?? []) count += this.#counts[group] ?? 0;
    return count;
  }

  /** Who stands in the cell, sorted; null where ids are not kept. */
  ids(cell: number): readonly string[] | null {
    const kept = this.#ids;
    if (kept === null) return null;
    return (this.#groupsOf[cell] ?? []).flatMap((group) => kept[group] ?? []).sort();
  }

  /** All of it as plain data, for another thread. */
  get part(): CellsPart {
    return { rows: this.#rows, cellsOf: this.#cellsOf, counts: this.#counts, ids: this.#ids };
  }

  /** Counts those of a group once more as often as somebody else did. */
  absorb(group: number, count: number, ids: readonly string[] | null): void {
    this.#counts[group] = (this.#counts[group] ?? 0) + count;
    const own = this.#ids?.[group] ?? null;
    for (const id of ids ?? []) this.#keep(own, group, id);
  }

  /** How many ids all cells together would tell. */
  get kept(): number {
    return this.#kept;
  }

  /** From here on it only counts. */
  letIdsGo(): void {
    this.#ids = null;
  }

  #keep(ids: string[] | null, group: number, id: string): void {
    if (ids === null) return;
    ids.push(id);
    this.#kept += this.#cellsOf[group]?.length ?? 0;
  }

  #wordOf(group: number, recording: CountRecording): number {
    const cells = this.#cellsOf[group] ?? [];
    const rows = (this.#rowsOf[group] ?? []).flatMap((place): GroupWord => {
      const row = this.#rows.find(({ first }) => first === place);
      if (row === undefined) return [];
      const own = cells.filter((cell) => cell >= place && cell < place + row.columns.length);
      return [[row.table, row.row, own.reduce((bits, cell) => bits | (1 << (cell - place)), 0)]];
    });
    const number = recording.words.numberOf(WORD.group + JSON.stringify(rows));
    this.#words[group] = number;
    return number;
  }

  #makeRoom(): void {
    const wider = new Uint32Array(2 * this.#counts.length);
    wider.set(this.#counts);
    this.#counts = wider;
  }
}
