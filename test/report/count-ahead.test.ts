/** A person counted again by their line is counted as their ledger says, in any report. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import { STAGES } from "../../src/core/model/rulebook.ts";
import type { ReportFrame } from "../../src/core/report/count-frame.ts";
import { momentOf } from "../../src/core/report/moment.ts";
import { AheadCounter } from "../../src/report/count-ahead.ts";
import { PageCounter } from "../../src/report/count-page.ts";
import { IdLines } from "../../src/report/id-lines.ts";
import type { PageRecord } from "../../src/report/page-records.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages, task } from "../core/report/ledger-rows.ts";
import { randomLedgers } from "../core/report/random-ledgers.ts";
import { cases } from "../support/law-cases.ts";

const day = (number: number): string => new Date(Date.UTC(2026, 0, number) + number * 12_345_678).toISOString();
const instant = fc.integer({ min: 1, max: 60 }).map(day);
const AS_OF = day(90);
const settings = { ...SETTINGS, campaign: "campaign", campaignSummary: "Summary__c" };

const reasons = fc.array(fc.record({ rule: fc.constantFrom("title", "form"), points: fc.nat(), text: fc.string() }), {
  maxLength: 2,
});
const ledger = (id: string): fc.Arbitrary<PersonLedger> =>
  fc
    .record({
      link: fc.record({
        name: fc.constantFrom("Ada", "Ada", "Zoë", "Ünal", "Zoë, R.", "=cmd()", 'a "b"', "two\nlines", "a|b;c"),
        facts: fc.record({
          source: fc.constantFrom(null, "", "a/b", "__proto__", "<script>", "ünï"),
          campaign: fc.constantFrom(null, "spring", "won"),
          first_contact: fc.option(instant),
          hubspot_stage: fc.constantFrom("hs-mql", "hs-mql", "hs-mql", "hs-lead", null),
          salesforce_stage: fc.constantFrom("mql", "mql", null),
        }),
        state: fc.constantFrom("single", "linked", "linked", "tombstoned", "superseded", "erased", "ambiguous"),
        salesforceId: fc.constantFrom(null, "00Q1"),
        stage: fc.constantFrom({ epoch: 1, stage: "mql", since: day(1), reason: "", armed: true } as const),
      }),
      stages: fc
        .array(fc.tuple(fc.constantFrom(...STAGES), instant), { maxLength: 6 })
        .chain((entries) =>
          fc
            .record({ score: fc.option(fc.integer({ min: -5, max: 140 })), band: fc.constantFrom(null, "A1", "B2") })
            .map((scored) => stages(id, entries, { reason: "no; budget", ...scored })),
        ),
      outcomes: fc
        .array(
          fc.record({
            won: fc.boolean(),
            closed: fc.boolean(),
            openedAt: instant,
            stageAt: instant,
            amount: fc.constantFrom(null, 10, 0.1, -5),
            currency: fc.constantFrom(null, "EUR", "USD"),
            lostReason: fc.constantFrom(null, "price", "no | time"),
            name: fc.constantFrom("Deal", "Acme, Inc.", 'the "big" one', "=cmd()", ""),
          }),
          { maxLength: 2 },
        )
        .map((deals) => deals.map((changes, index) => deal(`${id}${index}`, changes))),
      touches: fc.array(fc.record({ at: instant, campaign: fc.constantFrom("", "spring", "autumn, late") }), {
        maxLength: 2,
      }),
      tasks: fc
        .array(
          fc.record({
            state: fc.constantFrom("done", "suppressed", "due"),
            closedAt: fc.option(instant, { freq: 9 }),
            closedByUs: fc.boolean(),
            salesforceId: fc.constantFrom(null, "00T"),
            createdAt: instant,
          }),
          { maxLength: 2 },
        )
        .map((tasks) => tasks.map((changes, index) => task(id, `step ${id}:${index}|é`, changes))),
      handoffs: fc
        .array(
          fc.record({
            outcome: fc.constantFrom("accepted", "rejected", "late", "withdrawn"),
            endedAt: fc.option(instant, { freq: 9 }),
            at: instant,
            deadline: instant,
            ownerEmail: fc.constantFrom("ann@example.com", "bob@example.com"),
            reasons,
          }),
          { maxLength: 2 },
        )
        .map((handoffs) => handoffs.map((changes) => handoff(id, changes))),
    })
    .map((parts) => person(id, parts));
const ledgers = fc
  .integer({ min: 0, max: 12 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => ledger(`p${index}`))));
/** One in two as at the laws of the report itself, with more currencies, cycles, owners and signs. */
const mixed = fc.oneof(ledgers, randomLedgers);
const frames = fc
  .record({
    asOf: fc.constantFrom(day(60), AS_OF),
    from: fc.option(instant),
    // A period may still be running.
    to: fc.option(fc.oneof(instant, fc.constant(day(100)))),
    limit: fc.constantFrom(0, 40, 1_000_000),
  })
  .map(
    ({ asOf, from, to, limit }): ReportFrame => ({
      settings,
      names: NAMES,
      window: { asOf, from, to },
      options: { keep: { kind: "all", limit } },
    }),
  );

/** Every file's bytes and the figures. */
function outcome(frame: ReportFrame, pages: readonly (readonly (PersonLedger | string)[])[], words: readonly string[]) {
  const counter = new PageCounter({ ...frame, options: { ...frame.options, words } });
  const ids = new IdLines();
  const texts = pages.map((page) => {
    const counted = counter.count(page);
    return {
      leads: Buffer.from(counted.leads).toString(),
      deals: counted.deals,
      ids: Buffer.from(ids.of(counted.trail)).toString(),
      names: counted.people,
    };
  });
  const { report, trail } = counter.finish();
  return { texts, report, last: Buffer.from(ids.of(trail)).toString() };
}

function aheadLines(rows: readonly PersonLedger[], isAhead: readonly boolean[], words: string[], asOf: string) {
  const now = momentOf(asOf);
  const counter = new AheadCounter(settings, NAMES, {}, words);
  const lines = rows.map((row, place) => (isAhead[place] === false ? row : (counter.line(row, now) ?? row)));
  words.push(...counter.wordsFrom(words.length));
  return lines;
}

test("law: a report by lines has the bytes of one by ledgers, whatever its period and whoever has a line", () => {
  let lines = 0;
  fc.assert(
    fc.property(mixed, mixed, fc.array(fc.boolean(), { maxLength: 12 }), frames, (first, second, isAhead, frame) => {
      const words: string[] = [];
      // Later lines go on with the words of earlier ones.
      const pages = [
        aheadLines(first, [], words, frame.window.asOf),
        aheadLines(second, isAhead, words, frame.window.asOf),
      ];
      lines += pages.flat().filter((one) => typeof one === "string").length;
      const expected = outcome(frame, [first, second], []);
      const named = (all: readonly PageRecord[] | null): unknown =>
        all?.filter(({ id }) => isShown(first, second, id)).toSorted((a, b) => (a.id < b.id ? -1 : 1)) ?? null;
      const names = expected.texts.map(({ names: all }) => named(all));
      const { texts, ...whole } = outcome(frame, pages, words);
      expect(whole).toEqual({ report: expected.report, last: expected.last });
      expect(texts.map(({ names: all }) => named(all))).toEqual(names);
      expect(texts.map(({ names: _, ...text }) => text)).toEqual(expected.texts.map(({ names: _, ...text }) => text));
    }),
    { numRuns: cases(300) },
  );
  expect(lines).toBeGreaterThan(200);
});

/** Of people who count for nothing, and of their opportunities, no name is wanted. */
function isShown(first: readonly PersonLedger[], second: readonly PersonLedger[], id: string): boolean {
  const { state } = [...first, ...second].find(
    ({ person: { id: own }, deals }) => own === id || deals.some(({ opportunityId }) => opportunityId === id),
  )?.person ?? { state: "erased" };
  return state !== "erased" && state !== "superseded";
}

test("who has an open task, an unanswered handoff or money with dated rates has no line", () => {
  const counter = new AheadCounter(settings, NAMES, {}, []);
  const now = momentOf(AS_OF);
  const closed = { state: "done", createdAt: day(1), closedAt: day(2) } as const;
  expect(counter.line(person("p1", { tasks: [task("p1", "call", closed)] }), now)).toMatch(/^p1\|/);
  expect(
    counter.line(person("p1", { tasks: [task("p1", "call", { ...closed, state: "sent", closedAt: null })] }), now),
  ).toBe(null);
  expect(counter.line(person("p1", { handoffs: [handoff("p1", { endedAt: null, outcome: "open" })] }), now)).toBe(null);
  const stage = { epoch: 1, stage: "customer", since: day(1), reason: "", armed: true } as const;
  const bought = person("p1", { link: { stage }, outcomes: [deal("p1")] });
  expect(counter.line(bought, now)).toMatch(/^p1\|/);
  // What the rate of the day makes of the money is known when the report is made.
  const dated = new AheadCounter(settings, NAMES, { EUR: [{ from: "2026-01-01", rate: 0.9 }] }, []);
  expect(dated.line(bought, now)).toBe(null);
});

test("whose moments have not all come has no line yet, and has one when they have", () => {
  const counter = new AheadCounter(settings, NAMES, {}, []);
  const row = person("p1", { stages: stages("p1", [["mql", day(10)]]) });
  expect(counter.line(row, momentOf(day(9)))).toBe(undefined);
  expect(counter.line(row, momentOf(day(11)))).toMatch(/^p1\|/);
});
