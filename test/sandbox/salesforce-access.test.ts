import { createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { salesforceCaller, startOfTests } from "./salesforce-caller.ts";

function tokenAnswer(form: Record<string, string>, options: Parameters<typeof salesforceCaller>[0] = {}) {
  const { raw } = salesforceCaller(options);
  const answer = raw("POST", "/services/oauth2/token", new URLSearchParams(form).toString(), {
    host: "127.0.0.1:4000",
  });
  return { status: answer.status, body: JSON.parse(answer.body) };
}

const client = { grant_type: "client_credentials", client_id: "sandbox-client", client_secret: "sandbox-secret" };

describe("the token endpoint", () => {
  test("answers with its own address and the identity of the integration user", () => {
    const { status, body } = tokenAnswer(client);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      instance_url: "http://127.0.0.1:4000",
      token_type: "Bearer",
      issued_at: String(startOfTests),
    });
    expect(body.id).toMatch(/^http:\/\/127\.0\.0\.1:4000\/id\/00D\w{15}\/005\w{15}$/);
    expect(body.access_token).toMatch(/^00D\w{12}!/);
  });

  test.each([
    [{ ...client, client_id: "other" }, "invalid_client_id"],
    [{ ...client, client_secret: "wrong" }, "invalid_client"],
    [{ ...client, grant_type: "password" }, "unsupported_grant_type"],
    [{}, "invalid_request"],
  ])("refuses %o", (form, error) => {
    expect(tokenAnswer(form as Record<string, string>)).toMatchObject({ status: 400, body: { error } });
  });

  describe("with a JWT assertion", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const claims = {
      iss: "sandbox-client",
      sub: "leadloop.integration@northwind.example.com",
      aud: "http://127.0.0.1:4000",
      exp: startOfTests / 1000 + 120,
    };
    const assertion = (changes: Record<string, unknown> = {}, alg = "RS256") => {
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const text = `${encode({ alg })}.${encode({ ...claims, ...changes })}`;
      return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey).toString("base64url")}`;
    };
    const grant = (text: string, jwtPublicKey: string | undefined = pem) =>
      tokenAnswer(
        { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: text },
        { salesforceApp: jwtPublicKey === undefined ? {} : { jwtPublicKey } },
      );

    test("signed with the key of the app gives a token", () => {
      expect(grant(assertion())).toMatchObject({ status: 200, body: { token_type: "Bearer" } });
    });

    test.each([
      ["a changed signature", `${assertion().slice(0, -6)}AAAAAA`],
      ["another issuer", assertion({ iss: "other" })],
      ["an expiry that has passed", assertion({ exp: startOfTests / 1000 - 1 })],
      ["an expiry too far ahead", assertion({ exp: startOfTests / 1000 + 3600 })],
      ["an unknown user", assertion({ sub: "nobody@example.com" })],
      ["a user who left", assertion({ sub: "grace.lindqvist@northwind.example.com" })],
      ["no algorithm", assertion({}, "none")],
      ["no token at all", "abc"],
    ])("is refused with %s", (_, text) => {
      expect(grant(text).status).toBe(400);
    });

    test("is refused when the app has no key", () => {
      expect(
        tokenAnswer({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: assertion() }).status,
      ).toBe(400);
    });
  });
});

describe("a session", () => {
  const expired = [{ message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" }];

  test("ends after its time, and when all sessions are ended", () => {
    const { call, sandbox } = salesforceCaller({ salesforceSessionTtlMs: 60_000 });
    expect(call("GET", "/limits").status).toBe(200);
    sandbox.clock.advance(60_000);
    expect(call("GET", "/limits")).toMatchObject({ status: 401, body: expired });
    const other = salesforceCaller();
    other.sandbox.salesforce.expireSessions();
    expect(other.call("GET", "/limits").status).toBe(401);
  });

  test("is needed for everything but the list of versions", () => {
    const { raw } = salesforceCaller();
    expect(raw("GET", "/services/data/v66.0/limits").status).toBe(401);
    const versions = raw("GET", "/services/data/");
    expect(versions.headers).not.toHaveProperty("Sforce-Limit-Info");
    expect(JSON.parse(versions.body).slice(-3)).toEqual([
      { label: "Spring '26", url: "/services/data/v66.0", version: "66.0" },
      { label: "Summer '26", url: "/services/data/v67.0", version: "67.0" },
      { label: "Winter '27", url: "/services/data/v68.0", version: "68.0" },
    ]);
  });
});

describe("API usage", () => {
  test("is told with each data answer, roughly: it may go backwards a little", () => {
    const { call } = salesforceCaller();
    const told = Array.from({ length: 60 }, () => {
      const header = call("GET", "/query?q=SELECT+Id+FROM+Lead").headers["Sforce-Limit-Info"] ?? "";
      return Number(/^api-usage=(\d+)\/115000$/.exec(header)?.[1]);
    });
    expect(told.every((count, index) => count <= index + 1 && count >= index - 2)).toBe(true);
    expect(told.some((count, index) => index > 0 && count < (told[index - 1] ?? 0))).toBe(true);
    expect(call("GET", "/limits").body.DailyApiRequests).toEqual({ Max: 115_000, Remaining: 114_939 });
  });

  test("past the limit everything is refused until the window has moved", () => {
    const { call, sandbox } = salesforceCaller({ limits: { salesforceDaily: 3 }, salesforceSessionTtlMs: 999_999_999 });
    const statuses = [1, 2, 3, 4].map(() => call("GET", "/limits").status);
    expect(statuses).toEqual([200, 200, 200, 403]);
    expect(call("GET", "/limits").body).toEqual([
      { message: "TotalRequests Limit exceeded.", errorCode: "REQUEST_LIMIT_EXCEEDED" },
    ]);
    sandbox.clock.advance(25 * 3_600_000);
    expect(call("GET", "/limits").status).toBe(200);
  });
});

test.each([
  ["v41.0", 200],
  ["v68.0", 200],
  ["v40.0", 404],
  ["v69.0", 404],
])("API version %s answers %i", (version, status) => {
  const { raw, sandbox } = salesforceCaller();
  const form = new URLSearchParams(client).toString();
  const token = JSON.parse(raw("POST", "/services/oauth2/token", form).body).access_token;
  expect(raw("GET", `/services/data/${version}/limits`, "", { authorization: `Bearer ${token}` }).status).toBe(status);
  expect(sandbox.calls.salesforce).toBe(1);
});

test("what the org does not have answers 404 in the vendor's shape", () => {
  const { call } = salesforceCaller();
  for (const path of ["/nope", "/sobjects/Nope/describe", "/sobjects/Lead/a/b/c"]) {
    expect(call("GET", path)).toMatchObject({ status: 404, body: [{ errorCode: "NOT_FOUND" }] });
  }
  expect(call("POST", "/composite/tree/Lead", { records: [] }).status).toBe(404);
  expect(call("GET", "/composite/tree/Lead")).toMatchObject({
    status: 405,
    body: [{ errorCode: "METHOD_NOT_ALLOWED" }],
  });
});

describe("describe", () => {
  test("leaves out hidden fields, and its tag and date move when one is hidden", () => {
    const { call, sandbox } = salesforceCaller();
    const names = () => call("GET", "/sobjects/Lead/describe").body.fields.map((field: { name: string }) => field.name);
    const first = call("GET", "/sobjects/Lead/describe");
    const seen = { "if-modified-since": first.headers["Last-Modified"] ?? "" };
    expect(names()).toContain("Title");
    expect(call("GET", "/sobjects/Lead/describe", undefined, seen).status).toBe(304);
    expect(
      call("GET", "/sobjects/Lead/describe", undefined, { "if-none-match": first.headers["ETag"] ?? "" }).status,
    ).toBe(304);
    sandbox.clock.advance(60_000);
    sandbox.salesforce.hideField("Lead", "Title");
    expect(call("GET", "/sobjects/Lead/describe", undefined, seen).status).toBe(200);
    expect(names()).not.toContain("Title");
    sandbox.salesforce.defineField("Lead", { name: "New__c", type: "string", length: 20 });
    expect(names()).toContain("New__c");
  });

  test("shows what our fields are", () => {
    const fields = salesforceCaller().call("GET", "/sobjects/Lead/describe").body.fields as Record<string, unknown>[];
    const field = (name: string) => fields.find((one) => one["name"] === name);
    expect(field("LeadLoop_Key__c")).toMatchObject({
      type: "string",
      length: 64,
      externalId: true,
      unique: true,
      idLookup: true,
      custom: true,
      caseSensitive: false,
    });
    expect(field("LeadLoop_Stage__c")).toMatchObject({ restrictedPicklist: true, nillable: true });
    expect(field("LeadLoop_Score__c")).toMatchObject({ type: "double", precision: 3, scale: 0 });
    expect(field("Status")).toMatchObject({ defaultedOnCreate: true, nillable: false });
    expect(field("SystemModstamp")).toMatchObject({ createable: false, updateable: false });
  });

  test("the list of objects names them all", () => {
    const { sobjects, maxBatchSize } = salesforceCaller().call("GET", "/sobjects").body;
    expect(maxBatchSize).toBe(200);
    expect(sobjects.map((one: { name: string }) => one.name)).toEqual(
      expect.arrayContaining(["Lead", "Contact", "Task", "User", "OpportunityStage"]),
    );
  });
});

test("the org is set up with six reps, a manager, someone who left, a queue, stages and statuses", () => {
  const { values } = salesforceCaller();
  expect(values("SELECT Name FROM User WHERE Title = 'Account Executive' AND IsActive = true", "Name")).toHaveLength(6);
  expect(values("SELECT Name FROM User WHERE IsActive = false", "Name")).toEqual(["Grace Lindqvist"]);
  expect(values("SELECT Name FROM Group WHERE Type = 'Queue'", "Name")).toEqual(["Unassigned leads"]);
  expect(values("SELECT DefaultProbability FROM OpportunityStage ORDER BY SortOrder", "DefaultProbability")).toEqual([
    10, 20, 30, 50, 65, 80, 100, 0,
  ]);
  expect(values("SELECT ApiName FROM LeadStatus WHERE IsConverted = true", "ApiName")).toEqual(["Closed - Converted"]);
});
