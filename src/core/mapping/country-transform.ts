/** The country transform: "USA", "us" and "United States" are one country; a name nobody knows stays as it is. */
import type { Transform } from "../model/mapping.ts";
import { buildTransform, converted, encoded, quoted, refused } from "./build-transform.ts";
import { sharedLimit, type TransformOptions } from "./transform-options.ts";

/** Languages whose country names are understood; names are written in the first. */
const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pt"] as const;

/** What people write that is neither a code nor a name in any of the languages. */
const NICKNAMES: Readonly<Record<string, string>> = {
  usa: "US",
  "u s a": "US",
  "u s": "US",
  "united states of america": "US",
  america: "US",
  uk: "GB",
  "u k": "GB",
  gbr: "GB",
  "great britain": "GB",
  england: "GB",
  scotland: "GB",
  wales: "GB",
  "northern ireland": "GB",
  deu: "DE",
  ger: "DE",
  fra: "FR",
  esp: "ES",
  ita: "IT",
  nld: "NL",
  holland: "NL",
  che: "CH",
  aut: "AT",
  bra: "BR",
  can: "CA",
  mex: "MX",
  aus: "AU",
  ind: "IN",
  chn: "CN",
  jpn: "JP",
  "czech republic": "CZ",
  "south korea": "KR",
  "republic of korea": "KR",
  "russian federation": "RU",
  turkey: "TR",
};

/** Canonical is the ISO 3166 two-letter code, or the text itself when no country is known by it. Written out as the English name. */
export function countryTransform(options: TransformOptions): Transform {
  const limit = sharedLimit(options.maxLength);
  return buildTransform({
    name: "country",
    type: "text",
    read: (text) => converted(countryCode(text) ?? text),
    write: (text) => {
      const name = countryNames().nameOf.get(text) ?? text;
      return name.length > limit
        ? refused(`${quoted(name)} is longer than the ${limit} characters both systems can hold`)
        : encoded(name);
    },
  });
}

/** ISO 3166 code of a country by code or name, or null. */
export function countryCode(text: string): string | null {
  const { codeOf } = countryNames();
  return codeOf.get(folded(text)) ?? null;
}

interface CountryNames {
  readonly codeOf: ReadonlyMap<string, string>;
  readonly nameOf: ReadonlyMap<string, string>;
}

let known: CountryNames | undefined;

/** Built from the runtime's own tables when first asked for: a constant, so keeping it changes no answer. */
function countryNames(): CountryNames {
  known ??= buildCountryNames();
  return known;
}

function buildCountryNames(): CountryNames {
  const codeOf = new Map<string, string>();
  const nameOf = new Map<string, string>();
  const codes = [...possibleCodes()];
  for (const language of LANGUAGES) {
    const names = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
    for (const code of codes) {
      const name = names.of(code);
      if (name === undefined) continue;
      if (language === "en") nameOf.set(code, name);
      for (const word of [code, name]) if (!codeOf.has(folded(word))) codeOf.set(folded(word), code);
    }
  }
  for (const [word, code] of Object.entries(NICKNAMES)) codeOf.set(word, code);
  return { codeOf, nameOf };
}

/** Two-letter codes that are countries: neither withdrawn (they canonicalise to another) nor unions, pseudo-locales or "unknown". */
function* possibleCodes(): Generator<string> {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const notCountries = new Set(["EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"]);
  for (const first of letters) {
    for (const second of letters) {
      const code = first + second;
      if (!notCountries.has(code) && new Intl.Locale(`und-${code}`).region === code) yield code;
    }
  }
}

/** Lower case, no accents, single blanks for punctuation: "Côte d’Ivoire" and "COTE D'IVOIRE" are one word. */
function folded(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
