/** Over any story of a person, a cycle has one handoff and one task at most. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { HandoffEntry, TaskEntry } from "../../../src/core/model/ledger.ts";
import { type HandoffPlan, planHandoff } from "../../../src/core/rules/plan-handoff.ts";
import { cases } from "../../support/law-cases.ts";
import { owner, rulebook, score } from "./rule-subjects.ts";
import { STRICT, story, World } from "./stage-world.ts";

/** The ledger of one person: what was handed over, and the tasks for it. */
class Ledger {
  readonly handoffs = new Map<number, HandoffEntry>();
  readonly tasks = new Map<string, TaskEntry>();

  plan(world: World, seen: number): HandoffPlan | null {
    if (world.state === null) return null;
    return planHandoff({
      link: "link-1",
      name: "Ada",
      facts: world.facts,
      score: score(world.total),
      stage: world.state,
      entered: world.events.slice(seen).map((event, index) => ({ ...event, link: "link-1", sequence: seen + index })),
      handoffs: [...this.handoffs.values()],
      tasks: [...this.tasks.values()],
      rulebook: rulebook(),
      owners: [owner("anna")],
      currentOwnerEmail: null,
      given: new Map(),
      now: world.now,
    });
  }

  /** Keeps what was planned; a second one for a cycle or a cause is what must not be. */
  keep({ handoff, task, ended }: HandoffPlan): void {
    for (const end of ended) this.handoffs.set(end.epoch, end);
    if (handoff !== null) {
      expect(this.handoffs.has(handoff.epoch)).toBe(false);
      this.handoffs.set(handoff.epoch, handoff);
    }
    if (task === null) return;
    expect(this.tasks.has(task.cause)).toBe(false);
    this.tasks.set(task.cause, task);
  }
}

test("each cycle has at most one handoff and one task, and no handoff stays open in a past cycle", () => {
  fc.assert(
    fc.property(story, (steps) => {
      const world = new World(STRICT);
      const ledger = new Ledger();
      for (const { does } of [...steps, { does: (end: World) => void end.run() }]) {
        const seen = world.events.length;
        world.hours += 1;
        does(world);
        const plan = ledger.plan(world, seen);
        if (plan !== null) ledger.keep(plan);
      }
      for (const handoff of ledger.handoffs.values()) {
        if (handoff.epoch < (world.state?.epoch ?? 0)) expect(["accepted", "rejected"]).toContain(handoff.outcome);
      }
    }),
    { numRuns: cases(1500) },
  );
});
