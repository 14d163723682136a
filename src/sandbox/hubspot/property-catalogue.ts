/** Which properties each object type has, and how the API describes them. */
import { readFileSync } from "node:fs";
import { formatInstant } from "./hubspot-instants.ts";
import type { ObjectType, PropertyDefinition, PropertyShape } from "./hubspot-model.ts";
import { HubSpotRefusal, invalidRequest } from "./hubspot-refusals.ts";
import { taskProperties } from "./task-properties.ts";

/** https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide: "up to ten unique ID properties per object". */
const UNIQUE_PROPERTIES_MAXIMUM = 10;
const PROPERTY_NAME = /^[a-z][a-z0-9_]*$/;

/** Properties of 2026 that a recording of 2022 does not have yet; names from the vendor's later records. */
const laterContactProperties: readonly PropertyDefinition[] = [
  ...["hs_object_source", "hs_object_source_id", "hs_object_source_label"].map((name) => readOnlyText(name)),
  {
    name: "hs_v2_date_entered_current_stage",
    label: "Date entered current stage",
    type: "datetime",
    fieldType: "date",
    groupName: "contactinformation",
    readOnlyValue: true,
    readOnlyDefinition: true,
  },
];

interface CatalogueEntry {
  readonly definition: PropertyDefinition;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The definitions of both object types; starts with the vendor's own and grows with the admin's. */
export class PropertyCatalogue {
  readonly #entries: Record<ObjectType, Map<string, CatalogueEntry>> = { contacts: new Map(), tasks: new Map() };

  constructor(now: number) {
    for (const definition of [...recordedContactProperties(), ...laterContactProperties]) {
      this.#put("contacts", { ...definition, hubspotDefined: true }, now);
    }
    const stages = this.get("contacts", "lifecyclestage")?.options ?? [];
    for (const stage of stages) this.#put("contacts", stageEntered(stage.value, stage.label), now);
    for (const definition of taskProperties) this.#put("tasks", { ...definition, hubspotDefined: true }, now);
  }

  get(type: ObjectType, name: string): PropertyDefinition | undefined {
    return this.#entries[type].get(name)?.definition;
  }

  list(type: ObjectType): readonly PropertyDefinition[] {
    return [...this.#entries[type].values()].map((entry) => entry.definition);
  }

  /** Adds a property of the admin's. Throws a HubSpotRefusal when the name is taken or the definition is impossible. */
  define(type: ObjectType, definition: PropertyDefinition, now: number): void {
    if (!PROPERTY_NAME.test(definition.name)) {
      throw invalidRequest(`Property name '${definition.name}' must be lower-case letters, digits and underscores.`);
    }
    if (this.#entries[type].has(definition.name)) {
      throw new HubSpotRefusal(409, "CONFLICT", `A property named '${definition.name}' already exists.`);
    }
    if (definition.type === "enumeration" && !definition.externalOptions && (definition.options ?? []).length === 0) {
      throw invalidRequest(`Property '${definition.name}' is an enumeration and needs options.`);
    }
    const unique = this.list(type).filter((other) => other.hasUniqueValue);
    if (definition.hasUniqueValue && unique.length >= UNIQUE_PROPERTIES_MAXIMUM) {
      throw invalidRequest(`There are already ${UNIQUE_PROPERTIES_MAXIMUM} unique properties on ${type}.`);
    }
    this.#put(type, definition, now);
  }

  /** Adds an option to an enumeration, before the one named; an account can make lifecycle stages of its own so. */
  addOption(
    type: ObjectType,
    name: string,
    option: { readonly label: string; readonly value: string },
    before: string,
  ): void {
    const entry = this.#entries[type].get(name);
    const options = entry?.definition.options ?? [];
    const place = options.findIndex(({ value }) => value === before);
    if (entry === undefined || place === -1)
      throw new RangeError(`${type} have no property ${name} with an option ${before}`);
    const all = options.toSpliced(place, 0, option).map((each, displayOrder) => ({ ...each, displayOrder }));
    this.#entries[type].set(name, { ...entry, definition: { ...entry.definition, options: all } });
  }

  /** Takes one option out of an enumeration; records keep the value. Throws a RangeError when there is no such option. */
  removeOption(type: ObjectType, name: string, value: string, now: number): void {
    const entry = this.#entries[type].get(name);
    const options = entry?.definition.options ?? [];
    if (entry === undefined || !options.some((option) => option.value === value)) {
      throw new RangeError(`${type} have no property ${name} with an option ${value}`);
    }
    const definition = { ...entry.definition, options: options.filter((option) => option.value !== value) };
    this.#entries[type].set(name, { definition, createdAt: entry.createdAt, updatedAt: now });
  }

  /** Gives a property another type; records keep the value. Throws a RangeError when there is no such property. */
  retype(type: ObjectType, name: string, shape: PropertyShape, now: number): void {
    const entry = this.#entries[type].get(name);
    if (entry === undefined) throw new RangeError(`${type} have no property ${name}`);
    const definition = { ...entry.definition, options: [], ...shape };
    this.#entries[type].set(name, { definition, createdAt: entry.createdAt, updatedAt: now });
  }

  /** The definition as the properties API answers it. */
  describe(type: ObjectType, name: string): Record<string, unknown> | undefined {
    const entry = this.#entries[type].get(name);
    if (entry === undefined) return undefined;
    const { definition } = entry;
    return {
      updatedAt: formatInstant(entry.updatedAt),
      createdAt: formatInstant(entry.createdAt),
      name: definition.name,
      label: definition.label,
      type: definition.type,
      fieldType: definition.fieldType,
      description: definition.description ?? "",
      groupName: definition.groupName,
      options: (definition.options ?? []).map((option, index) => ({
        label: option.label,
        value: option.value,
        ...(option.description === undefined ? {} : { description: option.description }),
        displayOrder: option.displayOrder ?? index,
        hidden: option.hidden ?? false,
      })),
      displayOrder: definition.displayOrder ?? -1,
      calculated: definition.calculated ?? false,
      externalOptions: definition.externalOptions ?? false,
      archived: false,
      hasUniqueValue: definition.hasUniqueValue ?? false,
      hidden: definition.hidden ?? false,
      ...(definition.hubspotDefined ? { hubspotDefined: true } : {}),
      modificationMetadata: {
        archivable: true,
        readOnlyDefinition: definition.readOnlyDefinition ?? false,
        readOnlyValue: definition.readOnlyValue ?? false,
      },
      formField: definition.formField ?? false,
      dataSensitivity: "non_sensitive",
    };
  }

  #put(type: ObjectType, definition: PropertyDefinition, now: number): void {
    this.#entries[type].set(definition.name, { definition, createdAt: now, updatedAt: now });
  }
}

function recordedContactProperties(): readonly PropertyDefinition[] {
  const file = new URL("../descriptions/hubspot/contact-properties.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as readonly PropertyDefinition[];
}

function readOnlyText(name: string): PropertyDefinition {
  return {
    name,
    label: name,
    type: "string",
    fieldType: "text",
    groupName: "contactinformation",
    readOnlyValue: true,
    readOnlyDefinition: true,
  };
}

function stageEntered(stage: string, label: string): PropertyDefinition {
  return {
    name: `hs_v2_date_entered_${stage}`,
    label: `Date entered "${label} (Lifecycle Stage Pipeline)"`,
    type: "datetime",
    fieldType: "date",
    groupName: "contactinformation",
    hubspotDefined: true,
    readOnlyValue: true,
    readOnlyDefinition: true,
  };
}
