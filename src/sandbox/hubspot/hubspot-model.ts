/** The nouns of the HubSpot stand-in: property definitions, versions of values, records, owners and writers. */

/** The object types this stand-in stores; every other type is unknown to it. */
export type ObjectType = "contacts" | "tasks";

/** Who wrote a value, as property history reports it. */
export interface Writer {
  /** For example CRM_UI, INTEGRATION, FORM, IMPORT, AUTOMATION_PLATFORM, EMAIL, ANALYTICS, API. */
  readonly sourceType: string;
  /** For CRM_UI `userId:<number>`, for INTEGRATION the app id. */
  readonly sourceId: string;
}

export interface PropertyOption {
  readonly label: string;
  readonly value: string;
  readonly displayOrder?: number | undefined;
  readonly hidden?: boolean | undefined;
  readonly description?: string | undefined;
}

export type PropertyType = "string" | "number" | "date" | "datetime" | "enumeration" | "bool" | "phone_number";

/** What an admin changes when a property gets another type. */
export type PropertyShape = Pick<PropertyDefinition, "type" | "fieldType" | "options">;

/** What a property is and who may write it. Keys left out take the vendor's defaults. */
export interface PropertyDefinition {
  readonly name: string;
  readonly label: string;
  readonly type: PropertyType;
  readonly fieldType: string;
  readonly groupName: string;
  readonly description?: string | undefined;
  readonly options?: readonly PropertyOption[] | undefined;
  readonly displayOrder?: number | undefined;
  readonly calculated?: boolean | undefined;
  /** Options come from elsewhere in the account, as owners do. */
  readonly externalOptions?: boolean | undefined;
  readonly hasUniqueValue?: boolean | undefined;
  readonly hidden?: boolean | undefined;
  readonly formField?: boolean | undefined;
  readonly hubspotDefined?: boolean | undefined;
  readonly readOnlyValue?: boolean | undefined;
  readonly readOnlyDefinition?: boolean | undefined;
}

/** One value a property had, newest first through `older`. The empty string means the value was cleared. */
export interface ValueVersion {
  readonly value: string;
  readonly at: number;
  readonly by: Writer;
  readonly older: ValueVersion | undefined;
}

/** A record that became part of another one. */
export interface MergedRecord {
  readonly id: string;
  readonly at: number;
}

/**
 * Everything known about a record at one moment. Never changed in place: a write makes a new state, so an index may
 * keep an old one.
 */
export interface RecordState {
  readonly id: string;
  /** `id` as a number, which is how ids are ordered. */
  readonly numericId: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Undefined while the record is live. */
  readonly archivedAt: number | undefined;
  readonly createdBy: Writer;
  readonly values: Readonly<Record<string, ValueVersion>>;
  readonly additionalEmails: readonly string[];
  readonly mergedRecords: readonly MergedRecord[];
  /** Grows with every change of this store; tells an old state from a new one. */
  readonly sequence: number;
}

/** A person who can own records. `hubspot_owner_id` holds `id`, never `userId`. */
export interface Owner {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly userId: number;
  readonly archived: boolean;
}

/** One entry of a property's history, as the API answers it. */
export interface HistoryEntry {
  readonly value: string;
  readonly timestamp: string;
  readonly sourceType: string;
  readonly sourceId: string;
  readonly updatedByUserId: number | null;
}

/** A record as a check sees it: every value that is not empty, without lag. */
export interface RecordView {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly archived: boolean;
}
