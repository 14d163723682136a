/** What rules look at: facts that stand in for mapped fields, and what a rep did with the task of the handoff. */
import { describe, expect, test } from "vitest";
import { gatherFacts, withDerived } from "../../../src/core/sync/gather-facts.ts";
import { FollowUpWorld, MONDAY_9 } from "../rules/follow-up-world.ts";

describe("a fact over a relation", () => {
  const sources = [{ name: "company", field: "Account.Name", type: "text" } as const];
  const record = (name: string | null) =>
    ({
      ref: { system: "salesforce", object: "Contact", id: "003" },
      fate: { kind: "live" },
      fields: { "Account.Name": name },
      createdAt: MONDAY_9,
      modifiedAt: MONDAY_9,
      version: MONDAY_9,
    }) as const;

  test.each([
    ["is read where the mapping does not have the field", {}, "Engines", "Engines"],
    ["gives way to the mapped field", { company: "Looms" }, "Engines", "Looms"],
    ["gives way to a mapped field that is blank", { company: null }, "Engines", undefined],
    ["that is blank is unknown", {}, null, undefined],
  ])("%s", (_, values, name, company) => {
    const known = { company: "Before" };
    expect(gatherFacts(known, values, [{ record: record(name), sources }])["company"]).toBe(company);
  });
});

describe("handoff_task", () => {
  const told = (changes: object): unknown => {
    const world = new FollowUpWorld();
    world.handOver(MONDAY_9);
    const tasks = world.tasks.map((task) => ({ ...task, status: "Completed", ...changes }));
    return withDerived({}, null, world.stage, tasks)["handoff_task"];
  };

  test.each([
    ["is the status of this cycle's task", {}, "Completed"],
    ["is not that of a cycle before", { epoch: 0 }, null],
    ["is not that of a task on its way", { state: "sent" }, null],
    ["is not that of a call of a cadence", { cause: "cadence:win-back:link-1:1:2026-10-05T07:00:call" }, null],
    ["is not that of an answer to an e-mail", { cause: "reply:link-1:2026-10-05" }, null],
  ])("%s", (_, changes, status) => {
    expect(told(changes)).toBe(status);
  });
});
