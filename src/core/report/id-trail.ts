/** Which cells each record is counted in, told as people pass by: for reports of so many people that no cell can keep its ids. */

/** One row of a table as it was first met: its cells are numbered from `first` on, in the order of `columns`. */
export interface TrailRow {
  readonly table: string;
  readonly row: string;
  readonly first: number;
  readonly columns: readonly string[];
}

/** A record (a person, a task's cause, an opportunity) and the numbers of cells it was counted in. One record may be told in several pieces. */
export interface TrailRecord {
  readonly id: string;
  readonly cells: readonly number[];
}

/** Collects between one `take` and the next. */
export class IdTrail {
  #next = 0;
  #rows: TrailRow[] = [];
  #records: { id: string; cells: number[] }[] = [];
  #last: { id: string; cells: number[] } | null = null;

  /** Numbers the cells of a new row and gives the first number. */
  define(table: string, row: string, columns: readonly string[]): number {
    const first = this.#next;
    this.#next += columns.length;
    this.#rows.push({ table, row, first, columns });
    return first;
  }

  add(cell: number, id: string): void {
    if (this.#last?.id !== id) {
      this.#last = { id, cells: [] };
      this.#records.push(this.#last);
    }
    this.#last.cells.push(cell);
  }

  /** What was met since the last time; rows come before the records that name their cells. */
  take(): { readonly rows: readonly TrailRow[]; readonly records: readonly TrailRecord[] } {
    const taken = { rows: this.#rows, records: this.#records };
    this.#rows = [];
    this.#records = [];
    this.#last = null;
    return taken;
  }
}
