/** Sets the org up as an admin would have before connecting an integration: custom fields, users, statuses, stages. */
import type { FieldValue, NewField } from "./field-definition.ts";
import { indexField, type OrgState, storeRecord } from "./org-state.ts";
import { stampOf } from "./vendor-time.ts";

const products = ["analytics", "automation", "reporting", "integrations"];

const personFields: readonly NewField[] = [
  { name: "LeadLoop_Key__c", label: "LeadLoop Key", type: "string", length: 64, externalId: true, unique: true },
  {
    name: "LeadLoop_Stage__c",
    label: "LeadLoop Stage",
    type: "picklist",
    restrictedPicklist: true,
    picklistValues: [
      "Subscriber",
      "Lead",
      "MQL",
      "SAL",
      "SQL",
      "Opportunity",
      "Customer",
      "Evangelist",
      "Recycled",
      "Disqualified",
    ],
  },
  { name: "LeadLoop_Epoch__c", label: "LeadLoop Epoch", type: "double", precision: 4, scale: 0 },
  { name: "LeadLoop_Score__c", label: "LeadLoop Score", type: "double", precision: 3, scale: 0 },
  { name: "LeadLoop_Band__c", label: "LeadLoop Band", type: "string", length: 8 },
  { name: "LeadLoop_Reasons__c", label: "LeadLoop Reasons", type: "string", length: 255 },
  { name: "LeadLoop_Deleted__c", label: "LeadLoop Deleted", type: "string", length: 255 },
  {
    name: "LeadLoop_Rejection__c",
    label: "LeadLoop Rejection",
    type: "picklist",
    picklistValues: [
      "Budget too small",
      "No authority",
      "No need",
      "Bad timing",
      "No answer",
      "Duplicate",
      "Bad data",
      "Competitor",
      "Student or job seeker",
    ],
  },
  { name: "LeadLoop_Retry_On__c", label: "LeadLoop Retry On", type: "date" },
  ...["Lead", "MQL", "SAL", "SQL", "Opportunity", "Customer", "Recycled"].map(
    (stage): NewField => ({ name: `LeadLoop_${stage}_At__c`, label: `LeadLoop ${stage} At`, type: "datetime" }),
  ),
  { name: "Budget_Known__c", label: "Budget Known", type: "boolean" },
  { name: "Authority_Known__c", label: "Authority Known", type: "boolean" },
  { name: "Need_Known__c", label: "Need Known", type: "boolean" },
  { name: "Timing_Known__c", label: "Timing Known", type: "boolean" },
  { name: "Product_Interest__c", label: "Product Interest", type: "multipicklist", picklistValues: products },
  { name: "Origin__c", label: "Origin", type: "string", length: 80 },
];

const opportunityFields: readonly NewField[] = [
  {
    name: "Loss_Reason__c",
    label: "Loss Reason",
    type: "picklist",
    picklistValues: ["Price", "Product", "Need gone", "Went with a competitor", "Out of touch"],
  },
  { name: "Product__c", label: "Product", type: "multipicklist", picklistValues: products },
];

const taskFields: readonly NewField[] = [
  { name: "LeadLoop_Cause__c", label: "LeadLoop Cause", type: "string", length: 255, externalId: true, unique: true },
];

/** At most twenty fields of an object can be tracked. https://help.salesforce.com/s/articleView?id=sf.tracking_field_history.htm */
const sharedTracked = [
  "FirstName",
  "LastName",
  "Email",
  "Phone",
  "MobilePhone",
  "Title",
  "OwnerId",
  "LeadSource",
  "HasOptedOutOfEmail",
  "DoNotCall",
  "LeadLoop_Stage__c",
  "LeadLoop_Rejection__c",
  "LeadLoop_Retry_On__c",
  "Product_Interest__c",
  "Budget_Known__c",
];
const trackedFields: Readonly<Record<string, readonly string[]>> = {
  Lead: [...sharedTracked, "Status", "Company", "Industry", "NumberOfEmployees"],
  Contact: [...sharedTracked, "AccountId", "MailingCountry", "Department"],
};

interface NewUser {
  readonly first: string;
  readonly last: string;
  readonly title: string;
  readonly timeZone: string;
  readonly active?: boolean;
}

/** Six reps at work, their manager, the user of the integration and a rep who left. */
const reps: readonly NewUser[] = [
  { first: "Amara", last: "Okafor", title: "Account Executive", timeZone: "Europe/Dublin" },
  { first: "Ben", last: "Whitlock", title: "Account Executive", timeZone: "America/New_York" },
  { first: "Chiara", last: "Moretti", title: "Account Executive", timeZone: "Europe/Rome" },
  { first: "Deniz", last: "Aydin", title: "Account Executive", timeZone: "Europe/Berlin" },
  { first: "Elena", last: "Petrova", title: "Account Executive", timeZone: "America/Sao_Paulo" },
  { first: "Farid", last: "Haddad", title: "Account Executive", timeZone: "Europe/Paris" },
];
const manager: NewUser = { first: "Ingrid", last: "Solberg", title: "Sales Manager", timeZone: "Europe/Dublin" };
const formerRep: NewUser = {
  first: "Grace",
  last: "Lindqvist",
  title: "Account Executive",
  timeZone: "UTC",
  active: false,
};
const integration: NewUser = { first: "LeadLoop", last: "Integration", title: "Integration", timeZone: "UTC" };

const leadStatuses = ["Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted"];

const stages = [
  ["Prospecting", 10, "Pipeline"],
  ["Qualification", 20, "Pipeline"],
  ["Needs Analysis", 30, "Pipeline"],
  ["Value Proposition", 50, "Pipeline"],
  ["Proposal/Price Quote", 65, "BestCase"],
  ["Negotiation/Review", 80, "BestCase"],
  ["Closed Won", 100, "Closed"],
  ["Closed Lost", 0, "Omitted"],
] as const;

/** Ids of the people and groups the org starts with. */
export interface OrgPeople {
  /** Six active reps, in a fixed order. */
  readonly repIds: readonly string[];
  readonly managerId: string;
  readonly integrationUserId: string;
  readonly formerRepId: string;
  /** The queue "Unassigned leads". */
  readonly queueId: string;
}

/** Fills an empty org, without custom fields where nobody has made any yet. Everything is stamped with the clock's present moment. */
export function setUpOrg(state: OrgState, customFields = true): OrgPeople {
  if (customFields) {
    for (const objectName of ["Lead", "Contact"]) addFields(state, objectName, personFields);
    addFields(state, "Task", taskFields);
    addFields(state, "Opportunity", opportunityFields);
  }
  for (const [objectName, names] of Object.entries(trackedFields)) state.trackedFields.set(objectName, new Set(names));

  state.integrationUserId = state.mint.next("005");
  const by = state.integrationUserId;
  addUser(state, integration, by, null);
  const managerId = addUser(state, manager, state.mint.next("005"), null);
  const repIds = reps.map((rep) => addUser(state, rep, state.mint.next("005"), managerId));
  const formerRepId = addUser(state, formerRep, state.mint.next("005"), managerId);
  const queue = { Name: "Unassigned leads", DeveloperName: "Unassigned_leads", Type: "Queue" };
  const queueId = addRow(state, "Group", queue);
  for (const [index, label] of leadStatuses.entries()) {
    addRow(state, "LeadStatus", {
      MasterLabel: label,
      ApiName: label,
      SortOrder: index + 1,
      IsDefault: index === 0,
      IsConverted: label === "Closed - Converted",
    });
  }
  for (const [index, [label, probability, forecast]] of stages.entries()) {
    addRow(state, "OpportunityStage", {
      MasterLabel: label,
      ApiName: label,
      IsActive: true,
      SortOrder: index + 1,
      IsClosed: label.startsWith("Closed"),
      IsWon: label === "Closed Won",
      ForecastCategory: forecast,
      ForecastCategoryName: forecast === "BestCase" ? "Best Case" : forecast,
      DefaultProbability: probability,
    });
  }
  addRow(state, "Organization", {
    Id: state.organizationId,
    Name: "Northwind",
    OrganizationType: "Enterprise Edition",
    InstanceName: "SBX01",
    IsSandbox: true,
    TimeZoneSidKey: "Europe/Dublin",
    LanguageLocaleKey: "en_US",
  });
  return { repIds, managerId, integrationUserId: by, formerRepId, queueId };
}

function addFields(state: OrgState, objectName: string, fields: readonly NewField[]): void {
  for (const field of fields) {
    const definition = state.catalog.define(objectName, field);
    indexField(state, state.catalog.require(objectName), definition);
  }
}

function addUser(state: OrgState, user: NewUser, id: string, managerId: string | null): string {
  const email = `${user.first}.${user.last}@northwind.example.com`.toLowerCase();
  return addRow(state, "User", {
    Id: id,
    Username: email,
    Email: email,
    FirstName: user.first,
    LastName: user.last,
    Name: `${user.first} ${user.last}`,
    Alias: `${user.first[0]}${user.last}`.toLowerCase().slice(0, 8),
    Title: user.title,
    IsActive: user.active ?? true,
    UserType: "Standard",
    TimeZoneSidKey: user.timeZone,
    LocaleSidKey: "en_US",
    ManagerId: managerId,
  });
}

function addRow(state: OrgState, objectName: string, values: Readonly<Record<string, FieldValue>>): string {
  const object = state.catalog.require(objectName);
  const stamp = stampOf(state.clock.now());
  const id = String(values["Id"] ?? state.mint.next(object.idPrefix));
  storeRecord(state, object, {
    ...state.catalog.emptyRecord(object),
    CreatedDate: stamp,
    CreatedById: state.integrationUserId,
    LastModifiedDate: stamp,
    LastModifiedById: state.integrationUserId,
    SystemModstamp: stamp,
    ...values,
    Id: id,
  });
  return id;
}
