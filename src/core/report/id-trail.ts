/** Which cells each record is counted in, told as people pass by: for reports of so many people that no cell can keep its ids. */

/** One row of a table as it was first met: its cells are numbered from `first` on, in the order of `columns`. */
export interface TrailRow {
  readonly table: string;
  readonly row: string;
  readonly first: number;
  readonly columns: readonly string[];
}

/**
 * Records (a person, a task's cause, an opportunity) and the numbers of cells they were counted in: those of `ids[0]` are `cells` up to `ends[0]`, those of
 * `ids[1]` follow up to `ends[1]`. One record may be told in several pieces. Flat, and used again: a list for each of a million records is garbage for seconds.
 */
export interface TrailRecords {
  readonly ids: readonly string[];
  readonly ends: readonly number[];
  readonly cells: Uint32Array;
}

/** Collects between one `take` and the next. */
export class IdTrail {
  #next = 0;
  #rows: TrailRow[] = [];
  #ids: string[] = [];
  #ends: number[] = [];
  #cells = new Uint32Array(1_024);
  #length = 0;
  #last: string | null = null;

  /** Numbers the cells of a new row and gives the first number. */
  define(table: string, row: string, columns: readonly string[]): number {
    const first = this.#next;
    this.#next += columns.length;
    this.#rows.push({ table, row, first, columns });
    return first;
  }

  add(cell: number, id: string): void {
    if (this.#last !== id) this.#begin(id);
    if (this.#length === this.#cells.length) this.#makeRoom();
    this.#cells[this.#length] = cell;
    this.#length += 1;
  }

  /** What was met since the last time, until the next `add`; rows come before the records that name their cells. */
  take(): { readonly rows: readonly TrailRow[]; readonly records: TrailRecords } {
    if (this.#last !== null) this.#ends.push(this.#length);
    const cells = this.#cells.subarray(0, this.#length);
    const taken = { rows: this.#rows, records: { ids: this.#ids, ends: this.#ends, cells } };
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
    const wider = new Uint32Array(2 * this.#cells.length);
    wider.set(this.#cells);
    this.#cells = wider;
  }
}
