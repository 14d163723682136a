/** The demo as a newcomer starts it, but shorter: it repeats itself to the byte, ends quiet, and answers scripts with one document. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DemoOptions, demoCommand } from "../../src/cli/demo-command.ts";
import { sandboxTime } from "../../src/cli/sandbox-time.ts";
import { callCli } from "../cli/cli-call.ts";
import { CollectedText } from "../support/collected-text.ts";

const folder = mkdtempSync(join(tmpdir(), "leadloop-demo-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Seconds of computing; several times as long on a machine that is busy with other work. */
const PATIENCE = 180_000;

interface DemoDocument {
  readonly seed: number;
  readonly days: number;
  readonly people: number;
  readonly runs: number;
  readonly seconds: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly final: {
    readonly outcome: string;
    readonly written: {
      readonly hubspot: { readonly created: number; readonly updated: number };
      readonly salesforce: { readonly created: number; readonly updated: number };
      readonly tasks: number;
    };
  };
  readonly files: { readonly html: string; readonly csv: string; readonly json: string };
  readonly tasks: number;
  readonly notes: readonly { readonly reason: string }[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly pid?: number;
}

/** Runs the command and gives its exit code and everything it printed on stdout. */
async function demo(name: string, options: Partial<DemoOptions> = {}): Promise<{ exit: number; stdout: string }> {
  const surroundings = { environment: {}, stdout: new CollectedText(), stderr: new CollectedText() };
  const exit = await demoCommand({
    seed: 7,
    days: 5,
    people: 200,
    keep: false,
    json: true,
    surroundings,
    out: join(folder, name),
    state: join(folder, `${name}-state`),
    ...options,
  });
  return { exit, stdout: surroundings.stdout.text };
}

function reportOf(name: string): Readonly<Record<string, string>> {
  const names = [
    "report.html",
    "report.csv",
    "report.json",
    "last-week/report.html",
    "agreement.html",
    "agreement.md",
    "other-scoring.yml",
  ];
  return Object.fromEntries(names.map((file) => [file, readFileSync(join(folder, name, file), "utf8")]));
}

describe("five days of a small company", () => {
  let first: { readonly exit: number; readonly stdout: string };
  let document: DemoDocument;
  let stdout = "";
  beforeAll(async () => {
    first = await demo("first", { keep: true });
    document = JSON.parse(first.stdout) as DemoDocument;
  }, PATIENCE);
  afterAll(() => {
    if (document?.pid !== undefined) process.kill(document.pid);
  });

  test("end quiet, and are told in one document", () => {
    expect(document).toMatchObject({ seed: 7, days: 5, final: { outcome: "done" } });
    expect(document.final.written).toEqual({
      hubspot: { created: 0, updated: 0, archived: 0 },
      salesforce: { created: 0, updated: 0, archived: 0 },
      tasks: 0,
    });
    expect(document.people).toBeGreaterThan(200);
    expect(document.runs).toBeGreaterThan(20);
    expect(document.tasks).toBeGreaterThan(0);
    expect(document.notes.filter(({ reason }) => reason.includes("safety"))).toEqual([]);
    expect(first.exit).toBe(0);
  });

  test("come out the same a second time, and are told to people", { timeout: PATIENCE }, async () => {
    const second = await demo("second", { json: false });
    expect(reportOf("second")).toEqual(reportOf("first"));
    stdout = second.stdout;
    const parts = ["handoffs on time", "as `leadloop explain` tells it", "kept salesforce", "and it wrote 0"];
    const files = ["report.html", "agreement.html", "other-scoring.yml"].map((file) => join(folder, "second", file));
    for (const part of [...parts, ...files]) expect(stdout).toContain(part);
  });

  test("show every part of the middle layer, on eighty columns", () => {
    const parts = [
      /^ {2}scores +\d/m,
      /^ {2}MQL +\d/m,
      /^ {2}routing +\d.* by /m,
      /^ {2}SLA ladder +\d+ {2}silent owners: \d/m,
      /^ {2}cadences +\d.* nurture/m,
      /^ {2}their steps +\d.* e-mails asked of HubSpot/m,
      /^ {2}segments +\d.* customers-/m,
      /^ {2}suppressed +\d.* opted-out/m,
      /^ {2}New MQLs +marketing .*(kept|missed)$/m,
      /^ {2}MQLs +\d+ +\d+ +[+-]?\d+$/m,
      /^Gained/m,
      /^Lost/m,
    ];
    for (const part of parts) expect(stdout).toMatch(part);
    const long = stdout.split("\n").filter((line) => line.length > 80 && !line.includes(folder));
    expect(long).toEqual([]);
  });

  test("leave nothing to be found by reading everybody", { timeout: PATIENCE }, async () => {
    const folders = { LEADLOOP_MAPPINGS: resolve("mappings"), LEADLOOP_CONFIG: resolve("config") };
    const call = (words: readonly string[]) => callCli(words, folder, { ...document.environment, ...folders });
    expect((await call(["follow-up"])).exit).toBe(0);
    const { exit, stdout } = await call(["sync", "--full", "--json"]);
    expect({
      exit,
      ...(JSON.parse(stdout) as { readonly considered: unknown; readonly written: unknown }),
    }).toMatchObject({
      exit: 0,
      written: document.final.written,
    });
  });

  test("go on in their own time when they are kept, until somebody stops them", async () => {
    const { environment = {} } = document;
    const clock = await sandboxTime(environment["LEADLOOP_SANDBOX_CLOCK"] ?? "");
    expect(clock.now().slice(0, 10)).toBe("2026-03-07");
    const answer = await fetch(`${environment["HUBSPOT_BASE_URL"]}/crm/v3/owners/`, {
      headers: { authorization: `Bearer ${environment["HUBSPOT_ACCESS_TOKEN"]}` },
    });
    expect(answer.status).toBe(200);
  });
});

test("a clock address where no sandbox is says what to do", async () => {
  await expect(sandboxTime("http://127.0.0.1:9/_sandbox/clock")).rejects.toThrow("unset LEADLOOP_SANDBOX_CLOCK");
});
