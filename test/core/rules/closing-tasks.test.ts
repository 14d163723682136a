/** What becomes of a task that nobody needs any more, by how far it has come. */
import { expect, test } from "vitest";
import type { TaskEntry } from "../../../src/core/model/ledger.ts";
import { closing } from "../../../src/core/rules/follow-up-plan.ts";

const NOTE = "the lead was given back";
const task = { cause: "mql:1", state: "done", closedAt: null, change: null, reason: "a form" } as unknown as TaskEntry;

test.each<[string, Partial<TaskEntry>, Partial<TaskEntry> | null]>([
  ["has not been sent is given up", { state: "due" }, { state: "suppressed", reason: NOTE }],
  ["was sent without an answer is closed once it is found", { state: "sent" }, { change: { close: { note: NOTE } } }],
  ["a rep has before them is closed", { state: "done" }, { change: { close: { note: NOTE } } }],
  ["a rep has closed stays as it is", { closedAt: "2026-03-02T08:00:00.000Z" }, null],
  ["is being closed already stays as it is", { state: "sent", change: { close: { note: "before" } } }, null],
  ["was given up stays so", { state: "suppressed" }, null],
])("A task that %s", (_, given, expected) => {
  const closed = closing({ ...task, ...given }, NOTE);
  if (expected === null) expect(closed).toBeNull();
  else expect(closed).toMatchObject({ ...given, ...expected });
});
