/** Prints report-ids.ndjson: for every record the groups of cells it was counted in, where a report is of too many people to carry that in report.json. */
import type { TrailPiece } from "../core/report/id-trail.ts";
import type { IdBytes } from "./id-bytes.ts";

/** The file beside report.json; its lines are described in docs/admin/report.md. */
export const IDS_FILE = "report-ids.ndjson";

const BEFORE_ID = Buffer.from('{"id":');
const BEFORE_GROUPS = Buffer.from(',"groups":[');
const AFTER_GROUPS = Buffer.from("]}\n");
/** More bytes than stand around the id and the groups. */
const MOST_AROUND = 32;

/** A piece of a trail whose ids are bytes. */
export interface WrittenTrail extends Omit<TrailPiece, "ids"> {
  readonly ids: IdBytes;
}

/** Takes a trail piece by piece and gives its lines as bytes. */
export class IdLines {
  #bytes = Buffer.allocUnsafe(1 << 18);
  #length = 0;
  readonly #groups = new GroupTexts();

  /** The lines of a piece; they hold until the next call. */
  of({ rows, cellsOf, ids, ends, groups }: WrittenTrail): Uint8Array {
    this.#length = 0;
    for (const row of rows) this.#text(`${JSON.stringify(row)}\n`);
    for (const cells of cellsOf) {
      const number = this.#groups.append(cells);
      if (number !== null) this.#text(`${JSON.stringify({ group: number, cells })}\n`);
    }
    let place = 0;
    let idStart = 0;
    for (let record = 0; record < ends.length; record += 1) {
      const end = ends[record] ?? place;
      const idEnd = ids.ends[record] ?? idStart;
      this.#makeRoom(idEnd - idStart + (end - place) * this.#groups.longest + MOST_AROUND);
      this.#piece(BEFORE_ID, 0, BEFORE_ID.length);
      this.#piece(ids.bytes, idStart, idEnd);
      this.#piece(BEFORE_GROUPS, 0, BEFORE_GROUPS.length);
      for (; place < end; place += 1) this.#length = this.#groups.copy(groups[place] ?? 0, this.#bytes, this.#length);
      // The last comma goes.
      this.#length -= 1;
      this.#piece(AFTER_GROUPS, 0, AFTER_GROUPS.length);
      idStart = idEnd;
    }
    return this.#bytes.subarray(0, this.#length);
  }

  /** A few bytes, for which there is room. */
  #piece(piece: Uint8Array, start: number, end: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = start; index < end; index += 1) {
      bytes[at] = piece[index] ?? 0;
      at += 1;
    }
    this.#length = at;
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

/** The number of each group of cells as digits and a comma, made once. Groups of the same cells have one number, whoever made them. */
class GroupTexts {
  readonly #numbers = new Map<string, number>();
  #bytes = Buffer.allocUnsafe(1 << 12);
  /** Where each group begins; one more for the end of the last. */
  readonly #starts: number[] = [0];
  /** Bytes of the longest. */
  longest = 0;

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

  /** Takes the next group. Gives its number; null where that is known. */
  append(cells: readonly number[]): number | null {
    const key = cells.join(",");
    const known = this.#numbers.get(key);
    const number = known ?? this.#numbers.size;
    this.#numbers.set(key, number);
    const text = `${number},`;
    const start = this.#starts.at(-1) ?? 0;
    if (start + text.length > this.#bytes.length) {
      const wider = Buffer.allocUnsafe(2 * (start + text.length));
      this.#bytes.copy(wider, 0, 0, start);
      this.#bytes = wider;
    }
    this.#bytes.write(text, start, "latin1");
    this.#starts.push(start + text.length);
    this.longest = Math.max(this.longest, text.length);
    return known === undefined ? number : null;
  }
}
