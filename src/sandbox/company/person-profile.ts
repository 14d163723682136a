/** Makes up one person: a name, a firm, a title, a place, a source, and what they are truly worth. */
import type { Random } from "../random.ts";
import { type City, COUNTRIES, type Country, digits } from "./countries.ts";
import { LEAD_SOURCES, type LeadSource } from "./lead-sources.ts";
import { latinName, NAME_POOLS, shownName } from "./name-pools.ts";

export interface Firm {
  readonly name: string;
  readonly domain: string;
  readonly industry: string;
  readonly employees: number;
}

/** `buyer` can buy; nobody else ever will. */
export type PersonKind = "buyer" | "student" | "competitor" | "wrong-data";

export interface Profile {
  readonly number: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly firm: Firm;
  readonly title: string;
  readonly country: Country;
  /** The country as this person writes it. */
  readonly countryText: string;
  readonly city: City;
  readonly phone: string;
  readonly mobile: string;
  readonly source: LeadSource;
  readonly campaign: string;
  readonly kind: PersonKind;
  /** 0 to 1: how often they come back, open, click and ask. */
  readonly interest: number;
  /** 0 to 1: the chance that a talk with sales leads on. */
  readonly fit: number;
  readonly productInterest: readonly string[];
}

const FIRM_WORDS =
  "Aster, Bluepeak, Cobalt, Dunmore, Ember, Fjord, Granite, Harbor, Ironwood, Juniper, Kestrel, Larkspur, Meridian, Nimbus, Orchard, Pinnacle, Quarry, Ridgeline, Saffron, Tidewater, Umbra, Vantage, Willow, Zephyr".split(
    ", ",
  );
const FIRM_KINDS =
  "Systems, Logistics, Foods, Health, Partners, Textiles, Energy, Analytics, Studios, Tools, Media, Labs".split(", ");
const FIRM_FORMS = ["Inc.", "LLC", "GmbH", "Ltd", "S.p.A.", "& Sons", "AG", "Group", "SAS", ""];
const INDUSTRIES =
  "Technology, Finance, Manufacturing, Retail, Consulting, Healthcare, Education, Energy, Transportation, Hospitality, Construction".split(
    ", ",
  );
const TITLES: readonly (readonly [string, number])[] = [
  ["CEO", 3],
  ["Head of Marketing", 5],
  ["VP Sales", 4],
  ["Chief Revenue Officer", 2],
  ["CTO", 3],
  ["Marketing Manager", 14],
  ["Sales Operations Manager", 9],
  ["IT Director", 6],
  ["Project Lead", 7],
  ["Solutions Architect", 5],
  ["Analyst", 12],
  ["Marketing Specialist", 12],
  ["Assistant", 7],
  ["Consultant", 6],
  ["", 8],
];
const EMPLOYEES = [4, 9, 15, 24, 38, 60, 85, 120, 180, 260, 420, 750, 1200, 3600];
const PRODUCTS = ["analytics", "automation", "reporting", "integrations"];

/** One of the items, more often the heavier ones. */
function weighted<T>(random: Random, items: readonly T[], weightOf: (item: T) => number): T {
  let rest = random.next() * items.reduce((sum, item) => sum + weightOf(item), 0);
  for (const item of items) {
    rest -= weightOf(item);
    if (rest < 0) return item;
  }
  return random.pick(items);
}

/** Waiting time with this mean, as for things that happen at any moment alike. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random.next()) * mean;
}

/** `source` is drawn when it is not given. The e-mail address is unique through `number`. */
export function makeProfile(random: Random, number: number, given?: LeadSource): Profile {
  const source = given ?? weighted(random, LEAD_SOURCES, (one) => one.perDay);
  const country = weighted(random, COUNTRIES, (one) => one.weight);
  const pool = NAME_POOLS[country.language];
  const [first, last]: [string, string] = [random.pick(pool.first), random.pick(pool.last)];
  const firm = makeFirm(random);
  const kind = kindOf(random);
  const isPrivate = random.chance(0.09);
  const address = `${latinName(first)}.${latinName(last)}`;
  const email = isPrivate
    ? `${address}.sandbox${number}@${random.pick(["gmail.com", "outlook.com", "yahoo.com"])}`
    : `${address}${number}@${firm.domain}`;
  const isUsual = random.chance(0.6);
  return {
    number,
    firstName: shownName(first),
    lastName: shownName(last),
    email,
    firm,
    title:
      kind === "student"
        ? random.pick(["Student", "Intern", "Job seeker"])
        : weighted(random, TITLES, ([, weight]) => weight)[0],
    country,
    countryText: isUsual ? (country.spellings[0] ?? "") : random.pick(country.spellings),
    city: random.pick(country.cities),
    phone: random.chance(0.75) ? digits(random.pick(country.phones), random) : "",
    mobile: random.chance(0.25) ? digits(random.pick(country.phones), random) : "",
    source,
    campaign: random.pick(source.campaigns),
    kind,
    interest: kind === "buyer" ? (source.interest + random.next() ** 2) / 2 : source.interest / 2,
    fit: kind === "buyer" ? (source.fit * 2 + random.next()) / 3 : 0,
    productInterest: PRODUCTS.filter(() => random.chance(0.3)),
  };
}

function makeFirm(random: Random): Firm {
  const [word, kind] = [random.pick(FIRM_WORDS), random.pick(FIRM_KINDS)];
  const serial = random.integer(1, 9);
  return {
    name: `${word} ${kind} ${random.pick(FIRM_FORMS)}`.trim(),
    domain: `${word.toLowerCase()}-${kind.toLowerCase()}${serial}.example.com`,
    industry: random.pick(INDUSTRIES),
    employees: random.pick(EMPLOYEES),
  };
}

function kindOf(random: Random): PersonKind {
  const share = random.next();
  if (share < 0.04) return "student";
  if (share < 0.06) return "competitor";
  return share < 0.09 ? "wrong-data" : "buyer";
}
