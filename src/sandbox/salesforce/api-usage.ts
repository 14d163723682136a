/** Counts API requests over the last 24 hours and tells clients about it, as roughly as the vendor does. */
import type { Random } from "../random.ts";
import type { SandboxClock } from "../sandbox-clock.ts";

const hour = 3_600_000;

/** The rolling daily count of one org. https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta */
export class ApiUsage {
  readonly #clock: SandboxClock;
  readonly #random: Random;
  readonly #limit: () => number;
  readonly #byHour = new Map<number, number>();

  constructor(clock: SandboxClock, random: Random, limit: () => number) {
    this.#clock = clock;
    this.#random = random;
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit();
  }

  /** Requests counted in the last 24 hours, by whole hours. */
  used(): number {
    const oldest = Math.floor(this.#clock.now() / hour) - 23;
    let sum = 0;
    for (const [at, count] of this.#byHour) {
      if (at < oldest) this.#byHour.delete(at);
      else sum += count;
    }
    return sum;
  }

  /** Counts a request, or answers false when the limit is used up. */
  take(): boolean {
    if (this.used() >= this.limit) return false;
    const now = Math.floor(this.#clock.now() / hour);
    this.#byHour.set(now, (this.#byHour.get(now) ?? 0) + 1);
    return true;
  }

  /**
   * The value of `Sforce-Limit-Info`. The vendor's servers do not agree on the count at once, so it may lag by a few
   * requests and go backwards: use `used()` for the exact one.
   */
  header(): string {
    const lag = this.#random.chance(0.35) ? this.#random.integer(1, 3) : 0;
    return `api-usage=${Math.max(this.used() - lag, 1)}/${this.limit}`;
  }
}
