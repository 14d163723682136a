/** Compares one side of one mapped field with what that system's schema allows: existence, writability, length, picklist values. */
import { writeInstead } from "../config/nearest-name.ts";
import type { FieldMapping, ObjectMapping, ValueType } from "../core/model/mapping.ts";
import { type FieldSchema, type ObjectSchema, otherSystem, type RawValue, type System } from "../core/model/record.ts";

/** A problem stops writes from ever succeeding; a warning costs some records. */
export type Severity = "problem" | "warning";

type Told = readonly [Severity, string];

/** What is wrong with `system`'s side of the field; `other` is the schema of the object on the other side. */
export function fieldFindings(
  field: FieldMapping,
  system: System,
  schema: ObjectSchema,
  other: ObjectSchema,
): readonly Told[] {
  const name = field[system];
  const found = fieldNamed(schema, name);
  if (found === undefined) return [["problem", missingField(schema, name)]];
  if (!writesTo(field, system)) return [];
  const partner = fieldNamed(other, field[otherSystem(system)]);
  return [
    ...writable(field, system, found),
    ...typeFinding(field, system, found),
    ...lengthFinding(field, system, found, partner),
    ...picklistFinding(field, system, found, partner),
  ];
}

export function fieldNamed(schema: ObjectSchema, name: string): FieldSchema | undefined {
  return schema.fields.find((field) => field.name === name);
}

/** That a name is not among an object's fields, and what to write instead. */
export function missingField({ system, object, fields }: ObjectSchema, name: string): string {
  const otherCase = fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
  if (otherCase !== undefined) return `${system} ${object} spells it ${otherCase.name}; write ${otherCase.name}`;
  const instead = writeInstead(
    name,
    fields.map((field) => field.name),
    "create it there, or correct the name",
  );
  const rights = system === "salesforce" ? "or LeadLoop's user may not see it" : "or it is archived";
  return `${system} ${object} has no field ${name}, ${rights}; ${instead}`;
}

/** Whether the rule ever writes this side. */
export function writesTo({ rule }: FieldMapping, system: System): boolean {
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

/** Kinds of fields that take only values of their own kind, and which canonical types those are. */
const TAKES: Readonly<Partial<Record<FieldSchema["type"], readonly ValueType[]>>> = {
  number: ["number"],
  boolean: ["boolean"],
  date: ["date", "datetime"],
  datetime: ["datetime", "date"],
  "multi-picklist": ["set", "text"],
};

/** A number field takes no text, whatever the mapping says. */
function typeFinding(field: FieldMapping, system: System, schema: FieldSchema): Told[] {
  const takes = TAKES[schema.type];
  const { type, name } = field.transform;
  if (takes === undefined || takes.includes(type)) return [];
  return [
    [
      "problem",
      `${field[system]} is a ${schema.type} field in ${system}, and as: ${name} gives ${type}; write as: ${takes[0]}`,
    ],
  ];
}

/** Fields that a create in this system demands and that no line of the mapping gives. */
export function requiredFindings(mapping: ObjectMapping, system: System, schema: ObjectSchema): readonly Told[] {
  if (!mapping.create.includes(system)) return [];
  return schema.fields.flatMap((demanded): Told[] => {
    if (!demanded.required) return [];
    const line = mapping.fields.find((field) => field[system] === demanded.name && writesTo(field, system));
    const object = `${system} ${schema.object}`;
    if (line === undefined)
      return [
        [
          "problem",
          `${object} is not created without ${demanded.name}, and no line gives it; map it, or let ${system} set a default`,
        ],
      ];
    if (line.whenMissing !== undefined || mapping.matchKeys.includes(line.name)) return [];
    return [
      [
        "warning",
        `${object} is not created without ${demanded.name}, and people without it stay where they are; write when-missing: with what to use instead`,
      ],
    ];
  });
}

/** A side declared read-only refuses every value that it does not hold already. */
function isDeclaredReadOnly({ transform }: FieldMapping, system: System): boolean {
  return ["true", "2026-01-01", "1", "x@example.com"].some((value) => {
    const written = transform.encode(value, system, undefined);
    return !written.ok && written.reason.includes("read-only");
  });
}

/** Text of the other side that is one character too long must be cut or refused before it is sent. */
function lengthFinding(
  field: FieldMapping,
  system: System,
  schema: FieldSchema,
  other: FieldSchema | undefined,
): Told[] {
  const { length } = schema;
  if (schema.type !== "text" || length === null || other?.type !== "text") return [];
  if (other.length !== null && other.length <= length) return [];
  const sent = carried(field, otherSystem(system), "x".repeat(length + 1));
  if (typeof sent !== "string" || sent.length <= length) return [];
  return [
    [
      "warning",
      `${field[system]} holds ${length} characters and ${field[otherSystem(system)]} more; write max-length: { ${system}: ${length} }`,
    ],
  ];
}

/** Every value that the other side can hold must be one that this side takes. */
function picklistFinding(
  field: FieldMapping,
  system: System,
  schema: FieldSchema,
  other: FieldSchema | undefined,
): Told[] {
  if (!schema.restricted || schema.values.length === 0 || other === undefined) return [];
  const from = otherSystem(system);
  const uncovered = other.values.filter((value) => {
    const sent = carried(field, from, value);
    return typeof sent === "string" && sent !== "" && !sent.split(";").every((part) => schema.values.includes(part));
  });
  const words = `${system} takes only ${shortList(schema.values)} in ${field[system]}`;
  if (uncovered.length > 0)
    return [
      [
        "warning",
        `${words}, and ${from} also has ${shortList(uncovered)}; add them there, or write values: with what each one means`,
      ],
    ];
  const free = other.values.length === 0 && (other.type === "text" || other.type === "other");
  if (!free || field.transform.name !== "text") return [];
  return [["warning", `${words}, and ${field[from]} is free text in ${from}; other values will be rejected`]];
}

/** What the other side would be sent for this value, or null when the transform refuses it. */
export function carried({ transform }: FieldMapping, from: System, raw: RawValue): RawValue {
  const read = transform.decode(raw, from);
  if (!read.ok) return null;
  const written = transform.encode(read.value, otherSystem(from), undefined);
  return written.ok ? written.value : null;
}

/** The first five, and how many more. */
export function shortList(values: readonly string[]): string {
  const more = values.length - 5;
  return `${values.slice(0, 5).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
