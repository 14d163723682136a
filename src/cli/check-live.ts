/** Compares the mappings and LeadLoop's own fields with what both systems' schemas allow. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Loaded } from "../config/load-config.ts";
import { writeInstead } from "../config/nearest-name.ts";
import type { ConfigIssue } from "../core/errors.ts";
import type { FieldMapping, ObjectMapping } from "../core/model/mapping.ts";
import { type FieldSchema, type ObjectSchema, otherSystem, type RawValue, SYSTEMS, type System } from "../core/model/record.ts";
import { OPPORTUNITY, TASK } from "../jobs/sync-dependencies.ts";
import type { CrmClient } from "../jobs/ports.ts";

/** A problem stops writes from ever succeeding; a warning costs some records. */
export interface LiveFinding extends ConfigIssue {
  readonly kind: "problem" | "warning";
}

type Clients = Readonly<Record<System, CrmClient>>;

/** Reads the schemas of every mapped object. Findings in file order. Throws StopRun when a system cannot be reached. */
export async function checkLive(loaded: Loaded, clients: Clients, configFolder = "config"): Promise<readonly LiveFinding[]> {
  const schemas = await readSchemas(loaded, clients);
  const findings: LiveFinding[] = [];
  for (const mapping of loaded.mappings) {
    const lines = linesOf(mapping.file);
    for (const [index, field] of mapping.fields.entries()) {
      for (const system of SYSTEMS) {
        const schema = schemas.of(system, objectOf(mapping, system));
        for (const [kind, message] of fieldFindings(mapping, field, system, schema, schemas)) {
          findings.push({ kind, file: mapping.file, ...placeWhere(lines, [field.hubspot, field.salesforce]), path: `fields[${index}].${system}`, message });
        }
      }
    }
  }
  const connector = join(configFolder, "connector.yml");
  return [...findings, ...ownFieldFindings(loaded, schemas, connector), ...factFindings(loaded, schemas, connector)];
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

async function readSchemas({ mappings }: Loaded, clients: Clients): Promise<Schemas> {
  const schemas = new Schemas();
  for (const system of SYSTEMS) {
    const objects = new Set(mappings.map((mapping) => objectOf(mapping, system)));
    if (system === "salesforce") objects.add(TASK).add(OPPORTUNITY);
    for (const object of objects) schemas.add(await clients[system].describe(object));
  }
  return schemas;
}

function objectOf(mapping: ObjectMapping, system: System): string {
  return system === "hubspot" ? mapping.hubspot : mapping.salesforce;
}

type Told = readonly [LiveFinding["kind"], string];

function fieldFindings(mapping: ObjectMapping, field: FieldMapping, system: System, schema: ObjectSchema, schemas: Schemas): Told[] {
  const name = field[system];
  const found = fieldNamed(schema, name);
  if (found === undefined) return [["problem", missing(schema, name)]];
  if (!writesTo(field, system)) return [];
  const other = fieldNamed(schemas.of(otherSystem(system), objectOf(mapping, otherSystem(system))), field[otherSystem(system)]);
  return [...writable(field, system, found), ...lengthFinding(field, system, found, other), ...picklistFinding(field, system, found, other)];
}

function fieldNamed(schema: ObjectSchema, name: string): FieldSchema | undefined {
  return schema.fields.find((field) => field.name === name);
}

function missing({ system, object, fields }: ObjectSchema, name: string): string {
  const instead = writeInstead(name, fields.map((field) => field.name), "create it there, or correct the name");
  const rights = system === "salesforce" ? "or LeadLoop's user may not see it" : "or it is archived";
  return `${system} ${object} has no field ${name}, ${rights}; ${instead}`;
}

/** Whether the rule ever writes this side. */
function writesTo({ rule }: FieldMapping, system: System): boolean {
  if (rule === "dont-sync") return false;
  return rule !== `always-use-${system}`;
}

function writable(field: FieldMapping, system: System, schema: FieldSchema): Told[] {
  if (schema.writable || isDeclaredReadOnly(field, system)) return [];
  const name = field[system];
  return [
    [
      "problem",
      `${name} is read-only in ${system}, and ${field.rule} would write it; write rule: always-use-${system}, or read-only: ${system}, or give LeadLoop's user the right to edit it`,
    ],
  ];
}

/** A side declared read-only refuses every value that it does not hold already. */
function isDeclaredReadOnly({ transform }: FieldMapping, system: System): boolean {
  return ["true", "2026-01-01", "1", "x@example.com"].every((value) => {
    const written = transform.encode(value, system, undefined);
    return !written.ok && written.reason.includes("read-only");
  });
}

/** Text of the other side that is one character too long must be cut or refused before it is sent. */
function lengthFinding(field: FieldMapping, system: System, schema: FieldSchema, other: FieldSchema | undefined): Told[] {
  const { length } = schema;
  if (schema.type !== "text" || length === null || other?.type !== "text") return [];
  if (other.length !== null && other.length <= length) return [];
  const sent = carried(field, otherSystem(system), "x".repeat(length + 1));
  if (typeof sent !== "string" || sent.length <= length) return [];
  return [["warning", `${field[system]} holds ${length} characters and ${field[otherSystem(system)]} more; write max-length: { ${system}: ${length} }`]];
}

/** Every value that the other side can hold must be one that this side takes. */
function picklistFinding(field: FieldMapping, system: System, schema: FieldSchema, other: FieldSchema | undefined): Told[] {
  if (!schema.restricted || schema.values.length === 0 || other === undefined) return [];
  const from = otherSystem(system);
  const uncovered = other.values.filter((value) => {
    const sent = carried(field, from, value);
    return typeof sent === "string" && sent !== "" && !sent.split(";").every((part) => schema.values.includes(part));
  });
  const words = `${system} takes only ${shortList(schema.values)} in ${field[system]}`;
  if (uncovered.length > 0) return [["warning", `${words}, and ${from} also has ${shortList(uncovered)}; add them there, or write values: with what each one means`]];
  const free = other.values.length === 0 && (other.type === "text" || other.type === "other");
  if (!free || field.transform.name !== "text") return [];
  return [["warning", `${words}, and ${field[from]} is free text in ${from}; other values will be rejected`]];
}

/** What the other side would be sent for this value, or null when the transform refuses it. */
function carried({ transform }: FieldMapping, from: System, raw: RawValue): RawValue {
  const read = transform.decode(raw, from);
  if (!read.ok) return null;
  const written = transform.encode(read.value, otherSystem(from), undefined);
  return written.ok ? written.value : null;
}

function shortList(values: readonly string[]): string {
  const more = values.length - 5;
  return `${values.slice(0, 5).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function ownFieldFindings({ mappings, ownFields, rulebook }: Loaded, schemas: Schemas, file: string): LiveFinding[] {
  const { outcome, outcomeAt, outcomeAmount, recycleReason, key, stage, score, band, reasons, epoch, cause } = ownFields;
  const both = [key, stage, score, band, reasons];
  const wanted = [
    ...objects(mappings, "hubspot").flatMap((object) =>
      [...both.map((names) => names.hubspot), outcome, outcomeAt, outcomeAmount, recycleReason].map((name) => ({ system: "hubspot" as const, object, name })),
    ),
    ...objects(mappings, "salesforce").flatMap((object) =>
      [...both.map((names) => names.salesforce), epoch].map((name) => ({ system: "salesforce" as const, object, name })),
    ),
    { system: "salesforce" as const, object: TASK, name: cause },
  ];
  const lines = linesOf(file);
  const problem = (name: string, message: string): LiveFinding => ({ kind: "problem", file, ...placeWhere(lines, [name]), path: "own-fields", message });
  return wanted.flatMap(({ system, object, name }) => {
    const schema = schemas.of(system, object);
    const found = fieldNamed(schema, name);
    if (found === undefined) return [problem(name, missing(schema, name))];
    if (!found.writable) return [problem(name, `${system} ${object} does not let ${name} be written; give LeadLoop's user the right to edit it`)];
    const isUnique = name === key[system] || name === cause;
    if (isUnique && !found.unique) return [problem(name, `${name} of ${system} ${object} is not unique; create it anew as a unique field, so that nothing can be there twice`)];
    const spellings = rulebook.lifecycle.names.map((names) => names[system]).filter((value) => value !== "");
    const unknown = name === stage[system] && found.restricted ? [...new Set(spellings)].filter((value) => !found.values.includes(value)) : [];
    if (unknown.length === 0) return [];
    return [problem(name, `${name} of ${system} ${object} has no value ${unknown.join(", ")}; add them there, or correct config/lifecycle.yml`)];
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
      return [{ kind: "problem", file, ...placeWhere(lines, [field]), path: `facts.${system}`, message: missing(first, field) }];
    });
  });
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Finds the line that speaks of a name; the first line where none does. */
function placeWhere(lines: readonly string[], words: readonly string[]): Place {
  const patterns = words.map((word) => new RegExp(`(?<![\\w-])${RegExp.escape(word)}(?![\\w-])`));
  const index = lines.findIndex((line) => patterns.every((pattern) => pattern.test(line)));
  const column = index < 0 ? 0 : (lines[index] ?? "").search(patterns[0] ?? /^/);
  return { line: Math.max(0, index) + 1, column: column + 1 };
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, "utf8").split("\n");
}
