/** Real time, and time that only moves when somebody moves it. */
import { setTimeout as sleepFor } from "node:timers/promises";
import type { Instant } from "../core/model/record.ts";
import type { Clock } from "../jobs/ports.ts";

export const SYSTEM_CLOCK: Clock = {
  now: () => new Date().toISOString(),
  sleep: async (ms) => {
    await sleepFor(ms);
  },
};

/** A clock for simulated days. `sleep` moves it, and tells whoever must keep the same time (the sandbox). */
export class VirtualClock implements Clock {
  #now: number;
  readonly #moved: (now: Instant) => Promise<void>;

  constructor(start: Instant, moved: (now: Instant) => Promise<void> = async () => {}) {
    this.#now = Date.parse(start);
    this.#moved = moved;
  }

  now(): Instant {
    return new Date(this.#now).toISOString();
  }

  async sleep(ms: number): Promise<void> {
    await this.moveTo(new Date(this.#now + Math.max(0, ms)).toISOString());
  }

  /** Never moves back: two sleepers may ask for different times. */
  async moveTo(instant: Instant): Promise<void> {
    this.#now = Math.max(this.#now, Date.parse(instant));
    await this.#moved(this.now());
  }
}
