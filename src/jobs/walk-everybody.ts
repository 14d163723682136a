/** Once in a while everybody is read, and compared as a set with those we know: finds the change or deletion that no window ever told. */
import type { System } from "../core/model/record.ts";
import { later } from "../core/sync/sight-fields.ts";
import { usable } from "./change-requests.ts";
import type { Cursor } from "./state-port.ts";
import { HUBSPOT_CONTACTS, personObjects, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";

const LANE = "walk";

/** True when the last walk is as long ago as config/connector.yml allows. A state without cursors is about to read everybody anyway. */
export function isWalkDue(dependencies: SyncDependencies, facts: RunFacts, cursors: readonly Cursor[]): boolean {
  const { reconcileDays } = dependencies.rulebook.connector;
  if (reconcileDays === 0 || cursors.length === 0) return false;
  const last = cursors.find((cursor) => cursor.lane === LANE);
  return last === undefined || last.position < later(facts.startedAt, -reconcileDays * 86_400_000);
}

/**
 * Why what the state knows of these accounts cannot be relied on, or null: it was read from other accounts, is from the future, or so old that deletions
 * have left the recycle bins meanwhile. A state without cursors knows nothing, and has nothing to doubt.
 */
export function untrusted({ mappings }: SyncDependencies, facts: RunFacts, cursors: readonly Cursor[]): string | null {
  const streams: [System, string][] = [
    ["hubspot", HUBSPOT_CONTACTS],
    ...personObjects(mappings).map((object): [System, string] => ["salesforce", object]),
  ];
  for (const [system, object] of streams) {
    const cursor = cursors.find((row) => row.system === system && row.object === object && row.lane === "fast");
    if (cursor === undefined || usable(cursors, facts, system, object, "fast") !== undefined) continue;
    if (cursor.account !== facts.accounts[system]) return `${object} was last read from another ${system} account`;
    const when = cursor.position > facts.startedAt ? "which is in the future" : "which is too long ago";
    return `${object} of ${system} was last read at ${cursor.position}, ${when}`;
  }
  return null;
}

/** That everybody was read and compared now. */
export function walkCursor({ startedAt, accounts }: Pick<RunFacts, "startedAt" | "accounts">): Cursor {
  return {
    system: "hubspot",
    object: HUBSPOT_CONTACTS,
    lane: LANE,
    position: startedAt,
    account: accounts.hubspot,
  };
}
