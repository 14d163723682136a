/** A report that two threads count on a PostgreSQL server: byte for byte the files that one thread writes. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportWriter } from "../../src/app/report-threads.ts";
import { readingOf } from "../../src/core/report/report-lead.ts";
import { runReport, type WriteReport } from "../../src/jobs/report-job.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import { type WrittenReport, writeReport } from "../../src/report/write-report.ts";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { NAMES, SETTINGS } from "../core/report/ledger-rows.ts";
import { type FreshDatabase, freshDatabase, whyNoPostgres } from "../support/postgres-database.ts";

const missing = await whyNoPostgres();
if (missing !== null) console.log(`report-threads: skipped, ${missing}`);

const CONNECTION = "acme";
const FEW_SECTIONS = 2;
const FILES = ["report-deals.csv", "report-ids.ndjson", "report.csv", "report.html", "report.json"];

/** People in some sections; one in seven with a deal, one in a hundred with a name that has to be escaped. */
const people = (count: number): readonly string[] => {
  const id = "'p' || lpad(i::text, 6, '0')";
  const from = `generate_series(1, ${count}) as i`;
  const name = `case when i % 100 = 0 then 'Ada \\"the first\\" \\\\ ' else 'Person ' end || i`;
  return [
    `insert into report_person select '${CONNECTION}', ${id}, ('["' || ${id} || '","linked","' || ${name} || '",' || case when i % 3 = 0 then 'null' else '"' || i || '"' end ||
      ',null,null,' || 1767225600000 + i * 1000::bigint || ',"mql","",{"source":"source ' || i / 3000 || '"}]')::json, 'm1 ' || 1767225600000 + i * 3600000::bigint || ' 60 A1 ;' from ${from}`,
    `insert into outcome select '${CONNECTION}', '006' || i, ${id}, 'Deal ' || i, 'Closed Won', i, null, true, true, timestamptz '2026-01-02', timestamptz '2026-01-05', null from ${from} where i % 7 = 0`,
  ];
};

describe.skipIf(missing !== null)("a report that two threads count", () => {
  let database: FreshDatabase;
  let store: StateStore;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "leadloop-threads-"));
    database = await freshDatabase();
    const options = { databaseUrl: database.url, folder: "", connection: CONNECTION };
    store = await openStateStore({ ...options, reportReading: readingOf(SETTINGS) });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function filesOf(write: WriteReport<WrittenReport>): Promise<Readonly<Record<string, string>>> {
    const window = { asOf: "2026-12-01T00:00:00.000Z", from: null, to: null };
    await runReport({ store, settings: SETTINGS, names: NAMES, folder, window }, write);
    const names = (await readdir(folder)).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    return Object.fromEntries(names.map((name, place) => [name, texts[place] ?? ""]));
  }

  const threads = (databaseUrl: string): WriteReport<WrittenReport> =>
    reportWriter({ store, databaseUrl, connection: CONNECTION }, FEW_SECTIONS);

  test("has the bytes that one thread writes, with the ids in report.json and beside it", async () => {
    for (const statement of people(9_001)) await database.run(statement);
    expect(await filesOf(threads(database.url))).toEqual(await filesOf(writeReport));
    await database.run("truncate report_person, outcome");
    for (const statement of people(40_001)) await database.run(statement);
    const files = await filesOf(threads(database.url));
    expect(Object.keys(files)).toEqual(FILES);
    expect(files).toEqual(await filesOf(writeReport));
  }, 60_000);

  test("stops when the second thread cannot reach the database, and leaves the files as they were", async () => {
    const before = await filesOf(writeReport);
    const nowhere = new URL(database.url);
    nowhere.pathname = "/nowhere";
    await expect(filesOf(threads(nowhere.href))).rejects.toThrow(/nowhere/);
    expect((await readdir(folder)).sort()).toEqual(FILES);
    expect(await readFile(join(folder, "report.csv"), "utf8")).toBe(before["report.csv"]);
  }, 60_000);
});
