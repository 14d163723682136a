/** The agreement between the teams: goals against figures, and a page that says what the shipped rules say. */
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../../src/config/load-config.ts";
import { type Goal, MEASURE_NAMES, type MeasureName } from "../../../src/core/model/agreement.ts";
import { holdGoals } from "../../../src/core/report/agreement-goals.ts";
import { agreementPage } from "../../../src/core/report/agreement-page.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import { agreementMarkdown } from "../../../src/report/agreement-markdown.ts";
import { figureWords } from "../../../src/report/write-agreement.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages, task } from "./ledger-rows.ts";

const { rulebook, agreement } = loadConfig({ mappingsFolder: "mappings", configFolder: "config" });
const window = { asOf: "2026-02-01T00:00:00.000Z", from: "2026-01-01T00:00:00.000Z", to: "2026-02-01T00:00:00.000Z" };
const people = [
  person("won", {
    link: { facts: { first_contact: "2026-01-02" } },
    stages: stages("won", [
      ["mql", "2026-01-05T00:00:00.000Z"],
      ["sql", "2026-01-08T00:00:00.000Z"],
      ["customer", "2026-01-20T00:00:00.000Z"],
    ]),
    handoffs: [
      handoff("won", {
        at: "2026-01-05T00:00:00.000Z",
        deadline: "2026-01-06T00:00:00.000Z",
        outcome: "accepted",
        endedAt: "2026-01-05T06:00:00.000Z",
      }),
    ],
    tasks: [task("won", "mql:won", { createdAt: "2026-01-05T00:00:00.000Z" })],
    outcomes: [deal("won", { amount: 500 })],
  }),
  person("refused", {
    link: { facts: { first_contact: "2026-01-02" } },
    stages: stages("refused", [["mql", "2026-01-05T00:00:00.000Z"]]),
    handoffs: [
      handoff("refused", {
        at: "2026-01-05T00:00:00.000Z",
        deadline: "2026-01-06T00:00:00.000Z",
        outcome: "rejected",
        endedAt: "2026-01-07T00:00:00.000Z",
      }),
    ],
  }),
];
const report = closedLoop(people, SETTINGS, NAMES, window);

const goal = (measure: MeasureName, bounds: Partial<Goal>): Goal => ({
  measure,
  by: "sales",
  atLeast: null,
  atMost: null,
  ...bounds,
});

describe("a goal", () => {
  test.each([
    ["answered-in-time", { atLeast: 50 }, 50, true],
    ["answered-in-time", { atLeast: 50.1 }, 50, false],
    ["accepted", { atLeast: 50 }, 50, true],
    ["rejected", { atMost: 25 }, 50, false],
    ["late-handoffs", { atMost: 0 }, 0, true],
    ["median-hours-to-answer", { atMost: 27 }, 27, true],
    ["new-mqls", { atLeast: 2, atMost: 3 }, 2, true],
    ["new-sqls", { atLeast: 2 }, 1, false],
    ["new-customers", { atLeast: 1 }, 1, true],
    ["mql-to-sql", { atLeast: 50 }, 50, true],
  ] as const)("%s %o is %d: %s", (measure, bounds, figure, kept) => {
    expect(holdGoals([goal(measure, bounds)], report)).toMatchObject([{ figure, kept }]);
  });

  test("without a figure is neither kept nor missed", () => {
    const nobody = closedLoop([], SETTINGS, NAMES, window);
    expect(holdGoals([goal("rejected", { atMost: 1 })], nobody)).toMatchObject([{ figure: null, kept: null }]);
    expect(holdGoals([goal("new-mqls", { atLeast: 1 })], null)).toMatchObject([{ figure: null, kept: null }]);
  });

  test("there is a figure for every measure", () => {
    const held = holdGoals(
      MEASURE_NAMES.map((measure) => goal(measure, { atLeast: 0 })),
      report,
    );
    expect(held.filter(({ figure }) => figure === null)).toEqual([]);
  });
});

describe("the page of the shipped rules", () => {
  const goals = holdGoals(agreement.goals, report);
  const page = agreementPage({ rulebook, terms: agreement, goals, window, words: figureWords("EUR") });
  const text = agreementMarkdown(page);

  test("names every stage, scoring rule, owner rule, ladder step, cadence step and suppression", () => {
    const names = [
      ...rulebook.lifecycle.names.map(({ stage }) => stage),
      ...[...rulebook.scoring.fit, ...rulebook.scoring.engagement].flatMap((group) =>
        group.rules.map(({ name }) => name),
      ),
      ...rulebook.routing.rules.map(({ name }) => name),
      ...rulebook.followUps.cadences.flatMap(({ steps }) => steps.map(({ name }) => name)),
      ...rulebook.suppression.map(({ because }) => because),
    ];
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
    expect(text.split("\n").filter((line) => /^\| (16|24|32|48|64) \|/.test(line))).toHaveLength(5);
  });

  test("says of an MQL both ways in, and of a task what it is called, in words", () => {
    expect(text).toContain('| `score >= 60 \\|\\| segment("asked-for-sales")` |');
    expect(text).toContain("Post the letter to \\[name\\] (\\[company\\])");
    expect(text).toContain("HubSpot's workflow for nurture/thank-you");
    expect(text).not.toMatch(/\{[{%]/);
  });

  test("has the period's figure beside each goal", () => {
    expect(text).toContain("With the figures of 2026-01-01 to 2026-01-31 beside the goals.");
    expect(text).toContain("| Handoffs that sales rejected | marketing | at most 25.00 % | 50.00 % | missed |");
    expect(text).toContain("| Tasks past their day | sales | at most 10.00 % |");
  });

  test("is the same page for the same rules and figures", () => {
    expect(
      agreementMarkdown(agreementPage({ rulebook, terms: agreement, goals, window, words: figureWords("EUR") })),
    ).toBe(text);
  });
});
