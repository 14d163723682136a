/** Creates, changes, deletes and restores records: stamps them, derives what the platform derives, and moves what hangs on them. */
import { derivedFields } from "./derived-fields.ts";
import { applyAccess, requireAccessRow } from "./field-access.ts";
import type { FieldValue, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import { writeHistory } from "./history-rows.ts";
import { type ResolvedInput, resolveInput, type WriteContext } from "./input-resolving.ts";
import { inTransaction, latestRecord, type OrgState, storeRecord, tableOf } from "./org-state.ts";
import { isPerson, personHalf, requireFieldsOfItsKind, requireNoPersonContact } from "./person-accounts.ts";
import {
  requireActiveOwner,
  requireFilled,
  requireLock,
  requireNoDuplicate,
  requireUnique,
  requireValid,
} from "./record-rules.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { stampOf } from "./vendor-time.ts";

export type RecordInput = Readonly<Record<string, unknown>>;

/** The moment a write is stamped with, in the vendor's format. */
export function stampFor(state: OrgState, context: WriteContext): string {
  return stampOf(context.at ?? state.clock.now());
}

/** Creates a record and gives its id. Throws a SalesforceFault and stores nothing when a rule refuses it. */
export function createRecord(
  state: OrgState,
  object: ObjectDefinition,
  input: RecordInput,
  context: WriteContext,
): string {
  return inTransaction(state, () => {
    requireAbility(object, "createable");
    const values = resolveInput(state, object, input, "create", context);
    requireActiveOwner(state, object, values, context);
    const stamp = stampFor(state, context);
    const id = state.mint.next(object.idPrefix);
    const draft: StoredRecord = {
      ...state.catalog.emptyRecord(object),
      ...defaultsOf(object, context),
      ...writtenValues(values),
      Id: id,
      ...auditOf(object, context, stamp),
    };
    if (isPerson(object, draft)) return createPerson(state, object, draft, context);
    const assigned = { ...draft, ...assignmentOf(state, object, context) };
    const record = { ...assigned, ...derivedFields(state, object, undefined, assigned, stamp) };
    requireFilled(object, record);
    requireUnique(state, object, undefined, record);
    requireValid(state, object, record);
    requireAccessRow(state, object, record);
    requireNoDuplicate(state, object, record, context);
    save(state, object, undefined, record, context, stamp);
    return id;
  });
}

/** An account that is a person, and the contact that comes with it. */
function createPerson(state: OrgState, object: ObjectDefinition, draft: StoredRecord, context: WriteContext): string {
  const stamp = stampFor(state, context);
  const contacts = state.catalog.require("Contact");
  const contactId = state.mint.next(contacts.idPrefix);
  const person = { ...draft, IsPersonAccount: true, PersonContactId: contactId };
  const account = { ...person, ...derivedFields(state, object, undefined, person, stamp) };
  save(state, object, undefined, account, context, stamp);
  const half = {
    ...state.catalog.emptyRecord(contacts),
    ...personHalf(state, account),
    ...{ Id: contactId, AccountId: draft["Id"] ?? null, IsPersonAccount: true },
    ...auditOf(contacts, context, stamp),
  };
  const contact = { ...half, ...derivedFields(state, contacts, undefined, half, stamp) };
  save(state, contacts, undefined, contact, { ...context, api: false }, stamp);
  return String(draft["Id"]);
}

/** Changes a record. Fields not named stay; null clears. Throws a SalesforceFault and changes nothing when a rule refuses it. */
export function updateRecord(
  state: OrgState,
  object: ObjectDefinition,
  id: string,
  input: RecordInput,
  context: WriteContext,
): void {
  inTransaction(state, () => {
    requireAbility(object, "updateable");
    const before = requireLive(state, object, id);
    const values = resolveInput(state, object, input, "update", context);
    requireLock(state, id, context);
    requireNoPersonContact(object, before);
    requireFieldsOfItsKind(state, object, before, values);
    if (before["IsConverted"] === true) {
      throw new SalesforceFault("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead");
    }
    requireActiveOwner(state, object, values, context);
    const stamp = stampFor(state, context);
    const draft: StoredRecord = {
      ...before,
      ...writtenValues(values),
      ...assignmentOf(state, object, context),
      LastModifiedById: context.by,
      LastModifiedDate: stamp,
      SystemModstamp: stamp,
    };
    const record = { ...draft, ...derivedFields(state, object, before, draft, stamp) };
    requireFilled(object, record);
    requireUnique(state, object, before, record);
    requireValid(state, object, record);
    requireAccessRow(state, object, record);
    save(state, object, before, record, context, stamp);
    if (record["IsPersonAccount"] === true && object.name === "Account") savePersonHalf(state, record, context);
  });
}

/** The contact of a person account follows it; an edit of what is the account's alone leaves the contact as it is. */
function savePersonHalf(state: OrgState, account: StoredRecord, context: WriteContext): void {
  const contacts = state.catalog.require("Contact");
  const id = String(account["PersonContactId"]);
  const half = { ...personHalf(state, account), Name: account["Name"] ?? null };
  const contact = latestRecord(state, "Contact", id);
  const isChanged = Object.entries(half).some(([name, value]) => (contact?.[name] ?? null) !== value);
  if (isChanged) touchRecord(state, contacts, id, half, context, MODIFIED);
}

const MODIFIED = { modified: true } as const;

/** Sets fields past all rules, as the platform itself does; moves SystemModstamp, and the last modification only when asked. */
export function touchRecord(
  state: OrgState,
  object: ObjectDefinition,
  id: string,
  changes: Readonly<Record<string, FieldValue>>,
  context: WriteContext,
  options: { readonly modified: boolean } = { modified: false },
): void {
  const before = tableOf(state, object).latest(id);
  if (before === undefined) return;
  const stamp = stampFor(state, context);
  const audit = options.modified ? { LastModifiedDate: stamp, LastModifiedById: context.by } : {};
  const record = { ...before, ...changes, ...audit, ...("SystemModstamp" in before ? { SystemModstamp: stamp } : {}) };
  storeRecord(state, object, record);
  writeHistory(state, object, before, record, { by: context.by, stamp });
}

/** The record, or the fault of an id that is unknown or deleted. */
export function requireLive(state: OrgState, object: ObjectDefinition, id: string): StoredRecord {
  const record = tableOf(state, object).latest(id);
  if (record === undefined) {
    throw new SalesforceFault("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", { httpStatus: 404 });
  }
  if (record["IsDeleted"] === true) {
    throw new SalesforceFault("ENTITY_IS_DELETED", "entity is deleted", { httpStatus: 404 });
  }
  return record;
}

export function requireAbility(object: ObjectDefinition, ability: "createable" | "updateable" | "deletable"): void {
  if (object.abilities[ability] === true) return;
  throw new SalesforceFault(
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    `entity type cannot be ${ability === "createable" ? "inserted" : ability.replace("able", "ed")}: ${object.label}`,
  );
}

function save(
  state: OrgState,
  object: ObjectDefinition,
  before: StoredRecord | undefined,
  record: StoredRecord,
  context: WriteContext,
  stamp: string,
): void {
  storeRecord(state, object, record);
  writeHistory(state, object, before, record, { by: context.by, stamp });
  applyAccess(state, object);
  if (object.name === "Task") moveLastActivity(state, record, context);
  if (context.api) runWorkflows(state, object, String(record["Id"]), context);
}

/** Automation sees the saved record once and changes it in the same transaction, without a second round. */
function runWorkflows(state: OrgState, object: ObjectDefinition, id: string, context: WriteContext): void {
  for (const workflow of state.workflows.get(object.name) ?? []) {
    const record = tableOf(state, object).latest(id);
    const changes = record === undefined ? null : workflow(record);
    if (changes === null) continue;
    updateRecord(state, object, id, changes, { ...context, api: false, autoAssign: false });
  }
}

/**
 * A closed task moves the last activity of the person it was about, and of its account.
 * That moves SystemModstamp and leaves LastModifiedDate: https://help.salesforce.com/s/articleView?id=000387261
 */
function moveLastActivity(state: OrgState, task: StoredRecord, context: WriteContext): void {
  const day = task["ActivityDate"];
  if (task["IsClosed"] !== true || typeof day !== "string") return;
  for (const id of [task["WhoId"], task["WhatId"], task["AccountId"]]) {
    const object = typeof id === "string" ? state.catalog.objectOfId(id) : undefined;
    if (object === undefined || typeof id !== "string" || !object.fields.has("LastActivityDate")) continue;
    const last = latestRecord(state, object.name, id)?.["LastActivityDate"] ?? "";
    if (String(last) < day) touchRecord(state, object, id, { LastActivityDate: day }, context);
  }
}

function writtenValues(values: ResolvedInput): Record<string, FieldValue> {
  return Object.fromEntries([...values].map(([field, value]) => [field.name, value]));
}

function defaultsOf(object: ObjectDefinition, context: WriteContext): Record<string, FieldValue> {
  const defaults: Record<string, FieldValue> = {};
  for (const field of object.fields.values()) {
    if (field.defaultValue !== null && field.defaultValue !== undefined) defaults[field.name] = field.defaultValue;
  }
  if (object.fields.has("OwnerId")) defaults["OwnerId"] = context.by;
  if (object.name === "Lead") defaults["IsUnreadByOwner"] = true;
  return defaults;
}

function auditOf(object: ObjectDefinition, context: WriteContext, stamp: string): Record<string, FieldValue> {
  const audit: Record<string, FieldValue> = {
    CreatedDate: stamp,
    CreatedById: context.by,
    LastModifiedDate: stamp,
    LastModifiedById: context.by,
    SystemModstamp: stamp,
  };
  return Object.fromEntries(Object.entries(audit).filter(([name]) => object.fields.has(name)));
}

/** The lead assignment rule takes the owner unless the call switched it off (`Sforce-Auto-Assign: FALSE`). */
function assignmentOf(state: OrgState, object: ObjectDefinition, context: WriteContext): Record<string, FieldValue> {
  const owner = state.settings.autoAssignOwnerId;
  return object.name === "Lead" && context.autoAssign && owner !== null ? { OwnerId: owner } : {};
}
