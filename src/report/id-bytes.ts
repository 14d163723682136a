/** The ids of a trail's records as the JSON strings that the file of ids has, one behind the other: bytes go from thread to thread without being copied. */
const [SPACE, QUOTE, BACKSLASH, DELETE] = [32, 34, 92, 127];

export interface IdBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each id ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** As many bytes as nearly every id takes, for each. */
const USUAL_BYTES = 48;

export function idBytes(ids: readonly string[]): IdBytes {
  const ends = new Uint32Array(ids.length);
  let bytes = new Uint8Array(ids.length * USUAL_BYTES);
  let length = 0;
  for (let place = 0; place < ids.length; place += 1) {
    const id = ids[place] ?? "";
    const needed = length + 6 * id.length + 2;
    if (needed > bytes.length) bytes = wider(bytes, needed);
    length = writeId(id, bytes, length);
    ends[place] = length;
  }
  return { bytes: bytes.subarray(0, length), ends };
}

/** Writes an id of usual signs as it is, any other as JSON has it. Gives the place behind it. */
function writeId(id: string, bytes: Uint8Array, start: number): number {
  const { length } = id;
  for (let index = 0; index < length; index += 1) {
    const code = id.charCodeAt(index);
    if (code < SPACE || code >= DELETE || code === QUOTE || code === BACKSLASH)
      return start + encoder.encodeInto(JSON.stringify(id), bytes.subarray(start)).written;
    bytes[start + 1 + index] = code;
  }
  bytes[start] = QUOTE;
  bytes[start + 1 + length] = QUOTE;
  return start + length + 2;
}

const encoder = new TextEncoder();

function wider(bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(2 * needed);
  more.set(bytes);
  return more;
}
