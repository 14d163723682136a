/** Real databases for storms: embedded, or the PostgreSQL server that the environment names. One database, a connection for each storm. */
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
