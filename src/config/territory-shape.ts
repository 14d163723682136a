/** The shape of a territory in config/routing.yml, and what is wrong with several of them together. */
import * as z from "zod";
import type { Territory } from "../core/model/rulebook.ts";
import { sharedGround, TERRITORY_FACTS } from "../core/rules/territory.ts";
import { text, whole } from "./file-shapes.ts";
import type { RuleChecks } from "./rule-checks.ts";

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
    const territory = toTerritory(one);
    const used = asked(territory);
    if (used.length === 0)
      checks.keyIssue(
        ["territories", index, "name"],
        `${one.name} takes everybody; write countries: or the like, or use otherwise:`,
      );
    for (const part of used) {
      const kinds = part === "employees" ? (["number"] as const) : (["text"] as const);
      checks.fact(["territories", index, part], TERRITORY_FACTS[part], kinds);
    }
    if (territory.employees !== null && territory.employees.to < territory.employees.from)
      checks.issue(
        ["territories", index, "employees", "to"],
        `is below from (${territory.employees.from}); write a higher number`,
      );
    for (const earlier of territories.slice(0, index)) {
      const both = sharedGround(toTerritory(earlier), territory);
      if (both === null || used.length === 0 || asked(toTerritory(earlier)).length === 0) continue;
      checks.issue(
        ["territories", index, "name"],
        `${one.name} overlaps with ${earlier.name}: both claim ${both}; draw the line between them, or put what comes first under rules:`,
      );
    }
  });
}

function asked(territory: Territory): (keyof typeof TERRITORY_FACTS)[] {
  const parts: (keyof typeof TERRITORY_FACTS)[] = ["countries", "states", "postcodes", "industries"];
  const lists = parts.filter((part) => part !== "employees" && territory[part].length > 0);
  return territory.employees === null ? lists : [...lists, "employees"];
}
