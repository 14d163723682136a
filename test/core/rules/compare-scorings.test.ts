/** What another scoring would have changed in the past: worked examples, and laws over random histories. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StageEvent } from "../../../src/core/model/ledger.ts";
import type { Facts, Rulebook, ScoreRule, Scoring, Stage } from "../../../src/core/model/rulebook.ts";
import { type Comparison, compareCycles, compareScorings } from "../../../src/core/rules/compare-scorings.ts";
import type { PersonHistory } from "../../../src/core/rules/replay-mqls.ts";
import { cases } from "../../support/law-cases.ts";
import { deal, handoff } from "../report/ledger-rows.ts";
import { fact, owner, rulebook, SCORING } from "./rule-subjects.ts";

const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();

function rule(name: string, points: number): ScoreRule {
  const decay = { kind: "linear", days: 30, from: `${name}_at` } as const;
  return {
    name,
    reason: name,
    when: fact(name),
    points,
    per: null,
    steps: null,
    decay: name === "demo" ? decay : null,
  };
}

function scoringOf(fair: number, changes: Partial<Scoring> = {}): Scoring {
  return {
    ...SCORING,
    fit: [{ name: "fit", cap: 50, rules: [rule("title", 40)] }],
    engagement: [{ name: "did", cap: 50, rules: [rule("fair", fair), rule("demo", 40)] }],
    caps: { fit: 50, engagement: 50, total: 100 },
    mqlAt: 60,
    rearmBelow: 45,
    ...changes,
  };
}

const RULES: Rulebook = {
  ...rulebook(),
  scoring: scoringOf(10),
  lifecycle: { ...rulebook().lifecycle, fastTrack: fact("asked") },
  routing: {
    rules: [{ name: "all", when: fact("title"), owners: [{ email: "anna@example.com", weight: 1 }] }],
    fallback: "desk@example.com",
    companyFirst: null,
    capacity: null,
    absences: [],
  },
};
const OWNERS = [owner("anna"), owner("ben"), owner("desk")];

function stageEvents(...entries: readonly (readonly [Stage, number, number, StageEvent["side"]?])[]): StageEvent[] {
  return entries.map(([stage, at, epoch, side = "leadloop"], sequence) => ({
    link: "p1",
    sequence,
    epoch,
    stage,
    at: day(at),
    side,
    reason: "",
    score: null,
    band: null,
  }));
}

function person(changes: readonly (readonly [number, Facts])[], stages: readonly StageEvent[]): PersonHistory {
  return {
    link: "p1",
    name: "Ada Lovelace",
    changes: changes.map(([at, facts]) => ({ at: day(at), facts })),
    stages,
    outcomes: [],
  };
}

function compared(people: readonly PersonHistory[], scoring: Scoring, from = day(1)): Comparison {
  const ground = { rulebook: RULES, scoring, rates: { EUR: 1, USD: 1.25 }, from, to: day(200) };
  const cycles = people.flatMap((one) => compareCycles(one, ground));
  return compareScorings(cycles, [], OWNERS, RULES);
}

const LEAD = stageEvents(["lead", 1, 1]);

function titleThenDemo(at: number): readonly (readonly [number, Facts])[] {
  return [
    [1, { title: "true" }],
    [at, { demo: "true", demo_at: day(at) }],
  ];
}

describe("an MQL", () => {
  test("is worth what counts for them, in the organisation's own currency", () => {
    const ada = {
      ...person(
        [
          [1, { title: "true" }],
          [5, { fair: "true" }],
        ],
        LEAD,
      ),
      outcomes: [
        deal("p1", { stageAt: day(20), amount: 500, currency: "USD" }),
        deal("p1", { opportunityId: "006b", stageAt: day(20), amount: 7, currency: "EUR" }),
        deal("p1", { opportunityId: "006c", stageAt: day(20), amount: 1000, counts: false }),
        deal("p1", { opportunityId: "006d", stageAt: day(20), amount: 1000, currency: "ZZZ" }),
      ],
    };
    expect(compared([ada], scoringOf(25)).gained).toMatchObject([{ won: true, amount: 407 }]);
  });

  test("that only the other rules make is gained, with its reasons, its owner, and what they bought", () => {
    const ada = {
      ...person(
        [
          [1, { title: "true" }],
          [5, { fair: "true" }],
        ],
        LEAD,
      ),
      outcomes: [deal("p1", { stageAt: day(20), amount: 500 })],
    };
    expect(compared([ada], scoringOf(25))).toEqual({
      mqls: { before: 0, after: 1 },
      won: { before: 0, after: 1 },
      gained: [
        {
          link: "p1",
          name: "Ada Lovelace",
          epoch: 1,
          at: day(5),
          score: 65,
          band: expect.any(String),
          because: "score 65",
          reasons: ["title", "fair"],
          won: true,
          amount: 500,
        },
      ],
      lost: [],
      moved: [],
      tasks: [{ owner: "anna@example.com", before: 0, after: 1 }],
    });
  });

  test("that only the present rules make is lost; a raised hand makes one under any", () => {
    const ada = person(titleThenDemo(5), LEAD);
    expect(compared([ada], scoringOf(10, { mqlAt: 90 }))).toMatchObject({
      lost: [{ at: day(5), score: 80 }],
      gained: [],
    });
    const asked = person(
      [
        [1, { title: "true" }],
        [5, { asked: "true" }],
      ],
      LEAD,
    );
    expect(compared([asked], scoringOf(10, { mqlAt: 90 }))).toMatchObject({ lost: [], mqls: { before: 1, after: 1 } });
  });

  test("after a recycle counts only once the score has fallen, by time alone too", () => {
    const stages = stageEvents(["lead", 1, 1], ["mql", 5, 1], ["recycled", 6, 2]);
    const facts: readonly (readonly [number, Facts])[] = [
      [1, { title: "true" }],
      [5, { demo: "true", demo_at: day(5) }],
      [70, { demo_at: day(70) }],
    ];
    const { mqls, moved } = compared([person(facts, stages)], scoringOf(10, { rearmBelow: 10 }));
    expect(mqls).toEqual({ before: 2, after: 1 });
    expect(moved).toEqual([]);
  });

  test("by hand is one under any rules; whoever sales took without one is none, and was not for the rules to say any more", () => {
    const byHand = person([[1, {}]], stageEvents(["lead", 1, 1], ["mql", 9, 1, "hubspot"]));
    expect(compared([byHand], scoringOf(10))).toMatchObject({ mqls: { before: 1, after: 1 }, gained: [] });
    const facts = titleThenDemo(9);
    const taken = person(facts, stageEvents(["lead", 1, 1], ["sal", 9, 1, "salesforce"]));
    expect(compared([taken], scoringOf(10))).toMatchObject({ mqls: { before: 0, after: 0 }, tasks: [] });
    expect(compared([taken], scoringOf(10, { mqlAt: 40 }))).toMatchObject({ gained: [{ at: day(1) }], lost: [] });
  });

  test("of the rules that a rep accepted is lost under stricter ones, and moved where those make it later", () => {
    const accepted = stageEvents(["lead", 1, 1], ["mql", 5, 1], ["sal", 6, 1, "salesforce"]);
    const facts = titleThenDemo(5);
    const strict = scoringOf(10, { mqlAt: 85 });
    expect(compared([person(facts, accepted)], strict)).toMatchObject({ lost: [{ at: day(5) }], moved: [] });
    const later = person([...facts, [8, { fair: "true", demo_at: day(8) }]], accepted);
    expect(compared([later], strict)).toMatchObject({ lost: [], moved: [{ at: day(5), instead: day(8) }] });
  });

  test("by hand that was history when LeadLoop met the person makes no task", () => {
    const byHand = person([[9, { title: "true" }]], stageEvents(["lead", 1, 1], ["mql", 9, 1, "hubspot"]));
    expect(compared([byHand], scoringOf(10))).toMatchObject({ mqls: { before: 1, after: 1 }, tasks: [] });
  });

  test("is not made by a rule any more once there is an opportunity", () => {
    const sold = person(titleThenDemo(30), stageEvents(["lead", 1, 1], ["opportunity", 20, 1]));
    expect(compared([sold], scoringOf(10)).mqls).toEqual({ before: 0, after: 0 });
  });

  test("that comes sooner is moved, and not lost when it came before the period", () => {
    const ada = person(
      [
        [1, { title: "true" }],
        [5, { fair: "true" }],
        [9, { demo: "true", demo_at: day(9) }],
      ],
      LEAD,
    );
    expect(compared([ada], scoringOf(25)).moved).toMatchObject([{ at: day(9), instead: day(5) }]);
    expect(compared([ada], scoringOf(25), day(7))).toMatchObject({ mqls: { before: 1, after: 0 }, lost: [] });
  });

  test("is the task of whoever really got the lead, else of who owns the person; none for whom no task is made", () => {
    const life = (link: string, facts: Facts): PersonHistory => ({
      ...person([[5, { title: "true", asked: "true", ...facts }]], LEAD),
      link,
    });
    const people = [
      life("p1", {}),
      life("p2", { hubspot_owner_id: "desk@example.com" }),
      life("p3", {}),
      life("p4", { do_not_call: "true" }),
    ];
    const ground = { rulebook: RULES, scoring: RULES.scoring, rates: {}, from: day(1), to: day(200) };
    const cycles = people.flatMap((one) => compareCycles(one, ground));
    const given = handoff("p1", { ownerEmail: "ben@example.com" });
    expect(compareScorings(cycles, [given], OWNERS, RULES).tasks).toEqual([
      { owner: "anna@example.com", before: 1, after: 1 },
      { owner: "ben@example.com", before: 1, after: 1 },
      { owner: "desk@example.com", before: 1, after: 1 },
    ]);
  });
});

const facts = fc.record(
  {
    title: fc.constantFrom("true", null),
    fair: fc.constantFrom("true", null),
    demo: fc.constantFrom("true", null),
    demo_at: fc.integer({ min: 1, max: 120 }).map(day),
    asked: fc.constantFrom("true", null),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Facts>;
const past = fc.array(fc.tuple(fc.integer({ min: 1, max: 150 }), facts), { minLength: 1, maxLength: 8 });
const cuts = fc.uniqueArray(fc.integer({ min: 2, max: 150 }), { maxLength: 3 });
const histories = fc.array(
  fc.tuple(past, cuts).map(([changes, recycled]) =>
    person(
      changes.toSorted(([a], [b]) => a - b),
      stageEvents(
        ["lead", 1, 1],
        ...recycled.toSorted((a, b) => a - b).map((at, index) => ["recycled", at, index + 2] as const),
      ),
    ),
  ),
  { minLength: 1, maxLength: 6 },
);
const named = histories.map((all) => all.map((one, index) => ({ ...one, link: `p${index}` })));

describe("whatever happened", () => {
  test("the same rules differ in nothing", () => {
    fc.assert(
      fc.property(named, (people) => {
        const { mqls, won, gained, lost, moved, tasks } = compared(people, scoringOf(10));
        expect({ gained, lost, moved }).toEqual({ gained: [], lost: [], moved: [] });
        expect(mqls.before).toBe(mqls.after);
        expect(won.before).toBe(won.after);
        expect(tasks.filter(({ before, after }) => before !== after)).toEqual([]);
      }),
      { numRuns: cases(100) },
    );
  });

  test("a lower threshold loses nobody, and a higher one gains nobody", () => {
    fc.assert(
      fc.property(named, fc.integer({ min: 45, max: 60 }), fc.integer({ min: 60, max: 100 }), (people, low, high) => {
        expect(compared(people, scoringOf(10, { mqlAt: low })).lost).toEqual([]);
        expect(compared(people, scoringOf(10, { mqlAt: high })).gained).toEqual([]);
      }),
      { numRuns: cases(100) },
    );
  });

  test("the order in which people come does not matter", () => {
    fc.assert(
      fc.property(named, (people) => {
        expect(compared(people.toReversed(), scoringOf(25))).toEqual(compared(people, scoringOf(25)));
      }),
      { numRuns: cases(50) },
    );
  });
});
