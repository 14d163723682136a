/**
 * A field that an admin gives another type loses what no longer fits (Salesforce Help, Notes on Changing Custom Field Types). Nobody cleared those values: none
 * of that may be carried to the other side.
 */
import type { ObjectMapping } from "../model/mapping.ts";
import type { FieldWrite, Write } from "../model/plan.ts";
import {
  type CrmRecord,
  type FieldSchema,
  type Instant,
  type ObjectSchema,
  otherSystem,
  type System,
} from "../model/record.ts";

/** A field as it was and is, in words. */
export interface ConvertedField {
  readonly name: string;
  readonly was: string;
  readonly is: string;
  /** How the mappings settled it then: a line that an admin has changed since is meant as it stands. */
  readonly line: string;
}

/** What one person's decision would carry on. */
export interface Decided {
  readonly mapping: ObjectMapping;
  readonly records: Readonly<Record<System, CrmRecord | null>>;
  readonly writes: readonly Write[];
}

/** A value that went, or was cut, in a field of Salesforce. */
interface Loss {
  readonly system: System;
  readonly object: string;
  readonly field: string;
  /** On the other side. */
  readonly counterpart: string;
}

/** Objects of which a field may have been given another type: a value of it is to go. Whoever cleared it, or whether anybody did, the record does not say. */
export function doubtedObjects(people: readonly Decided[]): readonly Pick<Loss, "system" | "object">[] {
  const losses = people.flatMap(lossesOf);
  return [...new Map(losses.map(({ system, object }) => [`${system} ${object}`, { system, object }])).values()];
}

/**
 * Fields that lost values where another object of the same system is known to have lost them: a converted lead hands on what is left. `mappings` say which
 * fields are the same one.
 */
export function lostAlong(
  people: readonly Decided[],
  schemas: readonly ObjectSchema[],
  mappings: readonly ObjectMapping[],
): readonly (Pick<Loss, "system" | "object"> & { readonly field: ConvertedField })[] {
  return people.flatMap(lossesOf).flatMap((loss) =>
    schemas.flatMap(({ system, object, converted = [] }) =>
      converted
        .filter(({ name }) => system === loss.system && object !== loss.object && isSame(mappings, object, name, loss))
        .map(({ name }) => ({
          ...{ system, object: loss.object },
          field: {
            ...{ name: loss.field, was: `filled from ${name} of ${object}`, is: "blank" },
            line: lineOf(mappings, system, loss.field),
          },
        })),
    ),
  );
}

function isSame(mappings: readonly ObjectMapping[], object: string, name: string, loss: Loss): boolean {
  return mappings
    .filter(({ salesforce }) => salesforce === object)
    .some(({ fields }) =>
      fields.some((field) => field[loss.system] === name && field[otherSystem(loss.system)] === loss.counterpart),
    );
}

function lossesOf({ mapping, records, writes }: Decided): Loss[] {
  return writes.flatMap((write) => {
    const system = otherSystem(write.system);
    const record = records[system];
    // HubSpot keeps what stands in a property that gets another type.
    if (record === null || write.operation !== "update" || system !== "salesforce") return [];
    return mapping.fields
      .filter((field) => {
        const change = write.fields[field[write.system]];
        return change !== undefined && isLoss(change);
      })
      .map((field): Loss => {
        const { object } = record.ref;
        return { system, object, field: field[system], counterpart: field[write.system] };
      });
  });
}

/** Blank from now on, or cut off in the middle. */
function isLoss({ from, to }: FieldWrite): boolean {
  const [before, after] = [String(from ?? ""), String(to ?? "")];
  return before.length > after.length && before.startsWith(after);
}

/** Fields whose new type cannot hold what the old one held; one that takes more than before, or a list that grew, is none. */
export function conversionsBetween(
  before: ObjectSchema,
  now: ObjectSchema,
  mappings: readonly ObjectMapping[],
): readonly ConvertedField[] {
  const known = new Map(before.fields.map((field) => [field.name, field]));
  return now.fields.flatMap((field): ConvertedField[] => {
    const earlier = known.get(field.name);
    const line = lineOf(mappings, now.system, field.name);
    if (earlier === undefined || line === "" || !holdsLess(earlier, field)) return [];
    return [{ name: field.name, was: inWords(earlier), is: inWords(field), line }];
  });
}

/**
 * The schema with a note of its fields that hold less than `before`, and of those that did not long ago (`since`): a schema may be read anew after an admin
 * has changed a type and before anybody has read what went by it.
 */
export function withRetyped(
  now: ObjectSchema,
  before: ObjectSchema,
  { at, since }: { readonly at: Instant; readonly since: Instant },
): ObjectSchema {
  const noted = (before.retyped ?? []).filter((one) => one.at > since);
  const names = new Set(noted.map(({ field }) => field.name));
  const fields = new Map(now.fields.map((field) => [field.name, field]));
  const fresh = before.fields.filter((field) => {
    const later = fields.get(field.name);
    return later !== undefined && !names.has(field.name) && holdsLess(field, later);
  });
  const retyped = [...noted, ...fresh.map((field) => ({ field, at }))];
  return retyped.length === 0 ? now : { ...now, retyped };
}

/** The schema with each field as it was before it was given another type. */
export function beforeRetyping(schema: ObjectSchema): ObjectSchema {
  const earlier = new Map((schema.retyped ?? []).map(({ field }) => [field.name, field]));
  return { ...schema, fields: schema.fields.map((field) => earlier.get(field.name) ?? field) };
}

/** Blank where no mapping has the field. */
function lineOf(mappings: readonly ObjectMapping[], system: System, name: string): string {
  const lines = mappings.flatMap(({ fields }) => fields.filter((field) => field[system] === name));
  return lines.map((field) => `${field[otherSystem(system)]} ${field.rule} ${field.transform.type}`).join(", ");
}

const TEXTS: ReadonlySet<FieldSchema["type"]> = new Set(["text", "picklist", "multi-picklist"]);

function holdsLess(before: FieldSchema, now: FieldSchema): boolean {
  if (TEXTS.has(now.type)) return now.type === "text" && TEXTS.has(before.type) && isShorter(before, now);
  return before.type !== now.type;
}

function isShorter(before: FieldSchema, now: FieldSchema): boolean {
  return before.type === "text" && now.length !== null && (before.length === null || now.length < before.length);
}

function inWords({ type, length }: FieldSchema): string {
  return type === "text" && length !== null ? `text of ${length}` : type;
}

/** The schema without fields that were left out because of their type. One that has its old type back, or another line in the mappings, is there again. */
export function withoutConverted(
  schema: ObjectSchema,
  converted: readonly ConvertedField[],
  mappings: readonly ObjectMapping[],
): ObjectSchema {
  const shown = new Map(schema.fields.map((field) => [field.name, field]));
  const still = converted.filter(({ name, was, line }) => {
    const field = shown.get(name);
    return lineOf(mappings, schema.system, name) === line && (field === undefined || inWords(field) !== was);
  });
  if (still.length === 0) return schema;
  const names = new Set(still.map(({ name }) => name));
  return { ...schema, fields: schema.fields.filter(({ name }) => !names.has(name)), converted: still };
}

/** What an admin is told of each, for as long as it is left out. */
export function convertedInWords({ object, converted = [] }: ObjectSchema): readonly string[] {
  return converted.map(
    ({ name, was, is }) =>
      `${name} of ${object} was ${was} and is ${is} now, which lost values of it: nothing of that is carried to the other side, and the field is left out of every run. Give it its old type and its values back, or change its line in the mappings (or take it out)`,
  );
}
