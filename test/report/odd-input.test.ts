/** Whatever the data are like, the report is written whole: no figure is broken, no bar is drawn backwards, and what is odd is listed. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import type { ClosedLoop, ReportWindow } from "../../src/core/report/report-figures.ts";
import { reportShape } from "../../src/report/report-shape.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages, task } from "../core/report/ledger-rows.ts";
import { cases } from "../support/law-cases.ts";

const ALL_TIME: ReportWindow = { asOf: "2026-02-01T00:00:00.000Z", from: null, to: null };
const FIRST = "2026-01-05T00:00:00.000Z";
const COSTS = (["fair", "<script>alert(1)</script>", "=cmd()"] as const).map((name) => {
  return { by: "source", name, month: null, amount: 40 } as const;
});

/** Somebody who came by a fair, with what is odd about them. */
function lead(id: string, parts: Parameters<typeof person>[1] = {}): PersonLedger {
  const { link, ...rest } = parts;
  const facts = { source: "fair", campaign: "spring", first_contact: FIRST, ...link?.facts };
  return person(id, { stages: stages(id, [["mql", "2026-01-06T00:00:00.000Z"]]), ...rest, link: { ...link, facts } });
}

/** Who is odd, and what the list of doubtful data says of them. */
const ODD: readonly (readonly [string, PersonLedger, readonly string[]])[] = [
  ["a source that is markup", withSource("a", "<script>alert(1)</script>"), ["odd source or campaign"]],
  ["a source that is a formula", withSource("b", "=cmd()"), ["odd source or campaign"]],
  ["no source at all", withSource("c", null), ["no source"]],
  ["a won deal without an amount", withDeal("d", { amount: null }), ["won without an amount"]],
  ["a won deal below zero", withDeal("e", { amount: -250.5 }), ["negative amount"]],
  ["an open deal below zero", withDeal("f", { amount: -3, won: false, closed: false }), ["negative amount"]],
  [
    "a win before the first contact",
    withDeal("g", { openedAt: "2025-01-01T00:00:00.000Z", stageAt: "2025-06-01T00:00:00.000Z" }),
    ["won before first contact"],
  ],
  [
    "a deal closed before it was opened",
    withDeal("h", { openedAt: "2026-01-20T00:00:00.000Z", stageAt: "2026-01-10T00:00:00.000Z" }),
    ["closed before it was opened"],
  ],
  ["a first contact that is no date", lead("i", { link: { facts: { first_contact: "soon" } } }), ["no first contact"]],
  [
    "a first contact in the future",
    lead("j", { link: { facts: { first_contact: "2031-01-01" } } }),
    ["first contact in the future"],
  ],
  [
    "stages that go back in time",
    lead("k", {
      stages: stages("k", [
        ["sql", "2026-01-20T00:00:00.000Z"],
        ["mql", "2026-01-10T00:00:00.000Z"],
      ]),
    }),
    ["stages out of order"],
  ],
  ["no stage and nothing else", lead("l", { stages: [] }), []],
  [
    "customer without a deal",
    lead("m", { stages: stages("m", [["customer", FIRST]]) }),
    ["customer without a won opportunity", "skipped MQL"],
  ],
  [
    "work that ended before it began",
    lead("n", {
      handoffs: [
        handoff("n", {
          outcome: "accepted",
          at: "2026-01-20T00:00:00.000Z",
          endedAt: "2026-01-10T00:00:00.000Z",
          deadline: "2026-01-01T00:00:00.000Z",
        }),
      ],
      tasks: [task("n", "n:1", { createdAt: "2026-01-20T00:00:00.000Z", closedAt: "2026-01-10T00:00:00.000Z" })],
    }),
    ["answered before it was given"],
  ],
];

function withSource(id: string, source: string | null): PersonLedger {
  return lead(id, { link: { facts: { source } } });
}

function withDeal(id: string, changes: Parameters<typeof deal>[1]): PersonLedger {
  return lead(id, { outcomes: [deal(id, changes)] });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leadloop-odd-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes the report, looks at all four files and gives the figures. */
async function reportOn(rows: readonly PersonLedger[], window = ALL_TIME): Promise<ClosedLoop> {
  const settings = { ...SETTINGS, campaign: "campaign", segments: ["customers-a"], costs: COSTS };
  const { report, files } = await writeReport(folder, [rows], { settings, names: NAMES, window, options: {} });
  const [html = "", csv = "", deals = "", json = ""] = await Promise.all(
    [files.html, files.csv, files.deals, files.json].map((path) => readFile(path, "utf8")),
  );
  const page = html.slice(0, html.indexOf("<script"));
  expect(page).toContain("Closed-loop report");
  expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  // A bar that is drawn backwards is an error to a browser, and no bar at all.
  expect(page.match(/\s(?:width|height|r)="-[^"]*"/g)).toBeNull();
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(reportShape.safeParse(JSON.parse(json)).error).toBeUndefined();
  for (const [text, lines] of [
    [csv, report.leads],
    [deals, null],
  ] as const) {
    const [header = [], ...cells] = parse(text, { record_delimiter: "\r\n" }) as string[][];
    if (lines !== null) expect(cells).toHaveLength(lines);
    expect(cells.filter((line) => line.length !== header.length)).toEqual([]);
    expect(cells.flat().filter((cell) => /^[=+@\t\r]|^-(?![\d.]+$)|NaN|Infinity|undefined/.test(cell))).toEqual([]);
  }
  return report;
}

describe("a report of one person", () => {
  test.each(ODD)("with %s is whole, and lists them", async (_, row, problems) => {
    const { leads, dataQuality, drill } = await reportOn([row]);
    expect(leads).toBe(1);
    expect(dataQuality.map(({ problem }) => problem)).toEqual(problems);
    for (const problem of problems) expect(drill?.["dataQuality"]?.[problem]?.["people"]).toEqual([row.person.id]);
  });
});

test("a win before the first contact keeps its negative days, in the median, in the list of leads and in the list of such wins", async () => {
  const won = { openedAt: "2025-01-01T00:00:00.000Z", stageAt: "2025-06-01T00:00:00.000Z" };
  const days = (Date.parse(won.stageAt) - Date.parse(FIRST)) / 86_400_000;
  const { total, timeToWon, wonBeforeFirstContact } = await reportOn([withDeal("g", won)]);
  expect([total.leads, total.won, total.revenue]).toEqual([1, 1, deal("g", won).amount]);
  expect(timeToWon).toEqual({ count: 1, medianDays: days, p90Days: days });
  expect(wonBeforeFirstContact).toEqual([{ link: "g", days }]);
  const [line] = parse(await readFile(join(folder, "report.csv"), "utf8"), { columns: true }) as object[];
  expect(line).toMatchObject({
    outcome: "won",
    won_at: won.stageAt,
    days_to_won: String(days),
    data_quality: "won before first contact",
  });
});

test("any of them together make a whole report, in any period", async () => {
  const rows = fc.subarray(ODD.map(([, row]) => row));
  const bound = fc.constantFrom(
    null,
    "2025-12-01T00:00:00.000Z",
    "2026-01-15T00:00:00.000Z",
    "2030-01-01T00:00:00.000Z",
  );
  const property = fc.asyncProperty(rows, bound, bound, async (chosen, from, to) => {
    await reportOn(chosen, { ...ALL_TIME, from, to });
  });
  await fc.assert(property, { numRuns: cases(12) });
});

test("a period in the future says so, and so does one with nobody in it", async () => {
  const rows = ODD.map(([, row]) => row);
  const future = { ...ALL_TIME, from: "2027-01-01T00:00:00.000Z", to: "2027-02-01T00:00:00.000Z" };
  const later = await reportOn(rows, future);
  expect([later.leads, later.total.won]).toEqual([0, 0]);
  expect(later.notes).toEqual(["The period lies in the future of this report: nothing in it can have happened yet."]);
  const nobody = await reportOn([]);
  expect(nobody.notes).toEqual(["Nobody was first in touch in this period."]);
  expect(nobody.dataQuality).toEqual([]);
});

test("money below zero and money that nobody knows are added as they are", async () => {
  const report = await reportOn([
    withDeal("a", { amount: -250.5 }),
    withDeal("b", { amount: null }),
    withDeal("c", { amount: 100 }),
    withDeal("d", { amount: -3, won: false, closed: false }),
  ]);
  expect([report.total.won, report.total.revenue, report.total.pipeline]).toEqual([3, -150.5, -3]);
  for (const model of ["first", "last", "linear", "u", "w"] as const) {
    expect(report.attribution.reduce((sum, row) => sum + row[model], 0)).toBeCloseTo(-150.5, 6);
  }
  expect(report.returnOnCosts.find(({ name }) => name === "fair")).toMatchObject({ cost: 40, revenue: -150.5 });
});
