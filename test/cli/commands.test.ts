/** One working day with the command line: check, plan, sync, look, explain, report; each command as text and as JSON, with its exit code, and once as the program that a shell starts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { documentOf, words } from "./cli-process.ts";
import { type CliWorld, openCliWorld, PERSON } from "./cli-world.ts";

let world: CliWorld;
let rep: string;
let ada: string;
let linus: { readonly contact: string; readonly lead: string };

beforeAll(async () => {
  world = await openCliWorld();
  const { hubspot, salesforce } = world.sandbox;
  rep = salesforce.people.repIds[0] ?? "";
  // Marketing's own, who asked for a demo; sales' own; and one whom both know.
  ada = hubspot.createContact(
    {
      email: "ada@engines.example.com",
      firstname: "Ada",
      lastname: "Lovelace",
      jobtitle: "CEO",
      company: "Engines",
      country: "United Kingdom",
    },
    PERSON,
  );
  hubspot.editContact(
    ada,
    {
      recent_conversion_event_name: "Book a demo",
      recent_conversion_date: "2026-03-02T07:00:00.000Z",
      num_conversion_events: "1",
    },
    { sourceType: "ANALYTICS", sourceId: "analytics" },
  );
  salesforce.create(
    "Lead",
    { LastName: "Hopper", FirstName: "Grace", Company: "Navy", Email: "grace@navy.example.com" },
    rep,
  );
  linus = {
    contact: hubspot.createContact(
      { email: "linus@kernel.example.com", firstname: "Linus", lastname: "Berg", jobtitle: "Engineer" },
      PERSON,
    ),
    lead: salesforce.create(
      "Lead",
      { LastName: "Berg", FirstName: "Linus", Company: "Kernel", Email: "linus@kernel.example.com", Title: "Engineer" },
      rep,
    ),
  };
  world.pass(10);
});
afterAll(() => world.close());

describe("without accounts", () => {
  test("help lists the commands and their exit codes", async () => {
    const answer = await world.runProgram(["--help"]);
    expect(answer.exit).toBe(0);
    const commands = "demo sandbox check plan sync follow-up serve report agreement explain status conflicts rejects";
    for (const command of commands.split(" ")) {
      expect(answer.stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
    }
    expect(answer.stdout).toContain("Exit codes");
  });

  test("check says that nothing is wrong, in words and as JSON", async () => {
    const login = { HUBSPOT_ACCESS_TOKEN: "", SALESFORCE_CLIENT_ID: "" };
    const [text, json] = await Promise.all([world.runProgram(["check"], login), world.run(["check", "--json"], login)]);
    expect(text).toMatchObject({ exit: 0, stderr: "" });
    expect(text.stdout).toMatch(
      /^No problems in .*mappings and .*config: 2 mappings with \d+ fields, \d+ segments\.\n$/,
    );
    expect(json.exit).toBe(0);
    expect(documentOf(json)).toEqual({ ok: true, issues: [] });
  });
});

describe("the first plan and the first sync", () => {
  test("status before anything says how to start", async () => {
    const answer = await world.runProgram(["status"]);
    expect(answer.exit).toBe(0);
    expect(answer.stdout).toContain("nothing was synced yet");
    expect(answer.stdout).toContain("leadloop plan");
  });

  test("plan shows every write with its rule and the calls it would cost, and keeps it in a file", async () => {
    const answer = await world.runProgram(["plan", "--out", "first.plan"]);
    expect(answer.exit, answer.stderr).toBe(0);
    const said = words(answer.stdout);
    expect(said).toContain("salesforce Lead: 1 create");
    expect(said).toContain("salesforce Lead new create Ada Lovelace");
    expect(said).toMatch(/Title: "CEO" \(two-way\)/);
    expect(said).toContain("hubspot contacts new create Grace Hopper");
    expect(said).toMatch(/salesforce Task new create Ada Lovelace Subject: "Call Ada Lovelace: score \d+/);
    expect(said).toMatch(
      /Calls: reading took \d+ HubSpot and \d+ Salesforce; writing would take about \d+ and \d+ more\./,
    );
    expect(answer.stdout).not.toContain("\u001b[");
    const file = JSON.parse(readFileSync(join(world.folder, "first.plan"), "utf8"));
    expect(file).toMatchObject({
      leadloop: "plan",
      connection: "default",
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("plan changed nothing", () => {
    expect(world.sandbox.hubspot.contacts()).toHaveLength(2);
    expect(world.sandbox.salesforce.records("Lead")).toHaveLength(2);
  });

  test("sync --plan runs exactly the plan that was looked at", async () => {
    const answer = await world.runProgram(["sync", "--plan", "first.plan", "--json"]);
    expect(answer.exit, answer.stderr + answer.stdout).toBe(0);
    const result = documentOf(answer);
    const number = expect.any(Number);
    const oneMade = { created: 1, updated: number, archived: 0 };
    expect(result).toMatchObject({
      run: expect.any(String),
      outcome: "done",
      read: { hubspot: 2, salesforce: 2 },
      written: { hubspot: oneMade, salesforce: oneMade, tasks: 1 },
      unchanged: number,
      skipped: number,
      rejected: 0,
      deferred: 0,
      conflicts: 0,
      calls: { hubspot: number, salesforce: number },
      ms: number,
    });
    expect(world.sandbox.hubspot.contacts()).toHaveLength(3);
    expect(world.sandbox.salesforce.records("Task")).toHaveLength(1);
  });

  test("a plan that no longer holds is refused, and what changed is told", async () => {
    world.pass(10);
    const answer = await world.run(["sync", "--plan", "first.plan"]);
    expect(answer.exit).toBe(3);
    expect(words(answer.stdout)).toMatch(/salesforce Lead new create .*\bLastName\b/);
    expect(answer.stdout.split("New since:")[0]).not.toContain("Lovelace");
    expect(words(answer.stdout)).toContain("No longer due:");
    expect(words(answer.stderr)).toContain("The present plan is not the one in first.plan; nothing was written");
  });
});

describe("after edits on both sides", () => {
  test("plan --json lists each write with from, to and rule, and conflicts with both values", async () => {
    world.sandbox.hubspot.editContact(linus.contact, { jobtitle: "Chief Engineer", phone: "+1 202 555 0143" }, PERSON);
    world.pass(1);
    world.sandbox.salesforce.edit("Lead", linus.lead, { Title: "Head of Kernel" }, rep);
    world.pass(10);
    const answer = await world.run(["plan", "--json"]);
    expect(answer.exit, answer.stderr).toBe(0);
    const plan = documentOf(answer);
    expect(plan).not.toHaveProperty("written");
    expect(plan.planned).toMatchObject({ hubspot: { created: 0 }, salesforce: { created: 0 }, tasks: 0 });
    expect(plan.conflicts).toBe(1);
    expect(plan.writes).toContainEqual({
      system: "hubspot",
      object: "contacts",
      id: linus.contact,
      operation: "update",
      name: "Linus Berg",
      fields: expect.objectContaining({ jobtitle: { from: "Chief Engineer", to: "Head of Kernel", rule: "two-way" } }),
      reason: expect.any(String),
    });
    expect(plan.writes).toContainEqual(
      expect.objectContaining({
        system: "salesforce",
        object: "Lead",
        id: linus.lead,
        fields: expect.objectContaining({
          Phone: { from: null, to: expect.any(String), rule: "prefer-salesforce-unless-blank" },
        }),
      }),
    );
    expect(plan.conflictList).toMatchObject([
      { field: "jobtitle", hubspot: "Chief Engineer", salesforce: "Head of Kernel", kept: "salesforce" },
    ]);
  });

  test("sync says in a table what it did, and names the conflict", async () => {
    const answer = await world.run(["sync"]);
    expect(answer.exit, answer.stderr).toBe(0);
    expect(answer.stdout).toMatch(/HubSpot\s+Salesforce/);
    const said = words(answer.stdout);
    expect(said).toContain(
      'Linus Berg jobtitle (two-way): HubSpot "Chief Engineer", Salesforce "Head of Kernel"; kept salesforce',
    );
    expect(said).toMatch(/done in [\d.]+ s \(run .+\)/);
    for (const line of answer.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("conflicts lists it with both values; as it is settled, nobody has to act", async () => {
    const text = await world.runProgram(["conflicts"]);
    expect(text.exit).toBe(0);
    expect(words(text.stdout)).toContain('HubSpot "Chief Engineer", Salesforce "Head of Kernel"');
    expect(words(text.stdout)).toContain("1 conflict, 0 waiting for a person");
    const open = await world.run(["conflicts", "--open", "--json"]);
    expect(documentOf(open)).toEqual({ conflicts: [] });
  });

  test("explain tells a person's links, stage, score, and where each value comes from", async () => {
    const answer = await world.runProgram(["explain", "linus@kernel.example.com"]);
    const said = words(answer.stdout);
    expect(said).toContain(`HubSpot contact ${linus.contact} · Salesforce Lead ${linus.lead} · linked`);
    expect(said).toMatch(/jobtitle "Head of Kernel" two-way: .*written to hubspot 2026-03-02 08:\d\d by two-way/);
    expect(said).toMatch(/phone "\+12025550143" prefer-salesforce-unless-blank: .*written to salesforce/);
    expect(said).toContain('HubSpot "Chief Engineer", Salesforce "Head of Kernel"; kept salesforce');
    expect(answer.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("explain --json has every field, stage and task", async () => {
    const person = documentOf(await world.run(["explain", "lovelace", "--json"]));
    expect(person.person).toMatchObject({ name: "Ada Lovelace", hubspotId: ada, state: "linked" });
    expect(person.stage).toMatchObject({ stage: "mql", epoch: 1 });
    expect(person.tasks).toMatchObject([{ state: "done", salesforceId: expect.stringMatching(/^00T/) }]);
    expect(person.handoffs).toMatchObject([{ outcome: "open" }]);
    expect(JSON.stringify(person.next)).toMatch(/"ladder".*"clock"|"clock".*"ladder"/);
    expect(person.score.reasons).not.toEqual([]);
    const title = person.fields.find((field: { readonly field: string }) => field.field === "jobtitle");
    expect(title).toMatchObject({ value: "CEO", rule: "two-way", lastWrite: { system: "salesforce", to: "CEO" } });
  });

  test("explain lists several matches, and says how to look when there is none; both end with 3", async () => {
    const several = await world.run(["explain", "example.com"]);
    expect(several.exit).toBe(3);
    expect(several.stdout).toContain("Ada Lovelace <ada@engines.example.com>");
    expect(several.stdout).toContain("Grace Hopper");
    const none = await world.run(["explain", "nobody", "--json"]);
    expect(none.exit).toBe(3);
    expect(documentOf(none)).toMatchObject({ outcome: "needs-attention", matches: [] });
  });

  test("follow-up runs the time-driven pass", async () => {
    world.pass(60 * 24 * 3);
    const answer = await world.runProgram(["follow-up", "--json"]);
    expect(answer.exit, answer.stderr).toBe(0);
    expect(documentOf(answer)).toMatchObject({ outcome: "done", late: 1, rescored: expect.any(Number) });
  });

  test("status shows runs, cursors and what waits, without a call", async () => {
    const before = { ...world.sandbox.calls };
    const json = documentOf(await world.run(["status", "--json"]));
    expect(world.sandbox.calls).toMatchObject({ hubspot: before.hubspot, salesforce: before.salesforce });
    expect(json).toMatchObject({
      connection: "default",
      accounts: { hubspot: "62515" },
      counts: { linked: 3, openConflicts: 0, rejects: 0 },
    });
    expect(json.cursors.length).toBeGreaterThan(3);
    expect(json.runs[0]).toMatchObject({ job: "sync", outcome: "done" });
    expect(json.quota.hubspot).toMatchObject({ limit: 625_000 });
  });

  test("report writes three files and prints the funnel by source", async () => {
    const answer = await world.runProgram(["report", "--from", "2026-01-01", "--out", "out"]);
    expect(answer.exit, answer.stderr).toBe(0);
    expect(words(answer.stdout)).toMatch(/source leads MQL SQL opp\. won lost revenue/);
    const figures = JSON.parse(readFileSync(join(world.folder, "out", "report.json"), "utf8"));
    expect(figures).toMatchObject({ from: "2026-01-01T00:00:00.000Z", leads: 3, tasks: { created: 1 } });
    const json = documentOf(
      await world.run(["report", "--json", "--to", "2026-03-04", "--as-of", "2026-03-04T12:00:00Z"]),
    );
    expect(json).toMatchObject({
      asOf: "2026-03-04T12:00:00.000Z",
      from: "2025-12-04T00:00:00.000Z",
      files: { html: "report-output/report.html", csv: "report-output/report.csv", json: "report-output/report.json" },
    });
    const wrong = await world.run(["report", "--from", "yesterday"]);
    expect(wrong).toMatchObject({ exit: 2, stderr: expect.stringContaining("--from takes a date") });
  });

  test("agreement writes one page twice, with the figures of the period beside the goals", async () => {
    const period = ["--from", "2026-01-01", "--to", "2026-03-20"];
    const answer = await world.runProgram(["agreement", ...period, "--json"]);
    const { goals, files } = documentOf(answer) as { readonly goals: readonly object[]; readonly files: object };
    expect(answer.exit, answer.stderr).toBe(0);
    expect(goals[0]).toMatchObject({ measure: "new-mqls", figure: 1, kept: false, atLeast: 40 });
    expect(files).toEqual({ html: "agreement-output/agreement.html", markdown: "agreement-output/agreement.md" });
    const text = readFileSync(join(world.folder, "agreement-output", "agreement.md"), "utf8");
    expect(text).toContain("| New MQLs | marketing | at least 40 | 1 | missed |");
  });

  test("a run after which nobody edits writes nothing", async () => {
    world.pass(10);
    const result = documentOf(await world.run(["sync", "--json"]));
    const nothing = { created: 0, updated: 0, archived: 0 };
    expect(result).toMatchObject({ outcome: "done", written: { hubspot: nothing, salesforce: nothing, tasks: 0 } });
  });

  test("check --live finds the shipped mappings in order with both schemas", async () => {
    const answer = await world.run(["check", "--live", "--json"]);
    expect(documentOf(answer)).toMatchObject({ ok: true, issues: [], warnings: [] });
    expect(answer.exit).toBe(0);
  });
});
