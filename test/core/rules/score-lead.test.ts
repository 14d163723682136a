/** Scores, case by case: caps, fading, bands and reasons. */
import { describe, expect, test } from "vitest";
import type { ScoreGroup, ScoreRule, Scoring } from "../../../src/core/model/rulebook.ts";
import { countedFact, noteTotal } from "../../../src/core/rules/counted-facts.ts";
import { scoreLead } from "../../../src/core/rules/score-lead.ts";
import { ALWAYS, at, DAY_MS, fact, NEVER, NOW, SCORING } from "./rule-subjects.ts";

const rule = (name: string, points: number, overrides: Partial<ScoreRule> = {}): ScoreRule => ({
  name,
  reason: name,
  when: ALWAYS,
  points,
  per: null,
  steps: null,
  decay: null,
  ...overrides,
});
const group = (cap: number, ...rules: ScoreRule[]): ScoreGroup => ({ name: "group", cap, rules });
const scoring = (overrides: Partial<Scoring>): Scoring => ({ ...SCORING, ...overrides });

describe("The total", () => {
  test.each([
    ["adds fit and engagement", [group(50, rule("a", 30))], [group(50, rule("b", 20))], 50],
    ["leaves out what does not hold", [group(50, rule("a", 30, { when: NEVER }), rule("b", 5))], [], 5],
    ["keeps a group at its cap", [group(40, rule("a", 30), rule("b", 30))], [], 40],
    ["keeps groups apart", [group(40, rule("a", 60)), group(40, rule("b", 10))], [], 50],
    ["is never above 100", [group(90, rule("a", 90))], [group(90, rule("b", 90))], 100],
    ["is never below 0", [group(50, rule("a", 10), rule("b", -40))], [], 0],
    ["lets minus points of one half weigh on the other", [group(0, rule("a", -20))], [group(60, rule("b", 50))], 30],
    ["is 0 without rules", [], [], 0],
  ])("%s", (_, fit, engagement, total) => {
    expect(scoreLead(scoring({ fit, engagement }), {}, NOW).total).toBe(total);
  });

  test.each([
    ["3", 6],
    ["9", 10],
    ["0", 0],
    ["-2", 0],
    ["many", 0],
    [null, 0],
  ])("counts a rule %s times, as far as it goes", (times, total) => {
    const engagement = [group(50, rule("opens", 2, { per: { field: "opens", withinDays: null, upTo: 5 } }))];
    expect(scoreLead(scoring({ engagement }), { opens: times }, NOW).total).toBe(total);
  });
});

describe("The caps", () => {
  test.each([
    [{ fit: 40, engagement: 100, total: 100 }, 60, "A2"],
    [{ fit: 100, engagement: 10, total: 100 }, 70, "A1"],
    [{ fit: 100, engagement: 100, total: 75 }, 75, "A2"],
  ])("%o keep 60 of fit and 20 of engagement at %i", (caps, total, band) => {
    const fit = [group(30, rule("a", 30)), group(30, rule("b", 30))];
    const engagement = [group(50, rule("c", 20))];
    const { total: found, band: grade } = scoreLead(scoring({ fit, engagement, caps }), {}, NOW);
    expect([found, grade]).toEqual([total, band]);
  });
});

describe("Steps", () => {
  const steps = {
    field: "views",
    withinDays: null,
    points: [
      { atLeast: 3, points: 5 },
      { atLeast: 10, points: 12 },
    ],
  };

  test.each([
    [null, 0],
    ["2", 0],
    ["3", 5],
    ["9", 5],
    ["10", 12],
    ["500", 12],
  ])("give for %s views %i points", (views, total) => {
    const engagement = [group(50, rule("views", 0, { steps }))];
    expect(scoreLead(scoring({ engagement }), { views }, NOW).total).toBe(total);
  });

  test("look at what was seen lately, and at the midnight when it is over", () => {
    const views = noteTotal(noteTotal(null, "10", at(-900 * DAY_MS), at(-40 * DAY_MS)), "14", NOW, at(-10 * DAY_MS));
    const facts = { views: "14", [countedFact("views")]: views };
    const engagement = [group(50, rule("views", 0, { steps: { ...steps, withinDays: 30 } }))];
    const { total, nextChangeAt } = scoreLead(scoring({ engagement }), facts, NOW);
    expect([total, nextChangeAt]).toEqual([5, "2026-10-25T00:00:00.000Z"]);
    expect(scoreLead(scoring({ engagement }), facts, nextChangeAt ?? "").total).toBe(0);
  });
});

describe("Fading points", () => {
  const engagement = [group(50, rule("visit", 40, { decay: { kind: "half-life", days: 10, from: "seen" } }))];

  test.each([
    [at(0), 40],
    [at(-10 * DAY_MS), 20],
    [at(-20 * DAY_MS), 10],
    [at(5 * DAY_MS), 40],
    ["2026-09-25", 19],
    [null, 0],
    ["soon", 0],
  ])("since %s are worth %i", (seen, total) => {
    expect(scoreLead(scoring({ engagement }), { seen }, NOW).total).toBe(total);
  });

  const evenly = [group(50, rule("visit", 40, { decay: { kind: "linear", days: 10, from: "seen" } }))];

  test.each([
    [at(0), 40],
    [at(-2 * DAY_MS), 32],
    [at(-10 * DAY_MS), 0],
    [at(-20 * DAY_MS), 0],
    [at(5 * DAY_MS), 40],
    [null, 0],
  ])("that fade evenly are since %s worth %i", (seen, total) => {
    expect(scoreLead(scoring({ engagement: evenly }), { seen }, NOW).total).toBe(total);
  });

  test("that fade evenly say when they next change the total", () => {
    const { nextChangeAt } = scoreLead(scoring({ engagement: evenly }), { seen: NOW }, NOW);
    // 39.5 is still 40 when it is rounded; the millisecond after it is not.
    expect(nextChangeAt).toBe(at((0.5 / 40) * 10 * DAY_MS + 1));
  });

  test("say when they next change the total", () => {
    const { nextChangeAt } = scoreLead(scoring({ engagement }), { seen: NOW }, NOW);
    const first = Date.parse(NOW) + Math.floor(10 * DAY_MS * Math.log2(40 / 39.5)) + 1;
    expect(nextChangeAt).toBe(new Date(first).toISOString());
  });

  test.each([
    ["nothing fades", [group(50, rule("a", 10))], {}],
    ["what fades is gone", engagement, { seen: at(-500 * DAY_MS) }],
    [
      "the cap hides it for good",
      [group(10, rule("a", 15), rule("b", 5, { decay: { kind: "half-life", days: 1, from: "seen" } }))],
      { seen: NOW },
    ],
    [
      "it fades between two roundings",
      [group(50, rule("a", 0.4, { decay: { kind: "half-life", days: 1, from: "seen" } }))],
      { seen: NOW },
    ],
  ])("never change it when %s", (_, groups, facts) => {
    expect(scoreLead(scoring({ engagement: groups }), facts, NOW).nextChangeAt).toBeNull();
  });

  test("that first fall and then come back, because minus points fade slower, are not missed", () => {
    const slow = rule("complaint", -10, { decay: { kind: "half-life", days: 100, from: "seen" } });
    const fast = rule("visit", 10, { decay: { kind: "half-life", days: 1, from: "seen" } });
    const { total, nextChangeAt } = scoreLead(
      scoring({ fit: [group(50, rule("a", 50))], engagement: [group(50, slow, fast)] }),
      { seen: NOW },
      NOW,
    );
    expect(total).toBe(50);
    expect(nextChangeAt! < at(DAY_MS)).toBe(true);
  });

  test("change a total at 100 only once it is below", () => {
    const fit = [group(90, rule("fit", 90))];
    const { total, nextChangeAt } = scoreLead(scoring({ fit, engagement }), { seen: NOW }, NOW);
    expect(total).toBe(100);
    expect(scoreLead(scoring({ fit, engagement }), { seen: NOW }, nextChangeAt ?? "").total).toBe(99);
    expect(nextChangeAt! > at(19 * DAY_MS)).toBe(true);
  });
});

describe("Reasons", () => {
  test("come strongest first, with what each really added under its cap", () => {
    const fit = [group(20, rule("small", 8), rule("big", 15), rule("minus", -3))];
    const engagement = [group(50, rule("visits", 12))];
    const { reasons, total } = scoreLead(scoring({ fit, engagement }), {}, NOW);
    expect(reasons.map(({ rule: name, points }) => [name, points])).toEqual([
      ["big", 15],
      ["visits", 12],
      ["small", 8],
      ["minus", -3],
    ]);
    expect(total).toBe(32);
  });

  test("that found no room under the cap are none", () => {
    const fit = [group(15, rule("big", 15), rule("small", 8))];
    expect(scoreLead(scoring({ fit }), {}, NOW).reasons).toHaveLength(1);
  });

  test.each([
    [{ opens: "3", opened: "2026-10-01T08:00:00.000Z" }, "opened 3 e-mails, last on 2026-10-01"],
    [{ opens: "3", opened: null }, "opened 3 e-mails"],
  ])("name the facts %o", (facts, text) => {
    const engagement = [group(9, rule("opens", 3, { reason: "opened {opens} e-mails, last on {opened}" }))];
    expect(scoreLead(scoring({ engagement }), facts, NOW).reasons[0]?.text).toBe(text);
  });
});

describe("The band", () => {
  test.each([
    [50, 50, "A1"],
    [33, 17, "A2"],
    [32, 0, "B3"],
    [17, 49, "B1"],
    [16, 16, "C3"],
  ])("of %i and %i out of 50 each is %s", (fit, engagement, band) => {
    const parts = { fit: [group(50, rule("fit", fit))], engagement: [group(50, rule("engagement", engagement))] };
    expect(scoreLead(scoring(parts), {}, NOW).band).toBe(band);
  });

  test("of a rulebook without groups is the lowest", () => {
    expect(scoreLead(SCORING, { known: "true" }, NOW).band).toBe("C3");
    expect(fact("known").holds({ known: "true" }, NOW)).toBe(true);
  });
});
