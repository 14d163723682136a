/** Virtual time: events in order of (time, sequence), one after another, each with everything that follows from it before the next. */

interface Event {
  readonly time: number;
  readonly sequence: number;
  readonly fire: () => void;
}

/** Turns of the event loop that code may take between two events, although it waits for none of them. */
const MOST_TURNS = 200;

export class Kernel {
  readonly #heap: Event[] = [];
  #now: number;
  #sequence = 0;
  /** How many events have happened. */
  events = 0;
  /** Somebody is still working on what the last event told them. */
  busy: () => boolean = () => false;
  /** Somebody waits for a real database. */
  outside: () => boolean = () => false;

  constructor(start: number) {
    this.#now = start;
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#now;
  }

  /** Calls `fire` after so many milliseconds. */
  after(ms: number, fire: () => void): void {
    this.#push({ time: this.#now + Math.max(0, Math.round(ms)), sequence: this.#sequence++, fire });
  }

  /** Lets everything happen that is due by `until`, and stands there. */
  async runUntil(until: number): Promise<void> {
    await this.#settle();
    for (let next = this.#heap[0]; next !== undefined && next.time <= until; next = this.#heap[0]) {
      this.#pop();
      this.#now = next.time;
      this.events += 1;
      next.fire();
      await this.#settle();
    }
    this.#now = Math.max(this.#now, until);
  }

  async #settle(): Promise<void> {
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.outside()) turn = 0;
      else if (!this.busy()) return;
    }
    throw new Error("somebody waits for something that is no event of the simulation");
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let place = heap.push(event) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isEarlier(event, heap[parent] as Event)) break;
      heap[place] = heap[parent] as Event;
      place = parent;
    }
    heap[place] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isEarlier(heap[child + 1] as Event, heap[child] as Event)) child += 1;
      if (!isEarlier(heap[child] as Event, last)) break;
      heap[place] = heap[child] as Event;
      place = child;
    }
    heap[place] = last;
  }
}

function isEarlier(one: Event, other: Event): boolean {
  return one.time < other.time || (one.time === other.time && one.sequence < other.sequence);
}
