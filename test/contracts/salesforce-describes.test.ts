/** Recorded describes of a real org through our client: what LeadLoop concludes about the fields that people map. */
import nock from "nock";
import { afterEach, describe, expect, test } from "vitest";
import type { FieldSchema, ObjectSchema } from "../../src/core/model/record.ts";
import { testClient } from "../support/salesforce-test-client.ts";
import { readRecording } from "./replayed-recordings.ts";

const HOST = "https://example-dev-ed.my.salesforce.com";
const TOKEN = {
  loginUrl: HOST,
  clientId: "sandbox-client",
  accessToken: "kept",
  instanceUrl: HOST,
  identityUrl: `${HOST}/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU`,
};

interface Recording {
  readonly response?: { readonly body: nock.Body };
  readonly body?: nock.Body;
}

async function describedBy(object: string): Promise<ObjectSchema> {
  const { response, body } = readRecording<Recording>(`salesforce/describe-${object}.json`);
  nock(HOST)
    .get(`/services/data/v66.0/sobjects/${object}/describe`)
    .reply(200, response?.body ?? body, { "Content-Type": "application/json" });
  const { client } = testClient({ tokenCache: { load: async () => TOKEN, save: async () => {} } });
  return client.describe(object);
}

afterEach(() => {
  const unused = nock.pendingMocks();
  nock.cleanAll();
  expect(unused).toEqual([]);
});

/** A field as one line: its type and length, what may be done with it, its values. */
function told(field: FieldSchema | undefined): string {
  if (field === undefined) return "not there";
  const { type, length, writable, createable, required, unique, externalId, restricted, values, unfit } = field;
  return [
    length === null ? type : `${type} ${length}`,
    unfit ?? "",
    !writable && createable ? "create only" : "",
    !writable && !createable ? "read-only" : "",
    required ? "required" : "",
    unique ? "unique" : "",
    externalId ? "external id" : "",
    restricted ? "restricted" : "",
    values.length > 0 ? `(${values.join(" | ")})` : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

interface Expected {
  readonly count: number;
  readonly required: readonly string[];
  readonly restricted: readonly string[];
  readonly readOnly: number;
  readonly fields: Readonly<Record<string, string>>;
}

const SOURCES = "Web | Phone Inquiry | Partner Referral | Purchased List | Other";

const RECORDED: Readonly<Record<string, Expected>> = {
  Account: {
    count: 70,
    required: ["Name"],
    restricted: ["BillingGeocodeAccuracy", "ShippingGeocodeAccuracy", "CleanStatus"],
    readOnly: 15,
    fields: {
      Id: "id 18, read-only",
      Name: "text 255, required",
      Phone: "text 40",
      Website: "text 255",
      OwnerId: "reference 18",
      AnnualRevenue: "number",
      NumberOfEmployees: "number",
      BillingAddress: "other, compound, read-only",
      SLAExpirationDate__c: "date",
      CustomerPriority__c: "picklist 255, (High | Low | Medium)",
      SystemModstamp: "datetime, read-only",
      LeadLoop_Key__c: "not there",
    },
  },
  Campaign: {
    count: 33,
    required: ["Name"],
    restricted: [],
    readOnly: 18,
    fields: {
      Name: "text 80, required",
      Status: "picklist 40, (Planned | In Progress | Completed | Aborted)",
      OwnerId: "reference 18",
      SystemModstamp: "datetime, read-only",
    },
  },
  Contact: {
    count: 77,
    required: ["LastName"],
    restricted: ["OtherGeocodeAccuracy", "MailingGeocodeAccuracy", "CleanStatus", "picklist_field__c"],
    readOnly: 19,
    fields: {
      FirstName: "text 40",
      LastName: "text 80, required",
      Name: "text 121, read-only",
      Email: "text 80",
      AccountId: "reference 18",
      LeadSource: `picklist 40, (${SOURCES})`,
      Birthdate: "date",
      MailingAddress: "other, compound, read-only",
      Custom_External_ID__c: "text 191, unique, external id",
      checkbox_field__c: "boolean",
      datetime_field__c: "datetime",
      percent_field__c: "number",
      currency_field__c: "number",
      textarea_field__c: "text 32768",
      picklist_field__c: "picklist 255, restricted, (Red | Blue | Green)",
    },
  },
  Lead: {
    count: 59,
    required: ["LastName", "Company"],
    restricted: ["GeocodeAccuracy", "CleanStatus"],
    readOnly: 20,
    fields: {
      LastName: "text 80, required",
      Company: "text 255, required",
      Email: "text 80",
      Status: "picklist 40, (Open - Not Contacted | Working - Contacted | Closed - Converted | Closed - Not Converted)",
      LeadSource: `picklist 40, (${SOURCES})`,
      IsConverted: "boolean, create only",
      ConvertedDate: "date, read-only",
      Primary__c: "picklist 255, (No | Yes)",
      SICCode__c: "text 15",
      Address: "other, compound, read-only",
      // Hidden by field-level security in that org: for our user it does not exist.
      HasOptedOutOfEmail: "not there",
    },
  },
  Task: {
    count: 38,
    required: [],
    restricted: [
      "CallType",
      "RecurrenceTimeZoneSidKey",
      "RecurrenceType",
      "RecurrenceInstance",
      "RecurrenceMonthOfYear",
      "RecurrenceRegeneratedType",
      "TaskSubtype",
    ],
    readOnly: 14,
    fields: {
      Subject:
        "text 255, (General Admin | Object Explorer | CCE - Billable | CCE - Not Billable | Fitbit Challenge App | Other)",
      Status: "picklist 40, (Not Started | In Progress | Completed | Waiting on someone else | Deferred)",
      Priority: "picklist 40, (High | Normal | Low)",
      ActivityDate: "date",
      WhoId: "reference 18",
      WhatId: "reference 18",
      TaskSubtype: "picklist 40, create only, restricted, (Task | Email | Call)",
      IsClosed: "boolean, read-only",
      OwnerId: "reference 18",
    },
  },
};

describe("what LeadLoop concludes from a recorded describe", () => {
  test.each(Object.entries(RECORDED))("of %s", async (object, expected) => {
    const { system, object: described, fields } = await describedBy(object);
    expect([system, described]).toEqual(["salesforce", object]);
    const named = (name: string): FieldSchema | undefined => fields.find((field) => field.name === name);
    expect({
      count: fields.length,
      required: fields.filter(({ required }) => required).map(({ name }) => name),
      restricted: fields.filter(({ restricted }) => restricted).map(({ name }) => name),
      readOnly: fields.filter(({ writable }) => !writable).length,
      fields: Object.fromEntries(Object.keys(expected.fields).map((name) => [name, told(named(name))])),
    }).toEqual(expected);
  });
});
