/** The ladder, the date that a buyer named and the care of tasks, as tables and stories on one person's clock. */
import { describe, expect, test } from "vitest";
import { planFollowUps } from "../../../src/core/rules/plan-follow-ups.ts";
import { berlin, FollowUpWorld, MONDAY_9, task } from "./follow-up-world.ts";
import { state, stops } from "./rule-subjects.ts";

describe("the ladder of a handoff that nobody reacts to", () => {
  test("remind, escalate, reassign, last touch, recycle: each once, in working hours, with everything told", () => {
    const world = new FollowUpWorld();
    world.handOver(MONDAY_9);
    // 9 to 17: 4 h on Monday 13:00, 8 h at 17:00, 12 h on Tuesday 13:00, 16 h at 17:00; after the reassignment by the new owner's clock.
    expect(world.playUntil(MONDAY_9, berlin(30, 0))).toEqual([
      MONDAY_9,
      berlin(5, 13),
      berlin(5, 17),
      berlin(6, 13),
      berlin(6, 17),
      berlin(7, 17),
    ]);
    expect(world.events.map(({ kind }) => kind)).toEqual(["remind", "escalate", "reassign", "last-touch", "recycle"]);
    expect(world.notices.map(({ kind, ownerEmail, managerEmail }) => [kind, ownerEmail, managerEmail])).toEqual([
      ["sla-reminder", "anna@example.com", "boss@example.com"],
      ["sla-escalation", "anna@example.com", "boss@example.com"],
      ["sla-reassignment", "ben@example.com", "boss@example.com"],
      ["sla-recycle", "ben@example.com", "boss@example.com"],
    ]);
    expect(world.plans[3]).toMatchObject({
      newOwner: "ben@example.com",
      routed: { rule: "all", ownerEmail: "ben@example.com" },
    });
    expect(world.plans[4]?.emailStep).toBe("handoff/last-touch");
    expect(world.plans[5]?.emailStep).toBeNull();
    expect(world.tasks).toHaveLength(1);
    expect(world.tasks[0]).toMatchObject({
      subject: "Overdue: Call Ada",
      ownerEmail: "ben@example.com",
      closedByUs: true,
    });
    expect(world.handoffs).toMatchObject([{ outcome: "late", ownerEmail: "ben@example.com" }]);
    expect(world.stage).toMatchObject({ stage: "recycled", epoch: 2, reason: "No reaction" });
  });

  test("a task that is still on its way to Salesforce stops the owner's clock", () => {
    const world = new FollowUpWorld();
    world.handOver(MONDAY_9);
    world.tasks = world.tasks.map((one) => ({ ...one, state: "sent" as const, salesforceId: null }));
    expect(planFollowUps(world.input(berlin(9, 12)))).toMatchObject({ tasks: [], handoffs: [], newOwner: null });
  });

  test("a task that is late in Salesforce is told once as ours to mend, and not while there is time", () => {
    const world = new FollowUpWorld({ handoff: { systemWithinMinutes: 30 } });
    world.handOver(MONDAY_9);
    world.tasks = world.tasks.map((one) => ({ ...one, state: "sent" as const, salesforceId: null }));
    const deadline = "2026-10-05T07:30:00.000Z";
    expect(planFollowUps(world.input(MONDAY_9))).toMatchObject({ events: [], notices: [], dueAt: deadline });
    expect(world.step(deadline)).toMatchObject({
      events: [{ kind: "slow", text: expect.stringContaining("is not in Salesforce yet. Agreed were 30 minutes.") }],
      notices: [{ kind: "handoff-slow", title: "Ada Lovelace reached sales late" }],
      dueAt: null,
    });
    expect(world.step("2026-10-05T07:40:00.000Z")).toMatchObject({ events: [], notices: [] });
  });

  test.each([
    ["2026-10-05T07:30:00.000Z", 0],
    ["2026-10-05T07:31:00.000Z", 1],
  ])("a task that reached Salesforce %s is told %d times", (deliveredAt, times) => {
    const world = new FollowUpWorld({ handoff: { systemWithinMinutes: 30, ladder: [] } });
    world.handOver(MONDAY_9);
    world.tasks = world.tasks.map((one) => ({ ...one, deliveredAt }));
    expect(world.step(berlin(5, 12)).notices).toHaveLength(times);
  });

  test("whoever has reacted is not overruled; silence after that still ends", () => {
    const world = new FollowUpWorld();
    world.handOver(MONDAY_9);
    world.step(berlin(5, 13));
    world.tasks = world.tasks.map((one) => ({ ...one, status: "In Progress", touchedAt: berlin(5, 15) }));
    world.playUntil(berlin(5, 17), berlin(30, 0));
    expect(world.events.map(({ kind }) => kind)).toEqual(["remind", "last-touch", "recycle"]);
    expect(world.handoffs).toMatchObject([
      { outcome: "late", reactedAt: berlin(5, 15), ownerEmail: "anna@example.com" },
    ]);
  });

  test("a machine that stood still makes up for it, but never touches and recycles in one breath", () => {
    const world = new FollowUpWorld();
    world.handOver(MONDAY_9);
    const plan = world.step(berlin(26, 10));
    expect(world.events.map(({ kind }) => kind)).toEqual(["remind", "escalate", "reassign", "last-touch"]);
    expect(plan.dueAt).toBe("2026-10-26T16:00:00.000Z");
    expect(world.silence("2026-10-26T15:59:59.000Z")).toBeNull();
    expect(world.silence("2026-10-26T16:00:00.000Z")).toBe("No reaction");
  });

  test("where there is nobody else, that is said, and the lead stays", () => {
    const world = new FollowUpWorld({ owners: [{ ...ownerOnly() }] });
    world.handOver(MONDAY_9);
    world.playUntil(MONDAY_9, berlin(6, 13));
    expect(world.events.at(-1)).toMatchObject({
      kind: "skipped",
      text: expect.stringContaining("nobody else to give it to"),
    });
    expect(world.handoffs[0]?.ownerEmail).toBe("anna@example.com");
  });

  test("somebody who must not get e-mail gets no last touch, and the reason stands there", () => {
    const world = new FollowUpWorld({
      facts: { opted_out: "true" },
      suppression: [stops("opted_out", "email")],
    });
    world.handOver(MONDAY_9);
    world.playUntil(MONDAY_9, berlin(6, 17));
    expect(world.events.at(-1)?.text).toBe("last touch left out: opted_out");
    expect(world.plans.at(-1)?.emailStep).toBeUndefined();
  });

  test("an e-mail step is taken back from somebody who must not get e-mail any more, and does not return", () => {
    const world = new FollowUpWorld({ suppression: [stops("bounced", "email")] });
    world.handOver(MONDAY_9);
    world.playUntil(MONDAY_9, berlin(6, 17));
    expect(world.plans.at(-1)?.emailStep).toBe("handoff/last-touch");
    world.facts = { bounced: "true" };
    expect(world.step(berlin(6, 18))).toMatchObject({
      emailStep: null,
      events: [{ kind: "skipped", text: "e-mail handoff/last-touch taken back: bounced" }],
    });
    world.facts = {};
    expect(world.step(berlin(6, 19))).toMatchObject({ emailStep: null, events: [] });
  });

  const ownerOnly = () => ({
    id: "005-anna",
    email: "anna@example.com",
    name: "anna",
    active: true,
    managerId: null,
    timeZone: "Europe/Berlin",
    queue: false,
  });
});

describe("the date that a buyer named", () => {
  test("becomes one task on that date, and none if the person has moved on by then", () => {
    const world = new FollowUpWorld();
    world.handOver(MONDAY_9);
    world.recycle("Bad timing", berlin(6, 10), "rejected", "2026-11-16");
    expect(world.step(berlin(6, 10)).dueAt).toBe("2026-11-16T00:00:00.000Z");
    const plan = world.step("2026-11-16T00:00:00.000Z");
    expect(plan.tasks).toMatchObject([
      { cause: "retry:link-1:2", subject: "Call Ada Lovelace back", description: "Bad timing", dueOn: "2026-11-16" },
    ]);
    expect(world.step("2026-11-17T00:00:00.000Z").tasks).toEqual([]);
    world.handOver("2026-11-18T09:00:00.000Z");
    expect(world.step("2026-11-18T09:00:00.000Z").tasks).toMatchObject([
      { change: { close: { note: "the person is mql now" } } },
    ]);
  });

  test("a date at the weekend is due on the next working day", () => {
    const world = new FollowUpWorld({ stage: state("recycled", { recycledFor: "Bad timing\n2026-11-14" }) });
    expect(world.step("2026-11-14T00:00:00.000Z").tasks).toMatchObject([{ dueOn: "2026-11-16" }]);
  });
});

describe("tasks that reps have before them", () => {
  const CLOSED: readonly (readonly [string, (world: FollowUpWorld) => void, string | null])[] = [
    [
      "contact logged since",
      (world) => {
        world.facts = { contacted_at: berlin(6, 11) };
      },
      "real contact was logged 2026-10-06",
    ],
    [
      "contact logged before",
      (world) => {
        world.facts = { contacted_at: berlin(1, 11) };
      },
      null,
    ],
    ["lead given back", (world) => world.recycle("No need", berlin(6, 11), "rejected"), "the lead was given back"],
    [
      "deal opened",
      (world) => {
        world.stage = state("opportunity", { since: berlin(6, 11) });
      },
      "the person is opportunity now",
    ],
    [
      "must not be called since",
      (world) => {
        world.facts = { do_not_call: "true" };
      },
      "no call any more: asked us not to",
    ],
    [
      "accepted, and still to be called",
      (world) => {
        world.stage = state("sal", { since: berlin(6, 11) });
      },
      null,
    ],
  ];
  test.each(CLOSED)("%s", (_, happen, note) => {
    const suppression = [{ ...stops("do_not_call", "call"), because: "asked us not to" }];
    const world = new FollowUpWorld({ handoff: { ladder: [] }, suppression });
    world.handOver(MONDAY_9);
    happen(world);
    const { tasks } = world.step(berlin(6, 12));
    expect(tasks.map(({ change }) => change?.close?.note)).toEqual(note === null ? [] : [note]);
    expect(world.step(berlin(6, 13)).tasks).toEqual([]);
  });

  test("say other reasons when others have become the strongest, and not for points that fade", () => {
    const world = new FollowUpWorld({ handoff: { ladder: [] } });
    world.handOver(MONDAY_9);
    expect(world.step(berlin(5, 12)).tasks).toEqual([]);
    world.handoffs = world.handoffs.map((one) => ({
      ...one,
      reasons: [{ rule: "fair", points: 9, text: "met at a fair" }],
    }));
    const { tasks, handoffs } = world.step(berlin(5, 13));
    expect(tasks).toMatchObject([{ change: { description: expect.stringContaining("asked for a demo") } }]);
    expect(handoffs).toMatchObject([{ reasons: [{ rule: "demo" }, { rule: "opens" }, { rule: "title" }] }]);
    expect(world.step(berlin(5, 14)).tasks).toEqual([]);
  });

  test("one that was never sent is given up instead of closed", () => {
    const world = new FollowUpWorld({ handoff: { ladder: [] } });
    world.handOver(MONDAY_9);
    world.tasks = [task({ cause: "mql:link-1:1", state: "due", salesforceId: null })];
    world.recycle("No need", berlin(5, 10), "rejected");
    expect(world.step(berlin(5, 10)).tasks).toMatchObject([{ state: "suppressed", reason: "the lead was given back" }]);
  });
});
