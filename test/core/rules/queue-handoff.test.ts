/** A lead that nobody could be given but a queue: no task before somebody takes it, and then one. */
import { describe, expect, test } from "vitest";
import type { HandoffEntry } from "../../../src/core/model/ledger.ts";
import { handoffCause } from "../../../src/core/rules/handoff-task.ts";
import { planFollowUps } from "../../../src/core/rules/plan-follow-ups.ts";
import type { HandoffInput, HandoffPlan } from "../../../src/core/rules/plan-handoff.ts";
import { FollowUpWorld, MONDAY_9 } from "./follow-up-world.ts";
import { planned } from "./handoff-subject.ts";
import { at, DAY_MS, entered, NOW, owner, rulebook, state } from "./rule-subjects.ts";

const QUEUE = owner("Lead Desk", { queue: true, email: "desk@example.com" });
const AWAY = owner("anna", { active: false });
const BEN = owner("ben");

const plan = (overrides: Partial<HandoffInput> = {}): HandoffPlan =>
  planned({ facts: {}, owners: [AWAY, QUEUE], ...overrides });

const inQueue: HandoffEntry = {
  link: "link-1",
  epoch: 1,
  ownerEmail: "Lead Desk",
  routedBy: "fallback",
  at: at(-DAY_MS),
  deadline: NOW,
  outcome: "open",
  endedAt: null,
  endedBy: null,
  reasons: [],
};
const later = { entered: [], owners: [AWAY, QUEUE, BEN], handoffs: [inQueue] };

describe("A queue", () => {
  test("gets the lead under its name, and no task", () => {
    const { handoff, task, newOwner, skips } = plan();
    expect(handoff).toMatchObject({ ownerEmail: "Lead Desk", routedBy: "fallback", outcome: "open" });
    expect({ task, newOwner }).toEqual({ task: null, newOwner: null });
    expect(skips[0]).toMatch(/^no task yet: in the queue Lead Desk, nobody has taken it/);
  });

  test.each([
    ["nobody", null],
    ["somebody whom Salesforce does not know", "stranger@example.com"],
  ])("keeps it while %s has taken it", (_, taker) => {
    expect(plan({ ...later, taker })).toMatchObject({ handoff: null, task: null, ended: [] });
  });

  test("from which a rep takes the lead: it is theirs, with one task and a clock of their own", () => {
    const { handoff, task } = plan({ ...later, taker: "ben@example.com" });
    expect(handoff).toMatchObject({ ownerEmail: "ben@example.com", at: inQueue.at, reactedAt: NOW, outcome: "open" });
    expect(handoff?.deadline).toBe("2026-10-06T12:00:00.000Z");
    expect(task).toMatchObject({ cause: handoffCause("link-1", 1), state: "due", ownerEmail: "ben@example.com" });
    const again = plan({ ...later, handoffs: handoff === null ? [] : [handoff], tasks: task === null ? [] : [task] });
    expect(again).toMatchObject({ handoff: null, task: null });
  });

  test("from which a rep took it and accepted at once: it ends as theirs, without a task", () => {
    const stage = state("sal", { since: NOW });
    const taken = plan({
      ...later,
      stage,
      entered: [entered("sal", { side: "salesforce" })],
      taker: "ben@example.com",
    });
    expect(taken.ended).toMatchObject([{ outcome: "accepted", ownerEmail: "ben@example.com" }]);
    expect(taken.task).toBeNull();
  });
});

describe("Where no queue can own the person", () => {
  const noQueue = "no queue can own a Contact in Salesforce";
  const withPerson = (fallbackPerson: string | null): HandoffInput["rulebook"] => {
    const rules = rulebook();
    return { ...rules, routing: { ...rules.routing, fallbackPerson } };
  };

  test("the fallback person gets the lead and its task", () => {
    const { handoff, task } = plan({ noQueue, owners: [AWAY, QUEUE, BEN], rulebook: withPerson("ben@example.com") });
    // Ben stands in the rule too, where he would be found first.
    expect(handoff?.ownerEmail).toBe("ben@example.com");
    expect(task?.ownerEmail).toBe("ben@example.com");
    const chief = plan({ noQueue, owners: [AWAY, QUEUE, owner("chief")], rulebook: withPerson("chief@example.com") });
    expect(chief.handoff).toMatchObject({ ownerEmail: "chief@example.com", routedBy: "fallback" });
    expect(chief.task?.reason).toContain("given to chief, because no queue can own a Contact");
  });

  test.each([[null], ["gone@example.com"]])(
    "and the fallback person is %s, nobody is given the lead, and that is said",
    (person) => {
      const { handoff, nobody } = plan({ noQueue, rulebook: withPerson(person) });
      expect(handoff).toBeNull();
      expect(nobody).toContain(
        "no queue can own a Contact in Salesforce, and fallback-person in routing.yml names no active user",
      );
    },
  );
});

describe("The ladder of a lead in a queue", () => {
  const desk = (owners = [QUEUE]): FollowUpWorld => {
    const world = new FollowUpWorld({ owners, ownerEmail: null });
    world.handOver(MONDAY_9);
    world.handoffs = world.handoffs.map((handoff) => ({ ...handoff, ownerEmail: "Lead Desk", routedBy: "fallback" }));
    world.tasks = [];
    return world;
  };

  test("tells the queue, then sends the lead back in its own words, and never makes a task", () => {
    const world = desk();
    world.playUntil(MONDAY_9, at(14 * DAY_MS, MONDAY_9));
    expect(world.notices.map(({ kind, text }) => `${kind}: ${text.split("\n")[0]}`)).toEqual([
      "queue-reminder: Nobody has taken this lead yet. Take it, and accept or reject by Mon 2026-10-05 09:00.",
      "sla-escalation: It is in the queue Lead Desk since 2026-10-05 07:00 UTC, and nobody has taken it.",
      "sla-recycle: Nobody took it out of the queue Lead Desk, and the time for it is over.",
    ]);
    expect(world.notices.map(({ ownerEmail }) => ownerEmail)).toEqual(Array(3).fill("desk@example.com"));
    expect(world.events.map(({ kind }) => kind)).toEqual(["remind", "escalate", "skipped", "last-touch", "recycle"]);
    expect(world.tasks).toEqual([]);
  });

  test("gives it to a rep who is there by then, with the task", () => {
    const world = desk([QUEUE, BEN]);
    world.playUntil(MONDAY_9, at(DAY_MS * 2, MONDAY_9));
    expect(world.handoffs[0]).toMatchObject({ ownerEmail: "ben@example.com" });
    expect(world.tasks).toMatchObject([{ cause: handoffCause("link-1", 1), ownerEmail: "ben@example.com" }]);
  });

  test("tells once that nobody can be given the lead", () => {
    const world = new FollowUpWorld({ owners: [QUEUE], ownerEmail: null });
    world.stage = state("mql", { since: MONDAY_9 });
    const input = { ...world.input(MONDAY_9), nobody: "no queue can own a Contact in Salesforce" };
    const { notices, events } = planFollowUps(input);
    expect(notices).toMatchObject([{ kind: "handoff-slow", title: "Nobody can be given Ada Lovelace" }]);
    expect(planFollowUps({ ...input, events }).notices).toEqual([]);
  });
});
