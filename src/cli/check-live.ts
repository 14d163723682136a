/** Compares the mappings and LeadLoop's own fields with what both systems' schemas allow. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Loaded } from "../config/load-config.ts";
import { type ConfigIssue, StopRun } from "../core/errors.ts";
import { type ObjectMapping, optionalFields } from "../core/model/mapping.ts";
import { type ObjectSchema, otherSystem, SYSTEMS, type System } from "../core/model/record.ts";
import { CAMPAIGN, costFieldProblem, summaryFieldProblem } from "../core/report/campaign-summary.ts";
import type { CrmClient } from "../jobs/ports.ts";
import { factsOverRelations, OPPORTUNITY, TASK } from "../jobs/sync-dependencies.ts";
import { fieldFindings, fieldNamed, missingField, requiredFindings, type Severity } from "./check-live-field.ts";
import { valueFindings } from "./check-live-values.ts";

export interface LiveFinding extends ConfigIssue {
  readonly kind: Severity;
}

type Clients = Readonly<Record<System, CrmClient>>;

/** Reads the schemas of every mapped object. Findings in file order. Throws StopRun when a system cannot be reached. */
export async function checkLive(
  loaded: Loaded,
  clients: Clients,
  configFolder = "config",
): Promise<readonly LiveFinding[]> {
  const schemas = await readSchemas(loaded, clients);
  const findings: LiveFinding[] = [];
  for (const mapping of loaded.mappings) {
    const lines = linesOf(mapping.file);
    for (const [index, field] of mapping.fields.entries()) {
      for (const system of SYSTEMS) {
        const schema = schemas.of(system, objectOf(mapping, system));
        const other = schemas.of(otherSystem(system), objectOf(mapping, otherSystem(system)));
        for (const [kind, message] of fieldFindings(field, system, schema, other, mapping.create.includes(system))) {
          findings.push({
            kind,
            file: mapping.file,
            ...placeWhere(lines, [field.hubspot, field.salesforce]),
            path: `fields[${index}].${system}`,
            message,
          });
        }
      }
    }
  }
  for (const mapping of loaded.mappings) {
    for (const system of SYSTEMS) {
      const schema = schemas.of(system, objectOf(mapping, system));
      for (const [kind, message] of requiredFindings(mapping, system, schema)) {
        findings.push({ kind, file: mapping.file, line: 1, column: 1, path: "fields", message });
      }
    }
  }
  findings.push(...personAccountFindings(loaded, schemas));
  const connector = join(configFolder, "connector.yml");
  const { mappings, ownFields, rulebook } = loaded;
  const schemaOf = (system: System, object: string): ObjectSchema => schemas.of(system, object);
  for (const { kind, from, mapping, field, message } of await valueFindings(
    { mappings, ownFields, rulebook, schemaOf },
    clients,
  )) {
    const file = mapping?.file ?? join(configFolder, from);
    const words = { mapping: [field], "lifecycle.yml": ["stages:"], "handoff.yml": ["rejection-reasons:"] }[from];
    findings.push({ kind, file, ...placeWhere(linesOf(file), words), path: words.join().replace(":", ""), message });
  }
  return [
    ...findings,
    ...ownFieldFindings(loaded, schemas, connector),
    ...factFindings(loaded, schemas, connector),
    ...opportunityFindings(loaded, schemas, join(configFolder, "lifecycle.yml")),
    ...campaignFindings(loaded, schemas, join(configFolder, "report.yml")),
  ];
}

class Schemas {
  readonly #byKey = new Map<string, ObjectSchema>();

  add(schema: ObjectSchema): void {
    this.#byKey.set(`${schema.system} ${schema.object}`, schema);
  }

  of(system: System, object: string): ObjectSchema {
    return this.#byKey.get(`${system} ${object}`) ?? { system, object, fields: [] };
  }
}

async function readSchemas({ mappings, rulebook }: Loaded, clients: Clients): Promise<Schemas> {
  const schemas = new Schemas();
  for (const system of SYSTEMS) {
    const objects = new Set(mappings.map((mapping) => objectOf(mapping, system)));
    if (system === "salesforce") objects.add(TASK).add(OPPORTUNITY);
    for (const object of objects)
      schemas.add(await clients[system].describe(object, factsOverRelations(rulebook, system)));
  }
  const { campaignSummary, campaignCosts } = rulebook.report;
  if (campaignSummary !== null || campaignCosts !== null) schemas.add(await readCampaign(clients.salesforce));
  return schemas;
}

/** Without any field where our user may not see campaigns at all: only the report needs them. */
async function readCampaign(salesforce: CrmClient): Promise<ObjectSchema> {
  try {
    return await salesforce.describe(CAMPAIGN);
  } catch (error) {
    if (!(error instanceof StopRun) || error.kind === "paused") throw error;
    return { system: "salesforce", object: CAMPAIGN, fields: [] };
  }
}

function objectOf(mapping: ObjectMapping, system: System): string {
  return system === "hubspot" ? mapping.hubspot : mapping.salesforce;
}

function ownFieldFindings({ mappings, ownFields, rulebook }: Loaded, schemas: Schemas, file: string): LiveFinding[] {
  const { outcome, outcomeAt, outcomeAmount, recycleReason, nextStep, key, stage, score, band, reasons, epoch, cause } =
    ownFields;
  const both = [key, stage, score, band, reasons];
  const wanted = [
    ...objects(mappings, "hubspot").flatMap((object) =>
      [
        ...both.map((names) => names.hubspot),
        outcome,
        outcomeAt,
        outcomeAmount,
        recycleReason,
        nextStep,
        ...optionalFields(ownFields, "hubspot"),
      ].map((name) => ({
        system: "hubspot" as const,
        object,
        name,
      })),
    ),
    ...objects(mappings, "salesforce").flatMap((object) =>
      [...both.map((names) => names.salesforce), epoch, ...optionalFields(ownFields, "salesforce")].map((name) => ({
        system: "salesforce" as const,
        object,
        name,
      })),
    ),
    { system: "salesforce" as const, object: TASK, name: cause },
  ];
  const lines = linesOf(file);
  const problem = (name: string, message: string): LiveFinding => ({
    kind: "problem",
    file,
    ...placeWhere(lines, [name]),
    path: "own-fields",
    message,
  });
  return wanted.flatMap(({ system, object, name }) => {
    const schema = schemas.of(system, object);
    const found = fieldNamed(schema, name);
    if (found === undefined) return [problem(name, missingField(schema, name))];
    if (!found.writable)
      return [
        problem(name, `${system} ${object} does not let ${name} be written; give LeadLoop's user the right to edit it`),
      ];
    const isUnique = name === key[system] || name === cause;
    if (isUnique && !found.unique)
      return [
        problem(
          name,
          `${name} of ${system} ${object} is not unique; create it anew as a unique field, so that nothing can be there twice`,
        ),
      ];
    const spellings = rulebook.lifecycle.names.map((names) => names[system]).filter((value) => value !== "");
    const unknown =
      name === stage[system] && found.restricted
        ? [...new Set(spellings)].filter((value) => !found.values.includes(value))
        : [];
    if (unknown.length === 0) return [];
    return [
      problem(
        name,
        `${name} of ${system} ${object} has no value ${unknown.join(", ")}; add them there, or correct config/lifecycle.yml`,
      ),
    ];
  });
}

/**
 * Where an org has Person Accounts, some Contacts are only the other half of an Account, and Salesforce has that written instead
 * (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_guidelines_personaccounts.htm).
 */
function personAccountFindings({ mappings }: Loaded, schemas: Schemas): LiveFinding[] {
  return mappings.flatMap((mapping): LiveFinding[] => {
    const schema = schemas.of("salesforce", mapping.salesforce);
    if (mapping.salesforce !== "Contact" || fieldNamed(schema, "IsPersonAccount") === undefined) return [];
    const message =
      "this org has Person Accounts: what LeadLoop writes to the Contact of one goes to its Account (Title to PersonTitle, Need__c to Need__pc; never its Name), so its user needs Edit on Account and on these fields. It deletes no Person Account";
    return [{ kind: "warning", file: mapping.file, line: 1, column: 1, path: "salesforce", message }];
  });
}

function objects(mappings: readonly ObjectMapping[], system: System): string[] {
  return [...new Set(mappings.map((mapping) => objectOf(mapping, system)))];
}

/** A fact that one object lacks is unknown there; one that none has is a mistake. */
function factFindings({ mappings, rulebook }: Loaded, schemas: Schemas, file: string): LiveFinding[] {
  const lines = linesOf(file);
  return SYSTEMS.flatMap((system) => {
    const known = objects(mappings, system).map((object) => schemas.of(system, object));
    return rulebook.facts[system].flatMap(({ field }): LiveFinding[] => {
      if (known.some((schema) => fieldNamed(schema, field) !== undefined)) return [];
      const [first = { system, object: "", fields: [] }] = known;
      return [
        {
          kind: "problem",
          file,
          ...placeWhere(lines, [field]),
          path: `facts.${system}`,
          message: missingField(first, field),
        },
      ];
    });
  });
}

/** What is read of an opportunity beside Salesforce's own fields must be there: one that is not would stop every run. */
function opportunityFindings({ rulebook }: Loaded, schemas: Schemas, file: string): LiveFinding[] {
  const { lostReason, product = null } = rulebook.lifecycle;
  const schema = schemas.of("salesforce", OPPORTUNITY);
  const named = [
    ["lost-reason", lostReason],
    ["product", product],
  ] as const;
  return named.flatMap(([path, name]): LiveFinding[] => {
    if (name === null || fieldNamed(schema, name) !== undefined) return [];
    const message = `${missingField(schema, name)}; leave the line out where there is none`;
    return [{ kind: "problem", file, ...placeWhere(linesOf(file), [path, name]), path, message }];
  });
}

/** The field of the Campaign that is told what became of its leads must be there, and take text; that of its costs holds an amount. */
function campaignFindings({ rulebook }: Loaded, schemas: Schemas, file: string): LiveFinding[] {
  const { campaignSummary, campaignCosts } = rulebook.report;
  const schema = schemas.of("salesforce", CAMPAIGN);
  const named = [
    ["campaign-summary", campaignSummary, summaryFieldProblem],
    ["campaign-costs", campaignCosts, costFieldProblem],
  ] as const;
  return named.flatMap(([path, name, problemOf]): LiveFinding[] => {
    if (name === null) return [];
    const found = fieldNamed(schema, name);
    const missing = schema.fields.length === 0 ? null : missingField(schema, name);
    const message = found === undefined ? (missing ?? problemOf(name, found)) : problemOf(name, found);
    if (message === null) return [];
    return [{ kind: "problem", file, ...placeWhere(linesOf(file), [path, name]), path, message }];
  });
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Finds the line that speaks of a name; the first line where none does. */
function placeWhere(lines: readonly string[], words: readonly string[]): Place {
  const patterns = words.map((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`));
  const index = lines.findIndex((line) => patterns.every((pattern) => pattern.test(line)));
  const column = index < 0 ? 0 : (lines[index] ?? "").search(patterns[0] ?? /^/);
  return { line: Math.max(0, index) + 1, column: column + 1 };
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, "utf8").split("\n");
}
