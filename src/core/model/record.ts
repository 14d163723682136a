/** The nouns of the two systems: systems, refs, records and the values they hold. */

export type System = "hubspot" | "salesforce";
export const SYSTEMS: readonly System[] = ["hubspot", "salesforce"];

export function otherSystem(system: System): System {
  return system === "hubspot" ? "salesforce" : "hubspot";
}

/** A moment as ISO-8601 UTC text with milliseconds (`2026-10-01T12:00:00.000Z`), so that text order is time order. */
export type Instant = string;

/** What a system stores, with its blanks made `null` by the adapter. */
export type RawValue = string | number | boolean | null;

/**
 * A value in canonical form: text that is equal exactly when the two systems mean the same thing. Booleans are "true"/"false", numbers plain
 * decimals, dates `YYYY-MM-DD`, date-times an Instant, sets sorted and joined by ";". `null` is a blank. A field that could not be read is absent.
 */
export type Value = string | null;

/** The name of a record. HubSpot ids are digit strings; Salesforce ids always have 18 characters. */
export interface RecordRef {
  readonly system: System;
  readonly object: string;
  readonly id: string;
}

/** One entry of a field's history. */
export interface FieldVersion {
  readonly value: RawValue;
  readonly at: Instant;
  /** Our own integration wrote it. */
  readonly own: boolean;
}

/** What became of a record. A merged record lives on in `into`; a converted Lead in a Contact. */
export type RecordFate =
  | { readonly kind: "live" }
  | { readonly kind: "deleted" }
  | { readonly kind: "merged"; readonly into: string }
  | {
      readonly kind: "converted";
      readonly into: string | null;
      readonly account: string | null;
      readonly opportunity: string | null;
    };

/** One record as it was read. */
export interface CrmRecord {
  readonly ref: RecordRef;
  readonly fate: RecordFate;
  /** Field name as the system spells it -> value. A name that was asked for and is missing here could not be read: unknown, never blank. */
  readonly fields: Readonly<Record<string, RawValue>>;
  readonly createdAt: Instant;
  /** When a person or program last changed it (HubSpot lastmodifieddate, Salesforce LastModifiedDate). */
  readonly modifiedAt: Instant;
  /** Moves with every change, also automatic ones (HubSpot lastmodifieddate, Salesforce SystemModstamp). */
  readonly version: string;
  /** Newest first, for the fields whose history was asked for. */
  readonly history?: Readonly<Record<string, readonly FieldVersion[]>>;
  /** Ids that were merged into this record. */
  readonly mergedIds?: readonly string[];
}

/** A person who can own records, in either system. `id` is what the owner field holds. */
export interface Owner {
  readonly id: string;
  readonly email: string | null;
  readonly name: string;
  readonly active: boolean;
  readonly managerId: string | null;
  readonly timeZone: string | null;
  /** A Salesforce queue rather than a person. */
  readonly queue: boolean;
}

/** One field as the system's own schema describes it. */
export interface FieldSchema {
  readonly name: string;
  readonly label: string;
  readonly type:
    | "text"
    | "number"
    | "boolean"
    | "date"
    | "datetime"
    | "picklist"
    | "multi-picklist"
    | "reference"
    | "id"
    | "other";
  /** Why it cannot be synced as one value: it is put together from other fields, comes as a mask of asterisks, or is a file. Absent for all others. */
  readonly unfit?: "compound" | "masked" | "binary";
  /** What a text field takes by its kind; absent for any text. */
  readonly format?: "email" | "phone" | "url";
  readonly length: number | null;
  /** May be changed. */
  readonly writable: boolean;
  /** May be given when a record is made. */
  readonly createable: boolean;
  readonly required: boolean;
  readonly unique: boolean;
  readonly externalId: boolean;
  /** Active values of a picklist, and whether the system refuses others. */
  readonly values: readonly string[];
  readonly restricted: boolean;
}

export interface ObjectSchema {
  readonly system: System;
  readonly object: string;
  readonly fields: readonly FieldSchema[];
  /** What is known of fields that were hidden or deleted since. */
  readonly earlier?: readonly FieldSchema[];
  /** Fields of these as they were before they were given a type that holds less, and when that was noticed: what went since may have gone by it. */
  readonly retyped?: readonly { readonly field: FieldSchema; readonly at: Instant }[];
  /** Fields that were left out of them because an admin gave them another type, which lost their values. */
  readonly converted?: readonly {
    readonly name: string;
    readonly was: string;
    readonly is: string;
    readonly line: string;
  }[];
}
