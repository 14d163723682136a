/** Decimal numbers as text: reading, and rounding half to even, without floating point. */

/** Largest shift of the decimal point that is still taken for a number someone meant; "1e999" is not. */
const LARGEST_EXPONENT = 40;

/** "007.50" -> "7.5", "1.0E3" -> "1000", "-0" -> "0". Null when the text is not plainly one decimal number. */
export function parseDecimal(text: string): string | null {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i.exec(text) ?? [];
  if (sign === undefined || whole + fraction === "") return null;
  const shift = Number(exponent);
  if (Math.abs(shift) > LARGEST_EXPONENT) return null;
  return fromScaled(BigInt(`${sign === "-" ? "-" : ""}${whole}${fraction}`), fraction.length - shift);
}

/** Rounds to `scale` digits after the point, half to even. `decimal` as `parseDecimal` gives it. */
export function roundScale(decimal: string, scale: number): string {
  const { unscaled, scale: present } = toScaled(decimal);
  return present <= scale ? decimal : fromScaled(divideHalfEven(unscaled, 10n ** BigInt(present - scale)), scale);
}

/** Rounds to `digits` significant digits, half to even; whole digits are never rounded away. */
export function roundSignificant(decimal: string, digits: number): string {
  const { unscaled, scale } = toScaled(decimal);
  const length = (unscaled < 0n ? -unscaled : unscaled).toString().length;
  return length <= digits ? decimal : roundScale(decimal, Math.max(0, scale - (length - digits)));
}

function toScaled(decimal: string): { readonly unscaled: bigint; readonly scale: number } {
  const point = decimal.indexOf(".");
  return { unscaled: BigInt(decimal.replace(".", "")), scale: point === -1 ? 0 : decimal.length - point - 1 };
}

function fromScaled(unscaled: bigint, scale: number): string {
  if (scale <= 0) return (unscaled * 10n ** BigInt(-scale)).toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}${fraction === "" ? "" : `.${fraction}`}`;
}

function divideHalfEven(value: bigint, divisor: bigint): bigint {
  const negative = value < 0n;
  const size = negative ? -value : value;
  const quotient = size / divisor;
  const twice = (size % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}
