/** Walks HubSpot's own list of archived contacts now and then: no change window tells of them. */
import type { System } from "../core/model/record.ts";
import { foreseeDeletion } from "../core/sync/check-safety.ts";
import { isContactLeft } from "../core/sync/contact-left.ts";
import { later } from "../core/sync/sight-fields.ts";
import { usable } from "./change-requests.ts";
import type { Collected } from "./collected-changes.ts";
import type { Cursor, DirtyMark } from "./state-port.ts";
import { HUBSPOT_CONTACTS, type RunFacts, type SyncDependencies } from "./sync-dependencies.ts";

/** Nothing, for a system that tells its deletions among the changes, or where the list was walked lately. */
export async function readArchived(
  dependencies: SyncDependencies,
  facts: RunFacts,
  system: System,
  cursors: readonly Cursor[],
  found: Collected,
): Promise<void> {
  if (system !== "hubspot") return;
  const { connector } = dependencies.rulebook;
  const last = usable(cursors, facts, system, HUBSPOT_CONTACTS, "archived");
  if (last !== undefined && last.position > later(facts.startedAt, -connector.archivedSweepHours * 3_600_000)) return;
  // The list can lag as the search does, and whoever is marked a second time is known to be deleted by then.
  const since = last === undefined ? null : later(last.position, -connector.overlapSeconds * 1_000);
  const marks: DirtyMark[] = [];
  for await (const records of dependencies.clients.hubspot.readArchived(HUBSPOT_CONTACTS, since, [])) {
    const links = await dependencies.store.linksByRecord(
      "hubspot",
      records.map((record) => record.ref.id),
    );
    for (const record of records) {
      const link = links.get(record.ref.id);
      if (link === undefined || link.state === "superseded") continue;
      // Of somebody whose lead was deleted it is noted, so that the contact is not taken for an erased one when its list no longer has it.
      if (link.state === "tombstoned" && !isContactLeft(link)) continue;
      marks.push({ key: `h:${record.ref.id}`, reason: "archived", dueAt: facts.startedAt });
      if (link.state !== "tombstoned") found.foreseen = foreseeDeletion(found.foreseen);
    }
  }
  if (facts.dry) {
    found.marks.push(...marks);
    return;
  }
  const cursor: Cursor = {
    system,
    object: HUBSPOT_CONTACTS,
    lane: "archived",
    // By HubSpot's clock, which says when a contact was archived: ours may be ahead, and would skip what was deleted right after.
    position: found.started.get(HUBSPOT_CONTACTS) ?? facts.startedAt,
    account: facts.accounts.hubspot,
  };
  await found.unstored.add(dependencies, facts, { dirty: marks, cursors: [cursor] });
}
