/** The words of page and digest fit a count of one, and nothing is drawn or told of nobody. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import { findingsOf } from "../../src/core/report/findings.ts";
import { periodDays } from "../../src/core/report/period-days.ts";
import { digestNotice } from "../../src/report/digest.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages, task } from "../core/report/ledger-rows.ts";

const WINDOW = { asOf: "2026-02-01T00:00:00.000Z", from: "2026-01-01T00:00:00.000Z", to: "2026-02-01T00:00:00.000Z" };
/** A count of one, and a word or a verb for more. */
const ONE_OF_MANY =
  /(?<![\d.,])1\s(?:\w+\s)?(?:people|leads|deals|opportunities|MQLs|SALs|SQLs|handoffs|tasks|months|rows|reasons|others|were|are|have|stand|differ)\b/g;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leadloop-few-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What page and digest say, without markup. */
async function words(rows: readonly PersonLedger[]): Promise<{ page: string; digest: string; advice: string }> {
  const frame = { settings: SETTINGS, names: NAMES, window: WINDOW, options: {} };
  const { report, files } = await writeReport(folder, [rows], frame);
  const text = await readFile(files.html, "utf8");
  const body = text.slice(text.indexOf("<body"), text.indexOf("<dialog"));
  const page = body.replaceAll(/<wbr>|<\/?(?:span|a|b)\b[^>]*>/g, "").replaceAll(/<[^>]*>/g, "\n");
  const { title, text: told } = digestNotice(report, "last-month", files.html);
  const advice = findingsOf(report)
    .map((finding) => finding.advice)
    .join("\n");
  return { page, digest: `${title}\n${told}`, advice };
}

/** Was past MQL when first seen, has no date, an open deal, a late handoff and a late task. */
const doubtful = person("a", {
  stages: stages("a", [["opportunity", "2026-01-06T00:00:00.000Z"]]),
  outcomes: [deal("a", { won: false, closed: false, openedAt: "2026-01-08T00:00:00.000Z" })],
  handoffs: [handoff("a")],
  tasks: [task("a", "a:1", { dueOn: "2026-01-10" })],
});
/** The two systems show different stages. */
const apart = person("c", {
  link: { facts: { first_contact: "2026-01-05", hubspot_stage: "hs-mql", salesforce_stage: "sql" } },
  stages: stages("c", [["mql", "2026-01-06T00:00:00.000Z"]]),
});
/** Was sent back: the only MQL that is decided. */
const decided = person("d", {
  link: { facts: { first_contact: "2026-01-05" } },
  stages: stages(
    "d",
    [
      ["mql", "2026-01-06T00:00:00.000Z"],
      ["disqualified", "2026-01-09T00:00:00.000Z"],
    ],
    { score: 25 },
  ),
});
/** Waits for months, and nobody knows which of two records is theirs. */
const waiting = person("b", {
  link: { state: "ambiguous", facts: { first_contact: "2025-10-01T00:00:00.000Z" } },
  stages: stages("b", [["mql", "2025-10-01T00:00:00.000Z"]]),
});

test.each([
  ["who was past MQL when first seen", doubtful],
  ["who waits", waiting],
  ["who was sent back", decided],
  ["about whom the systems differ", apart],
])("one person %s is told of in the singular", async (_, row) => {
  const { page, digest, advice } = await words([row]);
  expect(page.match(ONE_OF_MANY)).toBeNull();
  expect(digest.match(ONE_OF_MANY)).toBeNull();
  expect(advice).not.toMatch(/\b(?:their|them|each)\b/);
});

test("one doubt is told as one", async () => {
  const { page, digest } = await words([doubtful]);
  expect(page).toContain("1 of 1 MQL was past MQL when first seen");
  expect(page).toContain("1 of 1 person has no date of first contact");
  expect(page).toContain("1 person came. 0 were seen as an MQL, and all shares");
  expect(digest).toMatch(/1 \(\+1\) opportunity;/);
  expect(digest).toContain("Open now, of everybody: 1 deal for");
});

test("what a system shows and what nobody could read are told apart", async () => {
  expect((await words([apart])).page).toContain("the systems differ about 1 person.");
  expect((await words([doubtful])).page).toContain("; what a system shows of 1 person could not be read.");
  // Who could be one of two records is no question of reading.
  expect((await words([waiting])).page).not.toContain("could not be read");
});

test("the share seen as an MQL says of whom it is one", async () => {
  const seen = (id: string): PersonLedger =>
    person(id, {
      link: { facts: { first_contact: "2026-01-05" } },
      stages: stages(id, [["mql", "2026-01-06T00:00:00.000Z"]]),
    });
  const waits = person("z", { link: { facts: { first_contact: "2026-01-05" } } });
  const { page } = await words([doubtful, seen("x"), seen("y"), waits]);
  expect(page).toContain("2 seen as MQL, 67\u00a0% of those not past it");
  expect(page).toContain("2 were seen as an MQL (67\u00a0% of 3), and all shares");
  expect((await words([seen("x"), waits])).page).toContain("1 seen as MQL, 50\u00a0%\n");
});

test("a period is told by its first and last day, wherever it is told", async () => {
  const { page, digest } = await words([doubtful]);
  expect(page).toContain("is what happened from 2026-01-01 to 2026-01-31, to whomever");
  expect(page).toContain(
    "people as they entered stages, then deals, against the period before (2025-12-01 to 2025-12-31)",
  );
  expect(digest).toMatch(/^Closed loop 2026-01-01 to 2026-01-31: /);
  expect(periodDays("2026-01-01T00:00:00.000Z", "2026-01-31T08:30:00.000Z")).toBe("2026-01-01 to 2026-01-31");
  expect(periodDays("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z")).toBe("2026-01-01 to 2026-01-01");
  expect(periodDays(null, "2026-02-01")).toBe("the beginning to 2026-01-31");
});

test("of nobody there is no axis, no legend and no share", async () => {
  const { page } = await words([]);
  expect(page).not.toMatch(/all of them together|Of all that were answered/);
  expect(page).toContain("None of them was answered so far.");
  expect(page).toContain("nobody was seen as MQL");
  expect(page).toContain("Open leads by the days in their stage: none.");
  expect(page).not.toContain("8 to 30");
  // Nothing that could be believed, or not.
  expect(page).not.toMatch(/believe/);
  expect(page).not.toMatch(/\u2013 d\b/);
  expect(page).toContain("They have no opportunities so far.");
  expect(page).toContain("Won money by campaign, under five models: none.");
  expect(page).toContain("No costs are known for this time;");
});
