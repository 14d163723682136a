/** Laws of the score: within 0 and 100, never lower for a higher cap or more points, and due exactly when fading changes it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Condition, Facts, ScoreGroup, Scoring } from "../../src/core/model/rulebook.ts";
import { isScoredAnew, scoreLead } from "../../src/core/rules/score-lead.ts";
import { ALWAYS, at, DAY_MS, fact, NEVER, NOW, SCORING } from "../core/rules/rule-subjects.ts";
import { cases } from "../support/law-cases.ts";

const rule = (points: fc.Arbitrary<number>) =>
  fc.record({
    name: fc.constantFrom("a", "b", "c"),
    reason: fc.constant("reason"),
    when: fc.constantFrom(ALWAYS, ALWAYS, NEVER),
    points,
    per: fc.option(
      fc.record({
        field: fc.constant("opens"),
        withinDays: fc.constantFrom(null, 30),
        upTo: fc.integer({ min: 1, max: 5 }),
      }),
    ),
    steps: fc.constant(null),
    decay: fc.option(
      fc.record({
        kind: fc.constantFrom("half-life" as const, "linear" as const),
        days: fc.integer({ min: 1, max: 365 }),
        from: fc.constantFrom("visited", "opened"),
      }),
    ),
  });
const group = (points: fc.Arbitrary<number>): fc.Arbitrary<ScoreGroup> =>
  fc.record({
    name: fc.constant("group"),
    cap: fc.integer({ min: 0, max: 60 }),
    rules: fc.array(rule(points), { maxLength: 4 }),
  });
const scoringOf = (points: fc.Arbitrary<number>): fc.Arbitrary<Scoring> =>
  fc
    .record({ fit: fc.array(group(points), { maxLength: 2 }), engagement: fc.array(group(points), { maxLength: 3 }) })
    .map((halves) => ({ ...SCORING, ...halves }));
const anyPoints = fc.oneof(fc.integer({ min: -30, max: 60 }), fc.double({ min: -30, max: 60, noNaN: true }));
const instant = fc.integer({ min: -400, max: 20 }).map((days) => at(days * DAY_MS + 12_345));
const facts: fc.Arbitrary<Facts> = fc.record({
  opens: fc.constantFrom("0", "2", "7", null),
  visited: fc.option(instant),
  opened: instant,
});
/** The same scoring with conditions that say what they ask about; a reason names a fact too. */
function askingOnly(scoring: Scoring, condition: () => Condition): Scoring {
  const asking = ({ rules, ...rest }: ScoreGroup): ScoreGroup => ({
    ...rest,
    rules: rules.map((one) => ({ ...one, when: condition(), reason: "{opens} times" })),
  });
  return { ...scoring, fit: scoring.fit.map(asking), engagement: scoring.engagement.map(asking) };
}

const before = (moment: string): string => new Date(Date.parse(moment) - 1).toISOString();

describe("For any rulebook and any person", () => {
  test("the total is whole and within 0 to 100, and the reasons are sorted", () => {
    fc.assert(
      fc.property(scoringOf(anyPoints), facts, (scoring, person) => {
        const { total, reasons, band } = scoreLead(scoring, person, NOW);
        expect(Number.isInteger(total) && total >= 0 && total <= 100).toBe(true);
        expect(reasons.map(({ points }) => points)).toEqual(reasons.map(({ points }) => points).sort((a, b) => b - a));
        expect(band).toMatch(/^[ABC][123]$/);
      }),
    );
  });

  test("facts that it does not ask about change nothing", () => {
    const asking = fc.constantFrom("opens", "visited", "opened").map((name) => ({
      ...fact(name),
      asks: new Set([name]),
    }));
    const asked = scoringOf(anyPoints).chain((scoring) =>
      fc.infiniteStream(asking).map((conditions) => askingOnly(scoring, () => conditions.next().value)),
    );
    let spared = 0;
    fc.assert(
      fc.property(asked, facts, facts, (scoring, person, other) => {
        if (isScoredAnew(scoring, person, other)) return;
        spared += 1;
        expect(scoreLead(scoring, other, NOW)).toEqual(scoreLead(scoring, person, NOW));
      }),
      { numRuns: cases(1_000) },
    );
    expect(spared).toBeGreaterThan(50);
  });

  test("a higher cap or more points never lower the total", () => {
    const half = fc.constantFrom("fit", "engagement");
    fc.assert(
      fc.property(
        scoringOf(anyPoints),
        facts,
        half,
        fc.nat(2),
        fc.nat(3),
        fc.integer({ min: 0, max: 40 }),
        (scoring, person, name, which, at, more) => {
          const raised = (change: (group: ScoreGroup) => ScoreGroup): Scoring => ({
            ...scoring,
            [name as "fit"]: scoring[name as "fit"].map((one, index) => (index === which ? change(one) : one)),
          });
          const { total } = scoreLead(scoring, person, NOW);
          const wider = raised((one) => ({ ...one, cap: one.cap + more }));
          const richer = raised((one) => ({
            ...one,
            rules: one.rules.map((rule, index) => (index === at ? { ...rule, points: rule.points + more } : rule)),
          }));
          expect(scoreLead(wider, person, NOW).total).toBeGreaterThanOrEqual(total);
          expect(scoreLead(richer, person, NOW).total).toBeGreaterThanOrEqual(total);
        },
      ),
    );
  });

  test.each([
    ["that only falls", fc.integer({ min: 0, max: 60 }), true],
    ["with minus points that fade too", anyPoints, false],
  ] as const)("a score %s is the same until it is due, and different then", (_, points, onlyFalls) => {
    fc.assert(
      fc.property(scoringOf(points), facts, fc.double({ min: 0, max: 1, noNaN: true }), (scoring, person, share) => {
        const now = scoreLead(scoring, person, NOW);
        const due = now.nextChangeAt;
        if (due === null) {
          expect(scoreLead(scoring, person, "2999-01-01T00:00:00.000Z").total).toBe(now.total);
          return;
        }
        expect(due > NOW).toBe(true);
        expect(scoreLead(scoring, person, before(due)).total).toBe(now.total);
        const between = new Date(
          Date.parse(NOW) + Math.floor((Date.parse(due) - 1 - Date.parse(NOW)) * share),
        ).toISOString();
        expect(scoreLead(scoring, person, between).total).toBe(now.total);
        const then = scoreLead(scoring, person, due).total;
        expect(then).not.toBe(now.total);
        if (onlyFalls) expect(then).toBeLessThan(now.total);
      }),
      { numRuns: cases(2000) },
    );
  });
});
