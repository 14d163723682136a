/** Things that happen later: handed out in the order of their time. */

interface DueItem<T> {
  readonly at: number;
  readonly sequence: number;
  readonly item: T;
}

/** A queue ordered by time, and by order of arrival within one millisecond. */
export class DueQueue<T> {
  readonly #heap: DueItem<T>[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(at: number, item: T): void {
    this.#sequence += 1;
    this.#heap.push({ at, sequence: this.#sequence, item });
    this.#rise(this.#heap.length - 1);
  }

  /** Takes the earliest item due at `now` or before; undefined when none is due. */
  take(now: number): { at: number; item: T } | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = this.#heap.pop() as DueItem<T>;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return { at: first.at, item: first.item };
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      let least = index;
      if (left < this.#heap.length && this.#before(left, least)) least = left;
      if (left + 1 < this.#heap.length && this.#before(left + 1, least)) least = left + 1;
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #before(a: number, b: number): boolean {
    const one = this.#heap[a] as DueItem<T>;
    const other = this.#heap[b] as DueItem<T>;
    return one.at === other.at ? one.sequence < other.sequence : one.at < other.at;
  }

  #swap(a: number, b: number): void {
    const one = this.#heap[a] as DueItem<T>;
    this.#heap[a] = this.#heap[b] as DueItem<T>;
    this.#heap[b] = one;
  }
}
