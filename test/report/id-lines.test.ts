/** More leads than report.json can name: their ids stand in a file of their own, and page and report.json say where. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import { type WrittenReport, writeReport } from "../../src/report/write-report.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages, task } from "../core/report/ledger-rows.ts";

const WINDOW = { asOf: "2026-02-01T00:00:00.000Z", from: null, to: null };
/** Each of them stands in two dozen cells. */
const LEADS = 35_001;

let folder: string;
let report: WrittenReport;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leadloop-ids-"));
  report = await reportOn(pages(LEADS));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

function reportOn(people: Iterable<readonly PersonLedger[]>): Promise<WrittenReport> {
  return writeReport(folder, people, { settings: SETTINGS, names: NAMES, window: WINDOW, options: {} });
}

function* pages(leads: number): Generator<readonly PersonLedger[]> {
  const aSource = (index: number): string => (index % 7 === 0 ? 'paid "search"\n' : "fair");
  for (let first = 0; first < leads; first += 1_000) {
    yield Array.from({ length: Math.min(1_000, leads - first) }, (_, offset): PersonLedger => {
      const index = first + offset;
      const id = `p${String(index).padStart(6, "0")}`;
      return person(id, {
        link: { facts: { source: aSource(index), first_contact: "2026-01-05" } },
        stages: stages(id, [["mql", "2026-01-06T00:00:00.000Z"]], { band: "A1" }),
        handoffs: index % 100 === 0 ? [handoff(id)] : [],
        tasks: index % 100 === 0 ? [task(id, `mql:${id}`)] : [],
        outcomes: index % 500 === 0 ? [deal(id, { opportunityId: `006${id}` })] : [],
      });
    });
  }
}

interface Line {
  readonly id?: string;
  readonly groups?: readonly number[];
  readonly group?: number;
  readonly cells?: readonly number[];
  readonly table?: string;
  readonly row?: string;
  readonly first?: number;
  readonly columns?: readonly string[];
}

/** The ids of every cell, read from the file as its description says. */
async function idsByCell(): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<number, string>();
  const ids = new Map<string, string[]>();
  const cellsOf = new Map<number, readonly number[]>();
  for (const text of (await readFile(join(folder, "report-ids.ndjson"), "utf8")).trimEnd().split("\n")) {
    const { id, groups = [], group, cells = [], table, row, first = 0, columns = [] }: Line = JSON.parse(text);
    if (group !== undefined) cellsOf.set(group, cells);
    for (const [place, column] of columns.entries()) names.set(first + place, JSON.stringify([table, row, column]));
    for (const cell of groups.flatMap((one) => cellsOf.get(one) ?? [Number.NaN])) {
      const name = names.get(cell) ?? "not named before";
      const ofCell = ids.get(name) ?? [];
      ids.set(name, ofCell);
      ofCell.push(id ?? "");
    }
  }
  return ids;
}

test("the file names as many records as each number counts, and each once", async () => {
  const ids = await idsByCell();
  const of = (...address: readonly string[]): readonly string[] => ids.get(JSON.stringify(address)) ?? [];
  const { bySource, tasks, handoffs, total, pipeline } = report.report;
  for (const { source: name, leads, mql, won } of bySource.map((row) => ({ source: row.name, ...row }))) {
    expect(of("bySource", name, "leads")).toHaveLength(leads);
    expect(of("bySource", name, "mql")).toHaveLength(mql);
    expect(of("bySource", name, "won")).toHaveLength(won);
  }
  expect(of("total", "all", "leads")).toHaveLength(LEADS);
  expect(new Set(of("total", "all", "leads")).size).toBe(LEADS);
  expect(of("total", "all", "won")).toHaveLength(total.won);
  expect(of("handoffs", "all", "given")).toHaveLength(handoffs.given);
  expect(of("tasks", "all", "created")).toHaveLength(tasks.created);
  expect(of("tasks", "all", "created")).toContain("mql:p000100");
  expect(
    of("pipeline", "influenced", "deals").length +
      of("pipeline", "sourced", "deals").length +
      of("pipeline", "own", "deals").length,
  ).toBe(pipeline.reduce((sum, { deals }) => sum + deals, 0));
  expect([...ids.keys()]).not.toContain("not named before");
});

test("page and report.json say where the ids are", async () => {
  const json = JSON.parse(await readFile(report.files.json, "utf8"));
  expect(json).toMatchObject({ leads: LEADS, drill: null, drillFile: "report-ids.ndjson" });
  const html = await readFile(report.files.html, "utf8");
  expect(html).toContain("report-ids.ndjson");
  expect(html.length).toBeLessThan(1_500_000);
  expect(report.files.ids).toBe(join(folder, "report-ids.ndjson"));
});

test("a report of fewer people carries them itself, and takes the old file away", async () => {
  const small = await reportOn(pages(10));
  expect(small.files.ids).toBeUndefined();
  expect((await readdir(folder)).sort()).toEqual(["report-deals.csv", "report.csv", "report.html", "report.json"]);
  const json = JSON.parse(await readFile(small.files.json, "utf8"));
  expect(json.drillFile).toBeNull();
  expect(json.drill.total.all.leads).toHaveLength(10);
});
