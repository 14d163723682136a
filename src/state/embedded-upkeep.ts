/** Does for the embedded database what a server's background processes do: checkpoints, vacuum, statistics. */
import { sql } from "kysely";
import type { Statements } from "./row-table.ts";
import { TableStatistics } from "./table-statistics.ts";

const MEGABYTE = 1024 * 1024;
/** Log that may pile up before it is folded into the tables and its files are used again. */
const CHECKPOINT_BYTES = 32 * MEGABYTE;
/** Log after which dead rows are cleared away: while working, and when closing. */
const VACUUM_BYTES = 512 * MEGABYTE;
const VACUUM_AT_CLOSE_BYTES = 64 * MEGABYTE;
/** How far the log has grown costs a round trip, so not every transaction looks. */
const LOOK_EVERY = 10;

/** PGlite is one process: nobody else trims its log, which otherwise grows with every write for ever. */
export class EmbeddedUpkeep {
  readonly #db: Statements;
  readonly #statistics: TableStatistics;
  #writes = 0;
  #checkpointed: number | null = null;
  #vacuumed = 0;

  constructor(db: Statements) {
    this.#db = db;
    this.#statistics = new TableStatistics(db);
  }

  async afterWrite(): Promise<void> {
    this.#writes += 1;
    await this.#statistics.afterWrite();
    if (this.#writes % LOOK_EVERY !== 1) return;
    const position = await this.#logPosition();
    if (this.#checkpointed === null) {
      this.#checkpointed = position;
      this.#vacuumed = position;
    }
    if (position - this.#vacuumed >= VACUUM_BYTES) await this.#vacuum(position);
    if (position - this.#checkpointed >= CHECKPOINT_BYTES) {
      await sql`checkpoint`.execute(this.#db);
      this.#checkpointed = position;
    }
  }

  async beforeClose(): Promise<void> {
    if (this.#writes === 0) return;
    const position = await this.#logPosition();
    if (this.#checkpointed !== null && position - this.#vacuumed >= VACUUM_AT_CLOSE_BYTES) await this.#vacuum(position);
    await sql`checkpoint`.execute(this.#db);
  }

  async #vacuum(position: number): Promise<void> {
    await sql`vacuum analyze`.execute(this.#db);
    this.#vacuumed = position;
  }

  async #logPosition(): Promise<number> {
    const answer = await sql<{
      bytes: number;
    }>`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as bytes`.execute(this.#db);
    return answer.rows[0]?.bytes ?? 0;
  }
}
