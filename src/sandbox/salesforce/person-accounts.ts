/**
 * Person Accounts: an Account and a Contact that are one person. What is written goes to the Account, where the contact's fields have names of their own.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_guidelines_personaccounts.htm
 */
import type { FieldDefinition, FieldValue, NewField, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import type { ResolvedInput } from "./input-resolving.ts";
import { indexField, type OrgState } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";

/** Fields of a contact that the account has anyway, or under the same name: the name itself, and what both show as one. */
const SAME_NAME: ReadonlySet<string> = new Set([
  ...["FirstName", "LastName", "MiddleName", "Salutation", "Suffix", "Phone", "Fax", "OwnerId", "Description"],
]);
/** What ties a contact to others has no counterpart. */
const NONE: ReadonlySet<string> = new Set(["AccountId", "ReportsToId", "IsPersonAccount"]);

/** The account's name for a field of the contact: `Title` is `PersonTitle`, `Need__c` is `Need__pc`. */
function onAccount(field: string): string {
  if (field.endsWith("__c")) return `${field.slice(0, -"__c".length)}__pc`;
  return SAME_NAME.has(field) ? field : `Person${field}`;
}

/** An org in which an admin has switched Person Accounts on, which nobody can switch off again. */
export function activatePersonAccounts(state: OrgState): void {
  const readOnly = { createable: false, updateable: false, permissionable: false } as const;
  const flag = { name: "IsPersonAccount", label: "Is Person Account", type: "boolean", ...readOnly } as const;
  define(state, "Contact", flag);
  define(state, "Account", flag);
  const contact = { referenceTo: ["Contact"], relationshipName: "PersonContact" } as const;
  define(state, "Account", { name: "PersonContactId", type: "reference", ...contact, ...readOnly });
  const accounts = state.catalog.require("Account");
  for (const field of sharedFields(state))
    if (!accounts.fields.has(onAccount(field.name))) define(state, "Account", copyOf(field));
  // Who has no company is a person account after the conversion.
  const company = state.catalog.require("Lead").fields.get("Company");
  if (company !== undefined) define(state, "Lead", { ...copyOf(company), name: "Company" });
}

function define(state: OrgState, object: string, field: NewField): void {
  indexField(state, state.catalog.require(object), state.catalog.define(object, field));
}

function copyOf(field: FieldDefinition): NewField {
  const { picklistValues, relationshipName, ...own } = field;
  return {
    ...own,
    name: onAccount(field.name),
    // Only one record of the two is asked for a key.
    ...{ nillable: true, unique: false, externalId: false, idLookup: false },
    picklistValues: picklistValues.map(({ value }) => value),
    ...(relationshipName === null ? {} : { relationshipName: onAccount(relationshipName) }),
  };
}

function sharedFields(state: OrgState): FieldDefinition[] {
  return [...state.catalog.require("Contact").fields.values()].filter(
    ({ name, createable, updateable }) => createable && updateable && !NONE.has(name),
  );
}

export function hasPersonAccounts(state: OrgState): boolean {
  return state.catalog.require("Contact").fields.has("IsPersonAccount");
}

/** Whether a new account is a person: it has a last name, and no name of its own. */
export function isPerson(object: ObjectDefinition, record: StoredRecord): boolean {
  return object.name === "Account" && typeof (record["LastName"] ?? null) === "string";
}

/** What the contact of a person account shows of its account. */
export function personHalf(state: OrgState, account: StoredRecord): Record<string, FieldValue> {
  return Object.fromEntries(
    sharedFields(state).map(({ name }) => [name, account[onAccount(name)] ?? emptyOf(name, state)]),
  );
}

function emptyOf(name: string, state: OrgState): FieldValue {
  return state.catalog.emptyRecord(state.catalog.require("Contact"))[name] ?? null;
}

/** A contact's values as those of a person account. */
export function asPersonAccount(values: Readonly<Record<string, FieldValue>>): Record<string, FieldValue> {
  const entries = Object.entries(values).filter(([name]) => !NONE.has(name));
  return Object.fromEntries(entries.map(([name, value]) => [onAccount(name), value]));
}

/** Nobody changes or deletes the contact of a person account: that is done to the account. */
export function requireNoPersonContact(object: ObjectDefinition, record: StoredRecord): void {
  if (object.name !== "Contact" || record["IsPersonAccount"] !== true) return;
  throw new SalesforceFault(
    "INVALID_PERSON_ACCOUNT_OPERATION",
    "cannot change the contact of a person account; change the person account instead",
  );
}

/** The name of a person is not that of a company, and a company has no first name. */
export function requireFieldsOfItsKind(
  state: OrgState,
  object: ObjectDefinition,
  record: StoredRecord,
  values: ResolvedInput,
): void {
  if (object.name !== "Account" || !hasPersonAccounts(state)) return;
  const person = record["IsPersonAccount"] === true;
  const [wrong] = [...values.keys()].filter(({ name }) => (person ? name === "Name" : isOfPersons(name)));
  if (wrong === undefined) return;
  throw new SalesforceFault(
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    `Unable to create/update fields: ${wrong.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    { fields: [wrong.name] },
  );
}

function isOfPersons(name: string): boolean {
  return (
    name.startsWith("Person") || name.endsWith("__pc") || /^(First|Last|Middle)Name$|^Salutation$|^Suffix$/.test(name)
  );
}
