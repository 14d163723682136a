/** What the org knows about its objects and fields: the keys of a describe result, typed where the org's rules read them. */

/** A value as it is stored and as it travels in JSON. Date-times are texts in the vendor's format, multi-selects are joined by ";". */
export type FieldValue = string | number | boolean | null;

/** One stored version of a record: a value for every field of its object. Never changed in place. */
export type StoredRecord = Readonly<Record<string, FieldValue>>;

export type FieldType =
  | "id"
  | "reference"
  | "string"
  // Described alone: no value is kept behind a mask.
  | "encryptedstring"
  | "textarea"
  | "email"
  | "phone"
  | "url"
  | "picklist"
  | "multipicklist"
  | "combobox"
  | "boolean"
  | "int"
  | "double"
  | "currency"
  | "percent"
  | "date"
  | "datetime"
  | "address";

interface PicklistValue {
  readonly active: boolean;
  readonly defaultValue: boolean;
  readonly label: string;
  readonly validFor: null;
  readonly value: string;
}

/** A field as describe shows it. Keys the org's rules never read are kept in the index signature. */
export interface FieldDefinition {
  readonly [key: string]: unknown;
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
  readonly digits: number;
  readonly nillable: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly filterable: boolean;
  readonly sortable: boolean;
  readonly defaultedOnCreate: boolean;
  readonly defaultValue: FieldValue;
  readonly unique: boolean;
  readonly externalId: boolean;
  readonly idLookup: boolean;
  readonly caseSensitive: boolean;
  readonly permissionable: boolean;
  readonly custom: boolean;
  readonly restrictedPicklist: boolean;
  readonly picklistValues: readonly PicklistValue[];
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
}

/** A field to add to an object, as an admin would: everything left out takes the default of its type. */
export interface NewField {
  readonly name: string;
  readonly type: FieldType;
  readonly label?: string;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly nillable?: boolean;
  readonly unique?: boolean;
  readonly externalId?: boolean;
  readonly caseSensitive?: boolean;
  readonly restrictedPicklist?: boolean;
  readonly picklistValues?: readonly string[];
  readonly picklistDefault?: string;
  readonly referenceTo?: readonly string[];
  readonly relationshipName?: string;
  readonly createable?: boolean;
  readonly updateable?: boolean;
  readonly permissionable?: boolean;
  readonly defaultedOnCreate?: boolean;
  readonly defaultValue?: FieldValue;
}

/** An object of the org. `fields` is in describe order and keyed by API name. */
export interface ObjectDefinition {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  /** Null for history objects, whose ids are not looked up by prefix. */
  readonly keyPrefix: string | null;
  readonly idPrefix: string;
  /** Flags as describe shows them: createable, updateable, deletable, mergeable, … */
  readonly abilities: Readonly<Record<string, unknown>>;
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  /** Counts changes of the definition, so that describe's ETag moves with it. */
  readonly version: number;
}
