/** Holds every answer of the stand-ins against a recorded one of the real service, file by file; what may differ stands in a list, with its reason. */
import { readdirSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { ACCEPTED, type Acceptance, NOT_COMPARED } from "./accepted-differences.ts";
import { type Difference, differences, type RecordedAnswer } from "./answer-shape.ts";
import { hubSpot, marketer } from "./hubspot-caller.ts";
import {
  type RecordedExchange,
  type ReplayedExchange,
  readRecorded,
  replayHubSpot,
  replaySalesforce,
} from "./recorded-replay.ts";
import { quiet, salesforceCaller } from "./salesforce-caller.ts";

const used = new Set<Acceptance>();
/** What was compared: a file, or one kind of exchange in a file that holds a sequence of them. */
const compared: { readonly file: string; readonly line: string }[] = [];

/** The differences that nobody has accepted. */
function unaccepted(recording: string, found: readonly Difference[]): Difference[] {
  return found.filter((difference) => {
    const fitting = ACCEPTED.filter(
      (each) =>
        each.recording.test(recording) &&
        each.path.test(difference.path) &&
        (each.recorded ?? /^/).test(difference.recorded),
    );
    for (const each of fitting) used.add(each);
    return fitting.length === 0;
  });
}

function toldOf(found: readonly Difference[]): string {
  const paths = new Set(found.map(({ path }) => path));
  return paths.size === 0 ? "the same" : `the same but for ${[...paths].join(", ")}`;
}

function compare(recording: string, recorded: RecordedAnswer, ours: RecordedAnswer): void {
  const found = differences(recorded, ours);
  compared.push({ file: recording, line: `${recording}: ${toldOf(found)}` });
  expect(unaccepted(recording, found)).toEqual([]);
}

/** A recording names the exchange of a sequence that it was cut out of. */
function sameExchange(left: RecordedExchange, right: RecordedExchange): boolean {
  const key = ({ recordedAt, request, response }: RecordedExchange): string =>
    JSON.stringify([recordedAt, request.method, request.path, request.body, response.body]);
  return key(left) === key(right);
}

/** Its method, its path without ids, and its status. */
function kindOf({ request, response }: RecordedExchange): string {
  return `${request.method} ${request.path.replaceAll(/\/[a-zA-Z0-9]{18}(?=$|\/)/g, "/{id}")} ${response.status}`;
}

const sequences: readonly (readonly [string, (path: string) => readonly ReplayedExchange[]])[] = [
  ["hubspot/sequence-contacts.json", replayHubSpot],
  ["salesforce/sequence-account.json", replaySalesforce],
  ["salesforce/sequence-contact.json", replaySalesforce],
  ["salesforce/sequence-lead.json", replaySalesforce],
];
const replayed = sequences.map(([path, replay]) => [path, replay(path)] as const);

describe.each(replayed)("%s", (path, exchanges) => {
  test("is answered exchange by exchange as it was recorded", () => {
    const open = exchanges.flatMap(({ recorded, ours }, index) => {
      const name = `${path} ${index + 1} ${recorded.request.method} ${recorded.request.path}`;
      const found = differences(recorded.response, ours);
      return unaccepted(name, found).map((difference) => ({ name, ...difference }));
    });
    for (const [kind, ofKind] of Map.groupBy(exchanges, ({ recorded }) => kindOf(recorded))) {
      const found = ofKind.flatMap(({ recorded, ours }) => differences(recorded.response, ours));
      compared.push({ file: path, line: `${path}, ${kind}, ${ofKind.length} of them: ${toldOf(found)}` });
    }
    expect(open).toEqual([]);
  });
});

const files = ["hubspot", "salesforce"].flatMap((system) =>
  readdirSync(new URL(`../contracts/recorded/${system}/`, import.meta.url))
    .filter((name) => /^\d\d-.*\.json$/.test(name))
    .map((name) => `${system}/${name}`),
);

type Made = { readonly id: string };

/** Recordings without an exchange in a sequence: how to bring the stand-in to answer them. */
const alone: Readonly<Record<string, () => RecordedAnswer>> = {
  "hubspot/11-batch-update-two-companies-order-differs.200.json": () => {
    const hub = ofOtherObjects();
    const ids = ["a@example.com", "b@example.com"].map((email) => hub.account.createContact({ email }, marketer));
    const inputs = ids.map((id) => ({
      id,
      properties: { name: "John", domain: "example.com", website: "example.com" },
    }));
    return hub.call("POST", "/crm/v3/objects/contacts/batch/update", { inputs });
  },
  "hubspot/13-batch-create-company.201.json": () =>
    ofOtherObjects().call("POST", "/crm/v3/objects/contacts/batch/create", {
      inputs: [{ properties: { name: "John", domain: "example.com" } }],
    }),
  "hubspot/14-batch-create-custom-object.201.json": () =>
    ofOtherObjects().call("POST", "/crm/v3/objects/contacts/batch/create", {
      inputs: [{ properties: { first_name: "John", grouparoo_object_property: "John" } }],
    }),
  "salesforce/02-query-empty.200.json": () =>
    salesforceCaller().query("SELECT Id FROM Account WHERE AccountNumber = 'a'"),
  "salesforce/03-query-hit.200.json": () => {
    const { call, query } = salesforceCaller();
    call("POST", "/sobjects/Contact", { LastName: "A", Email: "additiverobin@example.com" }, quiet);
    return query("SELECT Id FROM Contact WHERE Email = 'additiverobin@example.com'");
  },
  "salesforce/08-sobject-get-account.200.json": () => {
    const { call } = salesforceCaller();
    const { id } = call("POST", "/sobjects/Account", { Name: "Test", AccountNumber: "a" }, quiet).body as Made;
    return call("GET", `/sobjects/Account/${id}`);
  },
  // Recorded of assignments of topics, which the stand-in's org does not have.
  "salesforce/12-collections-create-three.200.json": () => {
    const attributes = { type: "Account" };
    const records = ["A", "B", "C"].map((Name) => ({ attributes, Name }));
    return salesforceCaller().call("POST", "/composite/sobjects", { allOrNone: false, records });
  },
  "salesforce/15-collections-update-partial-failure.200.json": () => {
    const { call, sandbox } = salesforceCaller();
    sandbox.salesforce.defineField("Account", {
      name: "email_field__c",
      label: "email_field",
      type: "email",
      length: 80,
    });
    const ids = ["A", "B"].map((Name) => (call("POST", "/sobjects/Account", { Name }, quiet).body as Made).id);
    const attributes = { type: "Account" };
    const records = [
      { attributes, id: ids[0], Name: "Test" },
      { attributes, id: ids[1], email_field__c: "badone" },
    ];
    return call("PATCH", "/composite/sobjects", { allOrNone: false, records });
  },
  "salesforce/17-collections-delete.200.json": () => {
    const { call } = salesforceCaller();
    const ids = ["A", "B", "C"].map((Name) => (call("POST", "/sobjects/Account", { Name }, quiet).body as Made).id);
    return call("DELETE", `/composite/sobjects?ids=${ids.join(",")}&allOrNone=true`);
  },
  "salesforce/21-limits.200.json": () => salesforceCaller().call("GET", "/limits"),
  "salesforce/22-identity.200.json": () => {
    const { raw } = salesforceCaller();
    const form = "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret";
    const head = { host: "sandbox.test", "content-type": "application/x-www-form-urlencoded" };
    const token = JSON.parse(raw("POST", "/services/oauth2/token", form, head).body) as {
      id: string;
      access_token: string;
    };
    const answer = raw("GET", `${new URL(token.id).pathname}?oauth_token=${encodeURIComponent(token.access_token)}`);
    return { ...answer, body: JSON.parse(answer.body) };
  },
  "salesforce/23-query-aggregate.200.json": () => {
    const { call, query } = salesforceCaller();
    const made = call("POST", "/sobjects/Account", { Name: "Acme" }, quiet).body as Made;
    for (const more of [{}, { ActivityDate: "2017-10-15" }, { WhatId: made.id }]) {
      call("POST", "/sobjects/Task", { Subject: "Call", Status: "Not Started", Priority: "Normal", ...more }, quiet);
    }
    return query(
      "SELECT WhatId, ActivityDate, Status, COUNT(Id) MyCount FROM Task GROUP BY WhatId, ActivityDate, Status",
    );
  },
  "salesforce/24-composite-all-or-none-rolled-back.200.json": () => composite(true),
  "salesforce/25-composite-ok.200.json": () => composite(false),
};

/** The stand-in has no companies and no objects of an account's own: its contacts have their properties here. */
function ofOtherObjects(): ReturnType<typeof hubSpot> {
  const hub = hubSpot();
  for (const name of ["name", "domain", "first_name", "grouparoo_object_property"])
    hub.account.defineProperty({
      name,
      label: name,
      type: "string",
      fieldType: "text",
      groupName: "contactinformation",
    });
  return hub;
}

function composite(failing: boolean): RecordedAnswer {
  const { call } = salesforceCaller();
  const url = "/services/data/v66.0/sobjects";
  const account = { method: "POST", url: `${url}/Account`, referenceId: "a", body: { Name: "Acme" } };
  const contact = {
    method: "POST",
    url: `${url}/Contact`,
    referenceId: "b",
    body: { LastName: "A", ...(failing ? { Account: { LeadLoop_Key__c: "0116" } } : { AccountId: "@{a.id}" }) },
  };
  return call("POST", "/composite", { allOrNone: true, compositeRequest: [account, contact] });
}

/** Files that hold a body alone were kept by projects without its headers. */
function headless({ status, body }: RecordedAnswer): RecordedAnswer {
  return { status, headers: {}, body };
}

describe("a recording by itself", () => {
  test.each(files.filter((file) => !(file in NOT_COMPARED)))("%s", (file) => {
    const recording = readRecorded<Partial<RecordedExchange> & { readonly body?: unknown }>(file);
    const own = alone[file];
    if (own !== undefined && recording.response !== undefined) return compare(file, recording.response, own());
    if (own !== undefined) return compare(file, { status: 200, headers: {}, body: recording.body }, headless(own()));
    const found = replayed
      .flatMap(([, exchanges]) => exchanges)
      .find((each) => sameExchange(each.recorded, recording as RecordedExchange));
    expect(found, "stands in no sequence").toBeDefined();
    return compare(file, found!.recorded.response, found!.ours);
  });
});

describe("a description of an object", () => {
  interface Describe {
    readonly fields: readonly Readonly<Record<string, unknown>>[];
  }
  const names = ["Lead", "Contact", "Account", "Campaign", "Task", "Contact-swiftly", "Account-swiftly"];
  test.each(names)("salesforce/describe %s", (recorded) => {
    const file = `salesforce/describe-${recorded}.json`;
    const [name] = recorded.split("-");
    const recording = readRecorded<{ readonly response?: RecordedAnswer; readonly body: unknown }>(file);
    const theirs = recording.response ?? { status: 200, headers: {}, body: recording.body };
    const ours = salesforceCaller().call("GET", `/sobjects/${name}/describe`);
    const described = (answer: RecordedAnswer): Describe => answer.body as Describe;
    const mine = new Map(described(ours).fields.map((field) => [field["name"], field]));
    const shared = described(theirs).fields.filter((field) => mine.has(field["name"]));
    expect(shared.length).toBeGreaterThan(20);
    const body = (answer: RecordedAnswer, fields: Describe["fields"]): RecordedAnswer => ({
      status: 200,
      headers: {},
      body: { ...described(answer), fields },
    });
    compare(
      file,
      body(theirs, shared),
      body(
        ours,
        shared.map((field) => mine.get(field["name"])!),
      ),
    );
  });

  test("hubspot/16-schema-contact: definitions of properties", () => {
    const file = "hubspot/16-schema-contact-all-property-definitions.200.json";
    type Definitions = readonly { readonly name: string }[];
    const { response } = readRecorded<RecordedExchange>(file);
    const theirs = (response.body as { readonly properties: Definitions }).properties;
    const ours = hubSpot().call("GET", "/crm/v3/properties/contacts");
    const mine = new Map((ours.body.results as Definitions).map((definition) => [definition.name, definition]));
    const shared = theirs.filter(({ name }) => mine.has(name));
    expect(shared.length).toBeGreaterThan(50);
    const body = (results: unknown): RecordedAnswer => ({ status: 200, headers: {}, body: results });
    compare(file, body(shared), body(shared.map(({ name }) => mine.get(name))));
  });
});

describe("the lists", () => {
  test("every acceptance is needed", () => {
    expect(ACCEPTED.filter((each) => !used.has(each)).map(({ recording, path }) => `${recording} ${path}`)).toEqual([]);
  });

  test("what is not compared is there, and has a reason", () => {
    expect(Object.keys(NOT_COMPARED).filter((file) => !files.includes(file))).toEqual([]);
  });

  test("fifty recordings and more are compared", () => {
    expect(new Set(compared.map(({ file }) => file)).size).toBeGreaterThanOrEqual(50);
    expect(replayed.flatMap(([, all]) => all).length).toBeGreaterThan(400);
  });
});

afterAll(() => {
  const accepted = ACCEPTED.map(({ recording, path, reason }) => `  ${recording} ${path}: ${reason}`);
  const left = Object.entries(NOT_COMPARED).map(([file, reason]) => `  ${file}: ${reason}`);
  console.log(
    [
      `compared, ${new Set(compared.map(({ file }) => file)).size} recordings:`,
      ...compared.map(({ line }, index) => `  ${String(index + 1).padStart(2)}. ${line}`),
      "accepted differences:",
      ...accepted,
      "not compared:",
      ...left,
    ].join("\n"),
  );
});
