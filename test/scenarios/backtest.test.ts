/** Another scoring is tried on what the syncs have seen: the people by name, without a call to either system and without a change. */
import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { ConfigInvalid } from "../../src/core/errors.ts";
import type { Scoring } from "../../src/core/model/rulebook.ts";
import { type Backtest, runBacktest } from "../../src/jobs/backtest-job.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { MARKETER, openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

const FOLDERS = { mappingsFolder: "mappings", configFolder: "config" };
const FROM = "2026-01-01T00:00:00.000Z";
let folder: string;
let database: SharedDatabase;
let world: SyncWorld;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leadloop-backtest-"));
  database = await openSharedDatabase();
  world = await openSyncWorld(database);
  const { hubspot } = world.sandbox;
  const create = (email: string, more: Record<string, string>): string =>
    hubspot.createContact({ email, lastname: email.split("@")[0] ?? "", jobtitle: "CEO", ...more }, MARKETER);
  create("quiet@engines.example.com", {});
  const demo = create("demo@engines.example.com", { country: "Germany", company: "Engines" });
  const warm = create("warm@engines.example.com", { country: "Germany", company: "Engines" });
  const visit = (id: string, form: string): void =>
    hubspot.editContact(
      id,
      {
        recent_conversion_event_name: form,
        recent_conversion_date: world.clock.now(),
        num_conversion_events: "1",
        hs_analytics_num_page_views: "8",
        hs_analytics_last_visit_timestamp: world.clock.now(),
      },
      { sourceType: "ANALYTICS", sourceId: "analytics" },
    );
  visit(demo, "Book a demo");
  visit(warm, "Download a paper");
  await world.pass(10);
  await world.sync();
  await world.settle();
});
afterAll(async () => {
  await world.close();
  await database.close();
  await rm(folder, { recursive: true });
});

/** The shipped scoring with one place changed, as a file of its own. */
async function scoringFile(from: string, to: string): Promise<string> {
  const file = join(folder, "other-scoring.yml");
  const text = await readFile("config/scoring.yml", "utf8");
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  return file;
}

function backtest(scoring: Scoring): Promise<Backtest> {
  const { rulebook } = world.dependencies();
  return runBacktest(world.store, { rulebook, scoring, from: FROM, to: world.clock.now() });
}

test("the present rules, replayed, make the MQLs that there were, and differ in nothing from themselves", async () => {
  const result = await backtest(world.dependencies().rulebook.scoring);
  expect(result).toMatchObject({
    people: 3,
    happened: 1,
    mqls: { before: 1, after: 1 },
    gained: [],
    lost: [],
    moved: [],
  });
});

test("a lower threshold gains the people who were nearly there, by name and with their reasons, and asks neither system", async () => {
  const calls = { ...world.sandbox.calls };
  const easier = await scoringFile("mql-at: 60          #", "mql-at: 46          #");
  const { rulebook } = loadConfig({ ...FOLDERS, scoringFile: easier });
  const result = await backtest({ ...rulebook.scoring, mqlAt: 40 });
  expect(result.gained).toMatchObject([{ name: "warm", because: expect.stringMatching(/^score 4\d$/), won: false }]);
  expect(result.gained[0]?.reasons).toContain("decides: CEO");
  expect(result.tasks.reduce((sum, { before, after }) => sum + after - before, 0)).toBe(1);
  expect(world.sandbox.calls).toEqual(calls);
});

test("a mistake in the other file is told with its place", async () => {
  const file = await scoringFile("when: budget, points: 4", "when: bugdet, points: 4");
  expect(issuesOf(file)).toMatchObject([{ file, line: 28, column: 37, message: expect.stringContaining("budget") }]);
  const nowhere = join(folder, "nowhere.yml");
  expect(issuesOf(nowhere)).toMatchObject([{ file: nowhere, message: "does not exist; name a readable file" }]);
});

function issuesOf(scoring: string): ConfigInvalid["issues"] {
  try {
    loadConfig({ ...FOLDERS, scoringFile: scoring });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return error.issues;
  }
}
