/** One connection's part of a database: reads, transactions, and transactions that only the holder of a lease may commit. */
import { type Kysely, sql } from "kysely";
import { StopRun } from "../core/errors.ts";
import type { Lease } from "../jobs/state-port.ts";
import { databaseFailure, isCollision } from "./database-failure.ts";
import type { Statements } from "./row-table.ts";

/** A database that has been opened and migrated. */
export interface OpenDatabase {
  readonly kysely: Kysely<unknown>;
  /** How messages call it: host and name, never a password. */
  readonly place: string;
  /** Housekeeping after a transaction that wrote. */
  afterWrite(): Promise<void>;
  close(): Promise<void>;
}

const ATTEMPTS = 5;

/** Failures that an admin can mend come out of every method as StopRun. */
export class StateDatabase {
  /** The first column of every key: several connections share a database without seeing each other. */
  readonly connection: string;
  readonly #open: OpenDatabase;

  constructor(open: OpenDatabase, connection: string) {
    this.connection = connection;
    this.#open = open;
  }

  /** Runs statements that need no common moment. */
  async read<Result>(work: (db: Statements) => Promise<Result>): Promise<Result> {
    try {
      return await work(this.#open.kysely);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** Runs statements that see one and the same moment. */
  async readTogether<Result>(work: (db: Statements) => Promise<Result>): Promise<Result> {
    return this.read((db) =>
      db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(work),
    );
  }

  /** All of `work` or nothing; begun again when another transaction got in its way, so it must not touch anything outside of `tx`. */
  async write<Result>(work: (tx: Statements) => Promise<Result>): Promise<Result> {
    return this.#untilStored(() => this.#open.kysely.transaction().execute(work));
  }

  /** Like `write`, for work of one statement: that is a transaction by itself. */
  async writeAlone<Result>(work: (db: Statements) => Promise<Result>): Promise<Result> {
    return this.#untilStored(() => work(this.#open.kysely));
  }

  async #untilStored<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await work();
        await this.#open.afterWrite();
        return result;
      } catch (error) {
        if (attempt === ATTEMPTS || !isCollision(error)) throw this.#explained(error);
      }
    }
  }

  /** Like `write`, but throws StopRun (paused) unless the lease still has its fence when the transaction commits. */
  async fenced<Result>(lease: Lease, work: (tx: Statements) => Promise<Result>): Promise<Result> {
    return this.write(async (tx) => {
      // "for share" makes whoever wants to take the lease over wait until this transaction has ended.
      const held = await sql`select 1 from lease
        where connection = ${this.connection} and job = ${lease.job} and fence = ${lease.fence} for share`.execute(tx);
      if (held.rows.length === 0) throw leaseLost(lease);
      return work(tx);
    });
  }

  #explained(error: unknown): unknown {
    return databaseFailure(error, this.#open.place) ?? error;
  }
}

export function leaseLost(lease: Lease): StopRun {
  return new StopRun(
    `${lease.holder} no longer holds the lease of ${lease.job} (fence ${lease.fence}): another run took over after ${lease.until}. Nothing was stored; that run goes on.`,
    { kind: "paused" },
  );
}
