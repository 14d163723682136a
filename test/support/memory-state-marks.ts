/** The marks of a state store in memory. */
import { moreUrgent } from "../../src/core/model/priority.ts";
import type { Instant } from "../../src/core/model/record.ts";
import type { DirtyMark, StateStore } from "../../src/jobs/state-port.ts";
import type { MemoryTables } from "./memory-state-tables.ts";

export function markReads(tables: MemoryTables): Pick<StateStore, "dirtyDue" | "dirtyOf" | "dirtyCount"> {
  return {
    async dirtyDue(limit, now) {
      return tables.dirty.select(
        (row) => row.dueAt <= now,
        (row) => [String(row.priority), row.dueAt, row.key],
        limit,
      );
    },
    async dirtyOf(keys) {
      return tables.dirty.select(
        (row) => keys.includes(row.key),
        (row) => [String(row.priority), row.dueAt, row.key],
      );
    },
    async dirtyCount() {
      return tables.dirty.size;
    },
  };
}

export function markDirty(tables: MemoryTables, marks: readonly DirtyMark[], now: Instant | null): void {
  const rows = new Map<string, DirtyMark>();
  for (const mark of marks) {
    const earlier = rows.get(mark.key);
    rows.set(mark.key, {
      ...mark,
      dueAt: earlier !== undefined && earlier.dueAt < mark.dueAt ? earlier.dueAt : mark.dueAt,
      priority: moreUrgent(mark.priority, earlier?.priority),
    });
  }
  for (const { key, reason, dueAt, priority = moreUrgent() } of rows.values()) {
    const row = tables.dirty.get(key);
    if (row === undefined) {
      tables.dirty.put({ key, reason, dueAt, priority, version: 1, attempts: 0, firstSeenAt: now ?? dueAt });
      continue;
    }
    tables.dirty.put({
      ...row,
      reason,
      version: row.version + 1,
      dueAt: row.dueAt < dueAt ? row.dueAt : dueAt,
      priority: moreUrgent(priority, row.priority),
    });
  }
}

/** A later read may have been noted meanwhile; it knows better. */
export function noteSeen(tables: MemoryTables, seen: Parameters<StateStore["ingest"]>[1]["seen"]): void {
  for (const { link: id, system, version, at } of seen) {
    const link = tables.links.get(id);
    const before = link?.seen[system]?.at;
    if (link !== undefined && (before === undefined || before <= at))
      tables.links.put({ ...link, seen: { ...link.seen, [system]: { version, at } } });
  }
}
