/** Decides when the next request may leave: so many at once, so many per interval, none before a pause is over. */
import PQueue from "p-queue";
import type { Clock } from "../jobs/ports.ts";

/** At most `requests` in any stretch of `intervalMs`, fewer while others use the limit up. With `lane`, only requests of that lane count and wait. */
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

/** A window is not made narrower than this part of itself: then it is somebody else who has to make room. */
const NARROWEST = 1 / 8;
/** After so many of its intervals without a refusal a window is twice as wide again. */
const QUIET_INTERVALS = 3;

interface OpenWindow {
  readonly rule: RateWindow;
  /** Which part of the rule is used, and when it was last made smaller or larger. */
  share: number;
  sharedAt: number;
  readonly starts: number[];
  readonly underWay: Set<Promise<unknown>>;
}

/**
 * Lets tasks start no faster than the system allows. p-queue keeps concurrency and priority; the rates are kept here, because p-queue's interval
 * timers run on real time while ours may be virtual.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #queue: PQueue;
  readonly #windows: readonly OpenWindow[];
  readonly #pausedUntil = new Map<string, number>();
  readonly #lines = new Map<string, Promise<void>>();

  constructor(options: PacerOptions) {
    this.#clock = options.clock;
    this.#queue = new PQueue({ concurrency: options.concurrency });
    this.#windows = options.windows.map((rule) => ({
      ...{ rule, share: 1, sharedAt: Number.NEGATIVE_INFINITY },
      ...{ starts: [], underWay: new Set() },
    }));
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

  /**
   * The system refused a request because of its rate, although we had kept to ours: others call it too, and nobody tells us how much. Halves our rate (once an
   * interval at most), until nothing has been refused for a while; so programs that do not know of one another come to share a limit.
   */
  makeRoom(lane: string = EVERY_LANE): void {
    const now = Date.parse(this.#clock.now());
    for (const window of this.#windows) {
      if ((window.rule.lane ?? EVERY_LANE) !== lane || now - window.sharedAt < window.rule.intervalMs) continue;
      window.share = Math.max(NARROWEST, window.share / 2);
      window.sharedAt = now;
    }
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
    const mine = this.#windows.filter(({ rule }) => rule.lane === undefined || rule.lane === lane);
    for (;;) {
      const now = Date.parse(this.#clock.now());
      const full = mine.filter((window) => waitFor(window, now) > 0);
      // The system counts a request when it arrives. Were a virtual clock moved while some are on their way, they would arrive with the next ones.
      const onTheirWay = full.flatMap(({ underWay }) => [...underWay]);
      if (onTheirWay.length > 0) {
        await Promise.allSettled(onTheirWay);
        continue;
      }
      const waitMs = Math.max(this.#pauseFor(lane, now), ...full.map((window) => waitFor(window, now)));
      if (waitMs <= 0) return { running: start(task, mine, now) };
      await this.#clock.sleep(waitMs);
    }
  }

  #pauseFor(lane: string, now: number): number {
    return Math.max(this.#pausedUntil.get(EVERY_LANE) ?? 0, this.#pausedUntil.get(lane) ?? 0) - now;
  }
}

function waitFor(window: OpenWindow, now: number): number {
  const { starts } = window;
  const { requests, intervalMs } = presentRule(window, now);
  while (starts.length > 0 && (starts[0] ?? now) < now - intervalMs) starts.shift();
  const blocking = starts[starts.length - requests];
  // One millisecond over, so that a count which includes both ends of the interval agrees.
  return blocking === undefined ? 0 : blocking + intervalMs + 1 - now;
}

/** The part of the rule that is used now; less than one request an interval is one in several. */
function presentRule(window: OpenWindow, now: number): Pick<RateWindow, "requests" | "intervalMs"> {
  const { requests, intervalMs } = window.rule;
  if (window.share < 1 && now - window.sharedAt >= QUIET_INTERVALS * intervalMs) {
    window.share *= 2;
    window.sharedAt = now;
  }
  const used = requests * window.share;
  if (used >= 1) return { requests: Math.floor(used), intervalMs };
  return { requests: 1, intervalMs: Math.ceil(intervalMs / used) };
}

function start<T>(task: () => Promise<T>, windows: readonly OpenWindow[], now: number): Promise<T> {
  const running = task();
  for (const { starts, underWay } of windows) {
    starts.push(now);
    underWay.add(running);
    const end = (): void => {
      underWay.delete(running);
    };
    running.then(end, end);
  }
  return running;
}
