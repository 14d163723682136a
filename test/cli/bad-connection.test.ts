/** Systems that cannot be reached, refuse the login, lack a permission or have no quota left: a sentence that says what to do, and nothing lost. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Fault } from "../../src/sandbox/faults.ts";
import { type CliAnswer, documentOf, words } from "./cli-process.ts";
import { type CliWorld, openCliWorld, PERSON } from "./cli-world.ts";

let world: CliWorld;
let rep: string;

beforeAll(async () => {
  world = await openCliWorld();
  const { hubspot, salesforce } = world.sandbox;
  rep = salesforce.people.repIds[0] ?? "";
  hubspot.createContact({ email: "ada@engines.example.com", lastname: "Lovelace" }, PERSON);
  salesforce.create("Lead", { LastName: "Hopper", Company: "Navy", Email: "grace@navy.example.com" }, rep);
  world.pass(10);
});
afterEach(async () => {
  await control("DELETE", "faults");
  world.pass(1);
});
afterAll(() => world.close());

async function control(method: string, path: string, body?: unknown): Promise<void> {
  const url = `${world.environment["HUBSPOT_BASE_URL"]}/_sandbox/${path}`;
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  expect(answer.ok).toBe(true);
}

/** Every request to the path meets the fault. */
function faulty(system: "hubspot" | "salesforce", path: string, fault: Fault, times = 1_000): Promise<void> {
  return control("POST", "faults", { system, rules: [{ path, times, fault }] });
}

function refusal(status: number, body: unknown): Fault {
  return { kind: "answer", status, body, headers: { "content-type": "application/json" } };
}

/** One sentence on stderr, no stack trace, no secret. */
function expectStopped(answer: CliAnswer, ...said: readonly string[]): void {
  expect(answer.exit, answer.stdout).toBe(1);
  for (const part of said) expect(words(answer.stderr)).toContain(part);
  expect(answer.stderr).not.toMatch(/^ +at /m);
  expect(answer.stderr + answer.stdout).not.toMatch(/pat-sandbox|sandbox-secret|wrong-token|wrong-secret/);
}

test("an address at which nobody answers is told with the setting to correct", async () => {
  const nobody = "http://127.0.0.1:9";
  // Only one of them needs the database, which takes one process at a time.
  const [hubspot, salesforce] = await Promise.all([
    world.run(["sync"], { HUBSPOT_BASE_URL: nobody }),
    world.run(["check", "--live"], { SALESFORCE_LOGIN_URL: nobody }),
  ]);
  expectStopped(hubspot, "127.0.0.1:9", "HUBSPOT_BASE_URL", "the next run goes on from here");
  expectStopped(salesforce, "cannot be reached at 127.0.0.1:9", "SALESFORCE_LOGIN_URL");
});

describe("HubSpot", () => {
  test("the token is wrong", async () => {
    const answer = await world.runProgram(["sync"], { HUBSPOT_ACCESS_TOKEN: "wrong-token" });
    expectStopped(answer, "401", "HUBSPOT_ACCESS_TOKEN");
  });

  test("the token has expired in the middle of a run", async () => {
    const expired = {
      status: "error",
      message: "The OAuth token used to make this call expired",
      category: "EXPIRED_AUTHENTICATION",
    };
    await faulty("hubspot", "/search", refusal(401, expired));
    expectStopped(await world.run(["plan"]), "HUBSPOT_ACCESS_TOKEN");
  });

  test("the app lacks a scope", async () => {
    const missing = {
      status: "error",
      message: "This app hasn't been granted all required scopes",
      category: "MISSING_SCOPES",
    };
    await faulty("hubspot", "/search", refusal(403, missing));
    const answer = await world.run(["sync", "--json"]);
    expectStopped(answer, "scopes");
    expect(documentOf(answer)).toMatchObject({ outcome: "stopped", reasons: [expect.stringContaining("scopes")] });
  });

  test("the day's calls are used up: the run pauses and ends with 0", async () => {
    const daily = {
      status: "error",
      message: "You have reached your daily limit.",
      errorType: "RATE_LIMIT",
      policyName: "DAILY",
    };
    await faulty("hubspot", "/search", refusal(429, daily));
    const answer = await world.run(["sync", "--json"]);
    expect(answer.exit).toBe(0);
    expect(documentOf(answer)).toMatchObject({ outcome: "paused", reasons: [expect.stringMatching(/day|daily/i)] });
  });

  test("a web page answers instead", async () => {
    await faulty("hubspot", "/search", { kind: "html", status: 200 });
    expectStopped(await world.run(["sync"]), "HUBSPOT_BASE_URL");
  });
});

describe("Salesforce", () => {
  test("the client secret is wrong", async () => {
    expectStopped(
      await world.run(["sync"], { SALESFORCE_CLIENT_SECRET: "wrong-secret" }),
      "refused the login",
      "SALESFORCE_CLIENT_SECRET",
    );
  });

  test("the user lacks a permission", async () => {
    const missing = [{ errorCode: "INSUFFICIENT_ACCESS", message: "insufficient access rights on object id" }];
    await faulty("salesforce", "/composite$", refusal(403, missing));
    expectStopped(await world.run(["sync"]), "INSUFFICIENT_ACCESS");
  });

  test("a web page answers instead", async () => {
    await faulty("salesforce", "/composite$", { kind: "html", status: 200 });
    expectStopped(await world.run(["sync"]), "web page");
  });

  test("the day's calls are used up: the run pauses and ends with 0", async () => {
    const used = [{ errorCode: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded." }];
    await faulty("salesforce", "/composite$", refusal(403, used));
    const answer = await world.run(["sync"]);
    expect(answer.exit).toBe(0);
    expect(words(answer.stdout)).toMatch(/Note: .*quota|Note: .*limit/i);
  });

  test("the login expires in the middle of a run: it logs in once more, and everything that failed before is made good", async () => {
    const expired = [{ errorCode: "INVALID_SESSION_ID", message: "Session expired or invalid" }];
    await faulty("salesforce", "/composite$", refusal(401, expired), 1);
    const answer = await world.run(["sync", "--json"]);
    expect(answer.exit, answer.stderr).toBe(0);
    expect(documentOf(answer)).toMatchObject({ outcome: "done", written: { hubspot: { created: 1 } } });
    expect(world.sandbox.hubspot.contacts()).toHaveLength(2);
  });
});
