/** Time that several processes share: it moves only when all of them sleep, to whoever wakes first. */
import { type Network, PLATFORM_NETWORK } from "../../src/crm/network.ts";
import type { Clock } from "../../src/jobs/ports.ts";

/** A request that got its answer. */
export interface SharedCall {
  readonly process: string;
  readonly path: string;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly status: number;
}

/** Turns of the event loop after which nobody is taken to have anything left to do. */
const IDLE_TURNS = 20;

export class SharedTime {
  readonly calls: SharedCall[] = [];
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  readonly #moved: (now: number) => void;
  #now: number;
  #underWay = 0;

  /** `moved`: told of every moment that time moves to. */
  constructor(start: number, moved: (now: number) => void) {
    this.#now = start;
    this.#moved = moved;
  }

  /** The clock and the network of one process. */
  process(name: string): { readonly clock: Clock; readonly network: Network } {
    const clock: Clock = {
      now: () => new Date(this.#now).toISOString(),
      sleep: (ms) => new Promise((wake) => this.#sleepers.push({ at: this.#now + Math.max(0, ms), wake })),
    };
    return { clock, network: { ...PLATFORM_NETWORK, fetch: (url, request) => this.#fetch(name, url, request) } };
  }

  /** Lets time pass until the work is done. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    let done = false;
    const end = (): void => {
      done = true;
    };
    work.then(end, end);
    for (let idle = 0; !done; idle += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#underWay > 0) idle = 0;
      if (idle < IDLE_TURNS || this.#sleepers.length === 0) continue;
      idle = 0;
      this.#wakeNext();
    }
    return work;
  }

  #wakeNext(): void {
    this.#sleepers.sort((one, other) => one.at - other.at);
    const next = this.#sleepers.shift();
    if (next === undefined) return;
    this.#now = Math.max(this.#now, next.at);
    this.#moved(this.#now);
    next.wake();
  }

  async #fetch(process: string, url: string, request: RequestInit): Promise<Response> {
    const sentAt = this.#now;
    this.#underWay += 1;
    try {
      const response = await PLATFORM_NETWORK.fetch(url, request);
      const body = await response.arrayBuffer();
      const { status, headers } = response;
      this.calls.push({ process, path: new URL(url).pathname, sentAt, answeredAt: this.#now, status });
      return new Response(status === 204 ? null : body, { status, headers });
    } finally {
      this.#underWay -= 1;
    }
  }
}
