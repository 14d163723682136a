/** Which token LeadLoop uses for Salesforce, where it sends it, and for how long what it signs for one is of use. */
import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testClient } from "../support/salesforce-test-client.ts";

const HOST = "https://example-dev-ed.my.salesforce.com";

const TOKEN = { access_token: "anew", instance_url: HOST, id: `${HOST}/id/a/b`, token_type: "Bearer" };

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

/** Salesforce answers whoever comes with that token. */
function limits(token: string, host = HOST): void {
  nock(host, { reqheaders: { authorization: `Bearer ${token}` } })
    .get("/services/data/v66.0/limits")
    .reply(200, { DailyApiRequests: { Max: 15000, Remaining: 14998 } });
}

test.each([
  ["another app", { clientId: "another-app" }],
  ["another address", { loginUrl: "https://another.my.salesforce.com" }],
])("a token that was kept of %s is not used: there is a login", async (_whose, other) => {
  const kept = {
    ...{ loginUrl: HOST, clientId: "sandbox-client", accessToken: "old", instanceUrl: HOST },
    ...{ identityUrl: `${HOST}/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU`, ...other },
  };
  nock(HOST).post("/services/oauth2/token").reply(200, TOKEN);
  limits("anew");
  const { client } = testClient({ tokenCache: { load: async () => kept, save: async () => undefined } });
  expect(await client.limits()).toMatchObject({ daily: { limit: 15000 } });
});

test("what is signed for a login is of use for three minutes at most, and only there", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const credentials = {
    kind: "jwt",
    clientId: "sandbox-client",
    username: "leadloop@example.com",
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  } as const;
  let said = "";
  nock(HOST)
    .post("/services/oauth2/token", (body: { readonly assertion: string }) => {
      said = body.assertion;
      return true;
    })
    .reply(200, TOKEN);
  limits("anew");
  const now = Date.parse("2026-10-01T12:00:00.000Z");
  await testClient({ credentials, now }).client.limits();
  const claims: unknown = JSON.parse(Buffer.from(said.split(".")[1] ?? "", "base64url").toString());
  const { exp, aud } = claims as { readonly exp: number; readonly aud: string };
  expect(aud).toBe(HOST);
  expect(exp - now / 1_000).toBeGreaterThan(0);
  expect(exp - now / 1_000).toBeLessThanOrEqual(180);
});

test.each([
  "https://evil.example",
  "https://acme.my.salesforce.com.evil.example",
  "https://evilsalesforce.com",
  "https://acme.my.salesforce.mil.example",
  "https://evil.example/acme.my.salesforce.com",
  "https://acme.my.salesforce.com@evil.example",
  "http://acme.my.salesforce.com",
  "acme.my.salesforce.com",
])("the token is never sent to an address that is not Salesforce's: %s", async (address) => {
  nock(HOST)
    .post("/services/oauth2/token")
    .reply(200, { ...TOKEN, instance_url: address });
  await expect(testClient().client.limits()).rejects.toThrow(/not one of Salesforce's/);
});

test.each(["https://acme.my.salesforce.com", "https://acme.my.salesforce.mil", "https://acme.my.force.com"])(
  "the token is sent to an address of Salesforce's: %s",
  async (address) => {
    nock(HOST)
      .post("/services/oauth2/token")
      .reply(200, { ...TOKEN, instance_url: address });
    limits("anew", address);
    expect(await testClient().client.limits()).toMatchObject({ daily: { limit: 15000 } });
  },
);
