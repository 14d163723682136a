/** What the report says is to be done: each sentence follows from the figures, the one that harms waiting people first, and names the cell it was read from. */
import { expect, test } from "vitest";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import type { Stage } from "../../../src/core/model/rulebook.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import { findingsOf } from "../../../src/core/report/findings.ts";
import type { ClosedLoop } from "../../../src/core/report/report-figures.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages, task } from "./ledger-rows.ts";

const AS_OF = "2026-02-01T00:00:00.000Z";
/** Handoffs of these tests are given on the 2nd and due on the 3rd. */
const IN_TIME = "2026-01-02T12:00:00.000Z";
const TOO_LATE = "2026-01-04T00:00:00.000Z";

const report = (rows: readonly PersonLedger[]): ClosedLoop =>
  closedLoop(rows, SETTINGS, NAMES, { asOf: AS_OF, from: null, to: null });
const facts = (rows: readonly PersonLedger[]): readonly string[] => findingsOf(report(rows)).map(({ fact }) => fact);
/** The ids behind the cell of the first finding. */
function behind(rows: readonly PersonLedger[]): readonly string[] | undefined {
  const { drill } = report(rows);
  const [finding] = findingsOf(report(rows));
  if (finding === undefined) return undefined;
  return drill?.[finding.cell.table]?.[finding.cell.row]?.[finding.cell.column];
}
const many = (count: number, make: (id: string, index: number) => PersonLedger): readonly PersonLedger[] =>
  Array.from({ length: count }, (_, index) => make(`p${String(index).padStart(3, "0")}`, index));
const at = (id: string, stage: Stage, instant: string, reason = ""): ReturnType<typeof stages> =>
  stages(id, [[stage, instant]], { reason });

test("nobody, or nothing that stands out, is no finding", () => {
  expect(facts([])).toEqual([]);
  expect(facts([person("a", { stages: at("a", "mql", "2026-01-20T00:00:00.000Z") })])).toEqual([]);
});

test("handoffs without a task in Salesforce and without an answer are told first", () => {
  const rows = [
    person("a", { handoffs: [handoff("a")], stages: at("a", "mql", "2025-06-01T00:00:00.000Z") }),
    person("b", { handoffs: [handoff("b", { outcome: "accepted", endedAt: IN_TIME, reactedAt: IN_TIME })] }),
  ];
  expect(facts(rows)[0]).toBe("1 handoff has no task in Salesforce, and no answer.");
  expect(behind(rows)).toEqual(["a"]);
});

test("handoffs that ended without a task and without an answer are told apart from those that are open", () => {
  const rows = [
    person("a", { handoffs: [handoff("a", { outcome: "late", endedAt: TOO_LATE })] }),
    person("b", {
      handoffs: [handoff("b", { outcome: "late", endedAt: TOO_LATE })],
      tasks: [task("b", "b:1", { purpose: "mql", deliveredAt: IN_TIME, dueOn: "2026-03-01" })],
    }),
  ];
  expect(facts(rows)).toEqual(["1 handoff ended without an answer, and no task had come to Salesforce."]);
  expect(behind(rows)).toEqual(["a"]);
});

test("MQLs that have waited for more than 90 days are told, and younger ones are not", () => {
  const rows = [
    person("a", { stages: at("a", "mql", "2025-10-01T00:00:00.000Z") }),
    person("b", { stages: at("b", "mql", "2025-10-02T00:00:00.000Z") }),
    person("c", { stages: at("c", "mql", "2025-11-10T00:00:00.000Z") }),
  ];
  expect(facts(rows)).toEqual(["2 MQLs have waited for more than 90 days."]);
  expect(behind(rows)).toEqual(["a", "b"]);
});

/** `late` of `count` handoffs of the owner were answered too late. */
function answered(owner: string, count: number, late: number): readonly PersonLedger[] {
  return many(count, (id, index) => {
    const endedAt = index < late ? TOO_LATE : IN_TIME;
    const given = handoff(owner + id, { ownerEmail: owner, outcome: "accepted", endedAt, reactedAt: endedAt });
    return person(owner + id, { handoffs: [given] });
  });
}

test("an SLA that is kept too seldom is told with the owner who keeps it less often than chance explains, and without one where all are alike", () => {
  expect(facts([...answered("ann@x.com", 40, 2), ...answered("bob@x.com", 20, 15)])).toEqual([
    "The SLA was kept for 43 of 60 handoffs (72\u00a0%). bob@x.com answered 5 of 20 (25\u00a0%).",
  ]);
  expect(facts([...answered("ann@x.com", 20, 8), ...answered("bob@x.com", 20, 8)])).toEqual([
    "The SLA was kept for 24 of 40 handoffs (60\u00a0%).",
  ]);
  expect(facts(answered("ann@x.com", 40, 2))).toEqual([]);
  expect(facts(answered("ann@x.com", 9, 9))).toEqual([]);
});

test("tasks past their day are told", () => {
  const rows = many(2, (id) => person(id, { tasks: [task(id, `${id}:1`, { dueOn: "2026-01-10" })] }));
  expect(facts(rows)).toEqual(["2 tasks are past their day and not done."]);
});

test("the reason for which sales turns back most is told, where there is one that stands out", () => {
  const back = (reasonOf: (index: number) => string): readonly PersonLedger[] =>
    many(12, (id, index) =>
      person(id, {
        stages: [
          ...at(id, "mql", "2026-01-06T00:00:00.000Z"),
          ...at(id, "disqualified", "2026-01-08T00:00:00.000Z", reasonOf(index)),
        ],
      }),
    );
  const rows = back((index) => (index < 7 ? "No budget" : "Competitor"));
  expect(facts(rows)).toEqual(["Sales turned back 12 leads, most often for \u201cNo budget\u201d (7)."]);
  expect(behind(rows)).toHaveLength(7);
  expect(facts(back(String))).toEqual([]);
  expect(facts(back(() => ""))).toEqual([]);
});

/** MQLs whose scores are spread evenly, of whom some were won and the others lost. */
function scored(isWon: (index: number) => boolean): readonly PersonLedger[] {
  return many(200, (id, index) =>
    person(id, {
      stages: stages(id, [["mql", "2026-01-06T00:00:00.000Z"]], { score: index / 2 }),
      outcomes: [deal(id, { opportunityId: `006${id}`, won: isWon(index) })],
    }),
  );
}

test("a score that does not part the won from the others is told, and one that does is not", () => {
  expect(facts(scored((index) => index % 5 === 0))[0]).toMatch(/^The score hardly tells who will buy/);
  expect(facts(scored((index) => index > 140))).toEqual([]);
});

test("the largest source that wins less often than chance explains is told", () => {
  const rows = many(80, (id, index) => {
    const source = index < 40 ? "fair" : "referral";
    return person(id, {
      link: { facts: { source, first_contact: "2026-01-05" } },
      stages: at(id, "mql", "2026-01-06T00:00:00.000Z"),
      outcomes: source === "referral" && index % 2 === 0 ? [deal(id, { opportunityId: `006${id}` })] : [],
    });
  });
  expect(facts(rows)).toEqual(["Of the MQLs from fair, 0 of 40 (0\u00a0%) were won; of all, 20 of 80 (25\u00a0%)."]);
});

test("people with two candidates are told, and never are there more than five findings", () => {
  const undecided = person("u", { link: { state: "ambiguous" } });
  expect(facts([undecided])).toEqual(["1 person has two candidates on the other side."]);
  const all = [
    undecided,
    person("t", { handoffs: [handoff("t")] }),
    person("f", { stages: at("f", "mql", "2025-06-01T00:00:00.000Z") }),
    person("o", { tasks: [task("o", "o:1", { dueOn: "2026-01-10" })] }),
    ...answered("bob@x.com", 20, 15),
    ...scored((index) => index % 5 === 0),
  ];
  expect(facts(all)).toHaveLength(5);
  expect(facts(all)[0]).toMatch(/no task in Salesforce/);
});
