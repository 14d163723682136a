/** Handoffs: one owner, one task, one clock per cycle, and how each ends. */
import { describe, expect, test } from "vitest";
import type { HandoffEntry } from "../../../src/core/model/ledger.ts";
import type { HandoffInput } from "../../../src/core/rules/plan-handoff.ts";
import { open, planned } from "./handoff-subject.ts";
import { at, DAY_MS, entered, factsOf, NOW, owner, state } from "./rule-subjects.ts";

describe("A new MQL", () => {
  test("is handed to the next owner with a deadline in working hours", () => {
    const { handoff, routed, skips, ended } = planned();
    expect(handoff).toMatchObject({
      epoch: 1,
      ownerEmail: "anna@example.com",
      routedBy: "all",
      at: NOW,
      deadline: "2026-10-06T12:00:00.000Z",
      outcome: "open",
    });
    expect(handoff?.reasons).toHaveLength(3);
    expect({ routed, skips, ended }).toEqual({
      routed: { rule: "all", ownerEmail: "anna@example.com" },
      skips: [],
      ended: [],
    });
  });

  test.each([
    ["within the owner's hours", NOW, false],
    ["on a Saturday", "2026-10-03T10:00:00.000Z", true],
  ])("that comes %s is noted as such", (_, now, afterHours) => {
    expect(planned({ now }).handoff?.afterHours).toBe(afterHours);
  });

  test("gets one task with the reasons", () => {
    expect(planned().task).toMatchObject({
      cause: "mql:link-1:1",
      state: "due",
      subject: "New MQL: Ada Lovelace (Engines Ltd), score 72 A1",
      description:
        "Why: asked for a demo (+25); opened 3 e-mails (+9); is a director (+8)\nCompany: Engines Ltd\nAccept or reject by Tue 2026-10-06 14:00 (Europe/Berlin).",
      priority: "High",
      dueOn: "2026-10-06",
      ownerEmail: "anna@example.com",
    });
  });

  test("without a company, a score or a name gets a task without holes", () => {
    const { task } = planned({ name: "", facts: { email: "ada@example.com", company: null }, score: null });
    expect(task?.subject).toBe("New MQL: ada@example.com");
    expect(task?.description).toBe("Accept or reject by Tue 2026-10-06 14:00 (Europe/Berlin).");
    expect(planned({ name: "", facts: {}, score: null }).task?.subject).toBe("New lead");
  });

  test("with a very long name gets a subject that Salesforce takes", () => {
    const subject = planned({ name: "🙂".repeat(200) }).task?.subject ?? "";
    expect(subject.length).toBeLessThanOrEqual(255);
    expect(subject.isWellFormed()).toBe(true);
  });

  test("who may not be contacted is handed over with a suppressed task that says why", () => {
    const { task, handoff } = planned({ facts: factsOf("do_not_call") });
    expect(task).toMatchObject({ state: "suppressed", reason: "not made: this holds: do_not_call" });
    expect(handoff).not.toBeNull();
  });

  test.each([
    [
      "stays with an active owner, uncounted",
      "Ben@example.com",
      { ownerEmail: "ben@example.com", routedBy: "current owner" },
      null,
    ],
    [
      "is routed when the owner has left",
      "gone@example.com",
      { ownerEmail: "anna@example.com" },
      { rule: "all", ownerEmail: "anna@example.com" },
    ],
  ])("%s", (_, currentOwnerEmail, handoff, routed) => {
    expect(planned({ currentOwnerEmail })).toMatchObject({ handoff, routed });
  });

  test("goes to the queue when no owner is active", () => {
    const { handoff, routed } = planned({
      owners: [owner("anna", { active: false }), owner("Lead Desk", { queue: true, email: null })],
    });
    expect(handoff).toMatchObject({ ownerEmail: "Lead Desk", routedBy: "fallback" });
    expect(routed).toBeNull();
  });

  test("for whom nobody is there waits, says so, and is found again by a later run", () => {
    const none = planned({ owners: [] });
    expect(none).toMatchObject({ handoff: null, task: null });
    expect(none.skips[0]).toMatch(/^no handoff: .*Lead Desk/);
    expect(planned({ entered: [], now: at(DAY_MS) }).handoff).not.toBeNull();
  });

  test("in the next cycle gets a handoff of its own", () => {
    const { handoff, task } = planned({
      stage: state("mql", { epoch: 2, since: NOW }),
      entered: [entered("mql", { epoch: 2 })],
      handoffs: [open({ outcome: "rejected" })],
    });
    expect(handoff?.epoch).toBe(2);
    expect(task?.cause).toBe("mql:link-1:2");
  });

  test("that a rule lifted straight to SQL is handed over all the same, and stays open", () => {
    const stage = state("sql", { since: NOW });
    const both = planned({ stage, entered: [entered("mql"), entered("sql")] });
    expect(both.handoff).toMatchObject({ outcome: "open" });
    expect(planned({ stage, entered: [entered("sql")] }).task).not.toBeNull();
    expect(planned({ stage, entered: [], handoffs: [open({ at: NOW })] })).toMatchObject({ ended: [], handoff: null });
  });
});

describe("No handoff is made", () => {
  test.each<[string, Partial<HandoffInput>, RegExp | null]>([
    ["twice in a cycle", { handoffs: [open()] }, null],
    ["twice in a cycle, whatever became of the first", { handoffs: [open({ outcome: "accepted" })] }, null],
    ["for a lead", { stage: state("lead"), entered: [entered("lead")] }, null],
    [
      "for history",
      { stage: state("mql", { since: at(-8 * DAY_MS) }), entered: [entered("mql", { at: at(-8 * DAY_MS) })] },
      /MQL since 2026-09-27/,
    ],
    ["for history that was told before", { stage: state("mql", { since: at(-8 * DAY_MS) }), entered: [] }, null],
    [
      "when sales already works the person",
      { stage: state("sal"), entered: [entered("mql"), entered("sal", { side: "salesforce" })] },
      /already works/,
    ],
    ["when the rep says so", { facts: factsOf("accepted") }, /already works/],
    [
      "when the person was sent back in the same run",
      { stage: state("recycled", { epoch: 2 }), entered: [entered("mql"), entered("recycled", { epoch: 2 })] },
      null,
    ],
  ])("%s", (_, overrides, skip) => {
    const made = planned(overrides);
    expect(made).toMatchObject({ handoff: null, task: null });
    expect(made.skips).toHaveLength(skip === null ? 0 : 1);
    if (skip !== null) expect(made.skips[0]).toMatch(skip);
  });

  test("but one is, where the rep's acceptance is still that of the last cycle", () => {
    const stage = state("mql", { epoch: 2, since: NOW, recycledFor: "no answer\n\nsalWhen" });
    expect(
      planned({ stage, entered: [entered("mql", { epoch: 2 })], facts: factsOf("accepted") }).handoff,
    ).not.toBeNull();
  });

  test("and no second task for a cause that has one", () => {
    const { task } = planned();
    expect(planned({ tasks: task === null ? [] : [task] })).toMatchObject({ task: null, handoff: { epoch: 1 } });
  });
});

describe("An open handoff", () => {
  test.each<[string, Partial<HandoffInput>, Partial<HandoffEntry>]>([
    [
      "is accepted by the rep",
      { stage: state("sal", { since: NOW }), entered: [entered("sal", { side: "salesforce" })] },
      { outcome: "accepted", endedAt: NOW, endedBy: "salesforce" },
    ],
    [
      "is accepted at the earliest when it was made",
      { stage: state("opportunity"), entered: [entered("opportunity", { at: at(-9 * DAY_MS) })] },
      { outcome: "accepted", endedAt: at(-DAY_MS) },
    ],
    [
      "is accepted, seen from a later state",
      { stage: state("customer", { since: at(-1) }), entered: [] },
      { outcome: "accepted", endedAt: at(-1) },
    ],
    [
      "is accepted by the rep after a rule had gone further",
      { stage: state("sql", { since: at(-DAY_MS) }), entered: [], facts: factsOf("accepted") },
      { outcome: "accepted", endedAt: NOW },
    ],
    [
      "is rejected by a recycle",
      { stage: state("recycled", { epoch: 2 }), entered: [entered("recycled", { epoch: 2, side: "leadloop" })] },
      { outcome: "rejected", endedAt: NOW, endedBy: "leadloop" },
    ],
    [
      "is rejected, seen from a later cycle",
      { stage: state("disqualified", { epoch: 3, since: at(-5) }), entered: [] },
      { outcome: "rejected", endedAt: at(-5) },
    ],
    [
      "is accepted when it was lost only after",
      {
        stage: state("recycled", { epoch: 2 }),
        entered: [entered("sal", { side: "salesforce" }), entered("recycled", { epoch: 2 })],
      },
      { outcome: "accepted" },
    ],
  ])("%s", (_, overrides, end) => {
    expect(planned({ ...overrides, handoffs: [open()] }).ended).toMatchObject([{ epoch: 1, ...end }]);
  });

  test("stays open while nothing happens, and an ended one stays as it ended", () => {
    expect(planned({ handoffs: [open()] }).ended).toEqual([]);
    expect(
      planned({ stage: state("recycled", { epoch: 2 }), entered: [], handoffs: [open({ outcome: "accepted" })] }).ended,
    ).toEqual([]);
  });
});
