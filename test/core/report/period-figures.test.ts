/** The figures of the period, worked out by hand: whose they are, which moments belong to it, and what it is held against. */
import { describe, expect, test } from "vitest";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import type { Stage } from "../../../src/core/model/rulebook.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import type { ClosedLoop, ReportWindow } from "../../../src/core/report/report-figures.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages } from "./ledger-rows.ts";

const at = (day: string): string => new Date(day).toISOString();
const justBefore = (day: string): string => new Date(Date.parse(day) - 1).toISOString();
const justAfter = (day: string): string => new Date(Date.parse(day) + 1).toISOString();

/** A calendar month: before it is February. */
const MARCH: ReportWindow = { asOf: at("2026-05-01"), from: at("2026-03-01"), to: at("2026-04-01") };
/** Ten days of it have gone by; the first ten of February end on the 11th. */
const RUNNING: ReportWindow = { ...MARCH, asOf: at("2026-03-11") };
/** 30 days up to now; those before them begin on January 30. */
const TO_NOW: ReportWindow = { asOf: at("2026-03-31"), from: at("2026-03-01"), to: null };
/** Seven days; those before them begin on February 23. */
const WEEK: ReportWindow = { asOf: at("2026-05-01"), from: at("2026-03-02"), to: at("2026-03-09") };
/** Two months; those before them are December and January. */
const TWO_MONTHS: ReportWindow = { asOf: at("2026-05-01"), from: at("2026-02-01"), to: at("2026-04-01") };
/** 29 and a half days of March: all of February. */
const NEARLY_OVER: ReportWindow = { ...MARCH, asOf: at("2026-03-30T12:00:00Z") };
const ALWAYS: ReportWindow = { asOf: at("2026-05-01"), from: null, to: null };

const options = { rates: { EUR: 1 } };
const OLD = { facts: { source: "fair", first_contact: "2024-05-01" } };

function report(rows: readonly PersonLedger[], window: ReportWindow): ClosedLoop {
  return closedLoop(rows, SETTINGS, NAMES, window, options);
}

function figure(of: ClosedLoop, name: string): ClosedLoop["periodFigures"][number] | undefined {
  return of.periodFigures.find((one) => one.figure === name);
}

function entered(id: string, stage: Stage, moment: string): PersonLedger {
  return person(id, { link: OLD, stages: stages(id, [[stage, moment]]) });
}

test("every figure of the period is of everybody, whenever they first came, beside the period before", () => {
  const rows = [
    ...["03-02", "03-09", "03-30"].map((day, index) => entered(`m${index}`, "mql", at(`2026-${day}`))),
    ...["02-02", "02-20"].map((day, index) => entered(`n${index}`, "mql", at(`2026-${day}`))),
    entered("sal", "sal", at("2026-03-05")),
    entered("sql", "sql", at("2026-02-05")),
    entered("opp", "opportunity", at("2026-03-06")),
    entered("back", "recycled", at("2026-03-07")),
    entered("out", "disqualified", at("2026-03-08")),
    entered("gone", "recycled", at("2026-02-08")),
    person("w", {
      link: OLD,
      outcomes: [
        deal("1", { amount: 900.5, currency: "EUR", openedAt: at("2025-12-01"), stageAt: at("2026-03-10") }),
        deal("2", { amount: 300, currency: "EUR", openedAt: at("2026-02-01"), stageAt: at("2026-03-12") }),
        deal("3", { amount: 800, currency: "EUR", openedAt: at("2025-12-02"), stageAt: at("2026-02-10") }),
        deal("4", { amount: 70, currency: "EUR", openedAt: at("2026-03-03"), won: false, stageAt: at("2026-03-20") }),
        deal("5", { amount: 50, currency: "EUR", openedAt: at("2026-03-04"), closed: false, won: false }),
        deal("6", { amount: null, openedAt: at("2026-03-05"), closed: false, won: false }),
        // Counts for somebody else who is on it too.
        deal("7", {
          amount: 9_999,
          currency: "EUR",
          openedAt: at("2026-03-05"),
          stageAt: at("2026-03-06"),
          counts: false,
        }),
      ],
    }),
  ];
  const march = report(rows, MARCH);
  expect(march.leads).toBe(0);
  expect(
    march.periodFigures.map(({ figure: name, now, before, change, changePercent }) => [
      name,
      now,
      before,
      change,
      changePercent,
    ]),
  ).toEqual([
    ["mql", 3, 2, 1, 50],
    ["sal", 1, 0, 1, null],
    ["sql", 0, 1, -1, -100],
    ["opportunity", 1, 0, 1, null],
    ["turnedBack", 2, 1, 1, 100],
    ["won", 2, 1, 1, 100],
    ["lost", 1, 0, 1, null],
    // 900.50 and 300 against 800.
    ["revenue", 1_200.5, 800, 400.5, 50.06],
    ["opened", 3, 1, 2, 200],
    ["pipeline", 120, 300, -180, -60],
  ]);
  const ids = march.periodFigures.map(
    ({ cell: { table, row, column } }) => march.drill?.[table]?.[row]?.[column] ?? [],
  );
  expect(ids).toEqual([
    ["m0", "m1", "m2"],
    ["sal"],
    [],
    ["opp"],
    ["back", "out"],
    ["0061", "0062"],
    ["0064"],
    ["0061", "0062"],
    ["0064", "0065", "0066"],
    ["0064", "0065", "0066"],
  ]);
  expect(march.periodBefore).toEqual({ from: at("2026-02-01"), to: at("2026-03-01"), isPart: false });
});

describe("which moments belong to the period, and which to the one before", () => {
  test.each<[string, ReportWindow, string, readonly [now: number, before: number]]>([
    ["its start", MARCH, at("2026-03-01"), [1, 0]],
    ["just before its end", MARCH, justBefore("2026-04-01"), [1, 0]],
    ["its end is not", MARCH, at("2026-04-01"), [0, 0]],
    ["just before its start", MARCH, justBefore("2026-03-01"), [0, 1]],
    ["the month before, from its start", MARCH, at("2026-02-01"), [0, 1]],
    ["and nothing earlier", MARCH, justBefore("2026-02-01"), [0, 0]],
    ["two months: the two before, over the new year", TWO_MONTHS, at("2025-12-01"), [0, 1]],
    ["two months: and nothing earlier", TWO_MONTHS, justBefore("2025-12-01"), [0, 0]],
    ["a week: as long before its start as it is long", WEEK, at("2026-02-23"), [0, 1]],
    ["a week: and nothing earlier", WEEK, justBefore("2026-02-23"), [0, 0]],
    ["a long month nearly over: all of the shorter one before", NEARLY_OVER, justBefore("2026-03-01"), [0, 1]],
    ["a long month nearly over: its own start is its own", NEARLY_OVER, at("2026-03-01"), [1, 0]],
    ["up to now: what happens now is", TO_NOW, at("2026-03-31"), [1, 0]],
    ["up to now: nothing that is still to come", TO_NOW, justAfter("2026-03-31"), [0, 0]],
    ["up to now: the 30 days before", TO_NOW, at("2026-01-30"), [0, 1]],
    ["up to now: and nothing earlier", TO_NOW, justBefore("2026-01-30"), [0, 0]],
    ["running: what happens now is", RUNNING, at("2026-03-11"), [1, 0]],
    ["running: nothing that is still to come", RUNNING, justAfter("2026-03-11"), [0, 0]],
    ["running: the same ten days of the one before", RUNNING, at("2026-02-01"), [0, 1]],
    ["running: up to the same moment", RUNNING, at("2026-02-11"), [0, 1]],
    ["running: not the rest of it", RUNNING, justAfter("2026-02-11"), [0, 0]],
    ["running: not the day before it began", RUNNING, justBefore("2026-03-01"), [0, 0]],
    ["its end is now: that is not part of it", { ...MARCH, asOf: at("2026-04-01") }, at("2026-04-01"), [0, 0]],
  ])("%s", (_which, window, moment, [now, before]) => {
    const stage = figure(report([entered("a", "mql", moment)], window), "mql");
    expect([stage?.now, stage?.before]).toEqual([now, before]);
    const won = [deal("a", { amount: 7, currency: "EUR", openedAt: at("2020-01-01"), stageAt: moment })];
    const bought = report([person("a", { link: OLD, outcomes: won })], window);
    expect([figure(bought, "won")?.now, figure(bought, "won")?.before]).toEqual([now, before]);
    expect([figure(bought, "revenue")?.now, figure(bought, "revenue")?.before]).toEqual([7 * now, 7 * before]);
    expect(bought.drill?.["periodFigures"]?.["won"]?.["now"] ?? []).toHaveLength(now);
  });
});

test("a running period says that it is held against the same part of the one before", () => {
  const rows = [
    entered("a", "mql", at("2026-03-02")),
    entered("b", "mql", at("2026-02-02")),
    entered("c", "mql", at("2026-02-20")),
  ];
  const running = report(rows, RUNNING);
  expect(running.periodBefore).toEqual({ from: at("2026-02-01"), to: at("2026-02-11"), isPart: true });
  const nearlyOver = report(rows, NEARLY_OVER).periodBefore;
  expect(nearlyOver).toEqual({ from: at("2026-02-01"), to: at("2026-03-01"), isPart: true });
  expect(running.notes).toContain(
    "The period is not over: its last days are still to come. It is held against the same part of the period before.",
  );
  expect(figure(running, "mql")).toMatchObject({ now: 1, before: 1, change: 0, changePercent: 0 });
  expect(figure(report(rows, MARCH), "mql")).toMatchObject({ now: 1, before: 2, change: -1, changePercent: -50 });
});

test.each<[string, ReportWindow]>([
  ["without a start", ALWAYS],
  ["without a start but with an end", { ...ALWAYS, to: at("2026-04-01") }],
])("a report %s tells totals and no change", (_which, window) => {
  const rows = [
    entered("a", "mql", at("2026-03-02")),
    entered("b", "mql", at("2020-02-02")),
    entered("c", "mql", at("2026-04-02")),
  ];
  const always = report(rows, window);
  expect(always.periodBefore).toBe(null);
  expect(always.changes).toEqual([]);
  expect(figure(always, "mql")).toMatchObject({
    now: window.to === null ? 3 : 2,
    before: null,
    change: null,
    changePercent: null,
  });
});

test("a period that lies ahead is held against nothing", () => {
  const ahead = report([entered("a", "mql", at("2026-03-02"))], { ...MARCH, asOf: at("2026-02-20") });
  expect(ahead.periodBefore).toBe(null);
  expect(figure(ahead, "mql")).toMatchObject({ now: 0, before: null });
});

test("a deadline that is only now is not missed yet", () => {
  const late = (asOf: string): unknown =>
    report(
      Array.from({ length: 4 }, (_, index) =>
        person(`h${index}`, { link: OLD, handoffs: [handoff(`h${index}`, { deadline: at("2026-03-11") })] }),
      ),
      { ...MARCH, asOf },
    ).changes;
  expect(late(at("2026-03-11"))).toEqual([]);
  expect(late(justAfter("2026-03-11"))).toMatchObject([{ figure: "Handoffs not answered in time", before: 0, now: 4 }]);
});

test("whoever became an MQL twice in the period was new twice, as the stages of the period say", () => {
  const twice = person("a", {
    link: OLD,
    stages: stages("a", [
      ["mql", at("2026-03-02")],
      ["recycled", at("2026-03-03")],
      ["mql", at("2026-03-20")],
    ]),
  });
  const march = report([twice], MARCH);
  expect(figure(march, "mql")?.now).toBe(2);
  expect(march.period.stages.find(({ stage }) => stage === "mql")?.entries).toBe(2);
});

test("money of the period without a rate is in no sum, and is told where no lead of the cohort tells it", () => {
  const rows = [
    person("a", { link: OLD, outcomes: [deal("a", { amount: 20, currency: "BRL", stageAt: at("2026-03-03") })] }),
    person("b", { link: OLD, outcomes: [deal("b", { amount: 5, currency: "EUR", stageAt: at("2026-03-03") })] }),
  ];
  const march = report(rows, MARCH);
  expect(figure(march, "revenue")?.now).toBe(5);
  expect(march.notes).toEqual([
    "Nobody was first in touch in this period.",
    expect.stringMatching(/^20 BRL of the period's revenue is in no sum: no rate for BRL is known\./),
  ]);
});

describe("the open pipeline", () => {
  const open = { closed: false, won: false, currency: "EUR" };
  const rows = [
    person("old", {
      link: OLD,
      outcomes: [
        deal("1", { ...open, amount: 100, openedAt: at("2025-01-01") }),
        deal("2", { ...open, amount: null, openedAt: at("2025-01-01") }),
        // Won in April: open as of March.
        deal("3", { amount: 40, currency: "EUR", openedAt: at("2025-02-01"), stageAt: at("2026-04-10") }),
        deal("4", { ...open, amount: 7, openedAt: at("2026-04-20") }),
        deal("5", { ...open, amount: 9_999, openedAt: at("2025-01-01"), counts: false }),
      ],
    }),
    person("new", {
      link: { facts: { source: "search", first_contact: "2026-03-05" } },
      outcomes: [deal("6", { ...open, amount: 500, openedAt: at("2026-03-10") })],
    }),
  ];

  test("is of everybody, as of now, by where they came from", () => {
    const march = report(rows, MARCH);
    expect(march.openPipeline).toEqual({
      deals: 4,
      withoutAmount: 1,
      amount: 607,
      bySource: [
        { source: "search", deals: 1, withoutAmount: 0, amount: 500 },
        { source: "fair", deals: 3, withoutAmount: 1, amount: 107 },
      ],
    });
    expect(march.total.pipeline).toBe(500);
    expect(march.drill?.["openPipeline"]?.["all"]?.["deals"]).toEqual(["0061", "0062", "0064", "0066"]);
    expect(march.drill?.["openPipeline"]?.["source fair"]?.["withoutAmount"]).toEqual(["0062"]);
  });

  test("as of an earlier moment has what was open then, and nothing that came later", () => {
    expect(report(rows, { ...MARCH, asOf: at("2026-04-01") }).openPipeline).toMatchObject({ deals: 4, amount: 640 });
  });
});
