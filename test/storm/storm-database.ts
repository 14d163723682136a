/** Real databases for storms: embedded, or the PostgreSQL server that the environment names. One database, a connection for each storm. */
import { AsyncLocalStorage } from "node:async_hooks";
import pg from "pg";
import type { StateStore } from "../../src/jobs/state-port.ts";
import { openStateDatabase } from "../../src/state/open-state-store.ts";

export async function openStormDatabase(): Promise<{ store(): StateStore; close(): Promise<void> }> {
  const databaseUrl = process.env["LEADLOOP_TEST_DATABASE"];
  const database = await openStateDatabase({
    folder: ":memory:",
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  let storms = 0;
  return {
    store: () => {
      storms += 1;
      return database.store(`storm-${process.pid}-${storms}`);
    },
    close: () => database.close(),
  };
}

const breaking = new AsyncLocalStorage<{ statementsLeft: number }>();
let isPatched = false;

/** Does the work, whose so-manieth statement the server does not take any more: whatever its transaction has done by then must be undone. */
export function breakingAt<Answer>(statement: number, work: () => Promise<Answer>): Promise<Answer> {
  if (!isPatched) breakStatements();
  return breaking.run({ statementsLeft: statement }, work);
}

function breakStatements(): void {
  isPatched = true;
  const { query } = pg.Client.prototype;
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, ...given: Parameters<typeof query>): unknown {
      const work = breaking.getStore();
      if (work !== undefined) work.statementsLeft -= 1;
      if (work?.statementsLeft !== 0) return Reflect.apply(query, this, given);
      const said = "terminating connection due to administrator command";
      return Promise.reject(Object.assign(new Error(said), { code: "57P01", severity: "FATAL" }));
    },
  });
}
