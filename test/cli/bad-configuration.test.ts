/** Mistakes in mappings/ and config/: every one told at once with its place, exit code 2, and nothing touched. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { documentOf, REPOSITORY, words } from "./cli-process.ts";
import { type CliWorld, openCliWorld } from "./cli-world.ts";

let world: CliWorld;
/** Word by word instead of LEADLOOP_CONFIG and LEADLOOP_MAPPINGS. */
const OWN_FOLDERS = ["--config", "config", "--mappings", "mappings"];

beforeAll(async () => {
  world = await openCliWorld({ state: false });
  for (const name of ["config", "mappings"])
    cpSync(join(REPOSITORY, name), join(world.folder, name), { recursive: true });
});
afterAll(() => world.close());

function change(file: string, from: string | RegExp, to: string): void {
  const path = join(world.folder, file);
  const text = readFileSync(path, "utf8");
  const changed = text.replace(from, to);
  expect(changed, `${file} has no ${String(from)}`).not.toBe(text);
  writeFileSync(path, changed);
}

describe("five mistakes in five files", () => {
  beforeAll(() => {
    change("mappings/contact-lead.yml", "rule: two-way, max-length: { salesforce: 128 }", "rule: two-way, colour: red");
    change("config/scoring.yml", "mql-at: 60", "mql-at: sixty");
    change("config/handoff.yml", 'suppress-when: segment("do-not-call")', "suppress-when: do_not_cal");
    change("config/segments.yml", "- name: has-email", "- name: [has-email");
    rmSync(join(world.folder, "config", "routing.yml"));
  });

  test("check tells them all, each with file, line, column and what to write", async () => {
    const answer = await world.run(["check", ...OWN_FOLDERS]);
    expect(answer).toMatchObject({ exit: 2, stderr: "" });
    const said = words(answer.stdout);
    expect(said).toMatch(
      /mappings\/contact-lead\.yml:\d+:\d+ fields\[3\]\.colour: unknown key; the keys here are hubspot/,
    );
    expect(said).toMatch(/config\/scoring\.yml:\d+:\d+ mql-at: /);
    expect(said).toMatch(/config\/handoff\.yml:\d+:\d+ suppress-when: .*do_not_call/);
    expect(said).toMatch(/config\/segments\.yml:\d+:\d+ the file: a closing \] or } is missing/);
    expect(said).toMatch(/config\/routing\.yml:1:1 the file: is missing; copy it/);
    expect(said).toMatch(/\d+ problems in 5 files\. Nothing was changed\./);
  });

  test("sync --json gives the same list, and no state was made", async () => {
    const answer = await world.runProgram(["sync", "--json", ...OWN_FOLDERS]);
    expect(answer.exit).toBe(2);
    const document = documentOf(answer);
    expect(document).toMatchObject({ outcome: "configuration-wrong" });
    expect(document.issues.map((issue: { readonly file: string }) => issue.file)).toEqual(
      expect.arrayContaining(["mappings/contact-lead.yml", "config/scoring.yml", "config/routing.yml"]),
    );
    expect(answer.stderr).toContain("Nothing was changed.");
    expect(answer.stderr).not.toMatch(/^ +at /m);
    expect(existsSync(join(world.folder, ".leadloop"))).toBe(false);
  });
});

test("folders that are not there are named with the setting to correct", async () => {
  const answer = await world.run(["check", "--json"], {
    LEADLOOP_CONFIG: "nowhere",
    LEADLOOP_MAPPINGS: "nowhere-either",
  });
  expect(answer.exit).toBe(2);
  expect(documentOf(answer).issues).toMatchObject([
    { file: "nowhere-either", message: expect.stringContaining("LEADLOOP_MAPPINGS") },
    { file: "nowhere", message: expect.stringContaining("LEADLOOP_CONFIG") },
  ]);
});

test("check --live tells mapped fields that a system lacks or lets nobody write, with the name to write instead", async () => {
  cpSync(join(REPOSITORY, "config"), join(world.folder, "config"), { recursive: true });
  cpSync(join(REPOSITORY, "mappings"), join(world.folder, "mappings"), { recursive: true });
  change(
    "mappings/contact-lead.yml",
    "salesforce: Title,                rule: two-way, max-length: { salesforce: 128 }",
    "salesforce: Titel, rule: two-way",
  );
  change("mappings/contact-lead.yml", "salesforce: City, ", "salesforce: CreatedDate, ");
  change("mappings/contact-lead.yml", "rule: two-way, max-length: { salesforce: 40 }", "rule: two-way");
  const answer = await world.run(["check", "--live", ...OWN_FOLDERS]);
  expect(answer.exit, answer.stderr).toBe(2);
  const said = words(answer.stdout);
  expect(said).toMatch(
    /contact-lead\.yml:\d+:\d+ fields\[3\]\.salesforce: salesforce Lead shows LeadLoop's user no field Titel\. If there is none: write Title\./,
  );
  expect(said).toMatch(
    /fields\[10\]\.salesforce: CreatedDate is read-only in salesforce, and prefer-hubspot-unless-blank would write it/,
  );
  expect(said).toMatch(
    /fields\[1\]\.salesforce: FirstName holds 40 characters .*write max-length: \{ salesforce: 40 \} \(warning\)/,
  );
  expect(said).toMatch(/CreatedDate is a datetime field in salesforce, and as: text gives text; write as: datetime/);
  expect(said).toContain("3 problems, 1 warning");
});

test("check --live refuses a field that Salesforce keeps encrypted, by its name", async () => {
  cpSync(join(REPOSITORY, "config"), join(world.folder, "config"), { recursive: true });
  cpSync(join(REPOSITORY, "mappings"), join(world.folder, "mappings"), { recursive: true });
  const shape = { label: "Tax number", type: "encryptedstring", length: 80 } as const;
  world.sandbox.salesforce.defineField("Lead", { name: "Tax_Number__c", ...shape });
  change("mappings/contact-lead.yml", "salesforce: City, ", "salesforce: Tax_Number__c, ");
  const answer = await world.run(["check", "--live", ...OWN_FOLDERS]);
  expect(answer.exit, answer.stderr).toBe(2);
  expect(words(answer.stdout)).toMatch(
    /contact-lead\.yml:\d+:\d+ fields\[\d+\]\.salesforce: Tax_Number__c is encrypted: LeadLoop's user reads asterisks in place of the value/,
  );
});

test("an unknown command or option is told with the way to the right ones", async () => {
  const command = await world.run(["snyc"]);
  expect(command).toMatchObject({ exit: 2, stderr: expect.stringContaining("Did you mean sync?") });
  const option = await world.run(["sync", "--fast", "--json"]);
  expect(option.exit).toBe(2);
  expect(documentOf(option)).toMatchObject({
    outcome: "configuration-wrong",
    error: expect.stringContaining("--fast"),
  });
});

test("without a login every missing variable is named, and the demo that needs none", async () => {
  const answer = await world.run(["sync"], {
    HUBSPOT_ACCESS_TOKEN: "",
    SALESFORCE_LOGIN_URL: "",
    SALESFORCE_CLIENT_SECRET: "",
  });
  expect(answer.exit).toBe(1);
  for (const name of ["HUBSPOT_ACCESS_TOKEN", "SALESFORCE_LOGIN_URL", "SALESFORCE_CLIENT_SECRET", "npm run demo"]) {
    expect(answer.stderr).toContain(name);
  }
});
