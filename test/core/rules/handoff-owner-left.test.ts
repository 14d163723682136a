/** Who gets a lead whose owner left before the task was in Salesforce. */
import { describe, expect, test } from "vitest";
import type { TaskEntry } from "../../../src/core/model/ledger.ts";
import type { HandoffInput, HandoffPlan } from "../../../src/core/rules/plan-handoff.ts";
import { open, planned } from "./handoff-subject.ts";
import { ALWAYS, entered, NOW, owner, rulebook, state } from "./rule-subjects.ts";

describe("An owner who left before the task was in Salesforce", () => {
  const owners = [owner("anna", { active: false }), owner("ben")];
  const routing = {
    ...rulebook().routing,
    rules: [
      {
        name: "all",
        when: ALWAYS,
        owners: [
          { email: "anna@example.com", weight: 1 },
          { email: "ben@example.com", weight: 1 },
        ],
      },
    ],
  };
  const task = (state: TaskEntry["state"]): TaskEntry => ({ ...(planned().task as TaskEntry), state, notBefore: NOW });
  const again = (overrides: Partial<HandoffInput> = {}): HandoffPlan =>
    planned({
      entered: [],
      owners,
      rulebook: rulebook({ routing }),
      handoffs: [open()],
      tasks: [task("due")],
      currentOwnerEmail: "anna@example.com",
      ...overrides,
    });

  test.each(["due", "sent"] as const)(
    "is replaced by the next in turn, with the same task (%s) and a clock from now",
    (state) => {
      const { handoff, task: rewritten, routed, ended, skips } = again({ tasks: [task(state)] });
      expect(handoff).toMatchObject({ epoch: 1, ownerEmail: "ben@example.com", outcome: "open", at: NOW });
      expect(handoff?.deadline).toBe(planned().handoff?.deadline);
      expect(rewritten).toMatchObject({ cause: "mql:link-1:1", state, ownerEmail: "ben@example.com", notBefore: NOW });
      expect(rewritten?.reason).toMatch(/^anna@example.com is no active user any more; .*rule "all" fits/);
      expect({ routed, ended, skips }).toEqual({
        routed: { rule: "all", ownerEmail: "ben@example.com" },
        ended: [],
        skips: [],
      });
    },
  );

  test("gives way to whom the person has been given by hand", () => {
    const given = again({ currentOwnerEmail: "carla@example.com", owners: [...owners, owner("carla")] });
    expect(given.handoff).toMatchObject({ ownerEmail: "carla@example.com", routedBy: "current owner" });
  });

  test("is replaced without a task where that was suppressed", () => {
    const { handoff, task: none } = again({ tasks: [task("suppressed")] });
    expect(handoff?.ownerEmail).toBe("ben@example.com");
    expect(none).toBeNull();
  });

  test("stays where nobody else is there, and it is said", () => {
    const { handoff, skips } = again({ owners: [owner("anna", { active: false })] });
    expect(handoff).toBeNull();
    expect(skips[0]).toMatch(/^still with its first owner: anna@example.com is no active user any more; .*Lead Desk/);
  });

  test.each<[string, Partial<HandoffInput>]>([
    ["is active", { owners: [owner("anna"), owner("ben")] }],
    ["has the task: then the ladder gives it to another", { tasks: [task("done")] }],
    ["has reacted", { handoffs: [open({ reactedAt: NOW })] }],
    ["has ended it", { entered: [], handoffs: [open({ outcome: "rejected" })] }],
    [
      "had somebody who was accepted just now",
      { entered: [entered("sal", { side: "salesforce" })], stage: state("sal", { since: NOW }) },
    ],
    ["had somebody who is out", { stage: state("disqualified", { since: NOW }) }],
  ])("is not replaced when he %s", (_, overrides) => {
    const { handoff, task: none } = again(overrides);
    expect({ handoff, none }).toEqual({ handoff: null, none: null });
  });
});
