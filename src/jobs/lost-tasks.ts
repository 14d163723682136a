/** Remembers that the state may have lost tasks that it once made, so that each is looked for, among deleted ones too, before it is made. */
import type { Instant } from "../core/model/record.ts";
import { later } from "../core/sync/sight-fields.ts";
import type { StateStore } from "./state-port.ts";
import type { RunFacts } from "./sync-dependencies.ts";

const LOOKED_FOR_UNTIL = "tasks-looked-for-until";
/** Salesforce's recycle bin keeps what was deleted for 15 days; after that nothing tells that it was there. */
const RECYCLE_BIN_MS = 15 * 86_400_000;

const LONG_MS = 15 * 60_000;

/** The state was put back from a backup, or lost: a rep may have deleted tasks that it does not know. */
export async function lookForTasks(store: StateStore, now: Instant): Promise<void> {
  await store.saveSetting(LOOKED_FOR_UNTIL, later(now, RECYCLE_BIN_MS));
}

/**
 * So long after the last run that it knows, a state may as well have been put back from a backup: what nobody wrote in HubSpot since, no history shows. On a
 * schedule of minutes this is never so; elsewhere it costs the runs that make tasks one call more.
 */
export async function noteGap(store: StateStore, { knownUntil, startedAt, dry }: RunFacts): Promise<void> {
  if (!dry && knownUntil !== null && startedAt > later(knownUntil, LONG_MS)) await lookForTasks(store, startedAt);
}

/** Tasks that are due for the first time may have been there before. */
export async function mayBeThere(store: StateStore, now: Instant): Promise<boolean> {
  return ((await store.setting(LOOKED_FOR_UNTIL)) ?? "") > now;
}
