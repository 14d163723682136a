/** The shape of a territory in config/routing.yml, and what is wrong with several of them together. */
import * as z from "zod";
import type { Territory } from "../core/model/rulebook.ts";
import { sharedGround, TERRITORY_FACTS } from "../core/rules/territory.ts";
import { text, whole } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";
import type { Path } from "./yaml-position.ts";

export const territoryShape = {
  countries: z.array(text("DE")).default([]).describe("Two-letter codes, as the country field is compared."),
  states: z.array(text("California")).default([]),
  postcodes: z.array(text('"80"')).default([]).describe("Beginnings of postcodes, in quotes."),
  industries: z.array(text("Manufacturing")).default([]),
  employees: z
    .strictObject({
      from: whole(0, 100_000_000, "employees").default(0),
      to: whole(0, 100_000_000, "employees").optional(),
    })
    .optional(),
};

interface TerritoryFile extends z.infer<z.ZodObject<typeof territoryShape>> {
  readonly name: string;
}

/** A territory as the core compares it. */
export function toTerritory(shape: Omit<TerritoryFile, "name">): Territory {
  const { countries, states, postcodes, industries, employees } = shape;
  const sizes = employees === undefined ? null : { from: employees.from, to: employees.to ?? Number.POSITIVE_INFINITY };
  return { countries, states, postcodes, industries, employees: sizes };
}

/** Each must ask for something, about fields that are mapped, and claim nobody whom an earlier one claims. */
export function checkTerritories(territories: readonly TerritoryFile[], checks: RuleChecks): void {
  territories.forEach((one, index) => {
    const path = ["territories", index];
    checkTerritory(one, path, checks);
    const isCertain = isWhole(path, checks) && asked(toTerritory(one)).length > 0;
    for (const [above, earlier] of territories.slice(0, isCertain ? index : 0).entries()) {
      const both = sharedGround(toTerritory(earlier), toTerritory(one));
      if (both === null || asked(toTerritory(earlier)).length === 0) continue;
      if (!isWhole(["territories", above], checks)) continue;
      checks.issue(
        checks.entry(path),
        `${nameOf(one, path, checks, "this")} overlaps with ${nameOf(earlier, ["territories", above], checks, `territories[${above}]`)}: both claim ${both}; draw the line between them, or put what comes first under rules:`,
      );
    }
  });
}

function checkTerritory(one: TerritoryFile, path: Path, checks: RuleChecks): void {
  const { employees } = one;
  const used = asked(toTerritory(one));
  if (used.length === 0 && isWhole(path, checks))
    checks.keyIssue(
      checks.entry(path),
      `${nameOf(one, path, checks, "this")} takes everybody; write countries: or the like, or use otherwise:`,
    );
  for (const part of used) {
    const kinds = part === "employees" ? (["number"] as const) : (["text"] as const);
    checks.fact([...path, part], TERRITORY_FACTS[part], kinds);
  }
  if (employees?.to === undefined || employees.to >= employees.from) return;
  if (checks.isSure([...path, "employees"], ["from", "to"]))
    checks.issue([...path, "employees", "to"], `is below from (${employees.from}); write a higher number`);
}

/** Whether all that the territory asks for stands in the file; a wrong item of a list leaves the others as they are. */
function isWhole(path: Path, checks: RuleChecks): boolean {
  return checks.isSure(path, Object.keys(territoryShape)) && checks.isSure([...path, "employees"], ["from", "to"]);
}

function nameOf({ name }: TerritoryFile, path: Path, checks: RuleChecks, otherwise: string): string {
  return checks.isOwn([...path, "name"]) ? name : otherwise;
}

function asked(territory: Territory): (keyof typeof TERRITORY_FACTS)[] {
  const parts: (keyof typeof TERRITORY_FACTS)[] = ["countries", "states", "postcodes", "industries"];
  const lists = parts.filter((part) => part !== "employees" && territory[part].length > 0);
  return territory.employees === null ? lists : [...lists, "employees"];
}
