/** Prints report-ids.ndjson: for every record the cells it was counted in, where a report is of too many people to carry that in report.json. */
import type { IdTrail } from "../core/report/id-trail.ts";

/** The file beside report.json; its lines are described in docs/admin/report.md. */
export const IDS_FILE = "report-ids.ndjson";

const BEFORE_ID = Buffer.from('{"id":');
const BEFORE_CELLS = Buffer.from(',"cells":[');
const AFTER_CELLS = Buffer.from("]}\n");
const [SPACE, QUOTE, BACKSLASH, DELETE] = [32, 34, 92, 127];
/** Of one number and its comma; two words of four bytes hold a number of seven digits. */
const MOST_DIGITS = 12;
const IN_TWO_WORDS = 10_000_000;

/** Takes what a trail has collected, page by page, and gives its lines as bytes. */
export class IdLines {
  #bytes = Buffer.allocUnsafe(1 << 18);
  #view = viewOf(this.#bytes);
  #length = 0;
  readonly #numbers = new NumberTexts();

  /** The lines of what was met since the last time; they hold until the next call. */
  take(trail: IdTrail): Uint8Array {
    this.#length = 0;
    const { rows, records } = trail.take();
    for (const row of rows) this.#text(`${JSON.stringify(row)}\n`);
    const { ids, ends, cells } = records;
    let cell = 0;
    for (let record = 0; record < ids.length; record += 1) {
      const end = ends[record] ?? cell;
      this.#begin(ids[record] ?? "");
      this.#makeRoom((end - cell) * MOST_DIGITS + AFTER_CELLS.length);
      for (; cell < end; cell += 1) this.#number(cells[cell] ?? 0);
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

  #number(number: number): void {
    if (number >= IN_TWO_WORDS) {
      this.#length += this.#bytes.write(`${number},`, this.#length, "latin1");
      return;
    }
    const numbers = this.#numbers;
    numbers.reach(number);
    const at = this.#length;
    this.#view.setUint32(at, numbers.firstWord(number), true);
    this.#view.setUint32(at + 4, numbers.secondWord(number), true);
    this.#length = at + numbers.size(number);
  }

  #makeRoom(length: number): void {
    // A number is written as eight bytes, of which those behind its comma are written over.
    const needed = this.#length + length + 8;
    if (needed <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(2 * needed);
    this.#bytes.copy(wider, 0, 0, this.#length);
    this.#bytes = wider;
    this.#view = viewOf(wider);
  }
}

/** Numbers with a comma behind them, each made once: their digits are most of the file, and dividing for each of seventy million takes seconds. */
class NumberTexts {
  #first = new Uint32Array(0);
  #second = new Uint32Array(0);
  #sizes = new Uint8Array(0);

  /** Makes the texts up to this number and some more. */
  reach(number: number): void {
    if (number < this.#sizes.length) return;
    const count = 2 * number + 1_024;
    const [first, second, sizes] = [new Uint32Array(count), new Uint32Array(count), new Uint8Array(count)];
    const word = Buffer.alloc(MOST_DIGITS);
    for (let made = 0; made < count; made += 1) {
      sizes[made] = word.write(`${made},`, "latin1");
      first[made] = word.readUInt32LE(0);
      second[made] = word.readUInt32LE(4);
    }
    this.#first = first;
    this.#second = second;
    this.#sizes = sizes;
  }

  firstWord(number: number): number {
    return this.#first[number] ?? 0;
  }

  secondWord(number: number): number {
    return this.#second[number] ?? 0;
  }

  size(number: number): number {
    return this.#sizes[number] ?? 0;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
