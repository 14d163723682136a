/** Opens a PostgreSQL server's database as a small pool. */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { StopRun } from "../core/errors.ts";
import { typeParser } from "./instant-columns.ts";
import type { OpenDatabase } from "./state-database.ts";
import { TableStatistics } from "./table-statistics.ts";

/** A run works on one chunk at a time; more would only hold connections that a pooler or a Lambda fleet needs elsewhere. */
const POOL_SIZE = 4;
const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 120_000;
const IDLE_TIMEOUT_MS = 30_000;

/** TLS goes by `sslmode` and `sslrootcert` in the url (https://node-postgres.com/features/ssl). Connects with the first statement. */
export function openPostgres(databaseUrl: string): OpenDatabase {
  const place = placeOf(databaseUrl);
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

function placeOf(databaseUrl: string): string {
  if (!/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.canParse(databaseUrl)) {
    throw new StopRun(
      "DATABASE_URL is not an address of the form postgres://user:password@host:5432/database. Write special characters in the password as %XX.",
    );
  }
  const url = new URL(databaseUrl);
  const host = url.searchParams.get("host") ?? url.hostname;
  return `the database ${decodeURIComponent(url.pathname.slice(1)) || url.username} on ${host || "localhost"}:${url.port || "5432"}`;
}
