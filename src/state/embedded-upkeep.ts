/** Does for the embedded database what a server's background processes do: checkpoints, vacuum, statistics. */
import type { PGlite } from "@electric-sql/pglite";
import type { TableStatistics } from "./table-statistics.ts";

const MEGABYTE = 1024 * 1024;
/** Log that may pile up before it is folded into the tables and its files are used again. */
const CHECKPOINT_BYTES = 32 * MEGABYTE;
/** Log after which dead rows are cleared away: while working, and when closing. */
const VACUUM_BYTES = 512 * MEGABYTE;
const VACUUM_AT_CLOSE_BYTES = 64 * MEGABYTE;

/** PGlite is one process: nobody else trims its log, which otherwise grows with every write for ever. */
export class EmbeddedUpkeep {
  readonly #pglite: PGlite;
  readonly #statistics: TableStatistics;
  #writes = 0;
  #checkpointed: number | null = null;
  #vacuumed = 0;

  constructor(pglite: PGlite, statistics: TableStatistics) {
    this.#pglite = pglite;
    this.#statistics = statistics;
  }

  async afterWrite(): Promise<void> {
    this.#writes += 1;
    await this.#statistics.afterWrite();
    const position = await this.#logPosition();
    if (this.#checkpointed === null) {
      this.#checkpointed = position;
      this.#vacuumed = position;
    }
    if (position - this.#vacuumed >= VACUUM_BYTES) await this.#vacuum(position);
    if (position - this.#checkpointed >= CHECKPOINT_BYTES) {
      await this.#pglite.query("checkpoint");
      this.#checkpointed = position;
    }
  }

  async beforeClose(): Promise<void> {
    if (this.#writes === 0) return;
    const position = await this.#logPosition();
    if (this.#checkpointed !== null && position - this.#vacuumed >= VACUUM_AT_CLOSE_BYTES) await this.#vacuum(position);
    await this.#pglite.query("checkpoint");
  }

  async #vacuum(position: number): Promise<void> {
    await this.#pglite.query("vacuum analyze");
    this.#vacuumed = position;
  }

  async #logPosition(): Promise<number> {
    const answer = await this.#pglite.query<{ bytes: number }>(
      "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as bytes",
    );
    return answer.rows[0]?.bytes ?? 0;
  }
}
