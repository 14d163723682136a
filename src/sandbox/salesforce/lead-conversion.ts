/** Converts a lead into an account, a contact and an opportunity, as the vendor's convertLead does. */
import type { FieldValue, StoredRecord } from "./field-definition.ts";
import { addHistoryRow } from "./history-rows.ts";
import type { WriteContext } from "./input-resolving.ts";
import { inTransaction, latestRecord, type OrgState, recordsWith, tableOf } from "./org-state.ts";
import { asPersonAccount, hasPersonAccounts } from "./person-accounts.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { createRecord, requireLive, stampFor, touchRecord, updateRecord } from "./sobject-writing.ts";

/** The arguments of convertLead that the sandbox knows. Ids have 18 characters. */
export interface LeadConversion {
  readonly leadId: string;
  readonly convertedStatus: string;
  readonly opportunityName?: string;
  readonly doNotCreateOpportunity?: boolean;
  /** An existing account or contact to convert into: only its empty fields are filled. */
  readonly accountId?: string;
  readonly contactId?: string;
  readonly ownerId?: string;
  readonly overwriteLeadSource?: boolean;
}

export interface ConvertedLead {
  readonly accountId: string;
  readonly contactId: string;
  readonly opportunityId: string | null;
}

const toContact: Readonly<Record<string, string>> = {
  Salutation: "Salutation",
  FirstName: "FirstName",
  LastName: "LastName",
  Title: "Title",
  Email: "Email",
  Phone: "Phone",
  MobilePhone: "MobilePhone",
  Fax: "Fax",
  LeadSource: "LeadSource",
  Description: "Description",
  HasOptedOutOfEmail: "HasOptedOutOfEmail",
  HasOptedOutOfFax: "HasOptedOutOfFax",
  DoNotCall: "DoNotCall",
  Street: "MailingStreet",
  City: "MailingCity",
  State: "MailingState",
  PostalCode: "MailingPostalCode",
  Country: "MailingCountry",
};

const toAccount: Readonly<Record<string, string>> = {
  Company: "Name",
  Phone: "Phone",
  Fax: "Fax",
  Website: "Website",
  Industry: "Industry",
  Rating: "Rating",
  AnnualRevenue: "AnnualRevenue",
  NumberOfEmployees: "NumberOfEmployees",
  LeadSource: "AccountSource",
  Street: "BillingStreet",
  City: "BillingCity",
  State: "BillingState",
  PostalCode: "BillingPostalCode",
  Country: "BillingCountry",
};

/**
 * Converts one lead. Custom fields go to the contact's field of the same name; tasks and campaign memberships follow the contact.
 * Throws a SalesforceFault and changes nothing when the status is not a converted one, the lead is converted already, or a rule refuses.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm
 */
export function convertLead(state: OrgState, request: LeadConversion, context: WriteContext): ConvertedLead {
  return inTransaction(state, () => {
    const leads = state.catalog.require("Lead");
    const lead = requireLive(state, leads, request.leadId);
    if (lead["IsConverted"] === true) {
      throw new SalesforceFault("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead");
    }
    requireConvertedStatus(state, request.convertedStatus);
    const quiet: WriteContext = { ...context, api: false, autoAssign: false, allowDuplicates: true };
    const OwnerId = ownerOf(lead, request);
    const accountId = intoAccount(state, lead, request, OwnerId, quiet);
    const contactId = intoContact(state, lead, request, OwnerId, accountId, quiet);
    const opportunityId =
      request.doNotCreateOpportunity === true
        ? null
        : newOpportunity(state, lead, request, { OwnerId, accountId, contactId }, quiet);
    const stamp = stampFor(state, context);
    const converted: Record<string, FieldValue> = {
      Status: request.convertedStatus,
      IsConverted: true,
      IsUnreadByOwner: false,
      ConvertedDate: stamp.slice(0, 10),
      ConvertedAccountId: accountId,
      ConvertedContactId: contactId,
      ConvertedOpportunityId: opportunityId,
    };
    touchRecord(state, leads, request.leadId, converted, context, { modified: true });
    const mark = { by: context.by, stamp };
    const row = { Field: "leadConverted", DataType: "Text", OldValue: null, NewValue: null };
    addHistoryRow(state, leads, lead, mark, row);
    moveFollowers(state, lead, { accountId, contactId, opportunityId }, quiet);
    return { accountId, contactId, opportunityId };
  });
}

function requireConvertedStatus(state: OrgState, status: string): void {
  for (const row of tableOf(state, state.catalog.require("LeadStatus")).allLatest()) {
    if (row["ApiName"] === status && row["IsConverted"] === true) return;
  }
  throw new SalesforceFault("INVALID_STATUS", `invalid convertedStatus: ${status}`);
}

function ownerOf(lead: StoredRecord, request: LeadConversion): string {
  const owner = request.ownerId ?? String(lead["OwnerId"]);
  if (owner.startsWith("005")) return owner;
  throw new SalesforceFault(
    "INVALID_CROSS_REFERENCE_KEY",
    "Converted objects can only be owned by users. If the lead is not owned by a user, you must specify a user for the Owner field.",
  );
}

function intoAccount(
  state: OrgState,
  lead: StoredRecord,
  request: LeadConversion,
  OwnerId: string,
  context: WriteContext,
): string {
  const accounts = state.catalog.require("Account");
  const existingContact =
    request.contactId === undefined ? undefined : latestRecord(state, "Contact", request.contactId);
  const existing = request.accountId ?? existingContact?.["AccountId"] ?? undefined;
  const values = copied(lead, toAccount);
  // Nobody's company: a person (https://help.salesforce.com, Considerations for Using Person Accounts).
  if (typeof existing !== "string" && isWithoutCompany(state, lead)) {
    const person = asPersonAccount(contactValues(state, lead));
    return createRecord(state, accounts, { ...person, OwnerId }, context);
  }
  if (typeof existing !== "string") return createRecord(state, accounts, { ...values, OwnerId }, context);
  fillEmpty(state, "Account", existing, values, context);
  return existing;
}

function intoContact(
  state: OrgState,
  lead: StoredRecord,
  request: LeadConversion,
  OwnerId: string,
  accountId: string,
  context: WriteContext,
): string {
  const contacts = state.catalog.require("Contact");
  const values = contactValues(state, lead);
  const person = latestRecord(state, "Account", accountId)?.["PersonContactId"] ?? null;
  if (typeof person === "string") return person;
  if (request.contactId === undefined) {
    return createRecord(state, contacts, { ...values, OwnerId, AccountId: accountId }, context);
  }
  const source = request.overwriteLeadSource === true ? { LeadSource: lead["LeadSource"] ?? null } : {};
  fillEmpty(state, "Contact", request.contactId, { ...values, AccountId: accountId }, context, source);
  return request.contactId;
}

function isWithoutCompany(state: OrgState, lead: StoredRecord): boolean {
  return hasPersonAccounts(state) && (lead["Company"] ?? null) === null;
}

function contactValues(state: OrgState, lead: StoredRecord): Record<string, FieldValue> {
  const contacts = state.catalog.require("Contact");
  const custom = [...contacts.fields.values()].filter((field) => field.custom && field.name in lead);
  return copied(lead, { ...toContact, ...Object.fromEntries(custom.map(({ name }) => [name, name])) });
}

function copied(lead: StoredRecord, mapping: Readonly<Record<string, string>>): Record<string, FieldValue> {
  const values: Record<string, FieldValue> = {};
  for (const [from, to] of Object.entries(mapping)) {
    const value = lead[from] ?? null;
    if (value !== null) values[to] = value;
  }
  return values;
}

function fillEmpty(
  state: OrgState,
  objectName: string,
  id: string,
  values: Readonly<Record<string, FieldValue>>,
  context: WriteContext,
  overwrite: Readonly<Record<string, FieldValue>> = {},
): void {
  const object = state.catalog.require(objectName);
  const target = requireLive(state, object, id);
  const empty = Object.entries(values).filter(([name]) => (target[name] ?? null) === null);
  const changes = { ...Object.fromEntries(empty), ...overwrite };
  if (Object.keys(changes).length > 0) updateRecord(state, object, id, changes, context);
}

function newOpportunity(
  state: OrgState,
  lead: StoredRecord,
  request: LeadConversion,
  made: { readonly OwnerId: string; readonly accountId: string; readonly contactId: string },
  context: WriteContext,
): string {
  const stamp = stampFor(state, context);
  const opportunity = {
    Name: request.opportunityName ?? `${String(lead["Company"] ?? lead["Name"])}-`.slice(0, 120),
    StageName: state.catalog.require("Opportunity").fields.get("StageName")?.picklistValues[0]?.value ?? "Prospecting",
    CloseDate: endOfQuarter(stamp),
    AccountId: made.accountId,
    OwnerId: made.OwnerId,
    LeadSource: lead["LeadSource"] ?? null,
  };
  const id = createRecord(state, state.catalog.require("Opportunity"), opportunity, context);
  const role = { OpportunityId: id, ContactId: made.contactId, IsPrimary: true };
  createRecord(state, state.catalog.require("OpportunityContactRole"), role, context);
  return id;
}

/** The close date the vendor proposes: the last day of the quarter. */
function endOfQuarter(stamp: string): string {
  const year = Number(stamp.slice(0, 4));
  const quarterEnd = Math.ceil(Number(stamp.slice(5, 7)) / 3) * 3;
  return new Date(Date.UTC(year, quarterEnd, 0)).toISOString().slice(0, 10);
}

/** Tasks go over to the contact; campaign memberships keep the lead and gain the contact. */
function moveFollowers(state: OrgState, lead: StoredRecord, made: ConvertedLead, context: WriteContext): void {
  const leadId = String(lead["Id"]);
  for (const task of recordsWith(state, "Task", "WhoId", leadId)) {
    const moved = {
      WhoId: made.contactId,
      WhatId: task["WhatId"] ?? made.opportunityId ?? made.accountId,
      AccountId: made.accountId,
    };
    touchRecord(state, state.catalog.require("Task"), String(task["Id"]), moved, context);
  }
  for (const member of recordsWith(state, "CampaignMember", "LeadId", leadId)) {
    const gained = { ContactId: made.contactId, Type: "Contact" };
    touchRecord(state, state.catalog.require("CampaignMember"), String(member["Id"]), gained, context);
  }
  const lastActivity = lead["LastActivityDate"] ?? null;
  if (lastActivity === null) return;
  const contact = latestRecord(state, "Contact", made.contactId);
  if (String(contact?.["LastActivityDate"] ?? "") >= String(lastActivity)) return;
  touchRecord(state, state.catalog.require("Contact"), made.contactId, { LastActivityDate: lastActivity }, context);
}
