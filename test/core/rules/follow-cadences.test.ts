/** Cadences as tables and stories on one person's clock: who joins, when the steps come, what ends it. */
import { describe, expect, test } from "vitest";
import { berlin, FollowUpWorld, MONDAY_9, NURTURE, words } from "./follow-up-world.ts";
import { entered, owner, state, stops } from "./rule-subjects.ts";

describe("a cadence", () => {
  const converted = { converted_at: MONDAY_9 };
  const nurtured = (options: ConstructorParameters<typeof FollowUpWorld>[0] = {}) =>
    new FollowUpWorld({ facts: converted, cadences: [NURTURE], ...options });

  test("takes its steps at their times: e-mails as a property, the others as one task at a time", () => {
    const world = nurtured();
    const instants = world.playUntil(MONDAY_9, "2026-12-01T00:00:00.000Z");
    expect(instants).toEqual([
      MONDAY_9,
      berlin(8, 9),
      berlin(9, 9),
      "2026-10-26T07:00:00.000Z",
      "2026-11-02T08:00:00.000Z",
    ]);
    expect(world.events.map(({ kind, text }) => [kind, text])).toEqual([
      ["email", "nurture/mail-1"],
      ["task", "Call Ada Lovelace"],
      ["task", "Post Ada Lovelace"],
      ["task", "Call Ada Lovelace again"],
      ["finished", "nurture came to its end"],
    ]);
    expect(world.plans[1]?.emailStep).toBe("nurture/mail-1");
    expect(world.plans.at(-1)?.emailStep).toBeNull();
    expect(world.openTasks.map(({ subject }) => subject)).toEqual(["Call Ada Lovelace again"]);
    expect(world.tasks.filter(({ closedByUs }) => closedByUs)).toHaveLength(2);
    expect(world.runs).toMatchObject([{ state: "finished", taken: 4 }]);
  });

  const EXITS: readonly (readonly [string, (world: FollowUpWorld) => void, string])[] = [
    [
      "moves forward",
      (world) => {
        world.stage = state("mql", { since: berlin(10, 9) });
      },
      "moved on, now mql",
    ],
    [
      "replies",
      (world) => {
        world.facts = { ...world.facts, replied_at: berlin(10, 9) };
      },
      "replied",
    ],
    [
      "opts out",
      (world) => {
        world.facts = { ...world.facts, opted_out: "true" };
      },
      "opted out",
    ],
  ];
  test.each(EXITS)("a person who %s jumps out, and the open task is closed with a note", (_, happen, because) => {
    const world = nurtured();
    world.playUntil(MONDAY_9, berlin(9, 9));
    happen(world);
    const plan = world.step(berlin(10, 10));
    expect(plan.runs).toMatchObject([{ state: "left", because, endedAt: berlin(10, 10) }]);
    expect(plan.tasks).toMatchObject([{ change: { close: { note: `nurture was left: ${because}` } } }]);
    expect(plan.emailStep).toBeNull();
    expect(plan.dueAt).toBeNull();
    expect(world.openTasks).toEqual([]);
  });

  test.each(EXITS)("its last task, open after its end, is closed too when the person %s", (_, happen, because) => {
    const world = nurtured();
    const end = "2026-11-02T08:00:00.000Z";
    world.playUntil(MONDAY_9, end);
    expect(world.runs).toMatchObject([{ state: "finished" }]);
    expect(world.step("2026-11-02T09:00:00.000Z").tasks).toEqual([]);
    happen(world);
    const plan = world.step("2026-11-03T09:00:00.000Z");
    expect(plan.tasks).toMatchObject([{ change: { close: { note: `nurture is over: ${because}` } } }]);
    expect(plan).toMatchObject({ runs: [], events: [], dueAt: null });
    expect(world.step("2026-11-03T10:00:00.000Z").tasks).toEqual([]);
  });

  test("begun anew by a later anchor, its first task takes the place of the last one of before", () => {
    const world = nurtured();
    world.playUntil(MONDAY_9, "2026-11-02T08:00:00.000Z");
    world.facts = { ...world.facts, converted_at: "2026-11-03T08:00:00.000Z" };
    world.playUntil("2026-11-03T08:00:00.000Z", "2026-11-08T08:00:00.000Z");
    expect(world.openTasks.map(({ subject }) => subject)).toEqual(["Call Ada Lovelace"]);
    expect(world.runs).toMatchObject([{ state: "finished" }, { state: "running" }]);
  });

  test("is not joined twice for one anchor, and again for a later one", () => {
    const world = nurtured();
    world.playUntil(MONDAY_9, berlin(9, 9));
    world.facts = { ...world.facts, replied_at: berlin(10, 9) };
    world.step(berlin(10, 10));
    expect(world.step(berlin(11, 10)).runs).toEqual([]);
    world.facts = { ...world.facts, converted_at: berlin(12, 9) };
    expect(world.step(berlin(12, 10)).runs).toMatchObject([{ state: "running", anchorAt: berlin(12, 9) }]);
  });

  test.each([
    ["an anchor of long ago is history", { converted_at: "2026-09-01T08:00:00.000Z" }],
    ["an anchor in the future is none", { converted_at: "2026-12-01T08:00:00.000Z" }],
    ["an anchor that is no date is none", { converted_at: "soon" }],
    ["whoever has opted out does not join", { converted_at: MONDAY_9, opted_out: "true" }],
  ])("%s", (_, facts) => {
    expect(nurtured({ facts }).step(berlin(5, 12))).toMatchObject({ runs: [], events: [], dueAt: null });
  });

  test("a step by a channel that is suppressed, or for which nobody is there, is left out and says why", () => {
    const suppressed = nurtured({
      facts: { ...converted, dnc: "true" },
      suppression: [stops("dnc", "call")],
    });
    suppressed.playUntil(MONDAY_9, berlin(9, 9));
    expect(suppressed.events.at(-1)).toMatchObject({
      kind: "skipped",
      text: "call call-1 left out: dnc",
    });
    const stranger = nurtured({ inSalesforce: false });
    stranger.playUntil(MONDAY_9, berlin(9, 9));
    expect(stranger.events.at(-1)?.text).toContain("not in Salesforce");
    expect(stranger.tasks).toEqual([]);
    const orphan = nurtured({ ownerEmail: null });
    orphan.playUntil(MONDAY_9, berlin(9, 9));
    expect(orphan.tasks).toMatchObject([{ ownerEmail: "ben@example.com" }]);
  });

  test.each([
    ["a queue, which can have no task", { cadences: [{ ...NURTURE, owner: "Lead Desk" }], ownerEmail: null }],
    ["somebody who has left", { ownerEmail: "gone@example.com" }],
  ])("a step whose owner is %s is left out, unless routing names who stands in", (_, options) => {
    const owners = [owner("ben"), owner("Lead Desk", { queue: true, email: null })];
    const nobody = nurtured({ ...options, owners });
    nobody.playUntil(MONDAY_9, berlin(9, 9));
    expect(nobody.tasks).toEqual([]);
    expect(nobody.events.at(-1)).toMatchObject({
      kind: "skipped",
      text: expect.stringMatching(
        /^call call-1 left out: .* is no active user, and routing\.yml names none as fallback/,
      ),
    });
    const helped = nurtured({ ...options, owners, fallbackPerson: "ben@example.com" });
    helped.playUntil(MONDAY_9, berlin(9, 9));
    expect(helped.tasks).toMatchObject([{ ownerEmail: "ben@example.com" }]);
  });

  test("after a standstill the steps come a day apart, not all at once", () => {
    const world = nurtured();
    world.step(MONDAY_9);
    const late = "2026-11-10T09:00:00.000Z";
    const instants = world.playUntil(late, "2026-12-01T00:00:00.000Z");
    expect(instants.slice(0, 3)).toEqual([late, "2026-11-11T09:00:00.000Z", "2026-11-12T09:00:00.000Z"]);
    expect(world.events.filter(({ at }) => at === late)).toHaveLength(1);
  });

  test("two cadences with an e-mail at the same time ask for them a day apart, and HubSpot is shown both", () => {
    const mail = NURTURE.steps.slice(0, 1);
    const world = nurtured({
      cadences: [
        { ...NURTURE, name: "one", steps: mail },
        { ...NURTURE, name: "two", steps: mail },
      ],
    });
    expect(world.playUntil(MONDAY_9, "2026-12-01T00:00:00.000Z")).toEqual([
      MONDAY_9,
      berlin(8, 9),
      berlin(9, 9),
      berlin(10, 9),
    ]);
    expect(world.plans.map(({ emailStep }) => emailStep)).toEqual([undefined, "one/mail-1", "two/mail-1", null]);
    expect(world.runs).toMatchObject([{ state: "finished" }, { state: "finished" }]);
  });

  test("a task that a rep deleted is not made again, nor is one whose cause was there", () => {
    const world = nurtured();
    world.playUntil(MONDAY_9, berlin(9, 9));
    world.tasks = world.tasks.map((one) => ({ ...one, status: "Deleted", closedAt: berlin(9, 10) }));
    world.runs = world.runs.map((run) => ({ ...run, taken: 1 }));
    world.events = [];
    expect(world.step(berlin(9, 11)).tasks).toEqual([]);
  });

  test("an e-mail at the end is shown for a day like any other, and gone with somebody who leaves on that day", () => {
    const cadences = [{ ...NURTURE, steps: NURTURE.steps.slice(0, 1) }];
    const world = nurtured({ cadences });
    expect(world.playUntil(MONDAY_9, "2026-12-01T00:00:00.000Z")).toEqual([MONDAY_9, berlin(8, 9), berlin(9, 9)]);
    expect(world.plans.map(({ emailStep }) => emailStep)).toEqual([undefined, "nurture/mail-1", null]);
    expect(world.runs).toMatchObject([{ state: "finished", taken: 1, endedAt: berlin(9, 9) }]);
    const leaver = nurtured({ cadences });
    leaver.playUntil(MONDAY_9, berlin(8, 9));
    leaver.facts = { ...leaver.facts, opted_out: "true" };
    expect(leaver.step(berlin(8, 10))).toMatchObject({ emailStep: null, runs: [{ because: "opted out" }] });
  });

  test("one that follows another begins at its end, by months that may be shorter", () => {
    const first = { ...NURTURE, steps: NURTURE.steps.slice(0, 1), next: "long" };
    const long = {
      ...NURTURE,
      name: "long",
      anchor: { kind: "cadence" as const },
      steps: [
        {
          name: "later",
          delay: { from: "anchor" as const, unit: "months" as const, count: 4 },
          channel: "call" as const,
          subject: words("Call {name}"),
          text: null,
          priority: "Low",
        },
      ],
    };
    const world = nurtured({ facts: { converted_at: "2026-10-28T09:00:00.000Z" }, cadences: [first, long] });
    const instants = world.playUntil("2026-10-28T09:00:00.000Z", "2027-12-01T00:00:00.000Z");
    expect(instants).toEqual([
      "2026-10-28T09:00:00.000Z",
      "2026-10-31T09:00:00.000Z",
      "2026-11-01T09:00:00.000Z",
      "2027-02-28T09:00:00.000Z",
    ]);
    expect(world.runs).toMatchObject([
      { cadence: "nurture", state: "finished" },
      { cadence: "long", state: "finished" },
    ]);
  });

  test("the entry into a stage is an anchor too, of the present cycle only", () => {
    const onboarding = { ...NURTURE, anchor: { kind: "stage" as const, stage: "lead" as const } };
    const world = new FollowUpWorld({
      cadences: [onboarding],
      stage: state("lead", { epoch: 2 }),
      stages: [entered("lead", { epoch: 1, at: berlin(1, 9) }), entered("lead", { epoch: 2, at: MONDAY_9 })],
    });
    expect(world.step(berlin(6, 9)).runs).toMatchObject([{ anchorAt: MONDAY_9, epoch: 2 }]);
  });

  test("a cadence that was taken out of the file is left", () => {
    const world = nurtured();
    world.step(MONDAY_9);
    const bare = new FollowUpWorld({ facts: converted });
    bare.runs = world.runs;
    expect(bare.step(berlin(6, 9)).runs).toMatchObject([{ state: "left", because: "the cadence is no longer there" }]);
  });
});
