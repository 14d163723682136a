/** Mints record ids: digit strings that grow over time without being in the order of creation. */
import type { Random } from "../random.ts";

const FIRST_BLOCK = 2_902;
const BLOCK_SIZE = 100;
const SHARDS = 6;

/**
 * Ids come from several shards, each counting through its own block of a hundred.
 * Recorded batches show the same: 290751, 290401, 290552 and 291151 were created within one second, in no order.
 */
export class RecordIds {
  readonly #random: Random;
  readonly #shards: { next: number; left: number }[] = [];
  #nextBlock = FIRST_BLOCK;

  constructor(random: Random) {
    this.#random = random;
    for (let shard = 0; shard < SHARDS; shard += 1) this.#shards.push({ next: 0, left: 0 });
  }

  mint(): string {
    const shard = this.#random.pick(this.#shards);
    if (shard.left === 0) {
      shard.next = this.#nextBlock * BLOCK_SIZE + 1;
      shard.left = BLOCK_SIZE - 1;
      this.#nextBlock += 1;
    }
    const id = String(shard.next);
    shard.next += 1;
    shard.left -= 1;
    return id;
  }
}
