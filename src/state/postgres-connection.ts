/** Opens a PostgreSQL server's database as a small pool. */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { StopRun } from "../core/errors.ts";
import { type Encryption, encryptionOf } from "./database-encryption.ts";
import { typeParser } from "./instant-columns.ts";
import type { OpenDatabase } from "./state-database.ts";
import { TableStatistics } from "./table-statistics.ts";

/** A run works on one chunk at a time; more would only hold connections that a pooler or a Lambda fleet needs elsewhere. */
const POOL_SIZE = 4;
const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 120_000;
const IDLE_TIMEOUT_MS = 30_000;

/** TLS goes by `sslmode` and `sslrootcert` in the url. Throws StopRun for one that would send values unprotected. Connects with the first statement. */
export function openPostgres(databaseUrl: string): OpenDatabase {
  const { place } = reachOf(databaseUrl);
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: "leadloop",
    types: { getTypeParser: typeParser },
  });
  // A connection that breaks while nobody waits for it speaks up by an event, which would end the process if nobody listened. Nothing is lost:
  // the pool replaces an idle one, and the next statement on a busy one fails and says why.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const statistics = new TableStatistics(kysely);
  return { kysely, place, afterWrite: () => statistics.afterWrite(), close: () => kysely.destroy() };
}

/** How the database is called in messages, and how it is protected on the way. Throws StopRun for an address that cannot be used. */
export function reachOf(databaseUrl: string): { readonly place: string; readonly encryption: Encryption } {
  if (!/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.canParse(databaseUrl)) {
    throw new StopRun(
      "DATABASE_URL is not an address of the form postgres://user:password@host:5432/database. Write special characters in the password as %XX.",
    );
  }
  const url = new URL(databaseUrl);
  const host = url.searchParams.get("host") ?? url.hostname;
  const place = `the database ${decodeURIComponent(url.pathname.slice(1)) || url.username} on ${host || "localhost"}:${url.port || "5432"}`;
  return { place, encryption: encryptionOf(url, place) };
}
