/** Where the company's people live: how many, which language, how a phone number and the country are written, and when it is day there. */
import type { Random } from "../random.ts";
import type { Language } from "./name-pools.ts";

export interface City {
  readonly city: string;
  readonly state: string;
  readonly zip: string;
}

export interface Country {
  /** As people type it into a form; the first is the usual one. */
  readonly spellings: readonly string[];
  readonly language: Language;
  /** Share of the people, against the other countries' weights. */
  readonly weight: number;
  /** Hours ahead of UTC; summer time is left out. */
  readonly utcOffset: number;
  readonly cities: readonly City[];
  /** Phone numbers as people write them; "#" is any digit. They lie in ranges kept for fiction where a country has one. */
  readonly phones: readonly string[];
}

/** "Boston, MA 02110; Austin, TX 73301" as cities. */
function places(text: string): readonly City[] {
  return text.split(";").map((place) => {
    const [city = "", state = "", zip = ""] = place.split(",").map((part) => part.trim());
    return { city, state, zip };
  });
}

export const COUNTRIES: readonly Country[] = [
  {
    spellings: ["United States", "USA", "US", "United States of America", "U.S."],
    language: "english",
    weight: 30,
    utcOffset: -5,
    cities: places(
      "New York, NY, 10001; Boston, MA, 02110; Austin, TX, 73301; Chicago, IL, 60601; Denver, CO, 80202; Seattle, WA, 98101; Atlanta, Georgia, 30303; Miami, FL, 33101",
    ),
    phones: [
      "(212) 555-01##",
      "617-555-01##",
      "+1 312 555 01##",
      "1.206.555.01##",
      "512 555 01## ext. 4",
      "+1 (303) 555-01##",
    ],
  },
  {
    spellings: ["Canada", "CA", "CAN"],
    language: "english",
    weight: 6,
    utcOffset: -5,
    cities: places("Toronto, ON, M5H 2N2; Montréal, Québec, H3B 1A7; Vancouver, BC, V6B 1A1"),
    phones: ["416-555-01##", "+1 514 555 01##"],
  },
  {
    spellings: ["United Kingdom", "UK", "GB", "Great Britain", "England"],
    language: "english",
    weight: 12,
    utcOffset: 0,
    cities: places("London, , EC1A 1BB; Manchester, Greater Manchester, M1 1AE; Edinburgh, Scotland, EH1 1YZ"),
    phones: ["020 7946 0###", "+44 20 7946 0###", "+44 (0)161 496 0###", "0131 496 0###"],
  },
  {
    spellings: ["Ireland", "IE"],
    language: "english",
    weight: 3,
    utcOffset: 0,
    cities: places("Dublin, Leinster, D02 X285; Cork, Munster, T12 W8KP"),
    phones: ["+353 20 91# ####", "020 91# ####"],
  },
  {
    spellings: ["Germany", "Deutschland", "DE", "germany "],
    language: "german",
    weight: 12,
    utcOffset: 1,
    cities: places("Berlin, , 10115; München, Bayern, 80331; Köln, Nordrhein-Westfalen, 50667; Hamburg, , 20095"),
    phones: ["+49 30 23125 ###", "030/23125###", "0049 89 99998 ###", "(040) 66969 ###"],
  },
  {
    spellings: ["Austria", "AT", "Österreich"],
    language: "german",
    weight: 3,
    utcOffset: 1,
    cities: places("Wien, , 1010; Graz, Steiermark, 8010"),
    phones: ["+43 1 2675 ###", "0316 2675##"],
  },
  {
    spellings: ["Switzerland", "CH", "Schweiz"],
    language: "german",
    weight: 3,
    utcOffset: 1,
    cities: places("Zürich, ZH, 8001; Genève, GE, 1201"),
    phones: ["+41 44 555 0# ##", "022 555 0# ##"],
  },
  {
    spellings: ["France", "FR", "FRANCE"],
    language: "french",
    weight: 8,
    utcOffset: 1,
    cities: places("Paris, Île-de-France, 75001; Lyon, , 69001; Nantes, Pays de la Loire, 44000"),
    phones: ["01 99 00 ## ##", "+33 2 61 91 ## ##", "0033 4 65 71 ## ##"],
  },
  {
    spellings: ["Italy", "Italia", "IT"],
    language: "italian",
    weight: 5,
    utcOffset: 1,
    cities: places("Milano, MI, 20121; Torino, TO, 10121; Reggio nell'Emilia, RE, 42121"),
    phones: ["+39 02 5550 ####", "011 555 0###"],
  },
  {
    spellings: ["Spain", "España", "ES"],
    language: "spanish",
    weight: 4,
    utcOffset: 1,
    cities: places("Madrid, , 28001; A Coruña, Galicia, 15001"),
    phones: ["+34 915 550 ###", "915 55 0# ##"],
  },
  {
    spellings: ["Brazil", "Brasil", "BR"],
    language: "portuguese",
    weight: 4,
    utcOffset: -3,
    cities: places("São Paulo, SP, 01000-000; Curitiba, PR, 80000-000"),
    phones: ["+55 11 5550-####", "(41) 5550-####"],
  },
  {
    spellings: ["Sweden", "SE", "Sverige"],
    language: "nordic",
    weight: 2,
    utcOffset: 1,
    cities: places("Stockholm, , 111 20; Malmö, Skåne, 211 20"),
    phones: ["+46 8 465 004 ##", "08-465 004 ##"],
  },
  {
    spellings: ["Denmark", "DK", "Danmark"],
    language: "nordic",
    weight: 2,
    utcOffset: 1,
    cities: places("København, , 1050; Århus, Midtjylland, 8000"),
    phones: ["+45 32 55 5# ##"],
  },
  {
    spellings: ["Poland", "Polska", "PL"],
    language: "polish",
    weight: 2,
    utcOffset: 1,
    cities: places("Łódź, , 90-001; Kraków, Małopolskie, 30-001"),
    phones: ["+48 22 555 0# ##"],
  },
  {
    spellings: ["Turkey", "Türkiye", "TR"],
    language: "turkish",
    weight: 1.5,
    utcOffset: 3,
    cities: places("İstanbul, , 34000; İzmir, , 35000"),
    phones: ["+90 212 555 0# ##"],
  },
  {
    spellings: ["United Arab Emirates", "UAE", "AE"],
    language: "arabic",
    weight: 1.5,
    utcOffset: 4,
    cities: places("Dubai, , 00000"),
    phones: ["+971 4 555 0###"],
  },
  {
    spellings: ["Japan", "JP", "日本"],
    language: "japanese",
    weight: 1,
    utcOffset: 9,
    cities: places("東京, , 100-0001; 大阪, , 530-0001"),
    phones: ["+81 3-5550-0###"],
  },
  {
    spellings: ["Singapore", "SG"],
    language: "chinese",
    weight: 1,
    utcOffset: 8,
    cities: places("Singapore, , 018956"),
    phones: ["+65 6555 0###"],
  },
];

/** Replaces every "#" by a digit. */
export function digits(pattern: string, random: Random): string {
  return pattern.replaceAll("#", () => String(random.integer(0, 9)));
}
