/** What a state store in memory knows of people who asked to be forgotten, and of writes close behind a change. */
import type { IntentEntry } from "../../src/core/model/ledger.ts";
import { TEXT_ERASED } from "../../src/core/model/notice.ts";
import type { Instant, System } from "../../src/core/model/record.ts";
import { IDENTITY_KEY, identityOf, newIdentityKey } from "../../src/state/erasure-part.ts";
import { type MemoryTables, outcomeKey } from "./memory-state-tables.ts";

export function erasedAmong(tables: MemoryTables, emails: readonly string[]): ReadonlySet<string> {
  const key = tables.settings.get(IDENTITY_KEY)?.value;
  return new Set(
    emails.filter((email) => key !== undefined && tables.erased.get(identityOf(email, key)) !== undefined),
  );
}

/** Writes to these people since then, oldest first. */
export function recentWrites(tables: MemoryTables, links: readonly string[], since: string): readonly IntentEntry[] {
  return tables.intents.select(
    (intent) => intent.link !== null && links.includes(intent.link) && intent.sentAt >= since,
    (intent) => [intent.sentAt, intent.key, intent.run],
  );
}

export function arrivedWrites(tables: MemoryTables, links: readonly string[], since: string): readonly IntentEntry[] {
  return recentWrites(tables, links, since).filter(({ state }) => state === "written");
}

export function closeWrites(
  tables: MemoryTables,
  system: System,
  runs: readonly string[],
  withinSeconds: number,
): IntentEntry[] {
  const mayHaveArrived = ["sent", "unknown", "settled", "written"];
  return tables.intents.select(
    (intent) =>
      runs.includes(intent.run) &&
      intent.system === system &&
      mayHaveArrived.includes(intent.state) &&
      intent.ifUnmodifiedSince !== null &&
      Date.parse(intent.ifUnmodifiedSince) > Date.parse(intent.sentAt) - withinSeconds * 1_000,
    (intent) => [intent.sentAt, intent.key, intent.run],
  );
}

export function forgetAll(tables: MemoryTables, links: readonly string[], reason: string, at: Instant): void {
  if (tables.settings.get(IDENTITY_KEY) === undefined)
    tables.settings.put({ name: IDENTITY_KEY, value: newIdentityKey() });
  const key = tables.settings.get(IDENTITY_KEY)?.value ?? "";
  for (const id of links) forget(tables, id, reason, at, key);
  const nobodys = tables.notices.select(
    ({ link, state }) => link === null && (state === "due" || state === "sending"),
    () => [],
  );
  for (const notice of nobodys) tables.notices.put({ ...notice, text: TEXT_ERASED, html: null });
}

/** No value of the person stays; rows that others count on are blanked, the rest goes. */
function forget(tables: MemoryTables, id: string, reason: string, at: Instant, key: string): void {
  const stored = tables.links.get(id);
  if (stored === undefined) return;
  const { unshown: _, ...link } = stored;
  if (link.email !== null) tables.erased.put({ identity: identityOf(link.email, key), reason, at });
  const nothing = { email: null, name: id, fields: {}, facts: {}, stage: null, score: null, quarantine: {} };
  tables.links.put({ ...link, ...nothing, state: "erased", version: link.version + 1 });
  const mine = (row: { readonly link: string | null }): boolean => row.link === id;
  for (const row of tables.intents.select(mine, () => []))
    tables.intents.put({ ...row, fields: {}, reason: "", detail: null });
  for (const row of tables.stageEvents.select(mine, () => [])) tables.stageEvents.put({ ...row, reason: "" });
  for (const row of tables.handoffs.select(mine, () => [])) tables.handoffs.put({ ...row, reasons: [] });
  for (const row of tables.tasks.select(mine, () => []))
    tables.tasks.put({ ...row, subject: "", description: "", reason: "", change: null });
  for (const row of tables.outcomes.select(mine, () => [])) {
    tables.outcomes.delete(outcomeKey(row));
    tables.outcomes.put({ ...row, name: "", lostReason: null, products: null, contactId: id });
  }
  for (const row of tables.conflicts.select(mine, () => [])) tables.conflicts.delete(row.id);
  for (const row of tables.rejects.select(mine, () => [])) tables.rejects.delete(row.id);
  for (const row of tables.notices.select(mine, () => [])) tables.notices.delete(row.key);
  for (const row of tables.followUpEvents.select(mine, () => [])) tables.followUpEvents.delete(row.key);
  for (const row of tables.factChanges.select(mine, () => [])) tables.factChanges.delete(`${row.link} ${row.version}`);
  for (const row of tables.cadenceRuns.select(mine, () => []))
    tables.cadenceRuns.delete(`${row.link} ${row.cadence} ${row.epoch} ${row.anchorAt}`);
  const counted = tables.countedPeople.get(id);
  if (counted !== undefined) tables.countedPeople.put({ link: id, version: counted.version + 1, seen: "" });
}
