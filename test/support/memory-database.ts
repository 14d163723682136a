/** States in memory in the shape of a database, for stories that are not about the database. */
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { openMemoryState } from "./memory-state-store.ts";

export function openMemoryDatabase(): SharedDatabase {
  const stores = new Map<string, StateStore>();
  return {
    store: (connection) => {
      const store = stores.get(connection) ?? openMemoryState().store;
      stores.set(connection, store);
      return store;
    },
    close: async () => undefined,
  };
}
