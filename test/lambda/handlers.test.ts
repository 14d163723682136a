/** The Lambda handlers against a sandbox: what they need, what fails an invocation and what does not. */
import type { Context } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { handler as followUp } from "../../src/lambda/follow-up-handler.ts";
import { handler as sync } from "../../src/lambda/sync-handler.ts";
import { createSandbox, type RunningSandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox-parts.ts";
import { type FreshDatabase, freshDatabase, whyNoPostgres } from "../support/postgres-database.ts";

let sandbox: Sandbox;
let running: RunningSandbox;

beforeAll(async () => {
  sandbox = createSandbox({ seed: "lambda" });
  running = await startSandbox(sandbox);
});
afterAll(() => running.close());

beforeEach(() => {
  vi.unstubAllEnvs();
  vi.stubEnv("SALESFORCE_LOGIN_URL", running.salesforceUrl);
  vi.stubEnv("SALESFORCE_CLIENT_ID", "sandbox-client");
  vi.stubEnv("SALESFORCE_CLIENT_SECRET", "sandbox-secret");
  vi.stubEnv("HUBSPOT_BASE_URL", running.hubspotUrl);
  vi.stubEnv("HUBSPOT_ACCESS_TOKEN", "pat-sandbox");
  vi.stubEnv("LEADLOOP_LOG", "error");
});

/** Calls a handler as Lambda does, with so much time left. */
async function invoke(handler: typeof sync, minutesLeft = 15): Promise<void> {
  const context: Partial<Context> = { getRemainingTimeInMillis: () => minutesLeft * 60_000 };
  await handler({} as Parameters<typeof sync>[0], context as Context, () => undefined);
}

test("a function without a database says so: its own disk does not last", async () => {
  await expect(invoke(sync)).rejects.toThrow(/DATABASE_URL is not set.*PostgreSQL/);
});

const missing = await whyNoPostgres();
if (missing !== null) console.log(`handlers: partly skipped, ${missing}`);

describe.skipIf(missing !== null)("with a database", () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    vi.stubEnv("DATABASE_URL", database.url);
  });

  test("the sync and the follow-up pass run", async () => {
    await invoke(sync);
    await invoke(followUp);
    expect(sandbox.calls.hubspot).toBeGreaterThan(0);
    expect(sandbox.calls.salesforce).toBeGreaterThan(0);
  });

  test("an invocation that is nearly over ends as paused, which is no failure", async () => {
    await invoke(sync, 0.5);
  });

  test("a login that is refused fails the invocation with what to do", async () => {
    vi.stubEnv("HUBSPOT_ACCESS_TOKEN", "pat-wrong");
    await expect(invoke(sync)).rejects.toThrow(/HUBSPOT_ACCESS_TOKEN/);
  });

  test("a wrong configuration fails the invocation with every issue", async () => {
    vi.stubEnv("LEADLOOP_MAPPINGS", "no-such-folder");
    await expect(invoke(sync)).rejects.toThrow(/no-such-folder.*problem/s);
  });
});
