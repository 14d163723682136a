/** Makes a fresh database on the PostgreSQL server that the tests may use, where one answers. */
import pg from "pg";

const SERVER = process.env["DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** A database of this test file's own. `drop` ends it, with whatever still uses it. */
export interface FreshDatabase {
  readonly url: string;
  run(statement: string): Promise<void>;
  drop(): Promise<void>;
}

/** The reason why no PostgreSQL can be used here; null where one answers. */
export async function whyNoPostgres(): Promise<string | null> {
  try {
    await onServer(SERVER, "select 1");
    return null;
  } catch (error) {
    const said = error instanceof Error && "code" in error ? error.code : error;
    return `no PostgreSQL answers at ${new URL(SERVER).host} (${String(said)})`;
  }
}

export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `leadloop_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  await onServer(SERVER, `create database ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    run: (statement) => onServer(url.href, statement),
    // "with (force)" is PostgreSQL 13's: connections of a failed test do not keep the database.
    drop: () => onServer(SERVER, `drop database if exists ${name} with (force)`),
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
