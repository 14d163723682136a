/** Makes a transform out of a reading and a writing half, and gives each of them the law "a side that already means the same is left alone". */
import type { Converted, Encoded, Transform, ValueType } from "../model/mapping.ts";
import type { RawValue, System, Value } from "../model/record.ts";

/** The two halves of a transform. Both are asked about values only: blanks are answered by `buildTransform`, unless `writeBlank` differs. */
export interface TransformHalves {
  readonly name: string;
  readonly type: ValueType;
  /** What one system stores, already trimmed and never blank -> the canonical value. */
  read(text: string, system: System, raw: string | number | boolean): Converted;
  /** A canonical value -> what to store. `current` is what the system holds now, for halves that keep a part of it; `holdsMoment` is what its schema says. */
  write(text: string, system: System, current: RawValue | undefined, holdsMoment: boolean): Encoded;
  /** What "no value" is in that system, where it is not a blank. */
  writeBlank?(system: System): Encoded;
}

export function converted(value: Value): Converted {
  return { ok: true, value };
}

export function encoded(value: RawValue): Encoded {
  return { ok: true, value };
}

/** Most fields of most records are blank. */
const BLANK = converted(null);

/** The value cannot be taken over; the reason is shown to the admin beside the record. */
export function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** Text as both systems would keep it: well-formed, NFC, LF, no control characters, trimmed. "" when nothing is left. */
function plainText(raw: string | number | boolean): string {
  const text = String(raw);
  return PRINTABLE.test(text) ? text.trim() : cleanText(text);
}

/** Most text is: there is nothing in it to mend. */
const PRINTABLE = /^[ -~]*$/;

function cleanText(text: string): string {
  return text.toWellFormed().normalize("NFC").replaceAll(/\r\n?/g, "\n").replaceAll(CONTROL_CHARACTERS, "").trim();
}

/** Everything below the space but tab and line feed, and DEL: PostgreSQL refuses NUL, Salesforce drops the rest. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000B-\u001F\u007F]/g;

/** A value for an error text: short, in quotes, on one line. */
export function quoted(text: string): string {
  const line = text.replaceAll("\n", " ");
  return `"${line.length > 60 ? `${line.slice(0, 57).toWellFormed()}...` : line}"`;
}

/**
 * Builds a transform whose `encode` obeys GetPut: when what the side holds now already reads as the value (or as what the side would read after the
 * write), exactly that is given back, so that a coarse value never wipes out a finer one and a formatted one stays as the person typed it.
 */
export function buildTransform(halves: TransformHalves): Transform {
  const decode = (raw: RawValue, system: System): Converted => {
    if (raw === null) return BLANK;
    const text = plainText(raw);
    return text === "" ? BLANK : halves.read(text, system, raw);
  };
  const write = (value: Value, system: System, current: RawValue | undefined, holdsMoment: boolean): Encoded => {
    const text = value === null ? "" : plainText(value);
    if (text !== "") return halves.write(text, system, current, holdsMoment);
    return halves.writeBlank?.(system) ?? encoded(null);
  };
  const encode = (value: Value, system: System, current: RawValue | undefined, holdsMoment = false): Encoded => {
    const held = current === undefined ? undefined : decode(current, system);
    if (current !== undefined && held?.ok && held.value === value) return encoded(current);
    const written = write(value, system, current, holdsMoment);
    if (!written.ok || current === undefined || !held?.ok) return written;
    const after = decode(written.value, system);
    return after.ok && after.value === held.value ? encoded(current) : written;
  };
  return { name: halves.name, type: halves.type, invertible: true, decode, encode };
}
