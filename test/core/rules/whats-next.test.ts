/** What will happen to a person if nobody does anything, told as it then happens. */
import { describe, expect, test } from "vitest";
import { type NextThing, whatsNext } from "../../../src/core/rules/whats-next.ts";
import { berlin, FollowUpWorld, MONDAY_9, NURTURE, type WorldOptions } from "./follow-up-world.ts";
import { score, state, stops } from "./rule-subjects.ts";

function next(world: FollowUpWorld, now: string): readonly NextThing[] {
  return whatsNext({ ...world.input(now), score: { ...score(70), nextChangeAt: null } });
}

function nurtured(options: WorldOptions = {}): FollowUpWorld {
  return new FollowUpWorld({ cadences: [NURTURE], facts: { converted_at: MONDAY_9 }, ...options });
}

describe("what is next", () => {
  test("for a handoff is its deadline, the next step of its ladder, and the task; step by step as they are taken", () => {
    const world = new FollowUpWorld();
    world.handOver(MONDAY_9);
    expect(next(world, MONDAY_9)).toMatchObject([
      { kind: "clock", what: "anna@example.com: accept or reject until then" },
      { at: berlin(5, 13), kind: "ladder", what: "the owner is reminded" },
      { kind: "task", what: "task of anna@example.com: Call Ada" },
    ]);
    const told: string[] = [];
    for (let now: string | null = MONDAY_9; now !== null; now = world.step(now).dueAt) {
      for (const { at, kind, what } of next(world, now)) if (kind === "ladder") told.push(`${at} ${what}`);
    }
    const steps = ["reminded", "told", "somebody else", "one last e-mail", "goes back"];
    expect(steps.filter((word) => !told.some((line) => line.includes(word)))).toEqual([]);
  });

  test("for a handoff whose task has not arrived yet waits for that, without a date", () => {
    const world = new FollowUpWorld();
    world.handOver(MONDAY_9);
    world.tasks = world.tasks.map((task) => ({ ...task, state: "sent" as const }));
    expect(next(world, MONDAY_9).at(-1)).toMatchObject({
      at: null,
      what: expect.stringContaining("waits until the task"),
    });
  });

  test("a task past its day is overdue", () => {
    const world = new FollowUpWorld();
    world.handOver(MONDAY_9);
    const told = (now: string) =>
      next(world, now)
        .filter(({ kind }) => kind === "task")
        .map(({ what }) => what);
    expect([told(MONDAY_9), told(berlin(9, 9))]).toEqual([
      ["task of anna@example.com: Call Ada"],
      ["overdue task of anna@example.com: Call Ada"],
    ]);
  });

  test("of a cadence is its next step with its day, and that it would be left out, if so", () => {
    const world = nurtured({ suppression: [stops("bounced", "email")] });
    world.step(MONDAY_9);
    const at = "2026-10-08T07:00:00.000Z";
    expect(next(world, MONDAY_9)).toEqual([{ at, kind: "cadence", what: "Nurture: mail-1 (email), step 1 of 4" }]);
    world.facts = { ...world.facts, bounced: "true" };
    expect(next(world, MONDAY_9)[0]?.what).toBe(
      "Nurture: mail-1 (email), step 1 of 4, which would be left out: bounced",
    );
  });

  test("after bad timing is the task on the date they named, until it is there", () => {
    const world = new FollowUpWorld();
    world.handOver(MONDAY_9);
    world.recycle("Bad timing", berlin(6, 9), "rejected", "2026-11-09");
    world.step(berlin(6, 9));
    expect(next(world, berlin(6, 9))).toMatchObject([{ at: "2026-11-09T00:00:00.000Z", kind: "retry" }]);
    world.step("2026-11-09T00:00:00.000Z");
    expect(next(world, "2026-11-09T00:00:00.000Z").map(({ kind }) => kind)).toEqual(["task"]);
  });

  test("of somebody for whom nothing is planned is nothing, or the fading of the score", () => {
    const world = new FollowUpWorld({ stage: state("lead") });
    expect(next(world, MONDAY_9)).toEqual([]);
    const fading = { ...score(70), nextChangeAt: berlin(9, 9) };
    expect(whatsNext({ ...world.input(MONDAY_9), score: fading })).toMatchObject([{ at: berlin(9, 9), kind: "score" }]);
  });
});
