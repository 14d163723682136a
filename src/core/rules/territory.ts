/** Territories: who belongs to one by where they are, what they do and how big they are, and whether two of them claim the same people. */
import type { Condition, Facts, Territory } from "../model/rulebook.ts";

/** Facts that territories look at. */
export const TERRITORY_FACTS = {
  countries: "country",
  states: "state",
  postcodes: "zip",
  industries: "industry",
  employees: "employees",
} as const;

/** Everything that the territory names must fit; what a person is not known to have fits nothing. */
export function isInTerritory(territory: Territory, facts: Facts): boolean {
  const { countries, states, postcodes, industries, employees } = territory;
  if (!fits(countries, facts[TERRITORY_FACTS.countries], isSame)) return false;
  if (!fits(states, facts[TERRITORY_FACTS.states], isSame)) return false;
  if (!fits(postcodes, facts[TERRITORY_FACTS.postcodes], (start, zip) => plainCode(zip).startsWith(plainCode(start))))
    return false;
  if (!fits(industries, facts[TERRITORY_FACTS.industries], isSame)) return false;
  if (employees === null) return true;
  const size = facts[TERRITORY_FACTS.employees] ?? null;
  return size !== null && Number(size) >= employees.from && Number(size) <= employees.to;
}

/** The territory as the condition of a routing rule. */
export function territoryCondition(territory: Territory): Condition {
  return { source: `territory: ${describeTerritory(territory)}`, holds: (facts) => isInTerritory(territory, facts) };
}

/** What a territory takes, in words, as in "DE, AT; 200 to 999 employees". */
export function describeTerritory({ countries, states, postcodes, industries, employees }: Territory): string {
  const parts = [countries, states, postcodes.map((start) => `${start}…`), industries]
    .filter((values) => values.length > 0)
    .map((values) => values.join(", "));
  if (employees !== null) parts.push(sizeWords(employees));
  return parts.join("; ");
}

/** Somebody whom both territories would take, in words; null when there can be nobody. */
export function sharedGround(a: Territory, b: Territory): string | null {
  const countries = shared(a.countries, b.countries, isSame);
  const states = shared(a.states, b.states, isSame);
  const postcodes = shared(
    a.postcodes,
    b.postcodes,
    (one, other) => plainCode(one).startsWith(plainCode(other)) || plainCode(other).startsWith(plainCode(one)),
  );
  const industries = shared(a.industries, b.industries, isSame);
  if (countries === null || states === null || postcodes === null || industries === null) return null;
  const sizes =
    a.employees === null || b.employees === null ? (a.employees ?? b.employees) : meeting(a.employees, b.employees);
  if (sizes !== null && sizes.from > sizes.to) return null;
  const words = [countries, states, postcodes === "" ? "" : `${postcodes}…`, industries].filter((word) => word !== "");
  if (sizes !== null) words.push(sizeWords(sizes));
  return words.length === 0 ? "everybody" : words.join(", ");
}

function fits(wanted: readonly string[], value: string | null | undefined, meets: Meets): boolean {
  if (wanted.length === 0) return true;
  return value !== null && value !== undefined && value !== "" && wanted.some((one) => meets(one, value));
}

type Meets = (one: string, other: string) => boolean;

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function plainCode(code: string): string {
  return code.replaceAll(/[\s-]/g, "").toLowerCase();
}

/** One value that both lists have; "" where a list leaves it open and the other does too, null where they have none in common. */
function shared(a: readonly string[], b: readonly string[], meets: Meets): string | null {
  if (a.length === 0 || b.length === 0) return a[0] ?? b[0] ?? "";
  return a.find((one) => b.some((other) => meets(one, other))) ?? null;
}

type Sizes = NonNullable<Territory["employees"]>;

function meeting(a: Sizes, b: Sizes): Sizes {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

function sizeWords({ from, to }: Sizes): string {
  return Number.isFinite(to) ? `${from} to ${to} employees` : `${from} employees or more`;
}
