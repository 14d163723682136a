/** Lines of a large CSV file as bytes: put together as strings and encoded afterwards, a million lines take three times as long. */
import { textCell } from "./csv-line.ts";

const [ZERO, COMMA, DOT, COLON, Z] = [48, 44, 46, 58, 90];
const [CARRIAGE_RETURN, LINE_FEED] = [13, 10];
/** More than a cell of anything but free text takes. */
const SHORT_CELL = 64;
const DAY_MS = 86_400_000;
const DAYS_KEPT = 50_000;

/** 1 for signs that neither begin a formula nor need quotes, 2 for those that may also come first. */
const PLAIN = new Uint8Array(128);
for (const sign of "@+ ()=;-") PLAIN[sign.charCodeAt(0)] = 1;
for (const sign of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.:/") PLAIN[sign.charCodeAt(0)] = 2;

/** Takes cell after cell; each ends with a comma, the last one of a line with the end of the line. */
export class CsvBytes {
  #bytes = Buffer.allocUnsafe(1 << 19);
  #length = 0;
  /** "2026-03-31T" by day since 1970: most of the cost of writing a moment is its calendar. */
  readonly #days = new Array<Buffer | undefined>(DAYS_KEPT);

  /** A cell of free text, as `textCell` has it. */
  text(text: string): void {
    const start = this.#length;
    const { length } = text;
    this.#makeRoom(length);
    const bytes = this.#bytes;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      const kind = code < PLAIN.length ? (PLAIN[code] ?? 0) : 0;
      if (kind === 0 || (index === 0 && kind === 1)) {
        this.#unusual(textCell(text));
        return;
      }
      bytes[start + index] = code;
    }
    this.#length = start + length;
    this.#comma();
  }

  /** A cell of our own words, digits and signs: nothing in it means anything to a spreadsheet. */
  word(word: string): void {
    const { length } = word;
    this.#makeRoom(length);
    const bytes = this.#bytes;
    const start = this.#length;
    for (let index = 0; index < length; index += 1) bytes[start + index] = word.charCodeAt(index);
    this.#length = start + length;
    this.#comma();
  }

  /** An instant; blank for a moment that has not come. */
  instant(moment: number): void {
    this.#makeRoom(0);
    if (!Number.isNaN(moment)) this.#instant(moment);
    this.#comma();
  }

  /** Ends the line in place of the last cell's comma. */
  endLine(): void {
    this.#makeRoom(0);
    this.#bytes[this.#length - 1] = CARRIAGE_RETURN;
    this.#bytes[this.#length] = LINE_FEED;
    this.#length += 1;
  }

  /** A line that was put together before, without its end. */
  line(text: string): void {
    // A sign takes three bytes at most.
    this.#makeRoom(3 * text.length);
    const bytes = this.#bytes;
    this.#length += bytes.write(text, this.#length);
    bytes[this.#length] = CARRIAGE_RETURN;
    bytes[this.#length + 1] = LINE_FEED;
    this.#length += 2;
  }

  /** All bytes since the last time; they hold until the next cell is added. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #instant(moment: number): void {
    const day = Math.floor(moment / DAY_MS);
    const date = this.#days[day] ?? this.#dateOf(day);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < date.length; index += 1) bytes[at + index] = date[index] ?? 0;
    at += date.length;
    const rest = moment - day * DAY_MS;
    const seconds = Math.floor(rest / 1_000);
    const minutes = Math.floor(seconds / 60);
    at = two(bytes, at, Math.floor(minutes / 60), COLON);
    at = two(bytes, at, minutes % 60, COLON);
    at = two(bytes, at, seconds % 60, DOT);
    const millis = Math.floor(rest - seconds * 1_000);
    bytes[at] = ZERO + Math.floor(millis / 100);
    this.#length = two(bytes, at + 1, millis % 100, Z);
  }

  #dateOf(day: number): Buffer {
    const text = new Date(day * DAY_MS).toISOString();
    const date = Buffer.from(text.slice(0, text.indexOf("T") + 1));
    if (day >= 0 && day < DAYS_KEPT) this.#days[day] = date;
    return date;
  }

  #unusual(text: string): void {
    // A sign takes three bytes at most.
    this.#makeRoom(3 * text.length);
    this.#length += this.#bytes.write(text, this.#length);
    this.#comma();
  }

  #comma(): void {
    this.#bytes[this.#length] = COMMA;
    this.#length += 1;
  }

  #makeRoom(length: number): void {
    const needed = this.#length + length + SHORT_CELL;
    if (needed <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(2 * needed);
    this.#bytes.copy(wider, 0, 0, this.#length);
    this.#bytes = wider;
  }
}

/** Two digits and the sign behind them. Gives the place that follows. */
function two(bytes: Buffer, at: number, number: number, sign: number): number {
  const tens = Math.floor(number / 10);
  bytes[at] = ZERO + tens;
  bytes[at + 1] = ZERO + number - 10 * tens;
  bytes[at + 2] = sign;
  return at + 3;
}
