/** Which stopped runs people are told of, and that the same trouble is known again by its words. */
import { describe, expect, test } from "vitest";
import { isStopTold, type RunStop, stopTexts, stopWords } from "../../../src/core/sync/stopped-run.ts";

const NOW = "2026-03-02T10:00:00.000Z";
const minutesAgo = (minutes: number): string => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
const run = (minutes: number, outcome: string | null) => ({ startedAt: minutesAgo(minutes), outcome });
const SILENT: RunStop = { reason: "HubSpot answered 503", cause: "patience" };

test("a stop that needs a person is told at once", () => {
  expect(isStopTold({ reason: "HubSpot refused the token", cause: "needs-person" }, [], NOW)).toBe(true);
});

describe("a system that does not answer is told", () => {
  test.each([
    ["not at the first time", [], false],
    ["not after 59 minutes", [run(5, "stopped"), run(59, "stopped")], false],
    ["after an hour", [run(5, "stopped"), run(60, "stopped")], true],
    ["not where a run has worked since", [run(5, "stopped"), run(30, "done"), run(90, "stopped")], false],
    ["also where a run that died lies between", [run(5, "stopped"), run(30, null), run(70, "stopped")], true],
    ["not where the run before worked", [run(5, "needs-attention"), run(90, "stopped")], false],
  ] as const)("%s", (_when, earlier, told) => {
    expect(isStopTold(SILENT, earlier, NOW)).toBe(told);
  });
});

test("the reason ends as a sentence, whether it was one or not", () => {
  expect(stopTexts({ reason: "the token is refused", cause: "needs-person" }).text).toMatch(
    /^the token is refused\.\n/,
  );
  expect(stopTexts({ reason: "Ask an admin.", cause: "needs-person" }).text).toMatch(/^Ask an admin\.\n/);
});

test("numbers and request ids make no other trouble of it, other words do", () => {
  const words = (reason: string): string => stopWords({ reason, cause: "needs-person" });
  const first = words("401 at 10:05, correlation id 5a2b1c3d-1111-2222-3333-444455556666");
  expect(words("401 at 11:10, correlation id 99ffeedd-aaaa-bbbb-cccc-ddddeeeeffff")).toBe(first);
  expect(words("403 at 10:05, missing scope")).not.toBe(first);
});
