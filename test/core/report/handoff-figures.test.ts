/** Handoffs: how the promise to answer them was kept, and by whom. */
import { describe, expect, test } from "vitest";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import { closedLoop } from "../../../src/core/report/closed-loop.ts";
import type { ClosedLoop, ReportWindow } from "../../../src/core/report/report-figures.ts";
import { handoff, NAMES, person, SETTINGS, stages, task } from "./ledger-rows.ts";

const WINDOW: ReportWindow = { asOf: "2026-02-01T00:00:00.000Z", from: null, to: null };
const report = (rows: readonly PersonLedger[], window: Partial<ReportWindow> = {}): ClosedLoop =>
  closedLoop(rows, SETTINGS, NAMES, { ...WINDOW, ...window });

test("a handoff is accepted, rejected, late or open, and the answer's delay is measured", () => {
  const row = person("a", {
    handoffs: [
      handoff("a", { outcome: "accepted", endedAt: "2026-01-02T06:00:00.000Z" }),
      handoff("a", { epoch: 2, outcome: "accepted", endedAt: "2026-01-04T00:00:00.000Z" }),
      handoff("a", { epoch: 3, outcome: "rejected", endedAt: "2026-01-02T12:00:00.000Z", ownerEmail: "bob@x.com" }),
      handoff("a", { epoch: 4 }),
    ],
  });
  const numbers = report([row]);
  expect(numbers.handoffs).toMatchObject({
    given: 4,
    accepted: 2,
    rejected: 1,
    late: 0,
    open: 1,
    openPastDeadline: 1,
    medianHoursToAnswer: 12,
  });
  expect(numbers.handoffsByOwner.map((owner) => [owner.owner, owner.given])).toEqual([
    ["ann@x.com", 3],
    ["bob@x.com", 1],
  ]);
});

/** Given on the 2nd, due on the 3rd. */
const EARLY = "2026-01-02T12:00:00.000Z";
const LATE = "2026-01-04T00:00:00.000Z";

describe("the SLA", () => {
  test.each([
    ["accepted in time", { outcome: "accepted", endedAt: EARLY }, {}, [1, 1]],
    ["rejected in time, which is an answer too", { outcome: "rejected", endedAt: EARLY }, {}, [1, 1]],
    ["accepted too late", { outcome: "accepted", endedAt: LATE }, {}, [0, 1]],
    ["rejected too late", { outcome: "rejected", endedAt: LATE }, {}, [0, 1]],
    ["never answered", { outcome: "late", endedAt: LATE }, {}, [0, 1]],
    ["open past its deadline", {}, {}, [0, 1]],
    ["open, with time left", {}, { asOf: EARLY }, [0, 0]],
    [
      "answered after the report, with time left at its moment",
      { outcome: "accepted", endedAt: LATE },
      { asOf: EARLY },
      [0, 0],
    ],
    ["withdrawn in time", { outcome: "withdrawn", endedAt: EARLY }, {}, [0, 0]],
    ["withdrawn past its deadline", { outcome: "withdrawn", endedAt: LATE }, {}, [0, 0]],
  ] as const)("of one that was %s", (_name, changes, window, [kept, due]) => {
    const { answeredInTime } = report([person("a", { handoffs: [handoff("a", changes)] })], window).handoffs;
    expect([answeredInTime.count, answeredInTime.of]).toEqual([kept, due]);
  });

  test("is told with its interval, in all and by owner, and apart from the share that was accepted", () => {
    const ended = (id: string, changes: Parameters<typeof handoff>[1]): PersonLedger =>
      person(id, { handoffs: [handoff(id, changes)] });
    const rows = [
      ended("a", { outcome: "accepted", endedAt: EARLY }),
      ended("b", { outcome: "rejected", endedAt: EARLY }),
      ended("c", { outcome: "rejected", endedAt: LATE }),
      ended("d", { outcome: "late", endedAt: LATE }),
      ended("e", { outcome: "accepted", endedAt: EARLY, ownerEmail: "bob@x.com" }),
      ended("f", { ownerEmail: "bob@x.com", deadline: "2026-03-01T00:00:00.000Z" }),
      ended("g", { outcome: "withdrawn", endedAt: LATE, ownerEmail: "bob@x.com" }),
    ];
    const { handoffs, handoffsByOwner, drill } = report(rows);
    // Wilson's interval of 3 of 5, and of 2 of 5, by hand.
    expect(handoffs.answeredInTime).toEqual({ of: 5, count: 3, percent: 60, low: 23.07, high: 88.24 });
    expect(handoffs.acceptedRate).toEqual({ of: 5, count: 2, percent: 40, low: 11.76, high: 76.93 });
    expect(
      handoffsByOwner.map((row) => [row.owner, row.given, row.answeredInTime.count, row.answeredInTime.of]),
    ).toEqual([
      ["ann@x.com", 4, 2, 4],
      ["bob@x.com", 3, 1, 1],
    ]);
    expect(drill?.["handoffs"]?.["owner ann@x.com"]?.["answeredInTime"]).toEqual(["a", "b"]);
    expect(drill?.["handoffs"]?.["all"]?.["due"]).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("is broken by the owner whom it was taken from, and nobody else answers for that", () => {
    const row = person("a", {
      handoffs: [
        handoff("a", {
          ownerEmail: "bob@x.com",
          deadline: "2026-01-05T00:00:00.000Z",
          outcome: "accepted",
          endedAt: LATE,
          reactedAt: LATE,
        }),
      ],
      reassigned: new Map([[1, "2026-01-03T02:00:00.000Z"]]),
    });
    const { handoffs, handoffsByOwner, service } = report([row]);
    expect([handoffs.answeredInTime.count, handoffs.answeredInTime.of, service.breached]).toEqual([0, 1, 1]);
    expect(
      handoffsByOwner.map(({ owner, given, accepted, answeredInTime }) => [owner, given, accepted, answeredInTime.of]),
    ).toEqual([
      ["(taken from its owner)", 0, 0, 1],
      ["bob@x.com", 1, 1, 0],
    ]);
    expect(service.byOwner.map(({ owner, breached }) => [owner, breached])).toEqual([["(taken from its owner)", 1]]);
  });
});

test("a withdrawn handoff is no breach, and waits for no task", () => {
  const rows = [
    person("gone", { handoffs: [handoff("gone", { outcome: "withdrawn", endedAt: LATE })] }),
    person("silent", { handoffs: [handoff("silent")] }),
  ];
  const { service, drill } = report(rows);
  expect(service.breached).toBe(1);
  expect(drill?.["serviceBreaches"]?.["all"]?.["breached"]).toEqual(["silent"]);
  expect(drill?.["serviceClocks"]?.["notification"]?.["running"]).toEqual(["silent"]);
  // Before it was withdrawn it was one.
  expect(report(rows, { asOf: "2026-01-03T12:00:00.000Z" }).service.breached).toBe(2);
});

test("a handoff that ended without a task, and without an answer, is on its way no more", () => {
  const rows = [
    person("untold", { handoffs: [handoff("untold", { outcome: "late", endedAt: LATE })] }),
    person("waiting", { handoffs: [handoff("waiting")] }),
  ];
  const cells = report(rows).drill?.["serviceClocks"];
  expect(cells?.["notification"]).toEqual({ running: ["waiting"], never: ["untold"] });
  expect(cells?.["reaction"]).toEqual({ running: ["waiting"], never: ["untold"] });
  // Before it ended it was on its way.
  const before = report(rows, { asOf: EARLY }).drill?.["serviceClocks"];
  expect(before?.["notification"]).toEqual({ running: ["untold", "waiting"] });
});

test("the system's clocks and the owner's are apart: assignment, notification, reaction, breaches, another owner", () => {
  const mql = (id: string) => stages(id, [["mql", "2026-01-02T00:00:00.000Z"]]);
  const at = "2026-01-02T01:00:00.000Z";
  const arrived = { purpose: "mql", deliveredAt: "2026-01-02T03:00:00.000Z" };
  const rows = [
    person("quick", {
      stages: mql("quick"),
      handoffs: [handoff("quick", { at, reactedAt: "2026-01-02T07:00:00.000Z" })],
      tasks: [task("quick", "q", arrived)],
    }),
    person("slow", {
      stages: mql("slow"),
      handoffs: [handoff("slow", { at, reactedAt: "2026-01-03T03:00:00.000Z" })],
      tasks: [task("slow", "s", arrived)],
      reassigned: new Map([[1, "2026-01-03T02:00:00.000Z"]]),
    }),
    person("silent", { stages: mql("silent"), handoffs: [handoff("silent", { at, afterHours: true })] }),
  ];
  const { service, drill } = report(rows);
  expect(service).toEqual({
    clocks: [
      { clock: "assignment", stopped: 3, running: 0, never: 0, medianHours: 1, p90Hours: 1 },
      { clock: "notification", stopped: 2, running: 1, never: 0, medianHours: 2, p90Hours: 2 },
      { clock: "reaction", stopped: 2, running: 1, never: 0, medianHours: 14, p90Hours: 22 },
    ],
    breached: 2,
    reassigned: 1,
    afterHours: 1,
    byOwner: [
      {
        owner: "(taken from its owner)",
        breached: 1,
        reassigned: 1,
        afterHours: 0,
        reacted: 1,
        medianHours: 24,
        p90Hours: 24,
      },
      { owner: "ann@x.com", breached: 1, reassigned: 0, afterHours: 1, reacted: 1, medianHours: 4, p90Hours: 4 },
    ],
  });
  expect(drill?.["serviceBreaches"]?.["all"]).toEqual({
    breached: ["silent", "slow"],
    reassigned: ["slow"],
    afterHours: ["silent"],
    reacted: ["quick", "slow"],
  });
  // As of an hour before it went to another owner.
  expect(report(rows, { asOf: "2026-01-03T01:00:00.000Z" }).service.reassigned).toBe(0);
});

test("a handoff whose owner gave a sign is touched, and an answer by the deadline is a sign", () => {
  const rows = [
    person("started", { handoffs: [handoff("started", { reactedAt: EARLY })] }),
    // Answered before LeadLoop kept first signs.
    person("answered", { handoffs: [handoff("answered", { outcome: "accepted", endedAt: EARLY })] }),
    person("silent", { handoffs: [handoff("silent")] }),
  ];
  const { followUp, service, drill } = report(rows);
  expect(followUp).toMatchObject({ given: 3, touched: 2, neverTouched: 1 });
  expect(service.breached).toBe(1);
  expect(drill?.["serviceBreaches"]?.["all"]).toEqual({ breached: ["silent"], reacted: ["answered", "started"] });
});

test("what sales made of handoffs is told of all that were given, also of people who became others since", () => {
  const gone = person("gone", {
    link: { state: "superseded" },
    handoffs: [handoff("gone", { outcome: "rejected", endedAt: EARLY })],
  });
  const { handoffs, rulesOverall } = report([gone]);
  expect([handoffs.given, handoffs.rejected]).toEqual([1, 1]);
  expect(rulesOverall).toMatchObject({ handoffs: 1, rejected: 1 });
});
