/** Spells a whole column as one array in PostgreSQL's binary format: nothing is escaped here, and nothing is parsed there. */

/** What an element can be. A null is SQL's own, but for `json`, where it is the document `null`. */
export type ElementKind = "text" | "integer" | "number" | "boolean" | "instant" | "json" | "json-or-null";

type FixedKind = "integer" | "number" | "boolean" | "instant";

/** Type numbers of elements (pg_type.oid; `select oid, typname from pg_type`). */
const ELEMENT_TYPE: Readonly<Record<ElementKind, number>> = {
  text: 25,
  integer: 23,
  number: 701,
  boolean: 16,
  instant: 1184,
  json: 114,
  "json-or-null": 114,
};

/** Bytes of an element that always has the same size. */
const FIXED_SIZE: Readonly<Record<FixedKind, number>> = {
  integer: 4,
  number: 8,
  boolean: 1,
  instant: 8,
};

/** Dimensions, a flag for nulls, the element's type, then length and lower bound of the one dimension. */
const HEADER_BYTES = 20;
/** PostgreSQL counts from 2000-01-01, in microseconds (`timestamptz_recv`: https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/timestamp.c). */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const HALF = 2 ** 32;

/**
 * The array as `array_recv` reads it: header, then each element's length and bytes, -1 for a null
 * (https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/arrayfuncs.c). `pg` sends a Buffer as a binary parameter.
 * Throws RangeError for a moment that is none.
 */
export function binaryArray(kind: ElementKind, values: readonly unknown[]): Buffer {
  switch (kind) {
    case "text":
      return arrayOfTexts(kind, values.map(storableText));
    case "json":
      return arrayOfTexts(kind, values.map(documentText));
    case "json-or-null":
      return arrayOfTexts(
        kind,
        values.map((value) => (value === null ? null : documentText(value))),
      );
    default:
      return arrayOfFixed(kind, values);
  }
}

/** The same of texts, for a list of ids or the like: `pg` would spell and escape each of them. */
export function textArray(texts: readonly (string | null)[]): Buffer {
  return binaryArray("text", texts);
}

function arrayOfTexts(kind: ElementKind, texts: readonly (string | null)[]): Buffer {
  let size = HEADER_BYTES;
  for (const text of texts) size += 4 + (text === null ? 0 : Buffer.byteLength(text));
  const array = Buffer.allocUnsafe(size);
  writeHeader(array, kind, texts);
  let at = HEADER_BYTES;
  for (const text of texts) {
    const length = text === null ? 0 : array.write(text, at + 4);
    array.writeInt32BE(text === null ? -1 : length, at);
    at += 4 + length;
  }
  return array;
}

function arrayOfFixed(kind: FixedKind, values: readonly unknown[]): Buffer {
  const size = FIXED_SIZE[kind];
  const array = Buffer.allocUnsafe(HEADER_BYTES + values.length * (4 + size));
  writeHeader(array, kind, values);
  let at = HEADER_BYTES;
  for (const value of values) {
    array.writeInt32BE(value === null ? -1 : size, at);
    at += 4;
    if (value === null) continue;
    writeFixed(array, kind, value, at);
    at += size;
  }
  return array.subarray(0, at);
}

function writeFixed(array: Buffer, kind: FixedKind, value: unknown, at: number): void {
  if (kind === "integer") array.writeInt32BE(Number(value), at);
  else if (kind === "number") array.writeDoubleBE(Number(value), at);
  else if (kind === "boolean") array[at] = value === true ? 1 : 0;
  else {
    const ms = Date.parse(String(value)) - EPOCH_MS;
    if (Number.isNaN(ms)) throw new RangeError(`${String(value)} is no moment`);
    // In halves: the microseconds of a year after 2285 are more than a number holds to the last one.
    const high = Math.floor(ms / HALF);
    const low = (ms - high * HALF) * 1_000;
    const carried = Math.floor(low / HALF);
    array.writeInt32BE(high * 1_000 + carried, at);
    array.writeUInt32BE(low - carried * HALF, at + 4);
  }
}

function writeHeader(array: Buffer, kind: ElementKind, values: readonly unknown[]): void {
  array.writeInt32BE(1, 0);
  array.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  array.writeInt32BE(ELEMENT_TYPE[kind], 8);
  array.writeInt32BE(values.length, 12);
  array.writeInt32BE(1, 16);
}

/** PostgreSQL's text holds every character but NUL. */
function storableText(value: unknown): string | null {
  if (value === null) return null;
  const text = String(value);
  return text.includes("\0") ? text.replaceAll("\0", "") : text;
}

function documentText(value: unknown): string {
  return JSON.stringify(value);
}
