/** Once in a while everybody is read, and compared as a set with those we know: finds the change or deletion that no window ever told. */
import type { Link } from "../core/model/link.ts";
import type { System } from "../core/model/record.ts";
import { later } from "../core/sync/sight-fields.ts";
import { usable } from "./change-requests.ts";
import type { Cursor, DirtyMark } from "./state-port.ts";
import { HUBSPOT_CONTACTS, personObjects, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";

const LANE = "walk";

/** Links looked at together. */
const PAGE = 2_000;

/** Ids that a read of everybody has met, by `system:id`. */
export type Met = Set<string>;

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

/** Marks of people whose record a read of everybody has not met, so that it is looked up by its id; and the cursor that says when this was. */
export async function marksOfUnmet(
  dependencies: SyncDependencies,
  facts: RunFacts,
  met: Met,
): Promise<{ readonly dirty: readonly DirtyMark[]; readonly cursor: Cursor }> {
  const dirty: DirtyMark[] = [];
  for (let after: string | null = null; ; ) {
    const page: readonly Link[] = await dependencies.store.scanLinks(after, PAGE);
    for (const link of page) {
      if (!isUnmet(link, met)) continue;
      dirty.push({ key: `l:${link.id}`, reason: "not met", dueAt: facts.startedAt });
    }
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) break;
  }
  const account = facts.accounts.hubspot;
  return {
    dirty,
    cursor: { system: "hubspot", object: HUBSPOT_CONTACTS, lane: LANE, position: facts.startedAt, account },
  };
}

function isUnmet({ state, hubspotId, salesforceId }: Link, met: Met): boolean {
  if (state !== "linked" && state !== "single") return false;
  return (
    (hubspotId !== null && !met.has(`hubspot:${hubspotId}`)) ||
    (salesforceId !== null && !met.has(`salesforce:${salesforceId}`))
  );
}
