import { readFileSync } from "node:fs";
import nock from "nock";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import { collect, testClient, write } from "../support/salesforce-test-client.ts";

const HOST = "https://example-dev-ed.my.salesforce.com";
const LEAD = "00Q4S000002sSacUAE";
const ACCOUNTS = ["0014S000007NxmlQAC", "0014S000007Nx5BQAS"] as const;

interface Recorded {
  readonly response?: { readonly status: number; readonly headers: Record<string, string>; readonly body: unknown };
  readonly body?: unknown;
}

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(new URL(`recorded/salesforce/${name}.json`, import.meta.url), "utf8"));
}

function replay(scope: nock.Interceptor, name: string): void {
  const { response, body } = recorded(name);
  scope.reply(
    response?.status ?? 200,
    (response?.body ?? body) as nock.Body,
    response?.headers ?? { "Content-Type": "application/json" },
  );
}

function sample(name: string): nock.Body {
  return (recorded("restforce-samples") as unknown as { files: Record<string, nock.Body> }).files[name] ?? "";
}

function login(times = 1, token = "00D!AQ"): void {
  nock(HOST).post("/services/oauth2/token").times(times).reply(200, {
    access_token: token,
    instance_url: HOST,
    id: "https://login.salesforce.com/id/00Dx0000000BV7z/005x00000012Q9P",
    token_type: "Bearer",
  });
}

/** Salesforce takes the good rows back where it is asked to take all or none. */
function isEachForItself(body: { readonly allOrNone: boolean }): boolean {
  return !body.allOrNone;
}

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

describe("recorded answers", () => {
  test("a query hit becomes a record with an 18-character id", async () => {
    login();
    replay(nock(HOST).get("/services/data/v66.0/query").query(true), "03-query-hit.200");
    const records = await testClient().client.readByField({
      object: "Contact",
      field: "Email",
      values: ["additiverobin@example.com"],
      fields: ["Id"],
    });
    expect(records.map(({ ref, fate }) => [ref.id, fate.kind])).toEqual([["0034S000005YJVlQAO", "live"]]);
  });

  test("a query by an external id finds both accounts and keeps the asked field", async () => {
    login();
    replay(nock(HOST).get("/services/data/v66.0/query").query(true), "04-query-multi.200");
    const records = await testClient().client.readByField({
      object: "Account",
      field: "Custom_External_ID__c",
      values: ["1id", "2id"],
      fields: ["Custom_External_ID__c"],
    });
    expect(records.map(({ fields }) => fields)).toEqual([
      { Custom_External_ID__c: "1id" },
      { Custom_External_ID__c: "2id" },
    ]);
  });

  test("a required field that is missing is a rejection that names the field", async () => {
    login();
    replay(
      nock(HOST).post("/services/data/v66.0/composite/sobjects"),
      "13-collections-create-required-field-missing.200",
    );
    const outcomes = await testClient().client.write([write({ object: "Account", fields: { Name: null } })]);
    expect(outcomes).toMatchObject([
      { kind: "rejected", code: "REQUIRED_FIELD_MISSING", fields: ["Name"], existingId: null },
    ]);
  });

  test("one bad row of a batch does not touch the other", async () => {
    login();
    const answer = nock(HOST).patch("/services/data/v66.0/composite/sobjects", isEachForItself);
    replay(answer, "15-collections-update-partial-failure.200");
    const outcomes = await testClient().client.write(ACCOUNTS.map((id) => write({ object: "Account", id })));
    expect(outcomes).toMatchObject([
      { kind: "written", id: ACCOUNTS[0], created: false },
      { kind: "rejected", code: "INVALID_EMAIL_ADDRESS", fields: ["email_field__c"] },
    ]);
  });

  test("a converted lead is gone, to be followed to its contact", async () => {
    login();
    replay(nock(HOST).patch("/services/data/v66.0/composite/sobjects"), "16-collections-update-converted-lead.200");
    expect(await testClient().client.write([write({ id: LEAD })])).toMatchObject([{ kind: "gone" }]);
  });

  test("the limits tell the daily quota", async () => {
    login();
    replay(nock(HOST).get("/services/data/v66.0/limits"), "21-limits.200");
    expect(await testClient().client.limits()).toEqual({ daily: { limit: 15000, remaining: 14953 } });
  });

  test("the innocent half of a rolled-back composite is tried again, the guilty one rejected", async () => {
    login();
    const { body } = recorded("24-composite-all-or-none-rolled-back.200") as {
      body: { compositeResponse: { referenceId: string }[] };
    };
    body.compositeResponse.forEach((part, index) => {
      part.referenceId = `write${index}`;
    });
    nock(HOST)
      .post("/services/data/v66.0/composite", isEachForItself)
      .reply(200, body as unknown as nock.Body);
    nock(HOST)
      .post("/services/data/v66.0/composite", isEachForItself)
      .reply(200, { compositeResponse: [{ body: null, httpHeaders: {}, httpStatusCode: 204, referenceId: "write0" }] });
    const guard = "2026-09-30T10:00:00.000Z";
    const outcomes = await testClient().client.write(
      ACCOUNTS.map((id) => write({ object: "Account", id, ifUnmodifiedSince: guard })),
    );
    expect(outcomes).toMatchObject([
      { kind: "written", id: ACCOUNTS[0] },
      { kind: "rejected", code: "INVALID_FIELD" },
    ]);
  });

  test("a missing resource stops the run and names what was asked for", async () => {
    login();
    replay(nock(HOST).get("/services/data/v66.0/sobjects/Leed/describe"), "09-sobject-get-not-found.404");
    await expect(testClient().client.describe("Leed")).rejects.toThrow(/description of Leed.*NOT_FOUND/);
  });
});

describe("the session", () => {
  test("the organisation's id comes from the identity address, in 18 characters", async () => {
    login();
    expect(await testClient().client.account()).toBe("00Dx0000000BV7zEAG");
  });

  test("a refused login stops the run, says what to check and shows no secret", async () => {
    nock(HOST).post("/services/oauth2/token").reply(400, sample("auth_error_response.json"));
    const error = await testClient()
      .client.account()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StopRun);
    expect(String(error)).toMatch(/invalid_grant.*SALESFORCE_PRIVATE_KEY/);
    expect(String(error)).not.toContain("sandbox-secret");
  });

  test("an expired session costs one new login and the call goes through", async () => {
    login(1, "expired");
    login(1, "anew");
    const withToken = (token: string) => nock(HOST, { reqheaders: { authorization: `Bearer ${token}` } });
    withToken("expired").get("/services/data/v66.0/limits").reply(401, sample("expired_session_response.json"));
    replay(withToken("anew").get("/services/data/v66.0/limits"), "21-limits.200");
    const { client } = testClient();
    expect(await client.limits()).toMatchObject({ daily: { limit: 15000 } });
    expect(client.calls).toBe(2);
  });

  test("a session that is refused again after the new login stops the run instead of looping", async () => {
    login(2);
    nock(HOST).get("/services/data/v66.0/limits").times(2).reply(401, sample("expired_session_response.json"));
    await expect(testClient().client.limits()).rejects.toThrow(/refuses a session it has just given/);
  });

  test("a kept token is used without a login, and a new one is kept", async () => {
    const saved: unknown[] = [];
    const kept = {
      loginUrl: HOST,
      clientId: "sandbox-client",
      accessToken: "old",
      instanceUrl: HOST,
      identityUrl: `${HOST}/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU`,
    };
    const tokenCache = { load: async () => kept, save: async (token: unknown) => void saved.push(token) };
    replay(
      nock(HOST, { reqheaders: { authorization: "Bearer old" } }).get("/services/data/v66.0/limits"),
      "21-limits.200",
    );
    const { client } = testClient({ tokenCache });
    await client.limits();
    expect(saved).toEqual([]);
    login();
    nock(HOST).get("/services/data/v66.0/limits").reply(401, sample("expired_session_response.json"));
    replay(nock(HOST).get("/services/data/v66.0/limits"), "21-limits.200");
    await client.limits();
    expect(saved).toMatchObject([{ accessToken: "00D!AQ" }]);
  });

  test("a web page instead of JSON stops the run and says which address to give", async () => {
    nock(HOST).post("/services/oauth2/token").reply(200, "<html>Log in</html>", { "Content-Type": "text/html" });
    await expect(testClient().client.account()).rejects.toThrow(/web page.*My Domain/);
  });
});

describe("refusals of whole requests", () => {
  test.each([
    [403, [{ message: "TotalRequests Limit exceeded.", errorCode: "REQUEST_LIMIT_EXCEEDED" }], "paused"],
    [400, [{ message: "no", errorCode: "SOMETHING_NEW" }], "stopped"],
    [
      403,
      [{ message: "The REST API is not enabled for this Organization.", errorCode: "API_DISABLED_FOR_ORG" }],
      "stopped",
    ],
  ])("%i %j makes the run %s", async (status, body, kind) => {
    login();
    nock(HOST)
      .get("/services/data/v66.0/limits")
      .reply(status, body as nock.Body);
    const error = await testClient()
      .client.limits()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StopRun);
    expect(error).toMatchObject({ kind });
  });

  test("an unavailable server is asked again with growing waits, and each attempt is counted", async () => {
    login();
    nock(HOST)
      .get("/services/data/v66.0/limits")
      .times(2)
      .reply(503, [{ message: "busy", errorCode: "SERVER_UNAVAILABLE" }] as unknown as nock.Body);
    replay(nock(HOST).get("/services/data/v66.0/limits"), "21-limits.200");
    const { client, waits, events } = testClient();
    await client.limits();
    expect(waits).toEqual([375, 750]);
    expect(client.calls).toBe(3);
    expect(events.filter(({ event }) => event === "http.retried")).toHaveLength(2);
  });

  test("the reserve of the daily quota pauses the run before the next call", async () => {
    login();
    nock(HOST)
      .get("/services/data/v66.0/query")
      .query(true)
      .reply(200, { done: true, records: [] }, { "Sforce-Limit-Info": "api-usage=12001/15000" });
    const { client } = testClient();
    const request = { object: "Lead", field: "Email", values: ["a@example.com"], fields: [] };
    await client.readByField(request);
    await expect(client.readByField(request)).rejects.toMatchObject({ kind: "paused" });
  });

  test("a query with a value in its text is not quoted in the message", async () => {
    login();
    const message =
      "\nSELECT Nope FROM Lead WHERE Email IN ('ada@example.com')\n       ^\nERROR at Row:1:Column:8\nNo such column 'Nope' on entity 'Lead'.";
    nock(HOST)
      .get("/services/data/v66.0/query")
      .query(true)
      .reply(400, [{ message, errorCode: "INVALID_TYPE" }] as unknown as nock.Body);
    const error = await testClient()
      .client.readByField({ object: "Lead", field: "Email", values: ["ada@example.com"], fields: ["Nope"] })
      .catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/No such column 'Nope'/);
    expect(String(error)).not.toContain("ada@example.com");
  });

  test("a window that holds everything has no time condition, and a page that is cut short goes on after its last row", async () => {
    login();
    const asked: string[] = [];
    const note = (query: Record<string, unknown>): boolean => asked.push(String(query["q"])) > 0;
    const stamp = "2026-10-01T11:00:00.000+0000";
    const wide = { done: false, records: [{ Id: LEAD, SystemModstamp: stamp, CreatedDate: stamp }] };
    const date = { Date: "Thu, 01 Oct 2026 12:00:07 GMT" };
    nock(HOST).get("/services/data/v66.0/queryAll").query(note).reply(200, wide, date);
    nock(HOST).get("/services/data/v66.0/queryAll").query(note).reply(200, { done: true, records: [] });
    const pages = await collect(
      testClient().client.readChanges([{ object: "Lead", fields: [], windows: [{ from: null, to: null }] }]),
    );
    expect(pages.map(({ records, last, serverTime }) => [records.length, last, serverTime])).toEqual([
      [1, false, "2026-10-01T12:00:07.000Z"],
      [0, true, "2026-10-01T12:00:07.000Z"],
    ]);
    expect(asked[0]).not.toContain("WHERE");
    expect(asked.at(-1)).toContain(`Id > '${LEAD}'`);
  });
});
