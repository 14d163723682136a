/** What runs of one process need not ask again, for as long as schemas may be old. */
import type { Instant } from "../core/model/record.ts";
import { later } from "../core/sync/sight-fields.ts";
import type { SyncDependencies } from "./sync-dependencies.ts";

export function hoursAgo(now: Instant, hours: number): Instant {
  return later(now, -hours * 3_600_000);
}

/** Asks once per process, and again when the answer is older than schemas may be or the configuration has changed. */
export async function remember<T>(
  dependencies: SyncDependencies,
  name: string,
  fresh: boolean,
  ask: () => Promise<T>,
): Promise<T> {
  const { memory, clock, rulebook } = dependencies;
  const now = clock.now();
  const known = memory.get(name);
  if (known !== undefined && !fresh && known.readAt > hoursAgo(now, rulebook.connector.schemaMaxAgeHours))
    return known.value as T;
  const value = await ask();
  memory.set(name, { value, readAt: now });
  return value;
}
