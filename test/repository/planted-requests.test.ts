/** A test that leaves this machine fails, and so does one in which LeadLoop sends what no vendor describes: each is planted in a run of its own. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const REPOSITORY = resolve(import.meta.dirname, "../..");

/** Each swallows what it is told, as a client that retries would. */
const PLANTED = `
import { execFileSync } from "node:child_process";
import { Worker } from "node:worker_threads";
import nock from "nock";
import { test } from "vitest";
import { createHubSpotHandler } from "../../../src/sandbox/hubspot/hubspot-handler.ts";
import { HubSpotAccount } from "../../../src/sandbox/hubspot/hubspot-account.ts";
import { seededRandom } from "../../../src/sandbox/random.ts";
import { manualClock } from "../../../src/sandbox/sandbox-clock.ts";

test("leaves the machine by name", () => fetch("https://api.hubapi.com/account-info/v3/details").catch(() => {}));
test("leaves the machine by number", () => fetch("http://192.0.2.1/").catch(() => {}));
test("leaves the machine in a program that says nothing", () => {
  execFileSync(process.execPath, ["-e", 'fetch("http://192.0.2.2/").catch(() => {})'], { env: {} });
});
test("leaves the machine in a thread that says nothing", () =>
  new Promise((resolve) => new Worker('fetch("http://192.0.2.3/").catch(() => {})', { eval: true }).once("exit", resolve)));
test("stays here", () => fetch("http://127.0.0.1:9/").catch(() => {}));
test("sends HubSpot what it does not describe", async () => {
  nock("https://api.hubapi.com").get("/crm/v3/object/contacts").reply(200, {});
  await fetch("https://api.hubapi.com/crm/v3/object/contacts");
});
test("sends Salesforce what it does not describe", async () => {
  nock("https://example.my.salesforce.com").patch(/.*/).reply(200, []);
  const body = JSON.stringify({ record: [] });
  const headers = { "Content-Type": "application/json" };
  await fetch("https://example.my.salesforce.com/services/data/v66.0/composite/sobjects", { method: "PATCH", headers, body });
});
test("sends a stand-in what is not described", () => {
  const clock = manualClock(0);
  const handler = createHubSpotHandler(new HubSpotAccount({ clock, random: seededRandom("planted") }));
  handler({ method: "GET", path: "/crm/v3/objects/contacts", query: new URLSearchParams("page=2"), headers: {}, body: "" });
});
test("sends what is described", async () => {
  nock("https://api.hubapi.com").get("/account-info/v3/details").reply(200, {});
  await fetch("https://api.hubapi.com/account-info/v3/details");
});
`;

/** What is asked for once the last test has ended is nobody's, so all of the file fails. */
const TOO_LATE = {
  "leaves the machine": `
import { afterAll, test } from "vitest";

afterAll(() => fetch("http://192.0.2.4/").catch(() => {}));
test("is over", () => {});
`,
  "sends what is not described": `
import nock from "nock";
import { afterAll, test } from "vitest";

afterAll(async () => {
  nock("https://api.hubapi.com").get("/crm/v3/object/companies").reply(200, {});
  await fetch("https://api.hubapi.com/crm/v3/object/companies");
});
test("is over", () => {});
`,
} as const;

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

test("the guards of the test run notice what a test tries to send, and name it", async () => {
  const folder = await mkdtemp(join(REPOSITORY, "test/repository/planted-"));
  try {
    await writeFile(join(folder, "planted.test.ts"), PLANTED);
    for (const [what, text] of Object.entries(TOO_LATE)) await writeFile(join(folder, `${what}.test.ts`), text);
    const stdout = await new Promise<string>((resolve) => {
      const vitest = join(REPOSITORY, "node_modules/vitest/vitest.mjs");
      execFile(
        process.execPath,
        [vitest, "run", "--reporter=json", `--outputFile=${join(folder, "report.json")}`, folder],
        { cwd: REPOSITORY },
        (_error, out) => resolve(out),
      );
    });
    const { default: report } = (await import(join(folder, "report.json"), { with: { type: "json" } })) as {
      default: Report;
    };
    const fileOf = (what: string): Report["testResults"][number] | undefined =>
      report.testResults.find(({ name }) => name.endsWith(`/${what}.test.ts`));
    expect(fileOf("leaves the machine")).toMatchObject({
      status: "failed",
      message: expect.stringContaining("asked for 192.0.2.4"),
    });
    expect(fileOf("sends what is not described")).toMatchObject({
      status: "failed",
      message: expect.stringContaining("hubspot: GET /crm/v3/object/companies"),
    });
    const said = [fileOf("planted")]
      .flatMap((file) => file ?? [])
      .flatMap(({ assertionResults }) => assertionResults)
      .map(({ title, status, failureMessages }) => [title, status, failureMessages.join("\n")]);
    expect(said).toEqual([
      ["leaves the machine by name", "failed", expect.stringContaining("asked for api.hubapi.com")],
      ["leaves the machine by number", "failed", expect.stringContaining("asked for 192.0.2.1")],
      ["leaves the machine in a program that says nothing", "failed", expect.stringContaining("asked for 192.0.2.2")],
      ["leaves the machine in a thread that says nothing", "failed", expect.stringContaining("asked for 192.0.2.3")],
      ["stays here", "passed", ""],
      [expect.stringContaining("HubSpot"), "failed", expect.stringContaining("hubspot: GET /crm/v3/object/contacts")],
      [
        expect.stringContaining("Salesforce"),
        "failed",
        expect.stringContaining("salesforce: PATCH /services/data/v66.0/composite/sobjects"),
      ],
      [
        expect.stringContaining("stand-in"),
        "failed",
        expect.stringContaining("Unknown query parameter 'page' for GET /crm/v3/objects/contacts"),
      ],
      ["sends what is described", "passed", ""],
    ]);
    expect(stdout).toContain("hubspot GET /account-info/v3/details");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
