/** What every state store must do with tasks, handoffs and stages: none is ever made twice or taken back. */
import { expect, test } from "vitest";
import { type TaskEntry, taskWriteKey } from "../../src/core/model/ledger.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import {
  handoffOf,
  leased,
  NO_DECISIONS,
  NO_OUTCOMES,
  outcomeOf,
  personLink,
  rejectOf,
  stageEventOf,
  T,
  taskFor,
} from "./state-samples.ts";

/** `fresh` gives an empty store; stores of one run share a database. */
export function stateTasksContract(fresh: () => StateStore): void {
  test("one cause makes one task, however often it is decided", async () => {
    const store = fresh();
    const lease = await leased(store);
    const decide = (subject: string) =>
      store.commitDecisions(lease, { ...NO_DECISIONS, tasks: [taskFor("a", { subject }), taskFor("a", { subject })] });
    await decide("first");
    await decide("second");
    expect((await store.tasksOf(["a", "b"])).map((task) => task.subject)).toEqual(["first"]);
  });

  test("a task that waits may go to another owner, and one that was sent may not", async () => {
    const store = fresh();
    const lease = await leased(store);
    const decide = (overrides: Partial<TaskEntry>) =>
      store.commitDecisions(lease, { ...NO_DECISIONS, tasks: [taskFor("a", overrides)] });
    await decide({ ownerEmail: "left@example.com" });
    await decide({ ownerEmail: "next@example.com", reason: "left" });
    await decide({ ownerEmail: "next@example.com", subject: "again" });
    expect(await store.tasksOf(["a"])).toEqual([taskFor("a", { ownerEmail: "next@example.com", reason: "left" })]);
    await store.saveTasks(lease, [taskFor("a", { state: "sent", ownerEmail: "next@example.com" })]);
    await decide({ ownerEmail: "third@example.com" });
    expect(await store.tasksOf(["a"])).toEqual([taskFor("a", { state: "sent", ownerEmail: "next@example.com" })]);
  });

  test("the refusal of a task is over once the task has arrived", async () => {
    const store = fresh();
    const lease = await leased(store);
    const refused = { ...rejectOf("a"), id: taskWriteKey(taskFor("a").cause) };
    await store.commitOutcomes(lease, { ...NO_OUTCOMES, tasks: [taskFor("a", { state: "sent" })], rejects: [refused] });
    expect(await store.rejects({ limit: 9 })).toHaveLength(1);
    await store.commitOutcomes(lease, {
      ...NO_OUTCOMES,
      tasks: [taskFor("a", { state: "done", salesforceId: "00T1" })],
    });
    expect(await store.rejects({ limit: 9 })).toEqual([]);
  });

  test("a task that is done never goes back, but what Salesforce says of it is kept", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.saveTasks(lease, [taskFor("a")]);
    const done = taskFor("a", { state: "done", salesforceId: "00T1" });
    await store.commitOutcomes(lease, { ...NO_OUTCOMES, tasks: [done] });
    await store.saveTasks(lease, [taskFor("a", { state: "sent" })]);
    await store.commitDecisions(lease, { ...NO_DECISIONS, tasks: [taskFor("a", { state: "suppressed" })] });
    expect(await store.tasksBySalesforceId(["00T1", "00T2"])).toEqual([done]);
    const closed = { ...done, status: "Completed", closedAt: T(500) };
    await store.saveTasks(lease, [closed]);
    expect(await store.tasksOf(["a"])).toEqual([closed]);
  });

  test("tasks are due when they may be sent, and again when no answer came in time", async () => {
    const store = fresh();
    const tasks = [
      taskFor("a"),
      taskFor("b", { notBefore: T(50), createdAt: T(1) }),
      taskFor("c", { state: "sent", notBefore: T(40), createdAt: T(2) }),
      taskFor("d", { state: "done" }),
      taskFor("e", { state: "suppressed" }),
    ];
    await store.saveTasks(await leased(store), tasks);
    const dueAt = async (now: string) => (await store.tasksDue(now, 9)).map((task) => task.link);
    expect([await dueAt(T()), await dueAt(T(40)), await dueAt(T(50))]).toEqual([["a"], ["a", "c"], ["a", "b", "c"]]);
  });

  test("a handoff is made once per cycle, ends once, and is not opened again unless it was withdrawn", async () => {
    const store = fresh();
    const lease = await leased(store);
    await store.commitDecisions(lease, {
      ...NO_DECISIONS,
      handoffs: [handoffOf("a"), handoffOf("b", { deadline: T(10) })],
    });
    expect((await store.openHandoffs()).map((handoff) => handoff.link)).toEqual(["b", "a"]);
    const accepted = handoffOf("a", { outcome: "accepted", endedAt: T(60), endedBy: "rep@example.com" });
    await store.saveHandoffs(lease, [accepted]);
    await store.commitDecisions(lease, { ...NO_DECISIONS, handoffs: [handoffOf("a"), handoffOf("a", { epoch: 2 })] });
    expect(await store.handoffsOf(["a"])).toEqual([accepted, handoffOf("a", { epoch: 2 })]);
    // Only one that was withdrawn with its record may go on when the record is back.
    await store.saveHandoffs(lease, [
      handoffOf("b", { outcome: "withdrawn", endedAt: T(60), endedBy: "deleted record" }),
    ]);
    await store.saveHandoffs(lease, [handoffOf("b", { deadline: T(90) })]);
    expect(await store.handoffsOf(["b"])).toEqual([handoffOf("b", { deadline: T(90) })]);
  });

  test("nothing of a stale person is written, and route counters count only the handoffs that were made", async () => {
    const store = fresh();
    const lease = await leased(store);
    const decide = (version: number, reason: string, epoch = version) =>
      store.commitDecisions(lease, {
        ...NO_DECISIONS,
        links: [personLink("a", { version })],
        stageEvents: [stageEventOf("a", version, { reason })],
        handoffs: [handoffOf("a", { epoch })],
        tasks: [taskFor("a", { cause: reason })],
        outcomes: [outcomeOf("a", { opportunityId: reason })],
        rejects: [rejectOf("a", { id: reason })],
        routed: [{ rule: "emea", ownerEmail: "rep@example.com" }],
      });
    await decide(1, "first");
    await decide(1, "stale", 9);
    await decide(2, "second");
    expect((await store.stageEventsOf(["a"])).map((event) => event.reason)).toEqual(["first", "second"]);
    expect((await store.handoffsOf(["a"])).map((handoff) => handoff.epoch)).toEqual([1, 2]);
    expect((await store.tasksOf(["a"])).map((task) => task.cause)).toEqual(["first", "second"]);
    expect((await store.outcomesOf(["a"])).map((outcome) => outcome.opportunityId)).toEqual(["first", "second"]);
    expect(await store.ledgerOf(["a"])).toEqual({
      outcomes: await store.outcomesOf(["a"]),
      handoffs: await store.handoffsOf(["a"]),
      tasks: await store.tasksOf(["a"]),
      stageEvents: await store.stageEventsOf(["a"]),
      cadenceRuns: await store.cadenceRunsOf(["a"]),
      followUpEvents: await store.followUpEventsOf(["a"]),
    });
    expect((await store.ledgerOf(["nobody"])).stageEvents).toEqual([]);
    expect((await store.rejects({ limit: 9 })).map((reject) => reject.id).toSorted()).toEqual(["first", "second"]);
    expect(await store.routedCounts()).toEqual(new Map([["emea", new Map([["rep@example.com", 2]])]]));
  });
}
