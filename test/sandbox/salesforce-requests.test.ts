/** What no description of Salesforce's REST API allows is refused, and nothing of it is done. */
import { expect, test } from "vitest";
import { salesforceCaller } from "./salesforce-caller.ts";

const record = { attributes: { type: "Lead" }, LastName: "A", Company: "C" };
const part = { method: "POST", url: "/services/data/v66.0/sobjects/Lead", referenceId: "a", body: { LastName: "A" } };

test.each<readonly [string, readonly [string, string, unknown?, Record<string, string>?], number, string]>([
  ["a path that there is not", ["GET", "/quary?q=x"], 404, "NOT_FOUND"],
  ["a method the path does not have", ["PUT", "/composite/sobjects", { records: [record] }], 405, "METHOD_NOT_ALLOWED"],
  ["an unknown query parameter", ["GET", "/query?q=SELECT+Id+FROM+Lead&limit=5"], 400, "INVALID_INPUT"],
  ["a key nobody knows", ["POST", "/composite/sobjects", { record: [record] }], 400, "JSON_PARSER_ERROR"],
  [
    "a part with a key nobody knows",
    ["POST", "/composite", { compositeRequest: [{ ...part, header: {} }] }],
    400,
    "JSON_PARSER_ERROR",
  ],
  [
    "a body of another kind",
    ["POST", "/composite/sobjects", "a=b", { "content-type": "text/plain" }],
    415,
    "UNSUPPORTED_MEDIA_TYPE",
  ],
])("%s is refused by Salesforce", (_, [method, path, body, headers], status, errorCode) => {
  const { call, sandbox } = salesforceCaller();
  const answer = call(method, path, body, headers);
  expect([answer.status, answer.body]).toMatchObject([status, [{ errorCode }]]);
  expect(sandbox.salesforce.records("Lead")).toEqual([]);
});
