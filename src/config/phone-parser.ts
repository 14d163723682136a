/** Reads a telephone number as people write it: the E.164 form, with an extension where there is one. */
import parsePhoneNumber, { type CountryCode, isSupportedCountry } from "libphonenumber-js/min";

/**
 * `+442079460000`, or `+442079460000;ext=12`; null when the text is no number that could be dialled. Gives its own answers back unchanged.
 * `country` is the ISO 3166 code that a number without a prefix belongs to.
 */
export function parsePhone(text: string, country: string | undefined): string | null {
  const key = `${country ?? ""} ${text}`;
  const remembered = memory.get(key);
  if (remembered !== undefined) return remembered;
  const parsed = readPhone(text, country);
  if (memory.size >= MOST_REMEMBERED) memory.clear();
  memory.set(key, parsed);
  return parsed;
}

/** One number is read several times in a run (when it is noticed, merged and written); parsing is the dearest of all conversions. */
const memory = new Map<string, string | null>();
const MOST_REMEMBERED = 10_000;

function readPhone(text: string, country: string | undefined): string | null {
  const home = country !== undefined && isSupportedCountry(country) ? country : undefined;
  const number = parsePhoneNumber(text, options(home));
  if (number === undefined || !number.isPossible()) return null;
  return number.ext === undefined ? number.number : `${number.number};ext=${number.ext}`;
}

function options(home: CountryCode | undefined): { readonly extract: false; readonly defaultCountry?: CountryCode } {
  return home === undefined ? { extract: false } : { extract: false, defaultCountry: home };
}
