/** Forgets whom an operator names, with whoever is the same person to the state; both systems are left alone. */
import { StopRun } from "../core/errors.ts";
import type { Link } from "../core/model/link.ts";
import type { Clock } from "./ports.ts";
import { samePersonAs } from "./same-person.ts";
import type { StateStore } from "./state-port.ts";
import { SYNC_JOB } from "./sync-dependencies.ts";

const LEASE_MS = 30_000;

/** The person, and everybody who is to be forgotten with them. */
export async function samePerson(store: StateStore, link: Link): Promise<readonly Link[]> {
  return [link, ...(await samePersonAs(store, [link]))];
}

/** Throws StopRun while a sync is under way: what it has read would be stored once more. */
export async function forget(store: StateStore, clock: Clock, people: readonly Link[]): Promise<void> {
  const now = clock.now();
  const lease = await store.acquireLease(SYNC_JOB, "erase", LEASE_MS, now);
  if (lease === null) throw new StopRun("a sync is under way; try again when it has ended", { kind: "stopped" });
  try {
    const ids = people.map(({ id }) => id);
    await store.erase(lease, ids, "asked for by an operator", now);
  } finally {
    await store.releaseLease(lease);
  }
}
