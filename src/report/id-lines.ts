/** Prints report-ids.ndjson: for every record the cells it was counted in, where a report is of too many people to carry that in report.json. */
import type { IdTrail } from "../core/report/id-trail.ts";

/** The file beside report.json; its lines are described in docs/admin/report.md. */
export const IDS_FILE = "report-ids.ndjson";

const [ZERO, COMMA] = [48, 44];
/** Of one number and its comma. */
const MOST_DIGITS = 12;

/** Takes what a trail has collected, page by page, and gives its lines as bytes. */
export class IdLines {
  #bytes = Buffer.allocUnsafe(1 << 18);
  #length = 0;

  /** The lines of what was met since the last time; they hold until the next call. */
  take(trail: IdTrail): Uint8Array {
    this.#length = 0;
    const { rows, records } = trail.take();
    for (const row of rows) this.#text(`${JSON.stringify(row)}\n`);
    for (const { id, cells } of records) {
      this.#text(`{"id":${JSON.stringify(id)},"cells":[`);
      this.#makeRoom(cells.length * MOST_DIGITS);
      for (const cell of cells) this.#number(cell);
      // The last comma goes.
      this.#length -= 1;
      this.#text("]}\n");
    }
    return this.#bytes.subarray(0, this.#length);
  }

  #text(text: string): void {
    // A sign takes three bytes at most.
    this.#makeRoom(3 * text.length);
    this.#length += this.#bytes.write(text, this.#length);
  }

  #number(number: number): void {
    let digits = 1;
    for (let limit = 10; limit <= number; limit *= 10) digits += 1;
    let rest = number;
    for (let place = this.#length + digits - 1; place >= this.#length; place -= 1) {
      const tens = Math.floor(rest / 10);
      this.#bytes[place] = ZERO + rest - 10 * tens;
      rest = tens;
    }
    this.#length += digits;
    this.#bytes[this.#length] = COMMA;
    this.#length += 1;
  }

  #makeRoom(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(2 * needed);
    this.#bytes.copy(wider, 0, 0, this.#length);
    this.#bytes = wider;
  }
}
