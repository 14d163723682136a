/** The phone transform: two spellings of one number are one value, and the spelling a person typed is kept. */
import type { Transform } from "../model/mapping.ts";
import { buildTransform, converted, encoded, quoted, refused } from "./build-transform.ts";
import { sharedLimit, type TransformOptions } from "./transform-options.ts";

/** Canonical form: E.164 where the number can be parsed, else its digits, else the text ("ask for Ann"). */
export function phoneTransform(options: TransformOptions): Transform {
  const limit = sharedLimit(options.maxLength);
  const parse = (text: string): string | null => options.parsePhone?.(text, options.defaultCountry) ?? null;
  const transform = buildTransform({
    name: "phone",
    type: "text",
    read: (text) => converted(canonicalPhone(text, parse)),
    write: (text) => {
      if (text.length > limit)
        return refused(`${quoted(text)} is longer than the ${limit} characters both systems can hold`);
      return encoded(text);
    },
  });
  return {
    ...transform,
    decode: (raw, system, base) =>
      typeof raw === "string" && raw === base && INTERNATIONAL.test(raw)
        ? converted(raw)
        : transform.decode(raw, system),
  };
}

/** Such a canonical form reads as itself whatever the country is, and reading it is the dearest of all conversions. */
const INTERNATIONAL = /^\+\d+(?:;ext=\d+)?$/;

function canonicalPhone(text: string, parse: (text: string) => string | null): string {
  const parsed = parse(text);
  if (parsed !== null) return parsed;
  const digits = onlyDigits(text);
  if (digits === null) return text.replaceAll(/\s+/g, " ");
  return parse(digits) ?? digits;
}

/** The digits, "+" in front where the number is international, or null when there is more than digits and punctuation. */
function onlyDigits(text: string): string | null {
  const bare = text.replaceAll(/[\s().\-/\u2010-\u2015]/g, "").replace(/^00/, "+");
  return /^\+?\d+$/.test(bare) ? bare : null;
}
