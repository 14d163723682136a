/** Compares one side of one mapped field with what that system's schema allows: existence, writability, length, picklist values. */
import { writeInstead } from "../config/nearest-name.ts";
import { assertNever } from "../core/errors.ts";
import type { FieldMapping, ObjectMapping, ValueType } from "../core/model/mapping.ts";
import { type FieldSchema, type ObjectSchema, otherSystem, type RawValue, type System } from "../core/model/record.ts";

/** A problem stops writes from ever succeeding; a warning costs some records. */
export type Severity = "problem" | "warning";

type Told = readonly [Severity, string];

/** What is wrong with `system`'s side of the field; `other` is the schema of the object on the other side. `isCreated`: records are made in this system. */
export function fieldFindings(
  field: FieldMapping,
  system: System,
  schema: ObjectSchema,
  other: ObjectSchema,
  isCreated = false,
): readonly Told[] {
  const name = field[system];
  const found = fieldNamed(schema, name);
  if (found === undefined) return [["problem", missingField(schema, name)]];
  if (field.rule !== "dont-sync" && found.unfit !== undefined) return [["problem", unfitWords(name, found.unfit)]];
  if (!writesTo(field, system)) return [];
  const partner = fieldNamed(other, field[otherSystem(system)]);
  return [
    ...writable(field, system, found, isCreated),
    ...typeFinding(field, system, found),
    ...lengthFinding(field, system, found, partner),
    ...picklistFinding(field, system, found, partner),
  ];
}

/** Told of whatever is read, also where it is never written. */
function unfitWords(name: string, unfit: NonNullable<FieldSchema["unfit"]>): string {
  switch (unfit) {
    case "compound":
      return `${name} is put together by Salesforce from other fields and comes as no single value; map its parts instead`;
    case "masked":
      return `${name} is encrypted: LeadLoop's user reads asterisks in place of the value, and would carry those to the other side; take the line out, or write rule: dont-sync`;
    case "binary":
      return `${name} holds a file, which is no value to sync; take the line out`;
    default:
      return assertNever(unfit);
  }
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
  if (system === "hubspot") return `${system} ${object} has no field ${name}, or it is archived; ${instead}`;
  // A describe leaves out what field-level security hides: nobody can tell the two apart from here.
  return `${system} ${object} shows LeadLoop's user no field ${name}. If there is none: ${instead}. If there is one: field-level security hides it; let the user's permission set see ${object}.${name}`;
}

/** Whether the rule ever writes this side. */
export function writesTo({ rule }: FieldMapping, system: System): boolean {
  if (rule === "dont-sync") return false;
  return rule !== `always-use-${system}`;
}

function writable(field: FieldMapping, system: System, schema: FieldSchema, isCreated: boolean): Told[] {
  if (isDeclaredReadOnly(field, system)) return [];
  const name = field[system];
  const way = `write rule: always-use-${system}, or read-only: ${system}`;
  if (schema.writable) {
    const later = `${name} cannot be given in ${system} when a record is made: it is set by an update after that; if that shall not be, give LeadLoop's user the right to create it`;
    return schema.createable || !isCreated ? [] : [["warning", later]];
  }
  const words = schema.createable
    ? `${name} can only be given in ${system} when a record is made, and ${field.rule} would change it later; ${way}`
    : `${name} is read-only in ${system}, and ${field.rule} would write it; ${way}, or give LeadLoop's user the right to edit it`;
  return [["problem", words]];
}

/** Kinds of fields that take only values of their own kind, and which canonical types those are. */
const TAKES: Readonly<Partial<Record<FieldSchema["type"], readonly ValueType[]>>> = {
  number: ["number"],
  boolean: ["boolean"],
  date: ["date", "datetime"],
  datetime: ["datetime", "date"],
  "multi-picklist": ["set", "text"],
};

/** Transforms that give what a kind of text takes, the fitting one first; an address is checked by both systems, the others take any text. */
const FITS: Readonly<Record<NonNullable<FieldSchema["format"]>, readonly string[]>> = {
  email: ["email"],
  phone: ["phone", "text"],
  url: ["url", "text"],
};

/** A number field takes no text, whatever the mapping says. */
function typeFinding(field: FieldMapping, system: System, schema: FieldSchema): Told[] {
  const takes = TAKES[schema.type];
  const { type, name } = field.transform;
  const place = `${field[system]} is a ${schema.format ?? schema.type} field in ${system}`;
  if (schema.type === "reference" && name !== "owner")
    return [
      ["warning", `${place}, which takes only ids of records: what as: ${name} gives is rejected unless it is one`],
    ];
  const fits = schema.format === undefined ? undefined : FITS[schema.format];
  if (fits !== undefined && !fits.includes(name)) {
    const words = `${place}, and as: ${name} gives any ${type}: what is no ${schema.format} is rejected; write as: ${fits[0]}`;
    return [[type === "text" ? "warning" : "problem", words]];
  }
  if (takes === undefined || takes.includes(type)) return [];
  return [["problem", `${place}, and as: ${name} gives ${type}; write as: ${takes[0]}`]];
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
