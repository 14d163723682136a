/** A report that two threads count on a PostgreSQL server: byte for byte the files that one thread writes. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SYSTEM_CLOCK } from "../../src/app/clocks.ts";
import { reportWriter } from "../../src/app/report-threads.ts";
import type { ReportWindow } from "../../src/core/report/report-figures.ts";
import { readingOf } from "../../src/core/report/report-lead.ts";
import { countAhead } from "../../src/jobs/count-ahead-job.ts";
import { runReport, type WriteReport } from "../../src/jobs/report-job.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import { AHEAD_WRITERS } from "../../src/report/count-ahead.ts";
import { type WrittenReport, writeReport } from "../../src/report/write-report.ts";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { NAMES, SETTINGS } from "../core/report/ledger-rows.ts";
import { type FreshDatabase, freshDatabase, whyNoPostgres } from "../support/postgres-database.ts";

const missing = await whyNoPostgres();
if (missing !== null) console.log(`report-threads: skipped, ${missing}`);

const CONNECTION = "acme";
/** With a line about each campaign. */
const ASKED = { ...SETTINGS, campaign: "source", campaignSummary: "Summary__c" };
const FEW_SECTIONS = 2;
const NOTHING_AHEAD = { key: "", words: [], until: "" };
const FILES = ["report-deals.csv", "report-ids.ndjson", "report.csv", "report.html", "report.json"];

/** People in some sections; one in seven with a deal, one in a hundred with a name that has to be escaped. */
const people = (count: number): readonly string[] => {
  const id = "'p' || lpad(i::text, 6, '0')";
  const from = `generate_series(1, ${count}) as i`;
  const name = `case when i % 100 = 0 then 'Ada \\"the first\\" \\\\ ' else 'Person ' end || i`;
  return [
    `insert into report_person select '${CONNECTION}', ${id}, ('["' || ${id} || '","linked","' || ${name} || '",' || case when i % 3 = 0 then 'null' else '"' || i || '"' end ||
      ',null,null,' || 1767225600000 + i * 1000::bigint || ',"mql","",{"source":"source ' || i / 3000 || '"}]')::json, 'm1 ' || 1767225600000 + i * 600000::bigint || ' 60 A1 ;' from ${from}`,
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
    store = await openStateStore({ ...options, reportReading: readingOf(ASKED) });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function filesOf(
    write: WriteReport<WrittenReport>,
    period: Partial<ReportWindow> = {},
  ): Promise<Readonly<Record<string, string>>> {
    const window = { asOf: "2026-12-01T00:00:00.000Z", from: null, to: null, ...period };
    await runReport({ store, settings: ASKED, names: NAMES, folder, window }, write);
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

  test("has the same bytes where people were counted ahead, whatever its period and after some have changed", async () => {
    const clock = { now: () => "2026-11-30T00:00:00.000Z" };
    const request = {
      store,
      clock: { ...SYSTEM_CLOCK, ...clock },
      rulebook: { report: ASKED, lifecycle: { names: NAMES } },
      writers: AHEAD_WRITERS,
      worth: 0,
    };
    expect(await countAhead(request)).toBe(40_001);
    const lines = async (): Promise<number> => {
      const [section = { after: "", last: null }] = await store.reportSections(readingOf(ASKED));
      const ahead = (await store.countedAhead()) ?? NOTHING_AHEAD;
      return [...(await store.countedSection(section, ahead))].filter((one) => typeof one === "string").length;
    };
    // Of the 2,000 people of a section one in seven has a deal, and one in three of the others is not known to HubSpot.
    expect(await lines()).toBeGreaterThan(1_500);
    const periods = [
      {},
      { from: "2026-01-01T06:00:00.000Z" },
      { from: "2026-01-01T02:00:00.000Z", to: "2026-01-01T09:00:00.000Z" },
    ];
    const alone = reportWriter({ store, databaseUrl: undefined, connection: CONNECTION }, FEW_SECTIONS);
    for (const period of periods) {
      const expected = await filesOf(writeReport, period);
      expect(await filesOf(threads(database.url), period)).toEqual(expected);
      expect(await filesOf(alone, period)).toEqual(expected);
    }
    await database.run(
      "update report_person set history = '', version = version + 1, counted = null where link < 'p000009'",
    );
    await database.run(
      "insert into outcome select connection, '006x' || opportunity_id, 'p000011', name, stage_name, amount, currency, closed, won, opened_at, stage_at from outcome limit 1",
    );
    const changed = await filesOf(threads(database.url));
    expect(changed).toEqual(await filesOf(writeReport));
    expect(await countAhead(request)).toBe(9);
    expect(await filesOf(threads(database.url))).toEqual(changed);
    // What was counted until November says nothing of June.
    const earlier = { asOf: "2026-06-01T00:00:00.000Z" };
    expect(await filesOf(threads(database.url), earlier)).toEqual(await filesOf(writeReport, earlier));
  }, 120_000);

  test("stops when the second thread cannot reach the database, and leaves the files as they were", async () => {
    const before = await filesOf(writeReport);
    const nowhere = new URL(database.url);
    nowhere.pathname = "/nowhere";
    await expect(filesOf(threads(nowhere.href))).rejects.toThrow(/nowhere/);
    expect((await readdir(folder)).sort()).toEqual(FILES);
    expect(await readFile(join(folder, "report.csv"), "utf8")).toBe(before["report.csv"]);
  }, 60_000);
});
