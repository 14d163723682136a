/** The books balance: every number of the main tables, and the ids behind it, is what a naive reader counts who shares no code with the report. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import { momentOf } from "../../../src/core/report/moment.ts";
import type { ClosedLoop, ReportWindow } from "../../../src/core/report/report-figures.ts";
import { cases } from "../../support/law-cases.ts";
import { NAMES } from "./ledger-rows.ts";
import { RANDOM_SETTINGS, RATES, randomLedgers, randomWindow } from "./random-ledgers.ts";
import { type Recount, recount } from "./recount/recount-report.ts";

const settings = { ...RANDOM_SETTINGS, territory: "country" };
/** None asked for, the organisation's own said so, and others: one with rates that divide badly. */
const currency = fc.constantFrom(null, "EUR", "USD", "JPY");
const DIVISIONS = ["bySource", "byCampaign", "byTerritory", "bySegment", "byOwner", "byBand", "byMonth"] as const;
/** Each lead is in one row of these. */
const APART = DIVISIONS.filter((table) => table !== "bySegment");
const MODELS = ["first", "last", "linear", "u", "w"] as const;

function both(rows: readonly PersonLedger[], window: ReportWindow, shown: string | null): [ClosedLoop, Recount] {
  const asked = { ...settings, currency: shown };
  const moment = (at: string | null): number | null => (at === null ? null : momentOf(at));
  const span = { asOf: momentOf(window.asOf), from: moment(window.from), to: moment(window.to) };
  return [closedLoop(rows, asked, NAMES, window, { rates: RATES }), recount(rows, asked, NAMES, RATES, span)];
}

test("law: the ids behind every cell are those that a naive recount finds", () => {
  fc.assert(
    fc.property(randomLedgers, randomWindow, currency, (rows, window, shown) => {
      const [report, again] = both(rows, window, shown);
      const cells = Object.entries(report.drill ?? {}).flatMap(([table, ofTable]) =>
        Object.entries(ofTable).flatMap(([row, columns]) =>
          Object.entries(columns).map(([column, ids]) => [`${table}/${row}/${column}`, ids] as const),
        ),
      );
      const recounted = [...again.shelf.cells].map(([address, ids]) => [address, ids.toSorted()] as const);
      expectSame(Object.fromEntries(cells.sort(byAddress)), Object.fromEntries(recounted.sort(byAddress)));
    }),
    { numRuns: cases(150) },
  );
});

test("law: every number of the main tables is that of a naive recount", () => {
  fc.assert(
    fc.property(randomLedgers, randomWindow, currency, (rows, window, shown) => {
      const [report, again] = both(rows, window, shown);
      const told = toldBy(report, Object.keys(again.figures));
      for (const [key, figure] of Object.entries(again.figures))
        expect({ [key]: told[key] }).toEqual({ [key]: figure });
    }),
    { numRuns: cases(150) },
  );
});

test("law: money is that of a naive recount to the cent, and adds up to the total exactly in every table and model", () => {
  fc.assert(
    fc.property(randomLedgers, randomWindow, currency, (rows, window, shown) => {
      const [report, { sums }] = both(rows, window, shown);
      const expectMoney = (table: string, row: string, column: string, amount: number, off = 0.0101): void => {
        const exact = sums.money.get(`${table}/${row}/${column}`) ?? 0;
        if (Math.abs(amount - exact) > off) expect({ table, row, column, amount }).toEqual({ amount: exact });
      };
      const { total, pipeline, attribution, openPipeline } = report;
      expectMoney("total", "all", "revenue", total.revenue);
      expectMoney("total", "all", "pipeline", total.pipeline);
      for (const table of DIVISIONS)
        for (const row of report[table] ?? []) {
          expectMoney(table, row.name, "revenue", row.revenue);
          expectMoney(table, row.name, "pipeline", row.pipeline);
        }
      for (const row of pipeline) {
        expectMoney("pipeline", row.part, "revenue", row.revenue);
        expectMoney("pipeline", row.part, "pipeline", row.pipeline);
      }
      for (const row of attribution)
        for (const model of MODELS)
          expectMoney("attribution", row.campaign, model, row[model], 0.0101 + row.deals * sums.hundredth);
      const columns: readonly (readonly { readonly revenue: number; readonly pipeline: number }[])[] = [
        ...APART.map((table) => report[table] ?? []),
        pipeline,
      ];
      for (const table of columns) {
        expect(cents(table.map(({ revenue }) => revenue))).toBe(cents([total.revenue]));
        expect(cents(table.map((row) => row.pipeline))).toBe(cents([total.pipeline]));
      }
      for (const { source, amount } of openPipeline.bySource)
        expectMoney("openPipeline", `source ${source}`, "amount", amount);
      expect(cents(openPipeline.bySource.map(({ amount }) => amount))).toBe(cents([openPipeline.amount]));
      for (const model of MODELS) expect(cents(attribution.map((row) => row[model]))).toBe(cents([total.revenue]));
    }),
    { numRuns: cases(150) },
  );
});

function byAddress([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** What is written the same is the same, and is compared at a tenth of the cost. */
function expectSame(one: object, other: object): void {
  if (JSON.stringify(one) !== JSON.stringify(other)) expect(one).toEqual(other);
}

/** Money is whole cents. */
function cents(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + Math.round(amount * 100), 0);
}

/** These keys of the report as a recount tells them: rows by name, and without what is compared elsewhere. */
function toldBy(report: ClosedLoop, keys: readonly string[]): Record<string, unknown> {
  const without = (row: object, ...names: string[]): object =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
  const money = ["revenue", "pipeline", ...MODELS];
  const funnel = (rows: readonly object[] | null) =>
    (rows ?? []).map((row) => without(row, "immature", ...money)).toSorted(by(({ name }) => name));
  const told: Record<string, unknown> = {
    ...report,
    ...Object.fromEntries(DIVISIONS.map((table) => [table, funnel(report[table])])),
    total: report.leads === 0 ? [] : [{ name: "all", ...without(report.total, ...money) }],
    immature: report.cohorts.toSorted(by(({ stage, month }) => `${stage} ${month}`)).map(({ immature }) => immature),
    immatureMonths: report.byMonth.toSorted(by(({ name }) => name)).map(({ immature }) => immature),
    parityDifferences: report.parityDifferences
      .map(({ link, cause }) => ({ link, cause }))
      .toSorted((one, other) => order(one.link) - order(other.link)),
    wonBeforeFirstContact: report.wonBeforeFirstContact.toSorted((one, other) => order(one.link) - order(other.link)),
    cohorts: report.cohorts
      .map((row) => without(row, "immature"))
      .toSorted(by(({ stage, month }) => `${stage} ${month}`)),
    gateReasons: report.gateReasons.toSorted(by(({ stage, reason }) => `${stage}: ${reason}`)),
    outcomes: report.outcomes.toSorted(
      by(({ outcome, reason }) => (reason === "" ? outcome : `${outcome}: ${reason}`)),
    ),
    velocity: report.velocity.toSorted(by(({ from, to }) => `${from} ${to}`)),
    openByAge: report.openByAge.toSorted(by(({ stage }) => stage)),
    period: {
      stages: report.period.stages,
      months: report.period.months.toSorted(by(({ stage, month }) => `${stage} ${month}`)),
    },
    calibration: report.calibration.toSorted(by(({ scores }) => scores)),
    parity: report.parity.toSorted(by(({ stage }) => stage)),
    parityCauses: report.parityCauses.toSorted(by(({ cause }) => cause)),
    pipeline: report.pipeline.map((row) => without(row, ...money)),
    attribution: report.attribution.map((row) => without(row, ...money)).toSorted(by(({ campaign }) => campaign)),
    rules: report.rules
      .map((row) => ({ ...row, reasons: row.reasons.toSorted(by(({ reason }) => reason)) }))
      .toSorted(by(({ rule }) => rule)),
  };
  return Object.fromEntries(keys.map((key) => [key, told[key]]));
}

/** People are called p0, p1 and so on. */
function order(link: string): number {
  return Number(link.slice(1));
}

function by<Row>(nameOf: (row: Row & Record<string, unknown>) => unknown): (one: Row, other: Row) => number {
  const name = (row: Row): string => String(nameOf(row as Row & Record<string, unknown>));
  return (one, other) => (name(one) < name(other) ? -1 : 1);
}
