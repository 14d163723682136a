/** The closed-loop numbers: worked examples. */
import { describe, expect, test } from "vitest";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import type { ClosedLoop, ReportWindow } from "../../../src/core/report/report-figures.ts";
import { deal, NAMES, person, SETTINGS, stages, task } from "./ledger-rows.ts";

const WINDOW: ReportWindow = { asOf: "2026-02-01T00:00:00.000Z", from: null, to: null };
const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();
const report = (rows: readonly PersonLedger[], window: Partial<ReportWindow> = {}): ClosedLoop =>
  closedLoop(rows, SETTINGS, NAMES, { ...WINDOW, ...window });

describe("one person", () => {
  test("who skipped stages counts as having passed them, and it is said", () => {
    const numbers = report([
      person("a", {
        stages: stages("a", [
          ["lead", day(1)],
          ["sql", day(3)],
        ]),
      }),
    ]);
    expect(numbers.total).toMatchObject({ leads: 1, mql: 1, sal: 1, sql: 1, opportunity: 0, won: 0 });
    expect(numbers.stages.find((row) => row.stage === "mql")).toEqual({ stage: "mql", entered: 1, passed: 1 });
    expect(numbers.dataQuality.map((finding) => finding.problem)).toContain("skipped MQL");
  });

  test("who came twice is one lead, at the furthest stage of both cycles", () => {
    const entries = stages("a", [
      ["mql", day(1)],
      ["sql", day(2)],
      ["recycled", day(3)],
      ["mql", day(9)],
    ]);
    const numbers = report([person("a", { stages: entries })]);
    expect(numbers.total).toMatchObject({ leads: 1, mql: 1, sql: 1, open: 1 });
    expect(numbers.standing.find((row) => row.stage === "mql")?.leads).toBe(1);
  });

  test.each([
    ["a won deal", [["mql", day(1)]], [deal("a")], "won", ""],
    ["the stage customer", [["customer", day(1)]], [], "won", ""],
    ["a lost deal", [["mql", day(1)]], [deal("a", { won: false, lostReason: "price" })], "lost", "price"],
    ["a lost deal and a won one", [["mql", day(1)]], [deal("a", { won: false }), deal("b")], "won", ""],
    [
      "a lost deal and an open one",
      [["mql", day(1)]],
      [deal("a", { won: false }), deal("b", { won: false, closed: false })],
      "open",
      "",
    ],
    [
      "a lost deal, then qualified again",
      [
        ["mql", day(1)],
        ["mql", day(25)],
      ],
      [deal("a", { won: false })],
      "open",
      "",
    ],
    [
      "a deal that closes after the report",
      [["mql", day(1)]],
      [deal("a", { stageAt: "2026-03-01T00:00:00.000Z" })],
      "open",
      "",
    ],
    ["nothing yet", [["mql", day(1)]], [], "open", ""],
  ] as const)("with %s is in one outcome: %s", (_name, entries, outcomes, outcome, reason) => {
    expect(report([person("a", { stages: stages("a", entries), outcomes })]).outcomes).toEqual([
      { outcome, reason, leads: 1 },
    ]);
  });

  test("is shown as they stood at asOf, whatever came later", () => {
    const entries = stages("a", [
      ["mql", day(1)],
      ["sql", day(20)],
    ]);
    const numbers = report([person("a", { stages: entries })], { asOf: day(10) });
    expect(numbers.total).toMatchObject({ mql: 1, sql: 0 });
    expect(numbers.standing.find((row) => row.stage === "mql")?.leads).toBe(1);
  });

  test("is not there yet in a report as of a day on which nobody knew them, and stands in no stage that is to come", () => {
    const mql = { epoch: 1, stage: "mql", since: day(20), reason: "", armed: true } as const;
    const later = { firstSeenAt: day(20), stage: mql };
    const rows = [
      person("later", { link: later, stages: stages("later", [["mql", day(20)]]) }),
      person("seen", { link: { ...later, firstSeenAt: day(5) }, stages: stages("seen", [["mql", day(20)]]) }),
    ];
    const numbers = report(rows, { asOf: day(10) });
    expect(numbers.leads).toBe(1);
    expect(numbers.drill?.["standing"]).toEqual({ subscriber: { leads: ["seen"] } });
    expect(numbers.openByAge).toEqual([{ stage: "subscriber", upTo7: 1, upTo30: 0, upTo90: 0, older: 0 }]);
  });

  test("was won when they first bought or became a customer, whichever came first", () => {
    const link = { facts: { first_contact: day(1) } };
    const bought = person("a", {
      link,
      stages: stages("a", [["customer", day(5)]]),
      outcomes: [deal("a", { openedAt: day(20), stageAt: day(25) })],
    });
    expect(report([bought]).timeToWon.medianDays).toBe(4);
  });

  test("who is back with marketing has the reason, also while an opportunity is open", () => {
    const entries = stages(
      "a",
      [
        ["opportunity", day(11)],
        ["recycled", day(12)],
      ],
      { reason: "no budget" },
    );
    const numbers = report([
      person("a", { stages: entries, outcomes: [deal("a", { closed: false, won: false, stageAt: day(12) })] }),
    ]);
    expect(numbers.outcomes).toEqual([{ outcome: "open", reason: "no budget", leads: 1 }]);
    expect(numbers.gateReasons).toEqual([{ stage: "opportunity", reason: "no budget", leads: 1 }]);
  });

  test("who had bought, was sent back and bought again was won back", () => {
    const row = person("a", {
      stages: stages("a", [
        ["customer", day(2)],
        ["recycled", day(10)],
      ]),
      outcomes: [
        deal("a", { openedAt: day(1), stageAt: day(2) }),
        deal("b", { openedAt: day(15), stageAt: day(20), counts: false }),
      ],
    });
    expect(report([row]).recycled).toMatchObject({ recycled: 1, qualifiedAgain: 1, opportunity: 1, won: 1 });
    expect(report([row], { asOf: day(14) }).recycled).toMatchObject({ recycled: 1, opportunity: 0, won: 0 });
  });

  test("who was disqualified is lost for the reason given", () => {
    const entries = stages(
      "a",
      [
        ["mql", day(1)],
        ["disqualified", day(2)],
      ],
      { reason: "competitor" },
    );
    expect(report([person("a", { stages: entries })]).outcomes).toEqual([
      { outcome: "lost", reason: "competitor", leads: 1 },
    ]);
  });

  test("who was won before the first contact keeps the negative days, and is listed", () => {
    const numbers = report([person("a", { link: { facts: { first_contact: "2026-01-21" } }, outcomes: [deal("a")] })]);
    expect(numbers.timeToWon).toEqual({ count: 1, medianDays: -1, p90Days: -1 });
    expect(numbers.wonBeforeFirstContact).toEqual([{ link: "a", days: -1 }]);
  });

  test.each(["superseded", "erased"] as const)("who is %s is not counted", (state) => {
    expect(report([person("a", { link: { state } })]).leads).toBe(0);
  });

  test("outside the window is not in the cohort, while their tasks of the period are counted", () => {
    const row = person("a", { link: { facts: { first_contact: "2025-06-01" } }, tasks: [task("a", "t1")] });
    const numbers = report([row], { from: day(1) });
    expect([numbers.leads, numbers.tasks.created]).toEqual([0, 1]);
  });
});

test("a blank source gets the configured word, and the word unknown stays as it is", () => {
  const sources = [null, "", " ", "unknown", "(other)"];
  const rows = sources.map((source, index) => person(`p${index}`, { link: { facts: { source } } }));
  expect(report(rows).bySource.map((row) => [row.name, row.leads])).toEqual([
    ["(blank)", 3],
    ["(other)", 1],
    ["unknown", 1],
  ]);
});

test("amounts of two currencies are never added up", () => {
  const rows = [
    person("a", {
      outcomes: [deal("a", { currency: "EUR", amount: 0.1 }), deal("a2", { currency: "EUR", amount: 0.2 })],
    }),
    person("b", { outcomes: [deal("b", { currency: "EUR", amount: 5 })] }),
    person("c", { outcomes: [deal("c", { currency: "USD", amount: 70 })] }),
    person("d", { outcomes: [deal("d", { amount: null, currency: "EUR" })] }),
  ];
  const numbers = report(rows);
  expect([numbers.currency, numbers.total.revenue]).toEqual(["EUR", 5.3]);
  expect(numbers.drill?.["dataQuality"]?.["currency without a rate"]?.["people"]).toEqual(["c"]);
  expect(numbers.drill?.["dataQuality"]?.["won without an amount"]?.["people"]).toEqual(["d"]);
});

test("a task that reached Salesforce later than the report was waiting", () => {
  const row = person("a", { tasks: [task("a", "slow", { deliveredAt: day(9) })] });
  expect(report([row], { asOf: day(5) }).tasks).toMatchObject({ created: 0, waiting: 1 });
  expect(report([row]).tasks).toMatchObject({ created: 1, waiting: 0 });
});

test("a task is done, closed by LeadLoop, overdue, open, waiting or suppressed", () => {
  const tasks = [
    task("a", "done", { closedAt: day(5) }),
    task("a", "ours", { closedAt: day(5), closedByUs: true }),
    task("a", "overdue", { dueOn: "2026-01-31" }),
    task("a", "today", { dueOn: "2026-02-01" }),
    task("a", "waiting", { state: "due", salesforceId: null }),
    task("a", "never", { state: "suppressed", salesforceId: null }),
  ];
  const figures = report([person("a", { tasks })]).tasks;
  expect(figures).toEqual({
    created: 4,
    done: 1,
    closedByUs: 1,
    overdue: 1,
    open: 1,
    waiting: 1,
    suppressed: 1,
    doneLate: 0,
  });
});

test("parity names every person whose records show another stage, and why", () => {
  const stage = { epoch: 1, stage: "mql", since: day(1), reason: "", armed: true } as const;
  const rows = [
    person("same", { link: { stage, facts: { hubspot_stage: "hs-mql", salesforce_stage: "mql" } } }),
    person("behind", { link: { stage, facts: { hubspot_stage: "hs-lead", salesforce_stage: "mql" } } }),
    person("alone", { link: { stage, state: "single", salesforceId: null, facts: { hubspot_stage: "hs-mql" } } }),
    person("odd", { link: { stage, facts: { hubspot_stage: "custom-7", salesforce_stage: null } } }),
  ];
  const numbers = report(rows);
  expect(numbers.parity).toEqual([
    { stage: "lead", hubspot: 1, salesforce: 0, leadloop: 0 },
    { stage: "mql", hubspot: 2, salesforce: 2, leadloop: 4 },
    { stage: "(blank)", hubspot: 0, salesforce: 1, leadloop: 0 },
    { stage: "(no record)", hubspot: 0, salesforce: 1, leadloop: 0 },
    { stage: "other: custom-7", hubspot: 1, salesforce: 0, leadloop: 0 },
  ]);
  expect(numbers.parityDifferences.map((difference) => [difference.link, difference.cause])).toEqual([
    ["behind", "HubSpot: shows another stage"],
    ["odd", "HubSpot: a stage the configuration does not name; Salesforce: stage is blank"],
  ]);
  expect(numbers.drill?.["parityCauses"]?.["Salesforce: person is not known there"]?.["people"]).toEqual(["alone"]);
});

test("who waits is told whenever they first came, also in a report of one month", () => {
  const waits = person("a", { stages: stages("a", [["mql", day(2)]]) });
  const april = { asOf: "2026-05-01T00:00:00.000Z", from: "2026-04-01T00:00:00.000Z", to: null };
  const { leads, openByAge } = report([waits], april);
  expect(leads).toBe(0);
  expect(openByAge).toEqual([{ stage: "mql", upTo7: 0, upTo30: 0, upTo90: 0, older: 1 }]);
});
