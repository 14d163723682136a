/** Loads the standard objects of the org and lets an admin add fields to them. */
import standard from "../descriptions/salesforce/standard-objects.json" with { type: "json" };
import type {
  FieldDefinition,
  FieldType,
  FieldValue,
  NewField,
  ObjectDefinition,
  StoredRecord,
} from "./field-definition.ts";

interface CompactField {
  readonly [key: string]: unknown;
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly length?: number;
  readonly picklistValues?: readonly string[];
  readonly picklistDefault?: string;
}

interface CompactObject {
  readonly [key: string]: unknown;
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string | null;
  readonly idPrefix?: string;
  readonly fields: readonly CompactField[];
}

const fieldDefaults: Readonly<Record<string, unknown>> = standard.fieldDefaults;
const typeDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = standard.typeDefaults;

/** Describe keys that are the same for every object of the org. */
export const objectDefaults: Readonly<Record<string, unknown>> = standard.objectDefaults;

/** The objects of one org. Names are looked up without regard to case, as the API does. */
export class ObjectCatalog {
  readonly #objects = new Map<string, ObjectDefinition>();
  readonly #templates = new Map<string, StoredRecord>();
  readonly #byLowerName = new Map<string, Map<string, FieldDefinition>>();
  readonly #byPrefix = new Map<string, string>();

  /** `without`: standard objects that this org does not have. */
  constructor(without: readonly string[] = []) {
    for (const [name, compact] of Object.entries(standard.objects as unknown as Record<string, CompactObject>)) {
      if (without.includes(name)) continue;
      const { label, labelPlural, keyPrefix, idPrefix, fields, ...abilities } = compact;
      const definitions = fields.map((field) => expandField(field));
      this.#keep({
        name,
        label,
        labelPlural,
        keyPrefix,
        idPrefix: idPrefix ?? keyPrefix ?? "000",
        abilities,
        fields: new Map(definitions.map((field) => [field.name, field])),
        version: 1,
      });
      if (keyPrefix !== null && name !== "LeadStatus") this.#byPrefix.set(keyPrefix, name);
    }
  }

  names(): string[] {
    return [...this.#objects.values()].map((object) => object.name);
  }

  object(name: string): ObjectDefinition | undefined {
    return this.#objects.get(name.toLowerCase());
  }

  /** Throws when the object does not exist: for names the sandbox itself wrote. */
  require(name: string): ObjectDefinition {
    const object = this.object(name);
    if (object === undefined) throw new Error(`The sandbox org has no object ${name}`);
    return object;
  }

  field(object: ObjectDefinition, name: string): FieldDefinition | undefined {
    return object.fields.get(name) ?? this.#byLowerName.get(object.name)?.get(name.toLowerCase());
  }

  /** The object an id belongs to, by its first three characters. */
  objectOfId(id: string): ObjectDefinition | undefined {
    const name = this.#byPrefix.get(id.slice(0, 3));
    return name === undefined ? undefined : this.object(name);
  }

  /** A record with every field empty: null, false for checkboxes, 0 for roll-ups. */
  emptyRecord(object: ObjectDefinition): StoredRecord {
    return this.#templates.get(object.name) ?? {};
  }

  /** Adds a field, or replaces the one of that name. */
  define(objectName: string, field: NewField): FieldDefinition {
    const object = this.require(objectName);
    const definition = expandField({ custom: field.name.endsWith("__c"), ...field });
    this.#keep({
      ...object,
      version: object.version + 1,
      fields: new Map([...object.fields, [definition.name, definition]]),
    });
    return definition;
  }

  #keep(object: ObjectDefinition): void {
    this.#objects.set(object.name.toLowerCase(), object);
    this.#byLowerName.set(
      object.name,
      new Map([...object.fields.values()].map((field) => [field.name.toLowerCase(), field])),
    );
    const empty = Object.fromEntries([...object.fields.values()].map((field) => [field.name, emptyValue(field)]));
    // Parsed from JSON so that the engine gives all records of the object one compact shape.
    this.#templates.set(object.name, JSON.parse(JSON.stringify(empty)) as StoredRecord);
  }
}

/** Checkboxes and roll-up numbers are never null. */
function emptyValue(field: FieldDefinition): FieldValue {
  if (field.type === "boolean") return false;
  return field.nillable || field.createable || !["int", "double", "currency"].includes(field.type) ? null : 0;
}

const idTypes: ReadonlySet<string> = new Set(["id", "reference"]);

/** All describe keys of a field from the few in which it differs from its type. */
function expandField(compact: CompactField): FieldDefinition {
  const { picklistValues = [], picklistDefault, ...own } = compact;
  const length = compact.length ?? lengthOf(compact.type);
  return {
    ...fieldDefaults,
    ...typeDefaults[compact.type],
    defaultedOnCreate: picklistDefault !== undefined || (compact.type === "boolean" && own["createable"] !== false),
    ...(compact.type === "boolean" ? { nillable: false } : {}),
    ...(own["externalId"] === true ? { idLookup: true } : {}),
    label: own["label"] ?? labelOf(compact.name),
    byteLength: idTypes.has(compact.type) ? length : length * 3,
    ...own,
    length,
    picklistValues: picklistValues.map((value) => ({
      active: true,
      defaultValue: value === picklistDefault,
      label: value,
      validFor: null,
      value,
    })),
    ...(picklistDefault === undefined ? {} : { defaultValue: picklistDefault }),
  } as unknown as FieldDefinition;
}

function lengthOf(type: FieldType | string): number {
  if (idTypes.has(type)) return 18;
  if (type === "email") return 80;
  if (type === "phone") return 40;
  if (type === "picklist" || type === "string" || type === "url") return 255;
  return type === "multipicklist" ? 4099 : 0;
}

function labelOf(name: string): string {
  return name.replace(/__c$/, "").replaceAll("_", " ");
}
