/** Keeps answers for a while: a secret that was rotated is taken up without a new deployment, and is not asked for at every invocation. */

interface Kept<Value> {
  readonly value: Promise<Value>;
  readonly readAt: number;
}

/** Values by name. A name that is being read is read once; a failed read is not kept. */
export class TimedCache<Value> {
  readonly #ttlMs: number;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept<Value>>();

  /** `now` in milliseconds, for tests. */
  constructor(ttlMs: number, now: () => number = Date.now) {
    this.#ttlMs = ttlMs;
    this.#now = now;
  }

  async get(name: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#kept.get(name);
    if (known !== undefined && this.#now() - known.readAt < this.#ttlMs) return known.value;
    const value = read();
    this.#kept.set(name, { value, readAt: this.#now() });
    try {
      return await value;
    } catch (error) {
      if (this.#kept.get(name)?.value === value) this.#kept.delete(name);
      throw error;
    }
  }

  /** The next reader asks again: what was kept turned out to be wrong. */
  forget(name: string): void {
    this.#kept.delete(name);
  }
}
