/** Decides when the next request may leave: so many at once, so many per interval, none before a pause is over. */
import PQueue from "p-queue";
import type { Clock } from "../jobs/ports.ts";

/** At most `requests` in any stretch of `intervalMs`. With `lane`, only requests of that lane count and wait. */
export interface RateWindow {
  readonly requests: number;
  readonly intervalMs: number;
  readonly lane?: string;
}

export interface PacerOptions {
  readonly clock: Clock;
  readonly concurrency: number;
  readonly windows: readonly RateWindow[];
}

/** `lane` names the tighter limits that apply too (HubSpot search). A higher `priority` overtakes what is still queued. */
export interface PacedTask {
  readonly lane?: string;
  readonly priority?: number;
}

const EVERY_LANE = "";

/**
 * Lets tasks start no faster than the system allows. p-queue keeps concurrency and priority; the rates are kept here, because p-queue's interval
 * timers run on real time while ours may be virtual.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #queue: PQueue;
  readonly #windows: readonly { readonly rule: RateWindow; readonly starts: number[] }[];
  readonly #pausedUntil = new Map<string, number>();
  readonly #lines = new Map<string, Promise<void>>();

  constructor(options: PacerOptions) {
    this.#clock = options.clock;
    this.#queue = new PQueue({ concurrency: options.concurrency });
    this.#windows = options.windows.map((rule) => ({ rule, starts: [] }));
  }

  /** Runs the task as soon as all limits allow, first come first served within a lane and priority. Fails as the task fails. */
  run<T>(task: () => Promise<T>, { lane = EVERY_LANE, priority = 0 }: PacedTask = {}): Promise<T> {
    return this.#queue.add(
      async () => {
        const { running } = await this.#startInTurn(task, lane);
        return running;
      },
      { priority },
    );
  }

  /** Nothing (of that lane, if one is named) starts before `untilMs`, an epoch time on our clock. A shorter pause never shortens a longer one. */
  pause(untilMs: number, lane: string = EVERY_LANE): void {
    this.#pausedUntil.set(lane, Math.max(untilMs, this.#pausedUntil.get(lane) ?? 0));
  }

  /** One caller per lane sleeps at a time: each sleep moves a virtual clock, so sleeping side by side would add up. */
  #startInTurn<T>(task: () => Promise<T>, lane: string): Promise<{ readonly running: Promise<T> }> {
    const before = this.#lines.get(lane) ?? Promise.resolve();
    const started = before.then(() => this.#startWhenFree(task, lane));
    this.#lines.set(
      lane,
      started.then(
        () => undefined,
        () => undefined,
      ),
    );
    return started;
  }

  /** The task starts in the same breath as it is counted: any await between would let the clock move on. */
  async #startWhenFree<T>(task: () => Promise<T>, lane: string): Promise<{ readonly running: Promise<T> }> {
    for (;;) {
      const now = Date.parse(this.#clock.now());
      const waitMs = this.#waitNeeded(lane, now);
      if (waitMs <= 0) {
        for (const { rule, starts } of this.#windows) if (appliesTo(rule, lane)) starts.push(now);
        return { running: task() };
      }
      await this.#clock.sleep(waitMs);
    }
  }

  #waitNeeded(lane: string, now: number): number {
    const pausedUntil = Math.max(this.#pausedUntil.get(EVERY_LANE) ?? 0, this.#pausedUntil.get(lane) ?? 0);
    let waitMs = pausedUntil - now;
    for (const { rule, starts } of this.#windows) {
      if (!appliesTo(rule, lane)) continue;
      while (starts.length > 0 && (starts[0] ?? now) < now - rule.intervalMs) starts.shift();
      const blocking = starts[starts.length - rule.requests];
      // One millisecond over, so that a count which includes both ends of the interval agrees.
      if (blocking !== undefined) waitMs = Math.max(waitMs, blocking + rule.intervalMs + 1 - now);
    }
    return waitMs;
  }
}

function appliesTo(rule: RateWindow, lane: string): boolean {
  return rule.lane === undefined || rule.lane === lane;
}
