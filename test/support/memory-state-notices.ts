/** Notices of the state store in memory. */
import type { NoticeEntry } from "../../src/core/model/notice.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { MemoryTables, NoticeMethod } from "./memory-state-tables.ts";

export function memoryNotices(tables: MemoryTables): Pick<StateStore, NoticeMethod> {
  const inOrder = (notice: NoticeEntry) => [notice.at, notice.key];
  return {
    async saveNotices(notices) {
      putNotices(tables, notices);
    },
    async claimNotices(now, until, limit) {
      const lost = tables.notices.select(
        ({ state, notBefore }) => state === "sending" && isDue(notBefore, now),
        inOrder,
      );
      const detail = "the program ended while it was being sent";
      for (const notice of lost) tables.notices.put({ ...notice, state: "unknown", notBefore: null, detail });
      const due = tables.notices.select(
        ({ state, notBefore }) => state === "due" && isDue(notBefore, now),
        inOrder,
        limit,
      );
      const claimed = due.map(
        (notice): NoticeEntry => ({
          ...notice,
          state: "sending",
          notBefore: until,
          attempts: notice.attempts + 1,
        }),
      );
      for (const notice of claimed) tables.notices.put(notice);
      return claimed;
    },
    async closeNotices(notices) {
      for (const { key, state, notBefore, detail } of notices) {
        const stored = tables.notices.get(key);
        if (stored?.state === "sending") tables.notices.put({ ...stored, state, notBefore, detail });
      }
    },
    async noticesOf(links) {
      return tables.notices.select(
        ({ link }) => link !== null && links.includes(link),
        (notice) => [notice.link ?? "", ...inOrder(notice)],
      );
    },
  };
}

/** A notice that is there already is left as it is. */
export function putNotices(tables: MemoryTables, notices: readonly NoticeEntry[]): void {
  for (const notice of notices) if (tables.notices.get(notice.key) === undefined) tables.notices.put(notice);
}

function isDue(notBefore: string | null, now: string): boolean {
  return notBefore === null || notBefore <= now;
}
