/** Keeps the records of one object in the order of their last change, so that "changed since" does not look at the rest. */

interface LogEntry {
  readonly stamp: string;
  readonly id: string;
}

/** Entries are appended on each change; an entry is live while its record still carries that stamp. */
export class ModstampLog {
  #entries: LogEntry[] = [];
  #inOrder = true;
  #live: (entry: LogEntry) => boolean;

  /** `stampOfId`: the SystemModstamp a record carries now, undefined when there is no such record. */
  constructor(stampOfId: (id: string) => string | undefined) {
    this.#live = (entry) => stampOfId(entry.id) === entry.stamp;
  }

  add(id: string, stamp: string): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && before({ id, stamp }, last)) this.#inOrder = false;
    this.#entries.push({ id, stamp });
  }

  /** Ids in the order of (SystemModstamp, Id), from `since` (included) on. */
  *idsSince(since: string): Generator<string> {
    this.#tidy();
    let previous = "";
    for (let index = this.#firstAtOrAfter(since); index < this.#entries.length; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined || entry.id === previous || !this.#live(entry)) continue;
      previous = entry.id;
      yield entry.id;
    }
  }

  #firstAtOrAfter(since: string): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.stamp ?? "") < since) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Sorting also drops what is dead, so the log stays about as long as the table. */
  #tidy(): void {
    if (this.#inOrder) return;
    this.#entries = this.#entries.filter(this.#live).sort((one, other) => (before(one, other) ? -1 : 1));
    this.#inOrder = true;
  }
}

function before(one: LogEntry, other: LogEntry): boolean {
  return one.stamp < other.stamp || (one.stamp === other.stamp && one.id < other.id);
}
