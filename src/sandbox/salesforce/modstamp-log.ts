/** Keeps the records of one object in the order of their last change, so that "changed since" does not look at the rest. */

interface LogEntry {
  readonly stamp: string;
  readonly id: string;
}

/** Entries are appended on each change; an entry is live while its record still carries that stamp. */
export class ModstampLog {
  #entries: LogEntry[] = [];
  #inOrder = true;
  /** The length at which dead entries are next thrown out. */
  #fullAt = 50_000;
  readonly #live: (entry: LogEntry) => boolean;

  /** `stampOfId`: the SystemModstamp a record carries now, undefined when there is no such record. */
  constructor(stampOfId: (id: string) => string | undefined) {
    this.#live = (entry) => stampOfId(entry.id) === entry.stamp;
  }

  add(id: string, stamp: string): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && byStampAndId({ id, stamp }, last) < 0) this.#inOrder = false;
    this.#entries.push({ id, stamp });
    if (this.#entries.length > this.#fullAt) this.#dropDead();
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
    this.#dropDead();
    this.#entries.sort(byStampAndId);
    this.#inOrder = true;
  }

  #dropDead(): void {
    this.#entries = this.#entries.filter(this.#live);
    this.#fullAt = Math.max(50_000, 2 * this.#entries.length);
  }
}

function byStampAndId(one: LogEntry, other: LogEntry): number {
  if (one.stamp !== other.stamp) return one.stamp < other.stamp ? -1 : 1;
  if (one.id === other.id) return 0;
  return one.id < other.id ? -1 : 1;
}
