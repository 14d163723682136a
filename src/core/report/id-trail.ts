/** Which cells each record is counted in, told as people pass by: for reports of so many people that no cell can keep its ids. */

/** One row of a table as it was first met: its cells are numbered from `first` on, in the order of `columns`. */
export interface TrailRow {
  readonly table: string;
  readonly row: string;
  readonly first: number;
  readonly columns: readonly string[];
}

/**
 * Records (a person, a task's cause, an opportunity) and the groups of cells they were counted in: those of `ids[0]` are `groups` up to `ends[0]`, those of
 * `ids[1]` follow up to `ends[1]`. One record may be told in several pieces. Flat, and used again: a list for each of a million records is garbage for seconds.
 */
export interface TrailRecords {
  readonly ids: readonly string[];
  readonly ends: readonly number[];
  readonly groups: Uint32Array;
  /** The numbers of the cells of each group, by the group's number: all that were ever met. */
  readonly cellsOf: readonly (readonly number[])[];
}

/** Collects between one `take` and the next. */
export class IdTrail {
  #next = 0;
  #rows: TrailRow[] = [];
  #ids: string[] = [];
  #ends: number[] = [];
  readonly #cellsOf: (readonly number[])[] = [];
  #groups = new Uint32Array(1_024);
  #length = 0;
  #last: string | null = null;

  /** Numbers the cells of a new row and gives the first number. */
  define(table: string, row: string, columns: readonly string[]): number {
    const first = this.#next;
    this.#next += columns.length;
    this.#rows.push({ table, row, first, columns });
    return first;
  }

  /** Gives the number of a new group of cells of one row. */
  group(cells: readonly number[]): number {
    return this.#cellsOf.push(cells) - 1;
  }

  /** Tells that the record was counted in each cell of the group. */
  add(group: number, id: string): void {
    if (this.#last !== id) this.#begin(id);
    if (this.#length === this.#groups.length) this.#makeRoom();
    this.#groups[this.#length] = group;
    this.#length += 1;
  }

  /** What was met since the last time, until the next `add`; rows come before the records that name their cells. */
  take(): { readonly rows: readonly TrailRow[]; readonly records: TrailRecords } {
    if (this.#last !== null) this.#ends.push(this.#length);
    const groups = this.#groups.subarray(0, this.#length);
    const records = { ids: this.#ids, ends: this.#ends, groups, cellsOf: this.#cellsOf };
    const taken = { rows: this.#rows, records };
    this.#rows = [];
    this.#ids = [];
    this.#ends = [];
    this.#length = 0;
    this.#last = null;
    return taken;
  }

  #begin(id: string): void {
    if (this.#last !== null) this.#ends.push(this.#length);
    this.#last = id;
    this.#ids.push(id);
  }

  #makeRoom(): void {
    const wider = new Uint32Array(2 * this.#groups.length);
    wider.set(this.#groups);
    this.#groups = wider;
  }
}
