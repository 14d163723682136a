/** What the score is worth: how often each wins, the threshold that follows or does not, and the rules behind rejections. */
import { describe, expect, test } from "vitest";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import type { Stage } from "../../../src/core/model/rulebook.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import type { ClosedLoop } from "../../../src/core/report/report-figures.ts";
import { suggestThreshold } from "../../../src/core/report/suggest-threshold.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages } from "./ledger-rows.ts";

const WINDOW = { asOf: "2026-03-01T00:00:00.000Z", from: null, to: null };
const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();
const report = (rows: readonly PersonLedger[]): ClosedLoop => closedLoop(rows, SETTINGS, NAMES, WINDOW);

/** Stages on days, each with the score of that moment. */
function scored(
  id: string,
  entries: readonly (readonly [Stage, number, number | null])[],
  wonOn: number | null = null,
): PersonLedger {
  const events = entries.map(([stage, on, score], sequence) => ({
    ...stages(id, [[stage, day(on)]])[0],
    sequence,
    score,
  }));
  const outcomes = wonOn === null ? [] : [deal(id, { openedAt: day(wonOn - 1), stageAt: day(wonOn) })];
  return person(id, { stages: events as ReturnType<typeof stages>, outcomes });
}

describe("the win rate by score", () => {
  test.each([
    ["who was won", scored("a", [["mql", 1, 64]], 9), [["60\u201369", 1, 1, 0, 0]]],
    [
      "who was sent back",
      scored("a", [
        ["mql", 1, 64],
        ["recycled", 5, 30],
      ]),
      [["60\u201369", 1, 0, 1, 0]],
    ],
    [
      "who was disqualified",
      scored("a", [
        ["mql", 1, 64],
        ["disqualified", 5, 30],
      ]),
      [["60\u201369", 1, 0, 1, 0]],
    ],
    [
      "who is still on the way, in no rate",
      scored("a", [
        ["mql", 1, 64],
        ["sal", 5, 82],
      ]),
      [["60\u201369", 1, 0, 0, 1]],
    ],
    [
      "who never was an MQL, in no row, whatever the last score",
      scored(
        "a",
        [
          ["lead", 1, 64],
          ["sql", 3, 70],
        ],
        9,
      ),
      [],
    ],
    ["without a score", scored("a", [["mql", 1, null]], 9), [["(not scored)", 1, 1, 0, 0]]],
    [
      "who came twice, once for each time, by the score of that time",
      scored(
        "a",
        [
          ["mql", 1, 64],
          ["recycled", 5, 30],
          ["mql", 20, 85],
        ],
        30,
      ),
      [
        ["60\u201369", 1, 0, 1, 0],
        ["80\u201389", 1, 1, 0, 0],
      ],
    ],
    [
      "who was sent back and won all the same",
      scored(
        "a",
        [
          ["mql", 1, 64],
          ["recycled", 5, 30],
        ],
        30,
      ),
      [["60\u201369", 1, 1, 0, 0]],
    ],
    ["who had been won before", scored("a", [["mql", 20, 64]], 9), [["60\u201369", 1, 0, 0, 1]]],
  ] as const)("of one %s", (_name, row, expected) => {
    const { calibration } = report([row]);
    expect(calibration.map((one) => [one.scores, one.entries, one.won, one.sentBack, one.open])).toEqual(expected);
  });

  test("is of those decided, with its interval", () => {
    const rows = [
      scored("a", [["mql", 1, 61]], 9),
      scored("b", [
        ["mql", 1, 69],
        ["recycled", 5, 0],
      ]),
      scored("c", [["mql", 1, 65]]),
    ];
    const { calibration, drill } = report(rows);
    expect(calibration[0]?.winRate).toEqual({ of: 2, count: 1, percent: 50, low: 9.45, high: 90.55 });
    expect(drill?.["calibration"]?.["60\u201369"]).toEqual({
      entries: ["a", "b", "c"],
      won: ["a"],
      sentBack: ["b"],
      open: ["c"],
    });
  });
});

describe("the threshold", () => {
  /** How many were won and how many not, by score. */
  const suggest = (won: Readonly<Record<number, number>>, others: Readonly<Record<number, number>>) =>
    suggestThreshold({
      won: Array.from({ length: 101 }, (_, score) => won[score] ?? 0),
      others: Array.from({ length: 101 }, (_, score) => others[score] ?? 0),
    });

  test("parts the won from the others, with the win rates on both sides and its interval", () => {
    // 30 of 40 win at 82, 10 of 60 at 62; nobody stands between, so that 65 to 80 do equally well. Separation: 30/40 - 10/60.
    expect(suggest({ 62: 10, 82: 30 }, { 62: 50, 82: 10 })).toEqual({
      verdict: "suggested",
      won: 40,
      others: 60,
      threshold: 65,
      from: 65,
      to: 80,
      winRateAbove: { of: 40, count: 30, percent: 75, low: 59.81, high: 85.81 },
      winRateBelow: { of: 60, count: 10, percent: 16.67, low: 9.31, high: 28.03 },
      separation: 0.58,
    });
  });

  test("has an interval that grows where the scores overlap, and the same one each time", () => {
    // At or above 70: 37 of 50 won, 22 of 57 others, which are 35 points apart; at 75 they are 34.9.
    const won = { 62: 6, 67: 7, 72: 9, 77: 12, 82: 16 };
    const others = { 62: 20, 67: 15, 72: 10, 77: 8, 82: 4 };
    const suggested = suggest(won, others);
    expect(suggested).toMatchObject({ verdict: "suggested", threshold: 70 });
    expect([suggested.from ?? 0, suggested.to ?? 0]).toEqual([65, 80]);
    expect(suggest(won, others)).toEqual(suggested);
  });

  test.each([
    ["the won have the scores of the others", { 62: 40, 82: 40 }, { 62: 40, 82: 40 }, 0],
    // 0.55 - 0.4: certain, with so many, and of no use.
    ["they hardly differ, however many they are", { 62: 450, 82: 550 }, { 62: 600, 82: 400 }, 0.15],
    // 12 of 20 and 7 of 20: 63 % (41 to 81) and 38 % (21 to 59).
    ["the intervals of both win rates overlap", { 62: 8, 82: 12 }, { 62: 13, 82: 7 }, 0.25],
    ["higher scores win less", { 62: 40, 82: 10 }, { 62: 10, 82: 40 }, 0],
  ])("is none where %s: the score does not tell won from lost", (_name, won, others, separation) => {
    expect(suggest(won, others)).toMatchObject({
      verdict: "no difference",
      threshold: null,
      from: null,
      to: null,
      separation,
    });
  });

  test("is none where too few were won, or too few others", () => {
    expect(suggest({ 82: 19 }, { 62: 100 })).toMatchObject({
      verdict: "too few",
      threshold: null,
      won: 19,
      separation: null,
    });
    expect(suggest({ 82: 100 }, { 62: 19 })).toMatchObject({ verdict: "too few", others: 19 });
  });
});

describe("rejections", () => {
  const answered = (id: string, outcome: "accepted" | "rejected" | "late", ...rules: readonly string[]): PersonLedger =>
    person(id, {
      stages: stages(id, [["mql", day(2)], ...(outcome === "rejected" ? [["recycled", day(3)] as const] : [])], {
        reason: "no budget",
      }),
      handoffs: [
        handoff(id, { outcome, endedAt: day(3), reasons: rules.map((rule) => ({ rule, points: 1, text: "" })) }),
      ],
    });

  test("are told beside how often sales rejects at all, and come by what is beyond that", () => {
    const rows = [
      answered("a", "rejected", "often", "large"),
      answered("b", "rejected", "often"),
      answered("c", "accepted", "large"),
      answered("d", "accepted", "large"),
      answered("e", "late", "often"),
      answered("f", "accepted"),
    ];
    const { rules, rulesOverall, drill } = report(rows);
    // 2 of the 5 that were answered.
    expect(rulesOverall).toEqual({
      handoffs: 6,
      accepted: 3,
      rejected: 2,
      rejectedRate: { of: 5, count: 2, percent: 40, low: 11.76, high: 76.93 },
    });
    // Of two answered 0.8 would be usual, of three 1.2.
    expect(rules.map((row) => [row.rule, row.handoffs, row.rejectedRate.of, row.rejected, row.excess])).toEqual([
      ["often", 3, 2, 2, 1.2],
      ["large", 3, 3, 1, -0.2],
    ]);
    expect(drill?.["rejectedRules"]?.["often: no budget"]?.["handoffs"]).toEqual(["a", "b"]);
  });

  test("that are many only because a rule gives points to everybody do not come first", () => {
    const rows = [
      ...Array.from({ length: 10 }, (_, index) =>
        answered(`a${index}`, index < 5 ? "rejected" : "accepted", "everybody"),
      ),
      answered("b0", "rejected", "everybody", "rare"),
      answered("b1", "rejected", "everybody", "rare"),
    ];
    expect(report(rows).rules.map(({ rule, rejected }) => [rule, rejected])).toEqual([
      ["rare", 2],
      ["everybody", 7],
    ]);
  });
});
