/** The reading half of a state store in memory. */
import type { Link, LinkState } from "../../src/core/model/link.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import { companyReads } from "./memory-state-companies.ts";
import { arrivedWrites, closeWrites, erasedAmong, recentWrites } from "./memory-state-erasure.ts";
import { cadenceRunsOf, followUpEventsOf } from "./memory-state-follow-ups.ts";
import { findPerson, linkOfRecord } from "./memory-state-look-up.ts";
import { markReads } from "./memory-state-marks.ts";
import { keepsRecord, passReads } from "./memory-state-passes.ts";
import { memoryReport } from "./memory-state-report.ts";
import type { FollowUpMethod, MemoryTables, WritingMethod } from "./memory-state-tables.ts";
import { descending } from "./memory-table.ts";

type Reads = Omit<StateStore, WritingMethod | FollowUpMethod | "close">;

const SCORED: ReadonlySet<LinkState> = new Set(["single", "pending", "linked", "ambiguous"]);

export function memoryReads(tables: MemoryTables): Reads {
  return {
    ...markReads(tables),
    ...passReads(tables),
    ...peopleReads(tables),
    ...ledgerReads(tables),
    ...runReads(tables),
    ...companyReads(tables),
  };
}

function peopleReads(tables: MemoryTables) {
  const byId = (link: Link): readonly string[] => [link.id];
  const people = (fits: (link: Link) => boolean, limit?: number) => tables.links.select(fits, byId, limit);
  const reads = {
    async cursors() {
      return tables.cursors.select(
        () => true,
        (cursor) => [cursor.system, cursor.object, cursor.lane],
      );
    },
    async links(ids) {
      return people((link) => ids.includes(link.id));
    },
    async linksByRecord(system, ids) {
      return new Map(
        ids.flatMap((id): [string, Link][] => {
          const link = linkOfRecord(tables, system, id);
          return link === undefined ? [] : [[id, link]];
        }),
      );
    },
    async linksByEmail(emails) {
      return people((link) => emails.includes(link.email ?? "") && keepsRecord(link));
    },
    async linksSharing(system, ids) {
      const isAside = ({ state }: Link) => state === "ambiguous" || state === "tombstoned";
      return people((link) => isAside(link) && ids.includes(link.facts[`address of ${system}`] ?? ""));
    },
    async scanLinks(after, limit) {
      return people((link) => link.id > (after ?? ""), limit);
    },
    async linksDueForScore(now, limit) {
      const dueAt = (link: Link): string => (SCORED.has(link.state) ? (link.score?.nextChangeAt ?? "~") : "~");
      return tables.links.select(
        (link) => dueAt(link) <= now,
        (link) => [dueAt(link), link.id],
        limit,
      );
    },
    async findPerson(text) {
      return findPerson(tables, text.trim());
    },
    async aliasesOf(link) {
      return tables.aliases.select(
        (alias) => alias.link === link,
        ({ system, oldId }) => [system, oldId],
      );
    },
  } satisfies Partial<Reads>;
  return reads;
}

function ledgerReads(tables: MemoryTables) {
  const reads = {
    openBulkJobs: async () =>
      tables.bulkJobs.select(
        () => true,
        (job) => [job.id],
      ),
    async unresolvedIntents(now, limit) {
      return tables.intents.select(
        (intent) => (intent.state === "sent" || intent.state === "unknown") && intent.notBefore <= now,
        (intent) => [intent.notBefore, intent.key, intent.run],
        limit,
      );
    },
    async intentsOf(link) {
      return tables.intents.select(
        (intent) => intent.link === link,
        (intent) => [intent.sentAt, intent.key, intent.run],
      );
    },
    async intentsOfRun(run) {
      return tables.intents.select(
        (intent) => intent.run === run,
        (intent) => [intent.sentAt, intent.key],
      );
    },
    erasedAmong: async (emails) => erasedAmong(tables, emails),
    recentWrites: async (links, since) => recentWrites(tables, links, since),
    arrivedWrites: async (links, since) => arrivedWrites(tables, links, since),
    closeWrites: async (system, runs, withinSeconds) => closeWrites(tables, system, runs, withinSeconds),
    async tasksDue(now, limit) {
      return tables.tasks.select(
        ({ state, notBefore }) =>
          (state === "due" || state === "sent") && (notBefore === null ? state === "due" : notBefore <= now),
        (task) => [task.createdAt, task.cause],
        limit,
      );
    },
    async tasksOf(links) {
      return tasksOf(tables, links);
    },
    async tasksBySalesforceId(ids) {
      return tables.tasks.select(
        (task) => task.salesforceId !== null && ids.includes(task.salesforceId),
        (task) => [task.cause],
      );
    },
    async handoffsOf(links) {
      return handoffsOf(tables, links);
    },
    async openHandoffs() {
      return tables.handoffs.select(
        (handoff) => handoff.outcome === "open",
        (handoff) => [handoff.deadline, handoff.link, handoff.epoch],
      );
    },
    async stageEventsOf(links) {
      return stageEventsOf(tables, links);
    },
    async outcomesOfOpportunities(ids) {
      return tables.outcomes.select(
        ({ opportunityId }) => ids.includes(opportunityId),
        ({ opportunityId, contactId }) => [opportunityId, contactId],
      );
    },
    async outcomesOf(links) {
      return outcomesOf(tables, links);
    },
    async ledgerOf(links) {
      return {
        outcomes: outcomesOf(tables, links),
        handoffs: handoffsOf(tables, links),
        tasks: tasksOf(tables, links),
        stageEvents: stageEventsOf(tables, links),
        cadenceRuns: cadenceRunsOf(tables, links),
        followUpEvents: followUpEventsOf(tables, links),
      };
    },
    async routedCounts() {
      const counts = new Map<string, Map<string, number>>();
      const rows = tables.routed.select(
        () => true,
        (row) => [row.rule, row.ownerEmail],
      );
      for (const { rule, ownerEmail, handoffs } of rows)
        counts.set(rule, (counts.get(rule) ?? new Map()).set(ownerEmail, handoffs));
      return counts;
    },
    async conflicts(filter) {
      return tables.conflicts.select(
        (row) =>
          (filter.open === undefined || row.open === filter.open) &&
          (filter.link === undefined || row.link === filter.link),
        (row) => [descending(row.at), row.id],
        filter.limit,
      );
    },
    async rejects(filter) {
      return tables.rejects.select(
        (row) => filter.link === undefined || row.link === filter.link,
        (row) => [descending(row.at), row.id],
        filter.limit,
      );
    },
    ...memoryReport(tables),
  } satisfies Partial<Reads>;
  return reads;
}

function tasksOf(tables: MemoryTables, links: readonly string[]) {
  return tables.tasks.select(
    (task) => links.includes(task.link),
    (task) => [task.link, task.createdAt, task.cause],
  );
}

function handoffsOf(tables: MemoryTables, links: readonly string[]) {
  return tables.handoffs.select(
    (handoff) => links.includes(handoff.link),
    (handoff) => [handoff.link, handoff.epoch],
  );
}

function stageEventsOf(tables: MemoryTables, links: readonly string[]) {
  return tables.stageEvents.select(
    (event) => links.includes(event.link),
    (event) => [event.link, event.sequence],
  );
}

function outcomesOf(tables: MemoryTables, links: readonly string[]) {
  return tables.outcomes.select(
    (outcome) => links.includes(outcome.link),
    (outcome) => [outcome.link, outcome.openedAt, outcome.opportunityId],
  );
}

function runReads(tables: MemoryTables) {
  const reads = {
    async schema(system, object) {
      return tables.schemas.get(`${system} ${object}`) ?? null;
    },
    async owners(system) {
      const kept = tables.owners.get(system);
      return kept === undefined ? null : { owners: kept.owners, readAt: kept.readAt };
    },
    async runs(limit) {
      return tables.runs.select(
        () => true,
        (run) => [descending(run.startedAt), run.id],
        limit,
      );
    },
    async setting(name) {
      return tables.settings.get(name)?.value ?? null;
    },
    async counts() {
      const states: Record<string, number> = {};
      for (const { state } of tables.links.select(
        () => true,
        (link) => [link.state],
      ))
        states[state] = (states[state] ?? 0) + 1;
      return {
        ...states,
        people: tables.links.size,
        dirty: tables.dirty.size,
        openConflicts: tables.conflicts.count((row) => row.open),
        rejects: tables.rejects.size,
        unresolvedIntents: tables.intents.count(({ state }) => state === "sent" || state === "unknown"),
        tasksDue: tables.tasks.count(({ state }) => state === "due" || state === "sent"),
        tasksDone: tables.tasks.count(({ state }) => state === "done"),
        openHandoffs: tables.handoffs.count(({ outcome }) => outcome === "open"),
      };
    },
    linkedPeople: async (enough) =>
      Math.min(
        tables.links.count(({ state }) => state === "linked"),
        enough,
      ),
  } satisfies Partial<Reads>;
  return reads;
}
