/** Makes a fresh database on the PostgreSQL server that the tests may use, where there is one. */
import pg from "pg";

/** The server that `npm run test:postgres` makes its database on. */
export const TEST_SERVER = process.env["LEADLOOP_TEST_SERVER"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** What the tests were lent; nothing unless they were started by `npm run test:postgres`. */
const LENT = process.env["LEADLOOP_TEST_DATABASE"];

/** A database of this test file's own. `drop` ends it, with whatever still uses it. */
export interface FreshDatabase {
  readonly url: string;
  run(statement: string): Promise<void>;
  drop(): Promise<void>;
}

/** The reason why no PostgreSQL can be used here; null where one answers. */
export async function whyNoPostgres(server = LENT): Promise<string | null> {
  if (server === undefined) return "npm run test:postgres runs this on a PostgreSQL server";
  try {
    await onServer(server, "select 1");
    return null;
  } catch (error) {
    const said = error instanceof Error && "code" in error ? error.code : error;
    return `no PostgreSQL lets us in at ${new URL(server).host} (${String(said)})`;
  }
}

/** Makes one beside the database that `server` names. */
export async function freshDatabase(server = LENT): Promise<FreshDatabase> {
  if (server === undefined) throw new Error("ask whyNoPostgres first: these tests were lent no PostgreSQL server");
  const name = `leadloop_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    run: (statement) => onServer(url.href, statement),
    // "with (force)" is PostgreSQL 13's: connections of a failed test do not keep the database.
    drop: () => onServer(server, `drop database if exists ${name} with (force)`),
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
