/** Pacing, budget, retries and time-outs, which both clients share. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RetryLater, StopRun } from "../../src/core/errors.ts";
import { CallBudget } from "../../src/crm/call-budget.ts";
import { PLATFORM_NETWORK } from "../../src/crm/network.ts";
import { Pacer } from "../../src/crm/pacing.ts";
import { retrying } from "../../src/crm/retrying.ts";
import { chunked, sideBySide } from "../../src/crm/side-by-side.ts";
import { withTimeOut } from "../../src/crm/time-out.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import { cases } from "../support/law-cases.ts";
import { clockOn, keepingLog } from "./contract-harness.ts";

const START = Date.UTC(2026, 9, 5);

describe("the pacer", () => {
  test("never starts more than a window allows, whatever the tasks and lanes, and starts them all", async () => {
    const windowsOf = fc.record({
      requests: fc.integer({ min: 1, max: 5 }),
      intervalMs: fc.integer({ min: 1, max: 1_000 }),
    });
    const taskOf = fc.record({ lane: fc.constantFrom("search", ""), lastsMs: fc.integer({ min: 0, max: 300 }) });
    await fc.assert(
      fc.asyncProperty(
        windowsOf,
        windowsOf,
        fc.array(taskOf, { maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        async (all, search, tasks, concurrency) => {
          const clock = manualClock(START);
          const pacer = new Pacer({
            clock: clockOn(clock),
            concurrency,
            windows: [all, { ...search, lane: "search" }],
          });
          const starts: { lane: string; at: number }[] = [];
          await Promise.all(
            tasks.map(({ lane, lastsMs }) =>
              pacer.run(
                async () => {
                  starts.push({ lane, at: clock.now() });
                  clock.advance(lastsMs);
                },
                lane === "" ? {} : { lane },
              ),
            ),
          );
          const most = (times: readonly number[], intervalMs: number): number =>
            Math.max(0, ...times.map((at) => times.filter((other) => other >= at && other <= at + intervalMs).length));
          expect(starts).toHaveLength(tasks.length);
          expect(
            most(
              starts.map(({ at }) => at),
              all.intervalMs,
            ),
          ).toBeLessThanOrEqual(all.requests);
          const searches = starts.filter(({ lane }) => lane === "search").map(({ at }) => at);
          expect(most(searches, search.intervalMs)).toBeLessThanOrEqual(search.requests);
        },
      ),
      { numRuns: cases(200) },
    );
  });

  test("waits no longer than it must", async () => {
    const clock = manualClock(START);
    const pacer = new Pacer({ clock: clockOn(clock), concurrency: 10, windows: [{ requests: 4, intervalMs: 1_000 }] });
    await Promise.all(Array.from({ length: 20 }, () => pacer.run(async () => undefined)));
    expect(clock.now() - START).toBe(4 * 1_001);
  });

  test("keeps to its concurrency", async () => {
    const pacer = new Pacer({ clock: clockOn(manualClock(START)), concurrency: 3, windows: [] });
    let running = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 12 }, () => pacer.run(task)));
    expect(most).toBe(3);
  });

  test("a pause holds up everything, a pause of a lane only that lane, and a shorter one never ends a longer one", async () => {
    const clock = manualClock(START);
    const pacer = new Pacer({ clock: clockOn(clock), concurrency: 3, windows: [] });
    pacer.pause(START + 500, "search");
    await pacer.run(async () => undefined);
    expect(clock.now()).toBe(START);
    await pacer.run(async () => undefined, { lane: "search" });
    expect(clock.now()).toBe(START + 500);
    pacer.pause(START + 2_000);
    pacer.pause(START + 1_000);
    await pacer.run(async () => undefined);
    expect(clock.now()).toBe(START + 2_000);
  });

  test.each([
    [0, 0, 5, "search", 1_001],
    [1, 0, 5, "search", 2 * 1_001],
    [1, 0, 5, undefined, 0],
    [2, 0, 3, "search", 2 * 1_001],
    [3, 0, 2, "search", 2_001],
    [9, 0, 2, "search", 2_001],
    [1, 3_000, 5, "search", 1_001],
    [2, 3_000, 5, "search", 2 * 1_001],
  ])(
    "makes room when a limit turns out to be shared: after %i refusals of searches and %i quiet ms, %i calls (%s) take %i ms",
    async (refusals, quietMs, calls, lane, expected) => {
      const clock = manualClock(START);
      const windows = [
        { requests: 64, intervalMs: 1_000 },
        { requests: 4, intervalMs: 1_000, lane: "search" },
      ];
      const pacer = new Pacer({ clock: clockOn(clock), concurrency: 10, windows });
      for (let refusal = 0; refusal < refusals; refusal += 1) {
        if (refusal > 0) clock.advance(1_000);
        // Of several that are refused together, one counts.
        for (const _together of [1, 2]) pacer.makeRoom("search");
      }
      clock.advance(quietMs);
      const from = clock.now();
      const task = lane === undefined ? {} : { lane };
      await Promise.all(Array.from({ length: calls }, () => pacer.run(async () => undefined, task)));
      expect(clock.now() - from).toBe(expected);
    },
  );

  test("a task that fails fails its caller only", async () => {
    const pacer = new Pacer({ clock: clockOn(manualClock(START)), concurrency: 1, windows: [] });
    const failed = pacer.run(() => Promise.reject(new Error("no")));
    await expect(failed).rejects.toThrow("no");
    expect(await pacer.run(async () => 1)).toBe(1);
  });
});

describe("the call budget", () => {
  test("counts calls and pauses the run when they are spent", () => {
    const budget = new CallBudget({ system: "salesforce", perRun: 2, dailyReserveShare: 0.2 });
    budget.take();
    budget.take();
    expect(() => budget.take()).toThrow(StopRun);
    expect(budget.used).toBe(2);
  });

  test("pauses at the reserve and goes on when the quota is renewed", () => {
    const budget = new CallBudget({ system: "hubspot", perRun: 10, dailyReserveShare: 0.2 });
    budget.observeDaily(100, 21);
    budget.take();
    budget.observeDaily(100, 20);
    expect(() => budget.take()).toThrow(/20 of 100 calls left/);
    budget.observeDaily(100, 100);
    budget.take();
    expect(budget.daily).toEqual({ limit: 100, remaining: 100 });
  });

  test("takes an answer without figures for no news", () => {
    const budget = new CallBudget({ system: "hubspot", perRun: 10, dailyReserveShare: 0.2 });
    budget.observeDaily(0, Number.NaN);
    expect(budget.daily).toBeNull();
    budget.take();
  });
});

describe("retrying", () => {
  const attempt = async (
    errors: readonly Error[],
    attempts = 4,
  ): Promise<{ result: unknown; waitedMs: number; tries: number; retries: number }> => {
    const clock = manualClock(START);
    const { log, logged } = keepingLog();
    let tries = 0;
    const work = async (): Promise<string> => {
      const error = errors[tries];
      tries += 1;
      if (error !== undefined) throw error;
      return "done";
    };
    const options = {
      clock: clockOn(clock),
      log,
      system: "hubspot",
      attempts,
      random: () => 0.5,
      firstWaitMs: 1_000,
    } as const;
    const result = await retrying(work, options).catch((error: unknown) => error);
    return { result, waitedMs: clock.now() - START, tries, retries: logged.length };
  };

  test("repeats RetryLater with growing waits until it works", async () => {
    const later = new RetryLater("busy");
    expect(await attempt([later, later])).toEqual({ result: "done", waitedMs: 750 + 1_500, tries: 3, retries: 2 });
  });

  test("has more patience where only too many call at once, and an end of it", async () => {
    const crowd = new RetryLater("crowded", { waitMs: 1_000, crowded: true });
    expect(await attempt([...Array(7)].map(() => crowd))).toMatchObject({ result: "done", tries: 8 });
    expect(await attempt([...Array(9)].map(() => crowd))).toMatchObject({ result: crowd, tries: 8 });
    expect(await attempt([...Array(7)].map(() => new RetryLater("busy")))).toMatchObject({ tries: 4 });
  });

  test("waits as long as it is asked to, if that is longer", async () => {
    expect(await attempt([new RetryLater("busy", { waitMs: 10_000 })])).toMatchObject({
      result: "done",
      waitedMs: 10_000,
    });
  });

  test("gives the last error when attempts are spent, without a wait after it", async () => {
    const [first, last] = [new RetryLater("first"), new RetryLater("last")];
    expect(await attempt([first, last], 2)).toEqual({ result: last, waitedMs: 750, tries: 2, retries: 1 });
  });

  test.each([
    ["a lost answer to a write", new RetryLater("lost", { outcomeUnknown: true })],
    ["a stop", new StopRun("no")],
    ["a bug", new TypeError("undefined is not a function")],
    ["a wait beyond patience", new RetryLater("closed", { waitMs: 3_600_000 })],
  ])("does not repeat %s", async (_name, error) => {
    expect(await attempt([error])).toEqual({ result: error, waitedMs: 0, tries: 1, retries: 0 });
  });
});

describe("the time-out", () => {
  test("gives the result of a call in time", async () => {
    expect(
      await withTimeOut(async () => 1, { ms: 1_000, what: "GET /x", write: false, network: PLATFORM_NETWORK }),
    ).toBe(1);
  });

  test.each([true, false])(
    "ends a call that hangs, aborts it, and knows whether it may have worked (write: %s)",
    async (write) => {
      let aborted = false;
      const hangs = (signal: AbortSignal): Promise<never> => {
        signal.addEventListener("abort", () => {
          aborted = true;
        });
        return new Promise(() => undefined);
      };
      const ended = await withTimeOut(hangs, { ms: 10, what: "POST /x", write, network: PLATFORM_NETWORK }).catch(
        (error: unknown) => error,
      );
      expect(ended).toBeInstanceOf(RetryLater);
      expect(ended).toMatchObject({ outcomeUnknown: write, message: "POST /x got no answer within 10 ms" });
      expect(aborted).toBe(true);
    },
  );
});

describe("working side by side", () => {
  test("gives results in order with no more under way than allowed", async () => {
    let running = 0;
    let most = 0;
    const work = async (item: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, item % 3));
      running -= 1;
      return item * 2;
    };
    const items = Array.from({ length: 20 }, (_, index) => index);
    expect(await sideBySide(items, 4, work)).toEqual(items.map((item) => item * 2));
    expect(most).toBe(4);
  });

  test("starts nothing after a failure and lets what is under way end first", async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      started.push(item);
      await new Promise((resolve) => setTimeout(resolve, 5 * item));
      if (item === 1) throw new Error("one");
      ended.push(item);
    };
    await expect(sideBySide([1, 2, 3, 4], 2, work)).rejects.toThrow("one");
    expect([started, ended]).toEqual([[1, 2], [2]]);
  });

  test("cuts a list into pieces", () => {
    expect(chunked([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunked([], 2)).toEqual([]);
  });
});
