/** A pool of the one session that the embedded engine has, through `pg` as with a server, and with statements that are prepared once. */
import type { PGlite } from "@electric-sql/pglite";
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import pg from "pg";
import { EmbeddedSocket } from "./embedded-socket.ts";
import { typeParser } from "./instant-columns.ts";

/** Whoever comes second waits for the session. Ending the pool leaves the engine open. */
export function embeddedPool(pglite: PGlite): PostgresPool {
  const pool = new pg.Pool({
    user: "postgres",
    database: "postgres",
    max: 1,
    idleTimeoutMillis: 0,
    types: { getTypeParser: typeParser },
    stream: () => new EmbeddedSocket(pglite),
  });
  const names = new StatementNames();
  const connect = async () => preparing(await pool.connect(), names);
  return { connect, end: () => pool.end(), options: pool.options };
}

/** Whole lists travel as one value, so a process only ever has a hundred or two different texts. */
class StatementNames {
  readonly #names = new Map<string, string>();

  of(text: string): string {
    const name = this.#names.get(text) ?? `s${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}

/** A client that prepares each statement that has values. A server's is not like this: a pooler before it may give each transaction another session. */
function preparing(client: pg.PoolClient, names: StatementNames): PostgresPoolClient {
  function query<Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  function query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
  function query(text: unknown, values: readonly unknown[] = []): unknown {
    if (typeof text !== "string") throw new Error("the embedded database reads no cursors");
    return values.length === 0 ? client.query(text) : client.query({ name: names.of(text), text, values: [...values] });
  }
  return { query, release: (destroy) => client.release(destroy) };
}
