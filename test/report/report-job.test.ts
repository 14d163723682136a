/** The report's periods, the ids behind one number, and the digest. */
import { expect, test } from "vitest";
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import { closedLoop } from "../../src/core/report/closed-loop.ts";
import { cellAddress, periodWindow, showCell } from "../../src/jobs/report-job.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import { digestNotice } from "../../src/report/digest.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages } from "../core/report/ledger-rows.ts";

const AS_OF = "2026-03-04T08:30:00.000Z";
const day = (number: number): string => new Date(Date.UTC(2026, 1, number)).toISOString();

/** Paid search doubles its MQLs in the second half of February, and one owner stops answering. */
function people(): readonly PersonLedger[] {
  return Array.from({ length: 60 }, (_, index) => {
    const isNew = index >= 15;
    const id = `p${String(index).padStart(2, "0")}`;
    const at = day(isNew ? 16 + (index % 8) : 2 + (index % 8));
    return person(id, {
      link: { facts: { source: isNew || index % 2 === 0 ? "paid/search" : "social", first_contact: at } },
      stages: stages(id, [["mql", at]]),
      handoffs: isNew && index % 3 === 0 ? [handoff(id, { at, deadline: day(25), ownerEmail: "ann@x.com" })] : [],
      outcomes: index === 20 ? [deal(id, { openedAt: day(20), stageAt: day(24), amount: 500 })] : [],
    });
  });
}

/** A store of which the report needs two methods. */
function storeOf(rows: readonly PersonLedger[]): StateStore {
  const pages = async function* (): AsyncGenerator<readonly PersonLedger[]> {
    yield rows;
  };
  return { reportPages: pages, setting: async () => null } as unknown as StateStore;
}

test.each([
  ["last-week", "2026-03-04T08:30:00.000Z", "2026-02-23", "2026-03-02"],
  ["last-week", "2026-03-02T00:00:00.000Z", "2026-02-23", "2026-03-02"],
  ["last-week", "2026-03-01T23:59:59.000Z", "2026-02-16", "2026-02-23"],
  ["last-month", "2026-03-01T00:00:00.000Z", "2026-02-01", "2026-03-01"],
  ["last-month", "2026-01-31T12:00:00.000Z", "2025-12-01", "2026-01-01"],
] as const)("%s at %s is from %s to %s", (period, now, from, to) => {
  expect(periodWindow(period, now)).toEqual({
    asOf: now,
    from: `${from}T00:00:00.000Z`,
    to: `${to}T00:00:00.000Z`,
  });
});

test("the ids behind one number are those that the whole report has for it, and an unknown cell names its neighbours", async () => {
  const request = {
    store: storeOf(people()),
    settings: SETTINGS,
    names: NAMES,
    window: { asOf: AS_OF, from: null, to: null },
  };
  const whole = closedLoop(people(), SETTINGS, NAMES, request.window).drill;
  const cell = cellAddress("bySource/paid/search/mql");
  expect(cell).toEqual({ table: "bySource", row: "paid/search", column: "mql" });
  if (cell === null) return;
  expect((await showCell(request, cell)).ids).toEqual(whole?.["bySource"]?.["paid/search"]?.["mql"]);
  const unknown = await showCell(request, { ...cell, row: "nowhere" });
  expect(unknown.ids).toBeNull();
  expect(unknown.near).toContain("bySource/social/leads");
  expect(cellAddress("won")).toBeNull();
});

test("the digest says what changed most and why, once for each period", () => {
  const window = { asOf: AS_OF, from: day(15), to: day(29) };
  const report = closedLoop(people(), SETTINGS, NAMES, window);
  expect(report.changes.map((change) => change.figure)).toEqual([
    "Handoffs not answered in time",
    "New MQLs",
    "Won deals",
  ]);
  expect(report.changes[1]).toMatchObject({
    before: 15,
    now: 45,
    because: { by: "source", name: "paid/search", before: 8, now: 45 },
  });
  const notice = digestNotice(report, "last-week", "report.html");
  expect(notice).toMatchObject({ key: "digest:last-week:2026-02-15:2026-03-01", kind: "digest", state: "due" });
  expect(notice.text).toContain("2. New MQLs: 45, up from 15\n   Most of it: source paid/search, 45, up from 8.");
  expect(notice.text).toContain(
    "\nNew in the period: 45 (+30) MQL, 0 SAL, 0 SQL, 0 opportunities; 0 sent back or disqualified\n",
  );
  expect(notice.text).toContain(
    "\nDeals of the period: 1 (+1) won for 500 (+500), 0 lost, 1 (+1) opened for 500 (+500)\nOpen now, of everybody: 0 deals for 0\n",
  );
  expect(notice.text).toMatch(
    /\nHandoffs: 15 given, 0 of 15 answered in time \(0\s%\), 15 never touched, 0 taken back after silence\n/,
  );
  expect(notice.text).not.toMatch(/undefined|NaN|null/);
});
