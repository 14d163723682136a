/** A real funnel end to end: 8,000 leads in HubSpot, 842 wins in Salesforce, synced over HTTP, and the report counts what was counted independently. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runReport } from "../../src/jobs/report-job.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { loadCsv } from "../../src/sandbox/load-csv.ts";
import {
  AFTER_THE_LAST_WIN,
  OLIST_DESCRIPTION,
  OLIST_FOLDER,
  olistTable,
  whyNoOlist,
} from "../support/olist/olist-funnel.ts";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";

/** Half a minute of computing; on a machine that is busy with other work it may take several times as long. */
const PATIENCE = 240_000;

const missing = whyNoOlist();
if (missing !== null) console.log(`olist: skipped, ${missing}`);

const NOTHING_WRITTEN = {
  hubspot: { created: 0, updated: 0, archived: 0 },
  salesforce: { created: 0, updated: 0, archived: 0 },
  tasks: 0,
};

/** What this test looks at of report.json. */
interface Printed {
  readonly leads: number;
  readonly total: {
    readonly mql: number;
    readonly won: number;
    readonly rates: { readonly mqlToWon: { readonly percent: number } };
  };
  readonly bySource: readonly {
    readonly source: string;
    readonly mql: number;
    readonly won: number;
    readonly rates: { readonly mqlToWon: { readonly percent: number } };
  }[];
  readonly standing: readonly { readonly stage: string; readonly leads: number }[];
  readonly timeToWon: { readonly count: number; readonly medianDays: number };
  readonly wonBeforeFirstContact: readonly { readonly days: number }[];
  readonly parity: readonly {
    readonly stage: string;
    readonly hubspot: number;
    readonly salesforce: number;
    readonly leadloop: number;
  }[];
  readonly parityCauses: readonly { readonly cause: string; readonly people: number }[];
  readonly parityDifferences: readonly unknown[];
}

describe.skipIf(missing !== null)("the Olist funnel", { timeout: PATIENCE }, () => {
  let world: TestWorld;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "leadloop-olist-"));
    world = await openTestWorld({ start: AFTER_THE_LAST_WIN });
    loadCsv(world.sandbox, { description: OLIST_DESCRIPTION, dataFolder: OLIST_FOLDER });
  }, PATIENCE);
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  const printed = async (): Promise<Printed> => {
    const { store, loaded, clock } = world.connection;
    const { report: settings, lifecycle } = loaded.rulebook;
    const window = { asOf: clock.now(), from: null, to: null };
    const { files } = await runReport({ store, settings, names: lifecycle.names, folder, window }, writeReport);
    return JSON.parse(await readFile(files.json, "utf8")) as Printed;
  };

  test("one sync makes every lead one person, writes each record once, and hands nobody to a rep years later", async () => {
    const first = await world.sync();
    expect(first).toMatchObject({
      outcome: "done",
      reasons: [],
      written: {
        hubspot: { created: 0, updated: 8000, archived: 0 },
        salesforce: { created: 8000 - 842, updated: 842, archived: 0 },
        tasks: 0,
      },
      rejected: 0,
      conflicts: 0,
    });
    const { store } = world.connection;
    expect(await store.counts()).toMatchObject({
      people: 8000,
      linked: 8000,
      rejects: 0,
      openConflicts: 0,
      unresolvedIntents: 0,
      tasksDue: 0,
      tasksDone: 0,
      openHandoffs: 0,
    });
    expect(world.sandbox.hubspot.contacts()).toHaveLength(8000);
    expect(world.sandbox.salesforce.records("Lead").filter((lead) => lead["IsConverted"] !== true)).toHaveLength(
      8000 - 842,
    );
    expect(world.sandbox.salesforce.records("Contact")).toHaveLength(842);
  });

  test("both systems then show the stage that the report counts", async () => {
    const report = await printed();
    expect(report.standing.filter((row) => row.leads > 0)).toEqual([
      { stage: "mql", leads: 7158 },
      { stage: "customer", leads: 842 },
    ]);
    expect(report.parity).toEqual([
      { stage: "mql", hubspot: 7158, salesforce: 7158, leadloop: 7158 },
      { stage: "customer", hubspot: 842, salesforce: 842, leadloop: 842 },
    ]);
    expect([report.parityCauses, report.parityDifferences]).toEqual([[], []]);
  });

  test("what was written comes back as an echo, and the syncs that read it write nothing", async () => {
    const runs: SyncResult[] = [];
    while (runs.at(-1)?.considered.total !== 0 && runs.length < 5) {
      await world.pass(6);
      runs.push(await world.sync());
    }
    expect(runs.map((run) => [run.outcome, run.written])).toEqual(runs.map(() => ["done", NOTHING_WRITTEN]));
    expect(runs.at(-1)?.considered.total).toBe(0);
  });

  test("the report prints the table by origin, the median time to won, and each lead in one row", async () => {
    const report = await printed();
    const blank = world.connection.loaded.rulebook.report.blankSource;
    expect(report.bySource.map((row) => [row.source, row.mql, row.won, row.rates.mqlToWon.percent])).toEqual(
      olistTable(blank),
    );
    expect([report.total.mql, report.total.won, report.total.rates.mqlToWon.percent]).toEqual([8000, 842, 10.53]);
    expect(report.timeToWon).toMatchObject({ count: 842, medianDays: 14.65 });
    expect(report.wonBeforeFirstContact.map((time) => time.days)).toEqual([-1.18]);
    const rows = (await readFile(join(folder, "report.csv"), "utf8")).trimEnd().split("\r\n").slice(1);
    expect([report.leads, rows.length, new Set(rows.map((row) => row.split(",")[0])).size]).toEqual([8000, 8000, 8000]);
  });

  test("two further syncs write nothing and read next to nothing", async () => {
    for (let run = 0; run < 2; run += 1) {
      await world.pass(5);
      const result = await world.sync();
      expect(result).toMatchObject({ outcome: "done", read: { hubspot: 0, salesforce: 0 }, written: NOTHING_WRITTEN });
      expect(result.calls.hubspot).toBeLessThanOrEqual(4);
      expect(result.calls.salesforce).toBeLessThanOrEqual(2);
    }
  });
});
