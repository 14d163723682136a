/** What the laws of values are tried on: each transform with its options, the values that either system may hold, and the rewrites its server makes. */
import fc from "fast-check";
import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js";
import { buildOwnerDirectory } from "../../../src/core/mapping/owner-transform.ts";
import type { TransformName, TransformOptions } from "../../../src/core/mapping/transforms.ts";
import type { Owner, RawValue, System } from "../../../src/core/model/record.ts";

/** A transform, what the systems may hold for it, and what their servers do to it. */
export interface Subject {
  readonly label: string;
  readonly name: TransformName;
  readonly options: TransformOptions;
  /** What each system may hold, good and bad. */
  readonly raw: Readonly<Record<System, fc.Arbitrary<RawValue>>>;
  /** Rewrites that servers are known to make. */
  readonly rewrites: readonly ((raw: string) => string)[];
}

const parsePhone = (text: string, country: string | undefined): string | null => {
  const phone = parsePhoneNumberFromString(text, country as CountryCode | undefined);
  return phone?.isPossible() ? phone.number + (phone.ext === undefined ? "" : `;ext=${phone.ext}`) : null;
};

const owner = (id: string, email: string | null, active = true): Owner => ({
  id,
  email,
  name: id,
  active,
  managerId: null,
  timeZone: null,
  queue: false,
});
const owners = buildOwnerDirectory({
  hubspot: [
    owner("1", "Ann@x.com"),
    owner("2", "bob@x.com"),
    owner("3", "gone@x.com", false),
    owner("5", "only@hubspot.com"),
  ],
  salesforce: [
    owner("005A", "ann@x.com"),
    owner("005B", "BOB@x.com"),
    owner("005C", "gone@x.com", false),
    owner("005D", null),
  ],
});

export const words = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.constantFrom(
    "",
    " ",
    "e\u0301",
    "\u00e9",
    "a\r\nb",
    "a\rb",
    "x\u0000y",
    "\ud800",
    "😀😀😀",
    "  trimmed ",
    "abcd efgh",
    "null",
    "0",
  ),
);
const both = (raw: fc.Arbitrary<RawValue>) => ({ hubspot: raw, salesforce: raw });
/** Now and then a blank. */
export const nullable = (raw: fc.Arbitrary<RawValue>) =>
  fc.oneof({ arbitrary: raw, weight: 9 }, { arbitrary: fc.constantFrom(null, "", " "), weight: 1 });
export const numbers = fc.oneof<fc.Arbitrary<RawValue>[]>(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer().map((n) => `${n / 100}`),
  fc.constantFrom(
    "10",
    "10.0",
    "1.0E1",
    "1,234.50",
    "30;40",
    "007",
    "-0",
    ".5",
    "5.",
    "0.30000000000000004",
    "123456789012345678901",
    "1e999",
    "abc",
  ),
);
const instants = fc
  .date({ min: new Date("1990-01-01"), max: new Date("2060-01-01"), noInvalidDate: true })
  .chain((date) =>
    fc.constantFrom(
      date.toISOString(),
      date.toISOString().replace("Z", "+0000"),
      date.toISOString().slice(0, 10),
      String(date.getTime()),
      String(date.getTime() - (date.getTime() % 86_400_000)),
    ),
  );
const dates = fc.oneof<fc.Arbitrary<RawValue>[]>(
  instants,
  fc.constantFrom("2026-02-30", "0000-00-00", "yesterday", "2026-10-01T12:00:00", 1_790_000_000_000),
);
const values = { SAAS: "Software", INTERNET: "Software", BANKING: "Finance", "A;B": "Never", OTHER: "Other" };
const choices = {
  hubspot: fc.constantFrom("SAAS", "INTERNET", "BANKING", "OTHER", "Software", "__proto__", "constructor"),
  salesforce: fc.constantFrom("Software", "Finance", "Other", "SAAS", "toString"),
};
const several = (of: fc.Arbitrary<string>) => fc.array(of, { maxLength: 5 }).map((list) => list.join(";"));

export const SUBJECTS: readonly Subject[] = [
  {
    label: "text",
    name: "text",
    options: {},
    raw: both(fc.oneof(words, fc.integer(), fc.boolean())),
    rewrites: [(raw) => ` ${raw}\t`, (raw) => raw.replaceAll(/(?<!\r)\n/g, "\r\n"), (raw) => raw.normalize("NFD")],
  },
  {
    label: "text with limits",
    name: "text",
    options: { maxLength: { hubspot: 12, salesforce: 5 } },
    raw: both(words),
    rewrites: [(raw) => `${raw} `, (raw) => raw.replaceAll(/(?<!\r)\n/g, "\r\n")],
  },
  {
    label: "email",
    name: "email",
    options: { maxLength: { salesforce: 80 } },
    raw: both(
      fc.oneof(
        fc.emailAddress(),
        words,
        words.map((word) => `${word}@Example.com`),
      ),
    ),
    rewrites: [(raw) => raw.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()), (raw) => ` ${raw} `],
  },
  {
    label: "phone",
    name: "phone",
    options: { defaultCountry: "US", parsePhone, maxLength: { salesforce: 40 } },
    raw: both(
      fc.oneof(
        words,
        fc.constantFrom(
          "(415) 555-2671",
          "+1 415 555 2671",
          "4155552671",
          "0049 30 901820",
          "+49 (0)30 901820",
          "ask Ann",
          "12-34",
          "415-555-2671 x12",
          4155552671,
        ),
        fc.string({ unit: fc.constantFrom(..."0123456789+-(). x"), maxLength: 18 }),
      ),
    ),
    rewrites: [(raw) => raw.replace(/^(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3"), (raw) => `${raw} `],
  },
  {
    label: "phone without a parser",
    name: "phone",
    options: {},
    raw: both(fc.oneof(words, fc.string({ unit: fc.constantFrom(..."0123456789+-(). "), maxLength: 18 }))),
    rewrites: [(raw) => raw.replace(/^(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3")],
  },
  {
    label: "number",
    name: "number",
    options: {},
    raw: both(numbers),
    rewrites: [(raw) => (/^-?\d+$/.test(raw) ? `${raw}.0` : raw), (raw) => ` ${raw}`],
  },
  {
    label: "number with a scale",
    name: "number",
    options: { scale: 2 },
    raw: both(numbers),
    rewrites: [(raw) => (/\.\d+$/.test(raw) ? `${raw}0` : raw)],
  },
  {
    label: "integer",
    name: "integer",
    options: {},
    raw: both(numbers),
    rewrites: [(raw) => (/^-?\d+$/.test(raw) ? `${raw}.0` : raw)],
  },
  {
    label: "boolean",
    name: "boolean",
    options: {},
    raw: { hubspot: fc.constantFrom<RawValue>("true", "false", "TRUE", "yes", "1", ""), salesforce: fc.boolean() },
    rewrites: [(raw) => raw.toLowerCase()],
  },
  {
    label: "date",
    name: "date",
    options: { timeZone: "America/New_York" },
    raw: both(dates),
    rewrites: [(raw) => `${raw} `],
  },
  {
    label: "datetime",
    name: "datetime",
    options: { timeZone: "Pacific/Auckland" },
    raw: both(dates),
    rewrites: [(raw) => raw.replace(/\.\d{3}(Z|\+0000)$/, ".000$1"), (raw) => raw.replace("Z", "+00:00")],
  },
  {
    label: "set",
    name: "set",
    options: {},
    raw: both(several(words)),
    rewrites: [(raw) => raw.split(";").toReversed().join(" ; "), (raw) => `;${raw};`],
  },
  {
    label: "set with values",
    name: "set",
    options: { values },
    raw: { hubspot: several(choices.hubspot), salesforce: several(choices.salesforce) },
    rewrites: [(raw) => raw.split(";").toReversed().join(";")],
  },
  { label: "picklist", name: "picklist", options: { values }, raw: choices, rewrites: [(raw) => ` ${raw} `] },
  {
    label: "picklist without values",
    name: "picklist",
    options: {},
    raw: both(words),
    rewrites: [(raw) => ` ${raw} `],
  },
  {
    label: "country",
    name: "country",
    options: {},
    raw: both(
      fc.oneof(
        words,
        fc.constantFrom(
          "US",
          "usa",
          "United States",
          "Deutschland",
          "COTE D'IVOIRE",
          "Côte d’Ivoire",
          "UK",
          "Narnia",
          "DE",
          "Türkei",
        ),
      ),
    ),
    rewrites: [(raw) => `${raw} `],
  },
  {
    label: "owner",
    name: "owner",
    options: { owners },
    raw: {
      hubspot: fc.constantFrom("1", "2", "3", "4", "5"),
      salesforce: fc.constantFrom("005A", "005B", "005C", "005D", "005E", "00G1"),
    },
    rewrites: [],
  },
  {
    label: "url",
    name: "url",
    options: {},
    raw: both(
      fc.oneof(
        words,
        fc.webUrl(),
        fc.constantFrom("acme.com", "http://ACME.com/", "https://acme.com/a?b=C#d", "n/a", "www.acme.com//"),
      ),
    ),
    rewrites: [(raw) => `${raw} `, (raw) => raw.replace(/^https:/, "http:")],
  },
];
