/** Prints report-ids.ndjson: for every record the cells it was counted in, where a report is of too many people to carry that in report.json. */
import type { IdTrail } from "../core/report/id-trail.ts";

/** The file beside report.json; its lines are described in docs/admin/report.md. */
export const IDS_FILE = "report-ids.ndjson";

const BEFORE_ID = Buffer.from('{"id":');
const BEFORE_CELLS = Buffer.from(',"cells":[');
const AFTER_CELLS = Buffer.from("]}\n");
const [SPACE, QUOTE, BACKSLASH, DELETE] = [32, 34, 92, 127];

/** Takes what a trail has collected, page by page, and gives its lines as bytes. */
export class IdLines {
  #bytes = Buffer.allocUnsafe(1 << 18);
  #length = 0;
  readonly #groups = new GroupTexts();

  /** The lines of what was met since the last time; they hold until the next call. */
  take(trail: IdTrail): Uint8Array {
    this.#length = 0;
    const { rows, records } = trail.take();
    for (const row of rows) this.#text(`${JSON.stringify(row)}\n`);
    const { ids, ends, groups, cellsOf } = records;
    this.#groups.reach(cellsOf);
    let place = 0;
    for (let record = 0; record < ids.length; record += 1) {
      const end = ends[record] ?? place;
      this.#begin(ids[record] ?? "");
      this.#makeRoom((end - place) * this.#groups.longest + AFTER_CELLS.length);
      for (; place < end; place += 1) this.#length = this.#groups.copy(groups[place] ?? 0, this.#bytes, this.#length);
      // The last comma goes.
      this.#length -= 1;
      this.#piece(AFTER_CELLS);
    }
    return this.#bytes.subarray(0, this.#length);
  }

  #begin(id: string): void {
    const { length } = id;
    this.#makeRoom(BEFORE_ID.length + length + 2 + BEFORE_CELLS.length);
    this.#piece(BEFORE_ID);
    const bytes = this.#bytes;
    const start = this.#length + 1;
    for (let index = 0; index < length; index += 1) {
      const code = id.charCodeAt(index);
      if (code < SPACE || code >= DELETE || code === QUOTE || code === BACKSLASH) {
        this.#text(JSON.stringify(id));
        this.#makeRoom(BEFORE_CELLS.length);
        this.#piece(BEFORE_CELLS);
        return;
      }
      bytes[start + index] = code;
    }
    bytes[start - 1] = QUOTE;
    bytes[start + length] = QUOTE;
    this.#length = start + length + 1;
    this.#piece(BEFORE_CELLS);
  }

  /** A few bytes, for which there is room. */
  #piece(piece: Uint8Array): void {
    const bytes = this.#bytes;
    const start = this.#length;
    for (let index = 0; index < piece.length; index += 1) bytes[start + index] = piece[index] ?? 0;
    this.#length = start + piece.length;
  }

  #text(text: string): void {
    // A sign takes three bytes at most.
    this.#makeRoom(3 * text.length);
    this.#length += this.#bytes.write(text, this.#length);
  }

  #makeRoom(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(2 * needed);
    this.#bytes.copy(wider, 0, 0, this.#length);
    this.#bytes = wider;
  }
}

/** The numbers of each group of cells as digits and commas, each made once: they are most of the file, and making them for every record takes seconds. */
class GroupTexts {
  #bytes = Buffer.allocUnsafe(1 << 12);
  /** Where each group begins; one more for the end of the last. */
  readonly #starts: number[] = [0];
  /** Bytes of the longest. */
  longest = 0;

  /** Makes those that are not made yet. */
  reach(cellsOf: readonly (readonly number[])[]): void {
    for (let group = this.#starts.length - 1; group < cellsOf.length; group += 1) this.#append(cellsOf[group] ?? []);
  }

  /** Copies a group to that place, where there is room. Gives the place behind it. */
  copy(group: number, to: Uint8Array, place: number): number {
    const from = this.#bytes;
    const end = this.#starts[group + 1] ?? 0;
    let at = place;
    for (let index = this.#starts[group] ?? end; index < end; index += 1) {
      to[at] = from[index] ?? 0;
      at += 1;
    }
    return at;
  }

  #append(cells: readonly number[]): void {
    const text = `${cells.join(",")},`;
    const start = this.#starts.at(-1) ?? 0;
    if (start + text.length > this.#bytes.length) {
      const wider = Buffer.allocUnsafe(2 * (start + text.length));
      this.#bytes.copy(wider, 0, 0, start);
      this.#bytes = wider;
    }
    this.#bytes.write(text, start, "latin1");
    this.#starts.push(start + text.length);
    this.longest = Math.max(this.longest, text.length);
  }
}
