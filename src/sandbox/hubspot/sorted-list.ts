/** A list that stays sorted while tens of thousands of items come and go. */

const CHUNK_MAXIMUM = 512;

/**
 * Items in the order of `compare`, which must be total (0 only for the same item).
 * Kept in chunks, so that adding and removing moves hundreds of items and not all of them.
 */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number;
  #chunks: T[][] = [];
  #size = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    this.#size += 1;
    const chunkIndex = Math.min(this.#chunkFor(item), this.#chunks.length - 1);
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) {
      this.#chunks.push([item]);
      return;
    }
    chunk.splice(this.#positionIn(chunk, item), 0, item);
    if (chunk.length > CHUNK_MAXIMUM) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(CHUNK_MAXIMUM / 2));
  }

  /** Forgets the item that compares equal; does nothing when there is none. */
  remove(item: T): void {
    const chunkIndex = this.#chunkFor(item);
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) return;
    const position = this.#positionIn(chunk, item);
    const found = chunk[position];
    if (found === undefined || this.#compare(found, item) !== 0) return;
    this.#size -= 1;
    chunk.splice(position, 1);
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1);
  }

  /** How many items stand before `probe`, exact to the item. */
  rank(probe: T): number {
    const chunkIndex = this.#chunkFor(probe);
    let count = 0;
    for (let index = 0; index < chunkIndex; index += 1) count += this.#chunks[index]?.length ?? 0;
    const chunk = this.#chunks[chunkIndex];
    return chunk === undefined ? count : count + this.#positionIn(chunk, probe);
  }

  /**
   * Shows `visit` the items from the first that does not stand before `probe` (from the very first without one), in
   * order, until it answers false.
   */
  visit(visit: (item: T) => boolean, probe?: T): void {
    const firstChunk = probe === undefined ? 0 : this.#chunkFor(probe);
    for (let chunkIndex = firstChunk; chunkIndex < this.#chunks.length; chunkIndex += 1) {
      const chunk = this.#chunks[chunkIndex] as T[];
      const start = probe !== undefined && chunkIndex === firstChunk ? this.#positionIn(chunk, probe) : 0;
      for (let position = start; position < chunk.length; position += 1) {
        if (!visit(chunk[position] as T)) return;
      }
    }
  }

  /** The first chunk whose last item does not stand before `item`; the number of chunks when there is none. */
  #chunkFor(item: T): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.#chunks[middle] as T[];
      if (this.#compare(chunk[chunk.length - 1] as T, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #positionIn(chunk: readonly T[], item: T): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(chunk[middle] as T, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
