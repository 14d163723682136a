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
export interface TrailPiece {
  /** Rows that were new; they come before the groups and records that name their cells. */
  readonly rows: readonly TrailRow[];
  /** The numbers of the cells of each group that was new, in the order of the groups' numbers. */
  readonly cellsOf: readonly (readonly number[])[];
  readonly ids: readonly string[];
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly groups: Uint32Array<ArrayBuffer>;
}

/** Collects between one `take` and the next. */
export class IdTrail {
  #rows: TrailRow[] = [];
  #ids: string[] = [];
  #ends: number[] = [];
  #cellsOf: (readonly number[])[] = [];
  #groups = new Uint32Array(1_024);
  #length = 0;
  #last: string | null = null;

  /** Tells of a new row. */
  define(row: TrailRow): void {
    this.#rows.push(row);
  }

  /** Tells of a new group of cells: the first is number 0, and so on. */
  group(cells: readonly number[]): void {
    this.#cellsOf.push(cells);
  }

  /** Tells that the record was counted in each cell of the group. */
  add(group: number, id: string): void {
    if (this.#last !== id) this.#begin(id);
    if (this.#length === this.#groups.length) this.#makeRoom();
    this.#groups[this.#length] = group;
    this.#length += 1;
  }

  /** What was met since the last time; the groups of records hold until the next `add`. */
  take(): TrailPiece {
    if (this.#last !== null) this.#ends.push(this.#length);
    const groups = this.#groups.subarray(0, this.#length);
    const taken = {
      rows: this.#rows,
      cellsOf: this.#cellsOf,
      ids: this.#ids,
      ends: Uint32Array.from(this.#ends),
      groups,
    };
    this.#rows = [];
    this.#cellsOf = [];
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

/** Turns a piece of one trail into one of the joined trail. The groups of its records change in place. */
export type JoinTrail = <Piece extends Omit<TrailPiece, "ids">>(piece: Piece) => Piece;

/** Makes one trail of several, whose rows and groups have numbers of their own. */
export class JoinedTrails {
  #cells = 0;
  #groups = 0;
  /** First cells by table and row, as JSON. */
  readonly #firsts = new Map<string, number>();

  /** One more trail, whose pieces come one after the other. */
  join(): JoinTrail {
    const cellOf: number[] = [];
    const groupOf: number[] = [];
    return (piece) => {
      const rows = piece.rows.flatMap((row) => {
        const { first, isNew } = this.#define(row);
        for (const place of row.columns.keys()) cellOf[row.first + place] = first + place;
        return isNew ? [{ ...row, first }] : [];
      });
      const cellsOf = piece.cellsOf.map((cells) => cells.map((cell) => cellOf[cell] ?? 0));
      for (const _ of cellsOf) {
        groupOf.push(this.#groups);
        this.#groups += 1;
      }
      const { groups } = piece;
      for (let place = 0; place < groups.length; place += 1) groups[place] = groupOf[groups[place] ?? 0] ?? 0;
      return { ...piece, rows, cellsOf };
    };
  }

  #define({ table, row, columns }: TrailRow): { readonly first: number; readonly isNew: boolean } {
    const key = JSON.stringify([table, row]);
    const known = this.#firsts.get(key);
    if (known !== undefined) return { first: known, isNew: false };
    const first = this.#cells;
    this.#cells += columns.length;
    this.#firsts.set(key, first);
    return { first, isNew: true };
  }
}
