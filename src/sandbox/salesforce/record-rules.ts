/** The checks a record passes before it is saved: required fields, owners, unique keys, locks, validation and duplicate rules. */
import type { ObjectDefinition, StoredRecord } from "./field-definition.ts";
import type { ResolvedInput, WriteContext } from "./input-resolving.ts";
import { latestRecord, liveRecords, type OrgState, tableOf } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";

/** Refuses a record that lacks a value it must have. */
export function requireFilled(object: ObjectDefinition, record: StoredRecord): void {
  const missing: string[] = [];
  for (const field of object.fields.values()) {
    if (field.nillable || field.type === "boolean" || !field.createable) continue;
    if ((record[field.name] ?? null) === null) missing.push(field.name);
  }
  if (missing.length === 0) return;
  throw new SalesforceFault("REQUIRED_FIELD_MISSING", `Required fields are missing: [${missing.join(", ")}]`, {
    fields: missing,
  });
}

/** An API call may not give a record to a user who has left. */
export function requireActiveOwner(
  state: OrgState,
  object: ObjectDefinition,
  input: ResolvedInput,
  context: WriteContext,
): void {
  if (!context.api) return;
  for (const [field, value] of input) {
    if (field.name !== "OwnerId" || typeof value !== "string" || !value.startsWith("005")) continue;
    if (latestRecord(state, "User", value)?.["IsActive"] !== false) continue;
    throw new SalesforceFault(
      "INACTIVE_OWNER_OR_USER",
      `operation performed with inactive user [${value}] as owner of ${object.name.toLowerCase()}`,
      { fields: ["OwnerId"] },
    );
  }
}

/** Counts down one of the locks asked for on the record and refuses the write. */
export function requireLock(state: OrgState, id: string, context: WriteContext): void {
  const times = state.rowLocks.get(id) ?? 0;
  if (!context.api || times <= 0) return;
  state.rowLocks.set(id, times - 1);
  throw new SalesforceFault(
    "UNABLE_TO_LOCK_ROW",
    `unable to obtain exclusive access to this record or 1 records: ${id.slice(0, 15)}`,
  );
}

/** Refuses a value of a unique field that another record, not deleted, already has. */
export function requireUnique(
  state: OrgState,
  object: ObjectDefinition,
  before: StoredRecord | undefined,
  after: StoredRecord,
): void {
  for (const field of object.fields.values()) {
    const value = after[field.name];
    if (!field.unique || typeof value !== "string" || before?.[field.name] === value) continue;
    const other = otherWith(state, object, field.name, field.caseSensitive, after);
    if (other !== undefined) throw duplicateValue(field.name, String(other["Id"]));
  }
  if (object.name === "CampaignMember" && before === undefined) requireOneMembership(state, object, after);
}

/** The fault of a key that is taken. The message names the other record by its 15-character id. */
function duplicateValue(fieldName: string, otherId: string): SalesforceFault {
  return new SalesforceFault(
    "DUPLICATE_VALUE",
    `duplicate value found: ${fieldName} duplicates value on record with id: ${otherId.slice(0, 15)}`,
  );
}

function otherWith(
  state: OrgState,
  object: ObjectDefinition,
  name: string,
  caseSensitive: boolean,
  record: StoredRecord,
): StoredRecord | undefined {
  const value = String(record[name]);
  const table = tableOf(state, object);
  for (const id of table.idsWith(name, value)) {
    const other = table.latest(id);
    if (other === undefined || id === record["Id"] || other["IsDeleted"] === true) continue;
    if (!caseSensitive || other[name] === value) return other;
  }
  return undefined;
}

/** A lead or contact is a member of a campaign once. */
function requireOneMembership(state: OrgState, object: ObjectDefinition, member: StoredRecord): void {
  const personField = member["LeadId"] === null ? "ContactId" : "LeadId";
  const person = member[personField];
  if (typeof person !== "string") {
    throw new SalesforceFault("REQUIRED_FIELD_MISSING", "Required fields are missing: [LeadId, ContactId]", {
      fields: ["LeadId", "ContactId"],
    });
  }
  const table = tableOf(state, object);
  for (const id of table.idsWith(personField, person)) {
    const other = table.latest(id);
    if (other?.["IsDeleted"] === false && other["CampaignId"] === member["CampaignId"]) {
      throw new SalesforceFault(
        "DUPLICATE_VALUE",
        `Already a campaign member. duplicates value on record with id: ${id}`,
      );
    }
  }
}

/** Applies the org's own validation rules. */
export function requireValid(state: OrgState, object: ObjectDefinition, record: StoredRecord): void {
  for (const rule of state.validationRules.get(object.name) ?? []) {
    if (!rule.refuses(record)) continue;
    throw new SalesforceFault("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, {
      fields: rule.field === undefined ? [] : [rule.field],
    });
  }
}

/**
 * Applies the org's duplicate rules to a new record.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_header_duplicateruleheader.htm
 */
export function requireNoDuplicate(
  state: OrgState,
  object: ObjectDefinition,
  record: StoredRecord,
  context: WriteContext,
): void {
  for (const rule of state.duplicateRules.get(object.name) ?? []) {
    if (rule.mode === "alert" && context.allowDuplicates) continue;
    const matches = matchesOf(state, object, record, rule.matchOn);
    if (matches.length > 0) throw duplicatesDetected(object, rule.name, rule.mode, rule.message, matches);
  }
}

function matchesOf(
  state: OrgState,
  object: ObjectDefinition,
  record: StoredRecord,
  names: readonly string[],
): StoredRecord[] {
  const wanted = names.map((name) => [name, record[name]] as const);
  if (wanted.some(([, value]) => typeof value !== "string")) return [];
  const same = (other: StoredRecord): boolean =>
    other["IsDeleted"] !== true &&
    other["IsConverted"] !== true &&
    other["Id"] !== record["Id"] &&
    wanted.every(([name, value]) => String(other[name] ?? "").toLowerCase() === String(value).toLowerCase());
  const table = tableOf(state, object);
  const indexed = wanted.find(([name]) => table.hasIndex(name));
  const candidates = indexed === undefined ? table.allLatest() : liveRecords(table, indexed[0], String(indexed[1]));
  return [...candidates].filter(same);
}

function duplicatesDetected(
  object: ObjectDefinition,
  ruleName: string,
  mode: "alert" | "block",
  message = "Use one of these records?",
  matches: readonly StoredRecord[],
): SalesforceFault {
  const matchRecords = matches.map((match) => ({
    additionalInformation: [],
    fieldDiffs: [],
    matchConfidence: 100,
    record: {
      attributes: { type: object.name, url: `/services/data/v66.0/sobjects/${object.name}/${String(match["Id"])}` },
      Id: match["Id"] ?? null,
    },
  }));
  const matchResult = {
    entityType: object.name,
    errors: [],
    matchEngine: "FuzzyMatchEngine",
    matchRecords,
    rule: ruleName.replace("Duplicate", "Match"),
    size: matchRecords.length,
    success: true,
  };
  return new SalesforceFault("DUPLICATES_DETECTED", message, {
    extra: {
      duplicateResult: {
        allowSave: mode === "alert",
        duplicateRule: ruleName,
        duplicateRuleEntityType: object.name,
        errorMessage: message,
        matchResults: [matchResult],
      },
    },
  });
}
