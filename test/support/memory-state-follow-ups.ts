/** Notices, cadences, steps and rejects of the state store in memory. */
import type { NoticeEntry } from "../../src/core/model/notice.ts";
import type { Decisions, StateStore } from "../../src/jobs/state-port.ts";
import type { FollowUpMethod, MemoryTables } from "./memory-state-tables.ts";

export function memoryFollowUps(tables: MemoryTables): Pick<StateStore, FollowUpMethod> {
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
      for (const notice of lost) tables.notices.put(asTold({ ...notice, state: "unknown", notBefore: null, detail }));
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
        if (stored?.state === "sending") tables.notices.put(asTold({ ...stored, state, notBefore, detail }));
      }
    },
    async noticesOf(links) {
      return tables.notices.select(
        ({ link }) => link !== null && links.includes(link),
        (notice) => [notice.link ?? "", ...inOrder(notice)],
      );
    },
    async linksDueForFollowUp(now, limit) {
      return tables.links.select(
        ({ followUpAt, state }) => followUpAt != null && followUpAt <= now && DUE_STATES.has(state),
        (link) => [link.followUpAt ?? "", link.id],
        limit,
      );
    },
    async tasksToChange(limit) {
      return tables.tasks.select(
        ({ change, state, salesforceId }) => change != null && state === "done" && salesforceId !== null,
        (task) => [task.cause],
        limit,
      );
    },
    cadenceRunsOf: async (links) => cadenceRunsOf(tables, links),
    followUpEventsOf: async (links) => followUpEventsOf(tables, links),
    async factChangesOf(links) {
      return tables.factChanges.select(
        ({ link }) => links.includes(link),
        (change) => [change.link, change.version],
      );
    },
  };
}

export function cadenceRunsOf(tables: MemoryTables, links: readonly string[]) {
  return tables.cadenceRuns.select(
    ({ link }) => links.includes(link),
    (run) => [run.link, run.startedAt, run.cadence, run.anchorAt],
  );
}

export function followUpEventsOf(tables: MemoryTables, links: readonly string[]) {
  return tables.followUpEvents.select(
    ({ link }) => links.includes(link),
    (event) => [event.link, event.at, event.key],
  );
}

const DUE_STATES: ReadonlySet<string> = new Set(["single", "pending", "linked", "ambiguous"]);

/** What a decision adds to the follow-up; steps and changes that are there already are left as they are. */
export function putFollowUps(tables: MemoryTables, decisions: Decisions): void {
  putNotices(tables, decisions.notices);
  for (const run of decisions.cadenceRuns) tables.cadenceRuns.put(run);
  for (const event of decisions.followUpEvents)
    if (tables.followUpEvents.get(event.key) === undefined) tables.followUpEvents.put(event);
  for (const change of decisions.factChanges)
    if (tables.factChanges.get(`${change.link} ${change.version}`) === undefined) tables.factChanges.put(change);
}

/** What was told about nobody in particular loses its text. */
function asTold(notice: NoticeEntry): NoticeEntry {
  const isOver = notice.state !== "due" && notice.state !== "sending";
  return isOver && notice.link === null ? { ...notice, text: "", html: null } : notice;
}

/** A notice that is there already is left as it is. */
function putNotices(tables: MemoryTables, notices: readonly NoticeEntry[]): void {
  for (const notice of notices) if (tables.notices.get(notice.key) === undefined) tables.notices.put(notice);
}

function isDue(notBefore: string | null, now: string): boolean {
  return notBefore === null || notBefore <= now;
}

export function putRejects(tables: MemoryTables, rejects: Decisions["rejects"], settled: readonly string[] = []): void {
  for (const id of settled) tables.rejects.delete(id);
  const last = new Map(rejects.map((reject) => [reject.id, reject]));
  for (const reject of last.values()) {
    const before = tables.rejects.get(reject.id);
    const attempts = before === undefined ? reject.attempts : Math.max(before.attempts + 1, reject.attempts);
    tables.rejects.put({ ...reject, attempts });
  }
}
