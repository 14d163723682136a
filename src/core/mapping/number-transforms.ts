/** Transforms for numbers: exact decimals as text, so that 10, "10.0" and "1.0E1" are one value and nothing is lost to floating point. */
import type { Converted, Encoded, Transform } from "../model/mapping.ts";
import type { System } from "../model/record.ts";
import { buildTransform, converted, encoded, quoted, refused } from "./build-transform.ts";
import { parseDecimal, roundScale, roundSignificant } from "./plain-decimal.ts";
import type { TransformOptions } from "./transform-options.ts";

/** Salesforce numbers come as JSON numbers: doubles, exact to 15 significant digits (IEEE 754-2019, binary64). Finer fractions are noise. */
const EXACT_DIGITS = 15;

/** A decimal number. Text that is not plainly one number ("1,234.50", "30;40") is refused, never guessed. */
export function numberTransform(options: TransformOptions): Transform {
  const read = (text: string): Converted => {
    const decimal = parseDecimal(text);
    if (decimal === null)
      return refused(
        `${quoted(text)} is not a plain number; write digits with at most one decimal point, as in 1234.50`,
      );
    const exact = decimal.includes(".") ? roundSignificant(decimal, EXACT_DIGITS) : decimal;
    return converted(options.scale === undefined ? exact : roundScale(exact, options.scale));
  };
  return buildTransform({
    name: "number",
    type: "number",
    read,
    write: (text, system) => writeNumber(text, system, read),
  });
}

/** A whole number. "10.0" is one; "10.5" is refused. */
export function integerTransform(): Transform {
  const read = (text: string): Converted => {
    const decimal = parseDecimal(text);
    if (decimal === null || decimal.includes(".")) return refused(`${quoted(text)} is not a whole number`);
    return converted(decimal);
  };
  return buildTransform({
    name: "integer",
    type: "number",
    read,
    write: (text, system) => writeNumber(text, system, read),
  });
}

function writeNumber(text: string, system: System, read: (text: string) => Converted): Encoded {
  const value = read(text);
  if (!value.ok) return value;
  if (system === "hubspot" || value.value === null) return encoded(value.value);
  const double = Number(value.value);
  const back = read(String(double));
  if (!back.ok || back.value !== value.value)
    return refused(`${quoted(text)} has more digits than Salesforce keeps exactly`);
  return encoded(double);
}
