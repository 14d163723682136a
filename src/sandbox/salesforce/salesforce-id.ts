/** Makes and normalises Salesforce record ids: 15 case-sensitive characters and a checksum of three. */
import { SalesforceFault } from "./salesforce-fault.ts";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const checksumLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
const shape = /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-5]{3})?$/;

/** The 18-character form of a 15-character id. Each group of five characters gives one letter: bit i is set where character i is a capital. */
export function withChecksum(id15: string): string {
  let suffix = "";
  for (let group = 0; group < 15; group += 5) {
    let bits = 0;
    for (let index = 0; index < 5; index += 1) {
      const character = id15.charCodeAt(group + index);
      if (character >= 65 && character <= 90) bits |= 1 << index;
    }
    suffix += checksumLetters[bits];
  }
  return id15 + suffix;
}

/** The 18-character id for 15 or 18 characters; undefined when the text is not an id or its checksum is wrong. */
export function normaliseId(text: string): string | undefined {
  if (!shape.test(text)) return undefined;
  if (text.length === 15) return withChecksum(text);
  const repaired = withChecksum(text.slice(0, 15));
  return repaired === text ? text : undefined;
}

/** As `normaliseId`, but refuses with MALFORMED_ID. */
export function requireId(text: string, field = "Id"): string {
  const id = normaliseId(text);
  if (id !== undefined) return id;
  throw new SalesforceFault("MALFORMED_ID", `bad id ${text}`, { fields: [field] });
}

/** Hands out ids of one org. Ids of one prefix ascend in the order they were handed out, in plain character order. */
export class IdMint {
  readonly #instance: string;
  readonly #counters = new Map<string, number>();
  readonly #start: number;

  /** `instance`: the three characters after the prefix. `start`: the first number of every prefix. */
  constructor(instance: string, start: number) {
    this.#instance = instance;
    this.#start = start;
  }

  next(prefix: string): string {
    const number = this.#counters.get(prefix) ?? this.#start;
    this.#counters.set(prefix, number + 1);
    return withChecksum(prefix + this.#instance + base62(number).padStart(9, "0"));
  }
}

function base62(value: number): string {
  let rest = value;
  let text = "";
  do {
    text = `${digits[rest % 62]}${text}`;
    rest = Math.floor(rest / 62);
  } while (rest > 0);
  return text;
}
