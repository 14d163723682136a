/** The three files of a report: whole, the same for the same data, and harmless whatever people are called. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StopRun } from "../../src/core/errors.ts";
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import type { ReportSettings } from "../../src/core/model/report-settings.ts";
import type { ReportFrame } from "../../src/core/report/count-frame.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages, task } from "../core/report/ledger-rows.ts";

const WINDOW = { asOf: "2026-02-01T00:00:00.000Z", from: null, to: null };
const SETTINGS_WITH_CAMPAIGN = { ...SETTINGS, campaign: "campaign", segments: ["lost-business"] };
const NASTY = [
  "<script>alert(1)</script>",
  "=cmd()",
  "+1",
  "-1",
  "@SUM(A1)",
  "\tx",
  "\rx",
  '"><img src=x onerror=alert(1)>',
  "</style><b>",
  "a\nb",
  "__proto__",
  "'; x",
  "Müller \ud83d\ude00",
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leadloop-report-"));
});
afterEach(() => rm(folder, { recursive: true }));

function nastyRows(): readonly PersonLedger[] {
  return NASTY.map((text, index) => {
    const id = `p${String(index).padStart(2, "0")}`;
    return person(id, {
      link: { name: text, facts: { source: text, campaign: text, first_contact: "2026-01-21", hubspot_stage: text } },
      stages: stages(
        id,
        [
          ["mql", "2026-01-21T00:00:00.000Z"],
          ["disqualified", "2026-01-22T00:00:00.000Z"],
        ],
        { reason: text },
      ),
      handoffs: [handoff(id, { ownerEmail: text })],
      tasks: [task(id, `${text}:${id}`)],
      outcomes: index === 0 ? [deal(id)] : [],
    });
  });
}

function frameWith(settings: ReportSettings): ReportFrame {
  return { settings, names: NAMES, window: WINDOW, options: {} };
}

async function filesOf(
  rows: readonly PersonLedger[],
  into = folder,
): Promise<{ html: string; csv: string; json: string }> {
  const { files } = await writeReport(into, [rows], frameWith(SETTINGS_WITH_CAMPAIGN));
  const [html = "", csv = "", json = ""] = await Promise.all(
    [files.html, files.csv, files.json].map((path) => readFile(path, "utf8")),
  );
  return { html, csv, json };
}

test("the same data and the same asOf give the same bytes", async () => {
  const first = await filesOf(nastyRows());
  expect(await filesOf(nastyRows(), join(folder, "again"))).toEqual(first);
});

test("report.json follows its schema and holds the keys that scripts rely on", async () => {
  const schema = JSON.parse(
    await readFile(new URL("../../schemas/closed-loop-report.schema.json", import.meta.url), "utf8"),
  );
  const ajv = new Ajv2020({ allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  for (const rows of [nastyRows(), []]) {
    const report = JSON.parse((await filesOf(rows)).json);
    validate(report);
    expect(validate.errors).toBeNull();
  }
  const report = JSON.parse((await filesOf(nastyRows())).json);
  expect(report.stages.find((row: { stage: string }) => row.stage === "mql")).toEqual({
    stage: "mql",
    entered: 13,
    passed: 0,
  });
  expect(report.bySource).toContainEqual(
    expect.objectContaining({ source: "<script>alert(1)</script>", mql: 1, won: 1, revenue: 100 }),
  );
  expect(report.timeToWon).toEqual({ count: 1, medianDays: -1, p90Days: -1 });
  expect(report.drill.bySource["=cmd()"].leads).toEqual(["p01"]);
  expect(Object.keys(report.drill.bySource)).toContain("__proto__");
});

test("the page says who told each cost, and of more campaigns than fit shows those that somebody came from", async () => {
  const campaign = "campaign";
  const rows = [person("a", { link: { facts: { campaign: "Fair", first_contact: "2026-01-05" } } })];
  const settings = { ...SETTINGS, campaign, costs: [{ by: campaign, name: "Quiz", month: null, amount: 7 }] as const };
  const costs = ["Fair", ...Array.from({ length: 120 }, (_, index) => `Ad ${index}`)].map((name, index) => ({
    ...{ name, amount: 1 + index, currency: null },
    ...{ start: null, end: null },
  }));
  const campaignCosts = { costs, readAt: WINDOW.asOf, problem: null };
  const { files } = await writeReport(folder, [rows], { ...frameWith(settings), options: { campaignCosts } });
  const html = await readFile(files.html, "utf8");
  const start = html.indexOf("Return on costs</h3>");
  const table = html.slice(start, html.indexOf("</table>", start));
  expect(table).toMatch(/Fair<\/th>.*?campaign.*?Salesforce/);
  expect(table.match(/<tr>/g)).toHaveLength(101);
  expect(table).toContain("22 more are in report.json.");
  expect(table).toContain("campaigns with exactly this name");
  const { returnOnCosts } = JSON.parse(await readFile(files.json, "utf8")) as { returnOnCosts: readonly object[] };
  expect(returnOnCosts).toHaveLength(122);
  expect(returnOnCosts).toContainEqual(expect.objectContaining({ name: "Quiz", costFrom: "report.yml", cost: 7 }));
});

describe("report.csv", () => {
  test("has one row per lead, which reads back as the text it came from", async () => {
    const rows = parse((await filesOf(nastyRows())).csv, { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => row["link"])).toEqual(nastyRows().map((row) => row.person.id));
    expect(rows.map((row) => row["source"]?.replace(/^'(?=[=+\-@\t\r])/, ""))).toEqual(NASTY);
    expect((await filesOf(nastyRows())).csv).toContain('"a\nb"');
    expect(rows[0]).toMatchObject({ days_to_won: "-1", revenue: "100", outcome: "won" });
  });

  test("holds no cell that a spreadsheet would run", async () => {
    const cells = (parse((await filesOf(nastyRows())).csv) as string[][]).slice(1).flat();
    expect(cells.filter((cell) => /^[=+@\t\r]/.test(cell) || /^-(?!\d+(\.\d+)?$)/.test(cell))).toEqual([]);
    expect(cells).toContain("'=cmd()");
  });
});

describe("report.html", () => {
  test("holds no markup and no script but its own, and no address", async () => {
    const { html } = await filesOf(nastyRows());
    // The records are data of JSON in a script of their own, in which "<" is spelled otherwise.
    expect(html.slice(html.indexOf("<script"))).not.toMatch(/<img|<b>/);
    expect(html.slice(0, html.indexOf("<script"))).not.toMatch(
      /<img|<b>(?!-?[\d,.\u2013A-Z])|javascript:|https?:\/\/|onerror=alert\(1\)>/i,
    );
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html.match(/<style/g)).toHaveLength(1);
    expect(html).not.toMatch(/ style="/);
  });

  test("forbids everything but its own style and script", async () => {
    const { html } = await filesOf([]);
    expect(html).toMatch(
      /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; script-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'">/,
    );
  });

  test("is written for nobody too", async () => {
    const { html } = await filesOf([]);
    expect(html).toContain("Closed-loop report");
    expect(html.slice(0, html.indexOf("<script"))).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});

test("a folder that cannot be written says so and leaves no half file", async () => {
  const file = join(folder, "taken");
  await writeFile(file, "");
  await expect(writeReport(join(file, "below"), [], frameWith(SETTINGS))).rejects.toThrow(StopRun);
});

test("a failure while reading people is passed on as it is, and the old report stays", async () => {
  const before = await filesOf(nastyRows());
  const failure = new StopRun("the database went away");
  async function* pages(): AsyncGenerator<readonly PersonLedger[]> {
    yield [person("a")];
    throw failure;
  }
  await expect(writeReport(folder, pages(), frameWith(SETTINGS))).rejects.toBe(failure);
  expect(await readFile(join(folder, "report.csv"), "utf8")).toBe(before.csv);
});
