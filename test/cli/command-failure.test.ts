/** Each way to fail has its own exit code and sentence; secrets and stack traces are in none of them. */
import { expect, test } from "vitest";
import { Secret } from "../../src/app/settings.ts";
import { openContext, withoutSecrets } from "../../src/cli/command-context.ts";
import { failureOf, sentence, stackOf, UsageError } from "../../src/cli/command-failure.ts";
import { nodeAdvice } from "../../src/cli/node-version.ts";
import { ConfigInvalid, RetryLater, StopRun } from "../../src/core/errors.ts";
import { CollectedText } from "../support/collected-text.ts";

const ISSUE = { file: "config/scoring.yml", line: 4, column: 9, path: "mql-at", message: "is no number; write 60" };

test.each([
  [
    "a wrong configuration",
    new ConfigInvalid([ISSUE]),
    2,
    "config/scoring.yml:4:9  mql-at: is no number; write 60\n\n1 problem in 1 file. Nothing was changed.",
  ],
  ["wrong usage", new UsageError("--from takes a date"), 2, "--from takes a date."],
  ["a stop", new StopRun("the login was refused; check the token"), 1, "The login was refused; check the token."],
  ["a pause", new StopRun("the quota is gone", { kind: "paused" }), 0, "The quota is gone."],
  [
    "patience spent",
    new RetryLater("HubSpot was answered 503"),
    1,
    "HubSpot was answered 503, and repeating it did not help; check the network",
  ],
  [
    "a bug",
    new TypeError("x is not a function\n    at y"),
    1,
    "This is a bug in LeadLoop (x is not a function); run the command again with --debug",
  ],
  ["anything that is thrown", "boom", 1, "This is a bug in LeadLoop (boom)"],
])("%s ends with its exit code and says what to do", (_title, error, exit, text) => {
  const failure = failureOf(error);
  expect(failure.exit).toBe(exit);
  expect(failure.text).toContain(text);
  expect(failure.text).not.toMatch(/^ +at /m);
});

test("a name keeps its spelling at the start of a sentence", () => {
  expect(sentence("nowhere/load.yml cannot be read")).toBe("nowhere/load.yml cannot be read.");
  expect(sentence("nobody is known by that name")).toBe("Nobody is known by that name.");
});

test("with --debug the stack of every cause is told", () => {
  const cause = new Error("the first");
  expect(stackOf(new Error("the second", { cause }))).toMatch(/the second[\s\S]*caused by: Error: the first/);
});

test("secrets are taken out of what is said", () => {
  const settings = {
    salesforceLoginUrl: null,
    salesforceLogin: { kind: "client-credentials" as const, clientId: "id", clientSecret: new Secret("hush-hush") },
    hubspotAccessToken: new Secret("pat-1234"),
    hubspotBaseUrl: undefined,
    hubspotAppId: undefined,
    databaseUrl: "postgres://leadloop:pass@host/db",
    stateFolder: ".leadloop",
    mappingsFolder: "mappings",
    configFolder: "config",
    connection: "default",
    logLevel: "warn" as const,
    notifyAddresses: new Map([["sales-room", new Secret("https://hooks.example.com/T0/hidden")]]),
    sandboxClock: null,
  };
  const said =
    "Bearer pat-1234, secret hush-hush, postgres://leadloop:pass@host/db, https://hooks.example.com/T0/hidden";
  expect(withoutSecrets(said, settings)).toBe(
    "Bearer [secret], secret [secret], postgres://leadloop:[secret]@host/db, [secret]",
  );
});

test.each([false, true])("an answer is without secrets too, not only what stands beside it (--json: %s)", (json) => {
  const key = "-----BEGIN PRIVATE KEY-----\nMIIEhidden\n-----END PRIVATE KEY-----";
  const [stdout, stderr] = [new CollectedText(), new CollectedText()];
  const environment = {
    HUBSPOT_ACCESS_TOKEN: "pat-1234",
    SALESFORCE_LOGIN_URL: "https://acme.my.salesforce.com",
    SALESFORCE_CLIENT_ID: "id",
    SALESFORCE_USERNAME: "leadloop@example.com",
    SALESFORCE_PRIVATE_KEY: key,
  };
  const { terminal } = openContext({ json }, { environment, stdout, stderr });
  const error = `token pat-1234, key ${key}, database postgres://leadloop:pass@host/db`;
  const clean = "token [secret], key [secret], database postgres://leadloop:[secret]@host/db";
  terminal.print(error);
  terminal.printJson({ error });
  terminal.note(error);
  expect(stderr.text).toBe(`${clean}\n`);
  expect(stdout.text.trim()).toBe(json ? JSON.stringify({ error: clean }, null, 2) : clean);
});

test("an address with a port, and somebody's e-mail in it, has no password", () => {
  const said = "https://acme.example:8443/?contact=ann@acme.example";
  const stdout = new CollectedText();
  openContext({}, { environment: {}, stdout, stderr: stdout }).terminal.print(said);
  expect(stdout.text).toBe(`${said}\n`);
});

test.each([
  ["v20.19.2", "needs Node 24 and this is v20.19.2; run it as `npm run leadloop -- <command>`"],
  ["v22.18.0", "needs Node 24"],
])("Node %s is told what to do", (version, advice) => {
  expect(nodeAdvice(version)).toContain(advice);
});

test.each(["v24.0.0", "v26.1.0"])("Node %s will do", (version) => {
  expect(nodeAdvice(version)).toBeNull();
});
