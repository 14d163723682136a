/** Recordings of Salesforce replayed through our client: what LeadLoop concludes from each. */
import nock from "nock";
import { afterEach, describe, expect, test } from "vitest";
import type { Write } from "../../src/core/model/plan.ts";
import type { RawValue } from "../../src/core/model/record.ts";
import type { CrmClient } from "../../src/jobs/ports.ts";
import { testClient, write } from "../support/salesforce-test-client.ts";
import { conclusions, type Exchange, ending, readRecording, readSequence } from "./replayed-recordings.ts";

const HOST = "https://example-dev-ed.my.salesforce.com";
const TOKEN = {
  loginUrl: HOST,
  clientId: "sandbox-client",
  accessToken: "kept",
  instanceUrl: HOST,
  identityUrl: `${HOST}/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU`,
};

/** A client that has logged in already. */
function client(): CrmClient {
  return testClient({ tokenCache: { load: async () => TOKEN, save: async () => {} } }).client;
}

function answer(method: string, response: Exchange["response"], times = 1): void {
  const headers = { "Content-Type": "application/json", ...response.headers };
  nock(HOST)
    .intercept(/^\/services\/data\/v66\.0\//, method)
    .times(times)
    .reply(response.status, response.body as nock.Body, headers);
}

const bodyOnly = (body: unknown, status = 200): Exchange["response"] => ({ status, headers: {}, body });

afterEach(() => {
  const unused = nock.pendingMocks();
  nock.cleanAll();
  expect(unused).toEqual([]);
});

interface SentRecord {
  readonly attributes: { readonly type: string };
  readonly id?: string;
  readonly [field: string]: unknown;
}

/** The writes that the recorded request carried. */
function writesOf({ body }: Exchange["request"]): Write[] {
  const { records } = body as { readonly records: readonly SentRecord[] };
  return records.map(({ attributes, id, ...fields }, index) =>
    write({ key: `row${index}`, object: attributes.type, id: id ?? null, fields: fields as Record<string, RawValue> }),
  );
}

async function replayWrite({ request, response }: Exchange): Promise<string[]> {
  answer(request.method, response);
  return conclusions(await client().write(writesOf(request)));
}

const single: Readonly<Record<string, readonly string[]>> = {
  "11-collections-create-ok.200": ["created 00Q4S000002sSacUAE"],
  "12-collections-create-three.200": [
    "created 0FT4S000001MwbwWAC",
    "created 0FT4S000001Mwc2WAC",
    "created 0FT4S000001Mwc3WAC",
  ],
  "13-collections-create-required-field-missing.200": ["rejected REQUIRED_FIELD_MISSING (Name)"],
  "14-collections-update-ok.200": ["updated 00Q4S000002sSacUAE", "updated 00Q4S000002sSahUAE"],
  "15-collections-update-partial-failure.200": [
    "updated 0014S000007NxmlQAC",
    "rejected INVALID_EMAIL_ADDRESS (email_field__c)",
  ],
  "16-collections-update-converted-lead.200": ["gone"],
  "19-campaignmember-create.200": ["created 00v4S000001VKQ1QAO"],
};

describe("a Collections request by itself", () => {
  test.each(Object.entries(single))("%s", async (name, expected) => {
    expect(await replayWrite(readRecording<Exchange>(`salesforce/${name}.json`))).toEqual(expected);
  });
});

/** What became of the records of each Collections create or update, by the number of its exchange. */
const inSequences: Readonly<Record<string, Readonly<Record<number, readonly string[]>>>> = {
  account: {
    6: ["created 0014S000007NxgWQAS"],
    11: ["updated 0014S000007NxgWQAS"],
    12: ["created 0014S000007Ny26QAC"],
    17: ["updated 0014S000007NxgWQAS"],
    21: ["updated 0014S000007NxgWQAS"],
    27: ["updated 0014S000007NxgWQAS"],
    31: ["updated 0014S000007NxgWQAS"],
    32: ["created 0014S000007Ny6sQAC"],
    36: ["updated 0014S000007NxgWQAS", "rejected INVALID_EMAIL_ADDRESS (email_field__c)"],
    37: ["created 0014S000007Ny7aQAC"],
  },
  contact: {
    12: ["created 0014S000007Ne8JQAS"],
    13: ["created 0034S000005YJO1QAO"],
    24: ["created 0014S000007NeHrQAK"],
    25: ["created 0034S000005YIbiQAG"],
    34: ["updated 0034S000005YJO1QAO"],
    42: ["rejected REQUIRED_FIELD_MISSING (Name)"],
    43: ["updated 0034S000005YIbiQAG"],
    45: ["created 0034S000005YJZzQAO"],
  },
  lead: {
    14: ["created 00Q4S000002sSacUAE"],
    19: ["updated 00Q4S000002sSacUAE"],
    20: ["created 00Q4S000002sSahUAE"],
    26: ["updated 00Q4S000002sSacUAE", "updated 00Q4S000002sSahUAE"],
    33: ["updated 00Q4S000002sSacUAE"],
    40: ["updated 00Q4S000002sSacUAE"],
    43: ["created 00v4S000001VKQ1QAO"],
    56: ["gone"],
    65: ["gone"],
  },
};

describe.each(Object.entries(inSequences))("salesforce/sequence-%s.json", (name, expected) => {
  const exchanges = readSequence(`salesforce/sequence-${name}.json`);
  const writes = exchanges.flatMap((exchange, index): [number, Exchange][] =>
    exchange.request.path.endsWith("/composite/sobjects") && exchange.request.method !== "DELETE"
      ? [[index + 1, exchange]]
      : [],
  );

  test.each(writes)("exchange %i", async (number, exchange) => {
    expect(await replayWrite(exchange)).toEqual(expected[number]);
  });

  test("no exchange is left out", () => {
    expect(Object.keys(expected).map(Number)).toEqual(writes.map(([number]) => number));
  });
});

/** Ids that a query of ours finds in a recorded answer. */
const queries: readonly (readonly [
  name: string,
  object: string,
  field: string,
  values: readonly string[],
  found: readonly string[],
])[] = [
  ["02-query-empty.200", "Account", "AccountNumber", ["additiverobin@example.com"], []],
  ["03-query-hit.200", "Contact", "Email", ["additiverobin@example.com"], ["0034S000005YJVlQAO"]],
  [
    "04-query-multi.200",
    "Account",
    "Custom_External_ID__c",
    ["1id", "2id"],
    ["0014S000007NxgWQAS", "0014S000007Ny26QAC"],
  ],
];

describe("a query", () => {
  test.each(queries)("%s", async (name, object, field, values, found) => {
    answer("GET", readRecording<Exchange>(`salesforce/${name}.json`).response);
    const records = await client().readByField({ object, field, values, fields: [field] });
    expect(records.map(({ ref }) => ref.id)).toEqual(found);
  });
});

/** Rows of the single-record call have the form of a query's rows: what we read in each. */
const rows: readonly (readonly [name: string, object: string, fields: readonly string[], read: object])[] = [
  [
    "05-sobject-get-lead.200",
    "Lead",
    ["Company", "Email", "FirstName", "IsUnreadByOwner"],
    {
      ref: { id: "00Q4S000002sSacUAE" },
      fate: { kind: "live" },
      fields: { Company: "SmithCorp", Email: "leadrobin@example.com", FirstName: null, IsUnreadByOwner: true },
      createdAt: "2021-12-02T18:23:39.000Z",
      modifiedAt: "2021-12-02T18:23:39.000Z",
    },
  ],
  [
    "06-sobject-get-lead-after-conversion.200",
    "Lead",
    ["Status"],
    {
      ref: { id: "00Q4S000002sSacUAE" },
      fate: { kind: "converted", into: "0034S000005YJYcQAO", account: "0014S000007NeNUQA0", opportunity: null },
      fields: { Status: "Closed - Converted" },
    },
  ],
  [
    "07-sobject-get-contact.200",
    "Contact",
    ["LastName", "AccountId"],
    { ref: { id: "0034S000005YJYcQAO" }, fate: { kind: "live" }, fields: { AccountId: "0014S000007NeNUQA0" } },
  ],
  ["08-sobject-get-account.200", "Account", ["Name"], { ref: { id: "0014S000007NxmlQAC" }, fields: { Name: "Smith" } }],
];

describe("a row", () => {
  test.each(rows)("%s", async (name, object, fields, read) => {
    const { response } = readRecording<Exchange>(`salesforce/${name}.json`);
    answer("GET", { ...response, body: { totalSize: 1, done: true, records: [response.body] } });
    const [record] = await client().readByField({ object, field: "Id", values: ["00Q4S000002sSacUAE"], fields });
    expect(record).toMatchObject(read);
  });
});

/** What the mapping is checked against: fields, which of them can be written, which must be given, and which values they take. */
describe("the rest", () => {
  test("21-limits.200: the quota of a day", async () => {
    answer("GET", bodyOnly(readRecording<{ readonly body: unknown }>("salesforce/21-limits.200.json").body));
    expect(await client().limits()).toEqual({ daily: { limit: 15_000, remaining: 14_953 } });
  });

  test("09-sobject-get-not-found.404: an object that is not there stops the run", async () => {
    answer("GET", readRecording<Exchange>("salesforce/09-sobject-get-not-found.404.json").response);
    expect(await ending(client().describe("Leed"))).toMatch(/^stopped: .*description of Leed.*NOT_FOUND/);
  });

  test.each([
    ["24-composite-all-or-none-rolled-back.200", ["deferred", "rejected INVALID_FIELD ()"]],
    ["25-composite-ok.200", ["updated 0014S000007NxmlQAC", "updated 0014S000007Nx5BQAS"]],
  ])("%s: conditional updates", async (name, expected) => {
    const { body } = readRecording<{ readonly body: { readonly compositeResponse: { referenceId: string }[] } }>(
      `salesforce/${name}.json`,
    );
    body.compositeResponse.forEach((part, index) => {
      part.referenceId = `write${index}`;
    });
    answer("POST", bodyOnly(body));
    // The innocent half of a rolled-back request is tried again, and again refused for want of a sibling.
    if (expected[0] === "deferred") {
      const [halted] = body.compositeResponse;
      answer("POST", bodyOnly({ compositeResponse: [halted] }), 3);
    }
    const ids = ["0014S000007NxmlQAC", "0014S000007Nx5BQAS"];
    const ifUnmodifiedSince = "2026-09-30T10:00:00.000Z";
    const writes = ids.map((id) => write({ object: "Account", id, ifUnmodifiedSince }));
    expect(conclusions(await client().write(writes))).toEqual(expected);
  });
});
