import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withChecksum } from "../../src/sandbox/salesforce/salesforce-id.ts";
import { quiet, salesforceCaller } from "./salesforce-caller.ts";

const folder = new URL("../contracts/recorded/salesforce/", import.meta.url).pathname;

// biome-ignore lint/suspicious/noExplicitAny: recorded bodies have many shapes
function recorded(file: string): any {
  return JSON.parse(readFileSync(join(folder, file), "utf8"));
}

const keys = (value: object) => Object.keys(value).sort();

describe("the same values as recorded", () => {
  test.each(["Lead", "Contact", "Account", "Campaign"])("describe of %s", (name) => {
    const { body } = recorded(`describe-${name}.json`).response;
    const ours = salesforceCaller().call("GET", `/sobjects/${name}/describe`).body;
    expect(keys(ours)).toEqual(keys(body));
    expect(keys(ours.fields[0])).toEqual(keys(body.fields[0]));
    const theirs = new Map(body.fields.map((field: { name: string }) => [field.name, field]));
    const shared = ours.fields.filter((field: { name: string }) => theirs.has(field.name));
    expect(shared.length).toBeGreaterThan(25);
    for (const field of shared) expect(field).toEqual(theirs.get(field.name));
  });

  test("one lead", () => {
    const { body, headers } = recorded("05-sobject-get-lead.200.json").response;
    const { call } = salesforceCaller();
    const { id } = call(
      "POST",
      "/sobjects/Lead",
      { LastName: "Smith", Company: "SmithCorp", Email: "leadrobin@example.com" },
      quiet,
    ).body;
    const ours = call("GET", `/sobjects/Lead/${id}`);
    expect(Object.keys(ours.headers)).toEqual(expect.arrayContaining(["Last-Modified", "Sforce-Limit-Info"]));
    expect(headers).toHaveProperty("Last-Modified");
    const varying = /Date$|Stamp$|Id$|Url$|^attributes$|^SystemModstamp$|^Id$/;
    for (const [name, value] of Object.entries(body)) {
      if (varying.test(name) || !(name in ours.body)) continue;
      expect([name, ours.body[name]]).toEqual([name, value]);
    }
    expect(ours.body.CreatedDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
  });

  test("collections that fail in part", () => {
    const { body } = recorded("13-collections-create-required-field-missing.200.json").response;
    const { call } = salesforceCaller();
    const records = [{ AccountNumber: "shouldnotexist", Name: null, attributes: { type: "Account" } }];
    expect(call("POST", "/composite/sobjects", { allOrNone: false, records }).body).toEqual(body);
    const created = recorded("11-collections-create-ok.200.json").response.body;
    const ours = call("POST", "/composite/sobjects", {
      records: [{ Name: "x", attributes: { type: "Account" } }],
    }).body;
    expect(keys(ours[0])).toEqual(keys(created[0]));
  });

  test("a query, a single create, limits, identity and a missing record", () => {
    const { call, query, raw, sandbox } = salesforceCaller();
    const made = call("POST", "/sobjects/Campaign", { Name: "(test)" }, quiet);
    const theirs = recorded("10-sobject-create-campaign.201.json").response;
    expect([made.status, keys(made.body)]).toEqual([theirs.status, keys(theirs.body)]);
    expect(made.headers["Location"]).toMatch(/^\/services\/data\/v66\.0\/sobjects\/Campaign\/701/);
    const empty = recorded("02-query-empty.200.json").response.body;
    expect(query("SELECT Id FROM Account WHERE AccountNumber = 'x'").body).toEqual(empty);
    expect(keys(call("GET", "/limits").body)).toEqual(keys(recorded("21-limits.200.json").body));
    const missing = recorded("09-sobject-get-not-found.404.json").response;
    expect(call("GET", "/sobjects/Lead/00Q4S000002sSahUAE")).toMatchObject({
      status: missing.status,
      body: missing.body,
    });
    const form = "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret";
    const token = JSON.parse(raw("POST", "/services/oauth2/token", form).body);
    const path = new URL(token.id).pathname;
    const identity = JSON.parse(raw("GET", `${path}?oauth_token=${encodeURIComponent(token.access_token)}`).body);
    expect(keys(recorded("22-identity.200.json").body)).toEqual(expect.arrayContaining(keys(identity)));
    expect(identity.user_id).toBe(sandbox.salesforce.people.integrationUserId);
  });

  test("composite answers", () => {
    const { call } = salesforceCaller();
    const compositeRequest = [
      { method: "POST", url: "/services/data/v66.0/sobjects/Account", referenceId: "a", body: { Name: "x" } },
    ];
    const [ours] = call("POST", "/composite", { compositeRequest }).body.compositeResponse;
    const [theirs] = recorded("25-composite-ok.200.json").body.compositeResponse;
    expect(keys(ours)).toEqual(keys(theirs));
    const halted = recorded("24-composite-all-or-none-rolled-back.200.json").body.compositeResponse[0];
    const failing = [
      ...compositeRequest,
      { method: "POST", url: "/services/data/v66.0/sobjects/Account", referenceId: "b", body: {} },
    ];
    const [first] = call("POST", "/composite", { allOrNone: true, compositeRequest: failing }).body.compositeResponse;
    expect(first.body).toEqual(halted.body);
  });

  test("checksums of recorded ids", () => {
    const ids = [
      "00Q4S000002sSacUAE",
      "0054S000000JFmhQAG",
      "0014S000007NxmlQAC",
      "0034S000005YJYcQAO",
      "7014S00000097HcQAI",
      "00v4S000001VKQ1QAO",
    ];
    expect(ids.map((id) => withChecksum(id.slice(0, 15)))).toEqual(ids);
  });
});
