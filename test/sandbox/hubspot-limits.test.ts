import { expect, test } from "vitest";
import { type Caller, hubSpot } from "./hubspot-caller.ts";

const rateHeaders = (answer: { headers: Readonly<Record<string, string>> }): Record<string, string> =>
  Object.fromEntries(
    Object.entries(answer.headers)
      .filter(([name]) => name.startsWith("X-HubSpot-RateLimit-"))
      .map(([name, value]) => [name.replace("X-HubSpot-RateLimit-", ""), value]),
  );
const owners = (hub: Caller) => hub.call("GET", "/crm/v3/owners/");

test.each([
  ["no token", {}],
  ["a wrong token", { authorization: "Bearer pat-wrong" }],
  ["another scheme", { authorization: "Basic pat-sandbox" }],
])("%s is answered with 401", (_, headers) => {
  const answer = hubSpot().call("GET", "/crm/v3/owners/", undefined, { authorization: "", ...headers });
  expect(answer.status).toBe(401);
  expect(answer.body).toMatchObject({
    status: "error",
    message: expect.stringMatching(/^Authentication credentials not found/),
    correlationId: answer.headers["X-HubSpot-Correlation-Id"],
    category: "INVALID_AUTHENTICATION",
  });
});

test("the headers count down within ten seconds and within the day", () => {
  const hub = hubSpot({}, {});
  expect(rateHeaders(owners(hub))).toEqual({
    Daily: "625000",
    "Daily-Remaining": "624999",
    "Interval-Milliseconds": "10000",
    Max: "190",
    Remaining: "189",
    Secondly: "19",
    "Secondly-Remaining": "18",
  });
  hub.clock.advance(2000);
  expect(rateHeaders(owners(hub))).toMatchObject({
    "Daily-Remaining": "624998",
    Remaining: "188",
    "Secondly-Remaining": "18",
  });
  hub.clock.advance(8000);
  expect(rateHeaders(owners(hub))).toMatchObject({ "Daily-Remaining": "624997", Remaining: "188" });
});

test("the burst limit rolls over ten seconds and its refusal has a policy name and no category", () => {
  const hub = hubSpot({}, { limits: { burst: 3, search: 5, daily: 100 } });
  for (let call = 0; call < 3; call += 1) {
    expect(owners(hub).status).toBe(200);
    hub.clock.advance(1000);
  }
  const refused = owners(hub);
  expect(refused.status).toBe(429);
  expect(refused.body).toEqual({
    status: "error",
    message: "You have reached your ten_secondly_rolling limit.",
    correlationId: expect.any(String),
    errorType: "RATE_LIMIT",
    policyName: "TEN_SECONDLY_ROLLING",
    groupName: "publicapi:private-apps-api-calls-request-limit:1",
  });
  expect(rateHeaders(refused)).toMatchObject({ Remaining: "0" });
  hub.clock.advance(7000);
  expect(owners(hub).status).toBe(200);
  expect(owners(hub).status).toBe(429);
});

test("search has its own limit of five a second, its own refusal, and only the daily headers", () => {
  const hub = hubSpot({}, { limits: { burst: 1, search: 5, daily: 100 } });
  for (let call = 0; call < 5; call += 1) {
    const answer = hub.search({ limit: 1 });
    expect(answer.status).toBe(200);
    expect(Object.keys(rateHeaders(answer)).sort()).toEqual(["Daily", "Daily-Remaining"]);
  }
  const refused = hub.search({ limit: 1 });
  expect([refused.status, refused.body]).toEqual([
    429,
    {
      status: "error",
      message: "You have reached your secondly limit.",
      correlationId: expect.any(String),
      category: "RATE_LIMITS",
    },
  ]);
  expect(rateHeaders(refused)).toEqual({ Daily: "100", "Daily-Remaining": "94" });
  hub.clock.advance(1000);
  expect(hub.search({ limit: 1 }).status).toBe(200);
});

test("the daily limit counts everything and resets at the account's midnight", () => {
  const hub = hubSpot({ timeZone: "US/Eastern" }, { limits: { burst: 100, search: 5, daily: 2 } });
  expect([owners(hub).status, hub.search({ limit: 1 }).status]).toEqual([200, 200]);
  const refused = owners(hub);
  expect([refused.status, refused.body.policyName]).toEqual([429, "DAILY"]);
  hub.clock.set(Date.UTC(2026, 9, 6, 3, 59, 59));
  expect(owners(hub).status).toBe(429);
  hub.clock.set(Date.UTC(2026, 9, 6, 4, 0, 0));
  expect(owners(hub).status).toBe(200);
});

test("limits may be changed while the account is in use", () => {
  const limits = { burst: 1, search: 5, daily: 100 };
  const hub = hubSpot({}, { limits });
  owners(hub);
  expect(owners(hub).status).toBe(429);
  limits.burst = 2;
  expect(owners(hub).status).toBe(200);
});

test("an OAuth token is refreshed by form, works for half an hour, and expires", () => {
  const oauth = { clientId: "cid", clientSecret: "secret", refreshToken: "refresh" };
  const hub = hubSpot({}, { oauth });
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const refresh = (path: string, secret: string) => {
    const body = `grant_type=refresh_token&client_id=cid&client_secret=${secret}&refresh_token=refresh`;
    const answer = hub.handler({ method: "POST", path, query: new URLSearchParams(), headers: form, body });
    return { status: answer.status, body: JSON.parse(answer.body) };
  };
  expect(refresh("/oauth/v1/token", "wrong").status).toBe(400);
  const answer = refresh("/oauth/2026-03/token", "secret");
  expect(answer).toMatchObject({
    status: 200,
    body: { token_type: "bearer", refresh_token: "refresh", expires_in: 1800 },
  });
  const headers = { authorization: `Bearer ${answer.body.access_token}` };
  expect(hub.call("GET", "/crm/v3/owners", undefined, headers).status).toBe(200);
  hub.clock.advance(1_800_000);
  expect(hub.call("GET", "/crm/v3/owners", undefined, headers).body.category).toBe("EXPIRED_AUTHENTICATION");
});
