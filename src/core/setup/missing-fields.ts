/** Which fields both systems lack, and how each has to be made: LeadLoop's own marks, and mapped fields whose other side tells what they hold. */

import type { FactSource } from "../model/fact-source.ts";
import type { FieldMapping, ObjectMapping, OwnFields, ValueType } from "../model/mapping.ts";
import type { NewField, NewFieldType, UnmadeField } from "../model/new-field.ts";
import { type FieldSchema, type ObjectSchema, otherSystem, SYSTEMS, type System } from "../model/record.ts";
import type { Rulebook } from "../model/rulebook.ts";
import { ownFieldDefinitions } from "./own-field-definitions.ts";

export interface SetupInput {
  readonly mappings: readonly ObjectMapping[];
  readonly ownFields: OwnFields;
  readonly rulebook: Pick<Rulebook, "lifecycle" | "facts">;
  /** Of every mapped object, and Salesforce's Task and Opportunity. */
  readonly schemas: readonly ObjectSchema[];
}

export interface MissingFields {
  readonly create: readonly NewField[];
  /** Missing too, but not ours to make. */
  readonly unmade: readonly UnmadeField[];
}

const OPPORTUNITY = "Opportunity";
const CUSTOM_SALESFORCE_FIELD = /__c$/i;
/** HubSpot's own properties never end so; a name with a capital or a blank is not allowed there. */
const HUBSPOT_NAME = /^[a-z][a-z0-9_]*$/;
/** Salesforce's longest plain text, and the length a text gets whose other side has none of its own. */
const LONGEST_TEXT = 255;

/** Compares with the schemas: what is there stays as it is. The same field is told once, however many lines name it; our own definition comes first. */
export function missingFields(input: SetupInput): MissingFields {
  const wanted = [
    ...ownFieldDefinitions(input.mappings, input.ownFields, input.rulebook.lifecycle).filter((field) =>
      lacks(input, field),
    ),
    ...input.mappings.flatMap((mapping) => SYSTEMS.flatMap((system) => missingOfMapping(input, mapping, system))),
    ...SYSTEMS.flatMap((system) => missingFacts(input, system)),
    ...missingOfOpportunities(input),
  ];
  const once = new Map<string, NewField | UnmadeField>();
  for (const field of wanted) {
    const key = `${field.system} ${field.object} ${field.name.toLowerCase()}`;
    if (!once.has(key)) once.set(key, field);
  }
  const all = [...once.values()];
  return {
    create: all.filter((field): field is NewField => "type" in field),
    unmade: all.filter((field): field is UnmadeField => "reason" in field),
  };
}

function schemaOf({ schemas }: SetupInput, system: System, object: string): ObjectSchema {
  return (
    schemas.find((schema) => schema.system === system && schema.object === object) ?? { system, object, fields: [] }
  );
}

/** Names differ in nothing but case for Salesforce; HubSpot's are lower-case throughout. */
function lacks(input: SetupInput, { system, object, name }: Pick<NewField, "system" | "object" | "name">): boolean {
  const { fields } = schemaOf(input, system, object);
  return !fields.some((field) => field.name.toLowerCase() === name.toLowerCase());
}

function objectOf(mapping: ObjectMapping, system: System): string {
  return system === "hubspot" ? mapping.hubspot : mapping.salesforce;
}

function missingOfMapping(input: SetupInput, mapping: ObjectMapping, system: System): (NewField | UnmadeField)[] {
  const object = objectOf(mapping, system);
  const other = schemaOf(input, otherSystem(system), objectOf(mapping, otherSystem(system)));
  return mapping.fields
    .filter((field) => lacks(input, { system, object, name: field[system] }))
    .map((field) => mappedField(field, system, object, other));
}

/** What lifecycle.yml reads of an opportunity beside Salesforce's own fields. A text takes any values; an admin may make a picklist of it before. */
function missingOfOpportunities(input: SetupInput): NewField[] {
  const { lostReason, product = null } = input.rulebook.lifecycle;
  const wanted = [
    { name: lostReason, description: "Why the deal was lost." },
    { name: product, description: "What the deal is about; several things are separated by semicolons." },
  ];
  return wanted.flatMap(({ name, description }) => {
    const place = { system: "salesforce", object: OPPORTUNITY, name: name ?? "" } as const;
    if (name === null || !CUSTOM_SALESFORCE_FIELD.test(name) || !lacks(input, place)) return [];
    const type = { kind: "text", length: LONGEST_TEXT } as const;
    return [{ ...place, label: labelOf(name), type, unique: false, description }];
  });
}

/** A fact that only one object knows (a lead's status) is unknown on the others; one that none knows is missing on all. */
function missingFacts(input: SetupInput, system: System): (NewField | UnmadeField)[] {
  const objects = [...new Set(input.mappings.map((mapping) => objectOf(mapping, system)))];
  return input.rulebook.facts[system]
    .filter((source) => objects.every((object) => lacks(input, { system, object, name: source.field })))
    .flatMap((source) => objects.map((object) => factField(source, system, object)));
}

/** A field that rules look at and nobody syncs. HubSpot's analytics properties begin with `hs_` and come with the account. */
function factField(source: FactSource, system: System, object: string): NewField | UnmadeField {
  const name = source.field;
  const own = system === "salesforce" ? CUSTOM_SALESFORCE_FIELD.test(name) : !name.startsWith("hs_");
  const place = { system, object, name };
  const type = typeOf(source.type, undefined);
  if (!own || type === null) {
    const reason = own
      ? "its values are yours to name; create it as a multi-select"
      : "it comes with the system; correct the name in config/connector.yml, or give LeadLoop's user the right to see it";
    return { ...place, reason };
  }
  return {
    ...place,
    label: labelOf(name),
    type,
    unique: false,
    description: `LeadLoop's rules look at it as ${source.name}.`,
  };
}

function mappedField(field: FieldMapping, system: System, object: string, other: ObjectSchema): NewField | UnmadeField {
  const name = field[system];
  const place = { system, object, name };
  if (system === "salesforce" && !CUSTOM_SALESFORCE_FIELD.test(name)) {
    return {
      ...place,
      reason: `${name} is one of Salesforce's own names; correct it, or give LeadLoop's user the right to see it`,
    };
  }
  if (system === "hubspot" && !HUBSPOT_NAME.test(name)) {
    return { ...place, reason: `a HubSpot property's name has only small letters, digits and _; correct ${name}` };
  }
  const partner = other.fields.find((one) => one.name === field[otherSystem(system)]);
  const type = typeOf(field.transform.type, partner);
  if (type === null) {
    return {
      ...place,
      reason: `its values are those of ${field[otherSystem(system)]}, which is missing in ${otherSystem(system)}; create that one first`,
    };
  }
  return {
    ...place,
    label: partner?.label ?? labelOf(name),
    type,
    unique: false,
    description: `Kept equal to ${field[otherSystem(system)]} of ${otherSystem(system) === "hubspot" ? "HubSpot" : "Salesforce"} by LeadLoop (${field.rule}).`,
  };
}

/** What a field has to hold whose canonical values are of this type; its partner tells length and values. */
function typeOf(type: ValueType, partner: FieldSchema | undefined): NewFieldType | null {
  switch (type) {
    case "boolean":
    case "date":
    case "datetime":
      return { kind: type };
    case "number":
      return { kind: "number", precision: 18, scale: 2 };
    case "set":
      return partner === undefined || partner.values.length === 0
        ? null
        : { kind: "choices", values: partner.values, restricted: partner.restricted };
    case "text":
      if (partner?.type === "picklist" && partner.values.length > 0)
        return { kind: "choice", values: partner.values, restricted: partner.restricted };
      return { kind: "text", length: Math.min(partner?.length ?? LONGEST_TEXT, LONGEST_TEXT) };
  }
}

function labelOf(name: string): string {
  const words = name.replace(CUSTOM_SALESFORCE_FIELD, "").replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
