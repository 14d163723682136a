/** The laws that make the closed-loop numbers add up: one cell of each column for each lead, in whatever order they come. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { MODELS } from "../../../src/core/report/attribution.ts";
import type { Drill } from "../../../src/core/report/cell-book.ts";
import { ClosedLoopCounter, closedLoop } from "../../../src/core/report/closed-loop.ts";
import type { PeriodBefore } from "../../../src/core/report/compared-periods.ts";
import { IdTrail } from "../../../src/core/report/id-trail.ts";
import type { ReportWindow } from "../../../src/core/report/report-figures.ts";
import { buffersOf } from "../../../src/core/report/tally.ts";
import { MEMBERSHIP_FACT } from "../../../src/core/rules/segment-membership.ts";
import { cases } from "../../support/law-cases.ts";
import { NAMES } from "./ledger-rows.ts";
import { RANDOM_SETTINGS, RATES, randomLedgers, randomWindow } from "./random-ledgers.ts";

const settings = RANDOM_SETTINGS;
/** Money of several currencies is added up by the organisation's rates. */
const MONEY = { rates: RATES };

test("law: each lead is in exactly one row of each table, and in one outcome of its row", () => {
  fc.assert(
    fc.property(randomLedgers, randomWindow, (rows, window) => {
      const numbers = closedLoop(rows, settings, NAMES, window, MONEY);
      const everyone = numbers.drill?.["total"]?.["all"]?.["leads"] ?? [];
      expect(everyone).toHaveLength(numbers.leads);
      for (const name of ["bySource", "byCampaign", "byOwner", "byBand", "byMonth", "outcomes", "standing"]) {
        const ids = Object.values(numbers.drill?.[name] ?? {}).flatMap((columns) => columns["leads"] ?? []);
        expect(ids.toSorted()).toEqual(everyone);
      }
      for (const table of [
        numbers.bySource,
        numbers.byCampaign ?? [],
        numbers.byOwner,
        numbers.byBand,
        numbers.byMonth,
      ]) {
        for (const row of table) expect(row.won + row.lost + row.open).toBe(row.leads);
        for (const row of table)
          expect(
            row.leads >= row.mql && row.mql >= row.sal && row.sql >= row.opportunity && row.opportunity >= row.won,
          ).toBe(true);
        for (const column of ["leads", "mql", "sql", "won", "lost", "open"] as const) {
          expect(table.reduce((sum, row) => sum + row[column], 0)).toBe(numbers.total[column]);
        }
      }
      const { tasks, handoffs } = numbers;
      expect(tasks.done + tasks.closedByUs + tasks.overdue + tasks.open).toBe(tasks.created);
      expect(handoffs.accepted + handoffs.rejected + handoffs.late + handoffs.open + handoffs.withdrawn).toBe(
        handoffs.given,
      );
      const sums = (["hubspot", "salesforce", "leadloop"] as const).map((column) =>
        numbers.parity.reduce((sum, row) => sum + row[column], 0),
      );
      expect(new Set(sums).size).toBe(1);
    }),
  );
});

test("law: a lead is in the row of each segment they had joined by then, and in that of nobody's where it is none", () => {
  fc.assert(
    fc.property(randomLedgers, randomWindow, (rows, window) => {
      const numbers = closedLoop(rows, settings, NAMES, window, MONEY);
      const everyone = numbers.drill?.["total"]?.["all"]?.["leads"] ?? [];
      const bySegment = numbers.drill?.["bySegment"] ?? {};
      const expected = (segment: string): string[] =>
        everyone.filter((id) => {
          const fact = rows.find((row) => row.person.id === id)?.person.facts[MEMBERSHIP_FACT] ?? "";
          const since = new RegExp(`${segment}=(\\S+)`).exec(fact)?.[1];
          return since !== undefined && since <= window.asOf;
        });
      const [red, blue] = [expected("red"), expected("blue")];
      expect(bySegment["red"]?.["leads"] ?? []).toEqual(red);
      expect(bySegment["blue"]?.["leads"] ?? []).toEqual(blue);
      const none = everyone.filter((id) => !red.includes(id) && !blue.includes(id));
      expect(bySegment["(no segment)"]?.["leads"] ?? []).toEqual(none);
      for (const row of numbers.bySegment ?? []) expect(row.won + row.lost + row.open).toBe(row.leads);
    }),
  );
});

test("law: gates, ages, cohorts, clocks, pipeline and attribution add up to the leads, handoffs and money they are made of", () => {
  fc.assert(
    fc.property(randomLedgers, randomWindow, (rows, window) => {
      const numbers = closedLoop(rows, settings, NAMES, window, MONEY);
      const { drill, gates, gateReasons, stages: counts, total, pipeline, attribution, service, handoffs } = numbers;
      const ids = (table: string, column: string): string[] =>
        Object.values(drill?.[table] ?? {}).flatMap((columns) => columns[column] ?? []);
      for (const gate of gates) {
        expect(gate.movedOn + gate.turnedBack + gate.waiting).toBe(gate.entered);
        const count = counts.find(({ stage }) => stage === gate.stage);
        expect([gate.entered + gate.passed, gate.passed]).toEqual([count?.entered, count?.passed]);
        const reasons = gateReasons.filter(({ stage }) => stage === gate.stage);
        expect(sumOf(reasons.map(({ leads }) => leads))).toBe(gate.turnedBack);
      }
      // Who is open now is open whenever they first came.
      const everybody = closedLoop(rows, settings, NAMES, { ...window, from: null, to: null }, MONEY).drill ?? {};
      const sentBack = ["recycled", "disqualified"].flatMap((stage) => everybody["standing"]?.[stage]?.["leads"] ?? []);
      const stillOpen = (everybody["total"]?.["all"]?.["open"] ?? []).filter((id) => !sentBack.includes(id));
      const aged = ["upTo7", "upTo30", "upTo90", "older"].flatMap((age) => ids("openByAge", age));
      expect(aged.toSorted()).toEqual(stillOpen);
      for (const { stage, entered, passed } of counts.slice(1, 6)) {
        const months = numbers.cohorts.filter((cohort) => cohort.stage === stage);
        expect(sumOf(months.map((cohort) => cohort.entered))).toBe(entered - passed);
      }
      expect(sumOf(pipeline.map(({ deals }) => deals))).toBe(
        sumOf(pipeline.map(({ won, lost, open }) => won + lost + open)),
      );
      expect(sumOf(pipeline.map(({ revenue }) => revenue))).toBeCloseTo(total.revenue, 6);
      expect(sumOf(pipeline.map((part) => part.pipeline))).toBeCloseTo(total.pipeline, 6);
      for (const model of MODELS) expect(sumOf(attribution.map((row) => row[model]))).toBeCloseTo(total.revenue, 6);
      const promised = handoffs.given - handoffs.withdrawn;
      for (const { clock, stopped, running, never } of service.clocks) {
        expect(stopped + running + never).toBeLessThanOrEqual(handoffs.given);
        // A withdrawn one may have had a sign before.
        if (clock === "reaction") expect(stopped + running + never).toBeGreaterThanOrEqual(promised);
      }
      expect(service.breached).toBeLessThanOrEqual(handoffs.given - handoffs.withdrawn);
    }),
  );
});

const inEuros = { ...settings, currency: "EUR" };

test("law: a figure of the period has as many records as it says, and what it is held against is what a report of that time tells", () => {
  let moved = 0;
  fc.assert(
    fc.property(randomLedgers, randomWindow, (rows, window) => {
      const { drill, periodFigures, periodBefore } = closedLoop(rows, inEuros, NAMES, window, MONEY);
      const told =
        periodBefore === null ? [] : closedLoop(rows, inEuros, NAMES, windowOf(periodBefore), MONEY).periodFigures;
      for (const [place, { now, before, change, unit, cell }] of periodFigures.entries()) {
        const ids = drill?.[cell.table]?.[cell.row]?.[cell.column] ?? [];
        if (unit !== "money") expect(ids).toHaveLength(now);
        expect(before).toBe(told[place]?.now ?? null);
        expect(change ?? 0).toBeCloseTo(before === null ? 0 : now - before, 6);
        moved += change === null || change === 0 ? 0 : 1;
      }
    }),
  );
  expect(moved).toBeGreaterThan(10);
});

/** A report of the time that a period is held against; against a running one its last moment counts too. */
function windowOf({ from, to, isPart }: PeriodBefore): ReportWindow {
  return { from, to: isPart ? null : to, asOf: to };
}

test("law: what is open now is open whatever the period, each opportunity in one row", () => {
  fc.assert(
    fc.property(randomLedgers, randomWindow, (rows, window) => {
      const { drill, openPipeline } = closedLoop(rows, inEuros, NAMES, window, MONEY);
      const ofAll = closedLoop(rows, inEuros, NAMES, { ...window, from: null, to: null }, MONEY);
      expect(openPipeline.amount).toBeCloseTo(ofAll.total.pipeline, 6);
      expect(openPipeline.deals).toBe(sumOf(ofAll.pipeline.map(({ open }) => open)));
      expect(drill?.["openPipeline"]?.["all"]?.["deals"] ?? []).toHaveLength(openPipeline.deals);
      expect(sumOf(openPipeline.bySource.map(({ deals }) => deals))).toBe(openPipeline.deals);
      expect(sumOf(openPipeline.bySource.map(({ amount }) => amount))).toBeCloseTo(openPipeline.amount, 6);
    }),
  );
});

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

test("law: the order in which people are read changes nothing", () => {
  fc.assert(
    fc.property(randomLedgers, randomWindow, (rows, window) => {
      const numbers = closedLoop(rows, settings, NAMES, window, MONEY);
      expect(closedLoop(rows.toReversed(), settings, NAMES, window, MONEY)).toEqual(numbers);
    }),
  );
});

test("law: parts of the people, counted apart and added up, make the figures of all", () => {
  fc.assert(
    fc.property(randomLedgers, randomWindow, fc.nat({ max: 600 }), (rows, window, limit) => {
      const counter = (): ClosedLoopCounter =>
        new ClosedLoopCounter({ settings, names: NAMES, window, options: { ...MONEY, keep: { kind: "all", limit } } });
      const [whole, even, odd] = [counter(), counter(), counter()];
      for (const row of rows) whole.add(row);
      for (const [place, row] of rows.entries()) (place % 2 === 0 ? even : odd).add(row);
      const part = odd.part();
      // What another thread sends has lost its classes.
      even.absorb(structuredClone(part, { transfer: [part.durations, ...part.tallies].flatMap(buffersOf) }));
      expect(even.finish()).toEqual(whole.finish());
    }),
    { numRuns: cases(200) },
  );
});

test("law: the trail of ids names behind every number the records that the cell itself would keep", () => {
  fc.assert(
    fc.property(randomLedgers, randomWindow, (rows, window) => {
      const kept = closedLoop(rows, settings, NAMES, window, MONEY);
      const trail = new IdTrail();
      closedLoop(rows, settings, NAMES, window, { ...MONEY, keep: { kind: "none" }, trail });
      expect(drillOf(trail)).toEqual(kept.drill);
    }),
    { numRuns: cases(100) },
  );
});

/** The cells of a trail as `drill` has them. */
function drillOf(trail: IdTrail): Drill {
  const { rows, ...records } = trail.take();
  const names = rows.flatMap(({ table, row, columns }) => columns.map((column) => [table, row, column] as const));
  const drill: Record<string, Record<string, Record<string, string[]>>> = {};
  for (const [record, id] of records.ids.entries()) {
    const groups = records.groups.subarray(records.ends[record - 1] ?? 0, records.ends[record]);
    for (const cell of [...groups].flatMap((group) => records.cellsOf[group] ?? [])) {
      const [table = "", row = "", column = ""] = names[cell] ?? [];
      const ofTable = own(drill, table, {});
      own(own(ofTable, row, {}), column, []).push(id);
    }
  }
  for (const table of Object.values(drill)) {
    for (const row of Object.values(table)) for (const ids of Object.values(row)) ids.sort();
  }
  return drill;
}

/** The value under a key that may be called like a prototype's. */
function own<Value>(object: Record<string, Value>, key: string, fresh: Value): Value {
  if (!Object.hasOwn(object, key))
    Object.defineProperty(object, key, { value: fresh, enumerable: true, writable: true, configurable: true });
  return Object.entries(object).find(([name]) => name === key)?.[1] ?? fresh;
}
