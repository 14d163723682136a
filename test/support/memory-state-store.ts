/** A state store in memory, for simulations: every method is one transaction that nothing can come between. Keeps the contract of the real ones. */
import { StopRun } from "../../src/core/errors.ts";
import { type IntentEntry, taskWriteKey } from "../../src/core/model/ledger.ts";
import type { Link } from "../../src/core/model/link.ts";
import type { Instant } from "../../src/core/model/record.ts";
import {
  type Alias,
  type Decisions,
  type Lease,
  NOTHING_DECIDED,
  type Outcomes,
  type StateStore,
  type Stored,
} from "../../src/jobs/state-port.ts";
import { type StoredClaim, settleClaims } from "../../src/state/link-claims.ts";
import { withoutStale } from "../../src/state/without-stale.ts";
import { forgetAll } from "./memory-state-erasure.ts";
import { memoryFollowUps, putFollowUps, putRejects } from "./memory-state-follow-ups.ts";
import { markDirty, noteSeen } from "./memory-state-marks.ts";
import { putOutcomes, replaceOutcomes } from "./memory-state-outcomes.ts";
import { forgetPasses, putPasses } from "./memory-state-passes.ts";
import { memoryReads } from "./memory-state-reads.ts";
import { settle } from "./memory-state-settling.ts";
import { type MemoryTables, memoryTables, type WritingMethod } from "./memory-state-tables.ts";

/** An empty state, and its tables for whoever wants to look at everything. */
export function openMemoryState(): { readonly store: StateStore; readonly tables: MemoryTables } {
  const tables = memoryTables();
  return {
    store: {
      ...memoryReads(tables),
      ...memoryWrites(tables),
      ...memoryFollowUps(tables),
      close: async () => undefined,
    },
    tables,
  };
}

type Writes = Pick<StateStore, WritingMethod>;

function memoryWrites(tables: MemoryTables): Writes {
  return {
    async acquireLease(job, holder, ttlMs, now) {
      const present = tables.leases.get(job);
      if (present !== undefined && present.until > now) return null;
      const lease: Lease = { job, holder, fence: (present?.fence ?? 0) + 1, until: later(now, ttlMs) };
      tables.leases.put(lease);
      return lease;
    },
    async renewLease(lease, ttlMs, now) {
      assertFence(tables, lease);
      const renewed = { ...lease, until: later(now, ttlMs) };
      tables.leases.put(renewed);
      return renewed;
    },
    async releaseLease(lease) {
      const present = tables.leases.get(lease.job);
      if (present?.fence === lease.fence) tables.leases.put({ ...present, until: "" });
    },

    async ingest(lease, batch) {
      assertFence(tables, lease);
      if (batch.cursors.some((cursor) => cursor.account === null)) throw new Error("a cursor needs its account");
      markDirty(tables, batch.dirty, batch.now);
      noteSeen(tables, batch.seen);
      for (const cursor of batch.cursors) tables.cursors.put(cursor);
      putPasses(tables, batch.passes ?? [], batch.met ?? [], batch.passesOver === true);
    },
    async erase(lease, links, reason, at) {
      assertFence(tables, lease);
      forgetAll(tables, links, reason, at);
    },
    async hint(marks, now) {
      markDirty(tables, marks, now);
    },
    async deferDirty(lease, rows) {
      if (rows.length === 0) return;
      assertFence(tables, lease);
      for (const { key, dueAt } of rows) {
        const row = tables.dirty.get(key);
        if (row !== undefined) tables.dirty.put({ ...row, dueAt, attempts: row.attempts + 1 });
      }
    },

    async commitDecisions(lease, decisions) {
      assertFence(tables, lease);
      return commitDecisions(tables, decisions);
    },
    async commitOutcomes(lease, outcomes) {
      assertFence(tables, lease);
      return commitOutcomes(tables, outcomes);
    },

    async saveBulkJob(lease, job) {
      assertFence(tables, lease);
      tables.bulkJobs.put(job);
    },
    async closeBulkJob(lease, id) {
      assertFence(tables, lease);
      tables.bulkJobs.delete(id);
    },

    async beginReadPasses(lease, passes) {
      assertFence(tables, lease);
      forgetPasses(tables);
      putPasses(tables, passes, [], false);
    },

    async postponeScores(lease, links) {
      if (links.length === 0) return;
      assertFence(tables, lease);
      for (const { id, version, score } of links) {
        const stored = tables.links.get(id);
        if (stored?.version === version - 1) tables.links.put({ ...stored, version, score });
      }
    },
    async saveTasks(lease, tasks) {
      assertFence(tables, lease);
      for (const task of tasks) putTask(tables, task);
    },
    async saveHandoffs(lease, handoffs) {
      assertFence(tables, lease);
      for (const handoff of handoffs) putHandoff(tables, handoff);
    },
    async saveOutcomes(lease, outcomes, whole) {
      assertFence(tables, lease);
      replaceOutcomes(tables, outcomes, whole);
    },
    async retryRejects(lease, ids, now) {
      assertFence(tables, lease);
      const chosen = tables.rejects.select(
        (reject) => ids === "all" || ids.includes(reject.id),
        (reject) => [reject.id],
      );
      const keys = new Set<string>();
      for (const { id, link, system, recordId } of chosen) {
        tables.rejects.delete(id);
        if (link !== null) keys.add(`l:${link}`);
        else if (recordId !== null) keys.add(`${system === "hubspot" ? "h" : "s"}:${recordId}`);
      }
      markDirty(
        tables,
        [...keys].map((key) => ({ key, reason: "retry", dueAt: now })),
        now,
      );
      return keys.size;
    },

    async saveSchema(schema, readAt) {
      tables.schemas.put({ schema, readAt });
    },
    async saveOwners(system, owners, readAt) {
      tables.owners.put({ system, owners, readAt });
    },
    async startRun(run) {
      tables.runs.put(run);
    },
    async finishRun(run) {
      tables.runs.put(run);
    },
    async saveSetting(name, value) {
      tables.settings.put({ name, value });
    },
  };
}

function later(now: Instant, ms: number): Instant {
  return new Date(Date.parse(now) + ms).toISOString();
}

function assertFence(tables: MemoryTables, lease: Lease): void {
  if (tables.leases.get(lease.job)?.fence === lease.fence) return;
  throw new StopRun(
    `${lease.holder} no longer holds the lease of ${lease.job} (fence ${lease.fence}): another run took over after ${lease.until}. Nothing was stored; that run goes on.`,
    { kind: "paused" },
  );
}

function clearDirty(tables: MemoryTables, done: Decisions["done"]): void {
  for (const { key, version } of done) if (tables.dirty.get(key)?.version === version) tables.dirty.delete(key);
}

function commitDecisions(tables: MemoryTables, decisions: Decisions): Stored {
  const { accepted, stale, before } = claim(tables, decisions.links);
  for (const link of accepted) tables.links.put(storable(link));
  const kept = withoutStale(decisions, stale, before);
  putAliases(tables, kept.aliases, before);
  settle(tables, kept, stale);
  for (const intent of kept.intents) tables.intents.put(intent);
  for (const conflict of kept.conflicts) tables.conflicts.put(conflict);
  putRejects(tables, kept.rejects);
  for (const event of kept.stageEvents)
    if (tables.stageEvents.get(`${event.link} ${event.sequence}`) === undefined) tables.stageEvents.put(event);
  for (const handoff of kept.handoffs) putHandoff(tables, handoff);
  for (const task of kept.tasks)
    if (task.state !== "due") putTask(tables, task);
    else putDueTask(tables, task);
  putOutcomes(tables, kept.outcomes);
  putFollowUps(tables, kept);
  for (const { rule, ownerEmail } of kept.routed) {
    const handoffs = (tables.routed.get(`${rule} ${ownerEmail}`)?.handoffs ?? 0) + 1;
    tables.routed.put({ rule, ownerEmail, handoffs });
  }
  clearDirty(tables, kept.done);
  markDirty(tables, kept.dirty, null);
  return { stale: [...stale] };
}

function commitOutcomes(tables: MemoryTables, outcomes: Outcomes): Stored {
  const { accepted, stale, before } = claim(tables, outcomes.links);
  for (const link of accepted) {
    const stored = tables.links.get(link.id);
    if (stored === undefined) throw new Error(`an outcome of ${link.id}, which is not stored`);
    const { followUpAt, email, name, generation, stage, score, firstSeenAt } = stored;
    const { followUpAt: _, ...delivered } = link;
    const { facts } = outcomes.factsOf.includes(link.id) ? link : stored;
    const asDecided = { email, name, generation, stage, score, firstSeenAt, facts };
    tables.links.put({ ...delivered, ...asDecided, ...(followUpAt === undefined ? {} : { followUpAt }) });
  }
  const { done } = withoutStale({ ...NOTHING_DECIDED, links: outcomes.links, done: outcomes.done }, stale, before);
  for (const told of outcomes.intents) closeIntents(tables, told);
  for (const task of outcomes.tasks) putTask(tables, task);
  putRejects(tables, outcomes.rejects, outcomes.settledRejects);
  clearDirty(tables, done);
  markDirty(tables, outcomes.dirty, null);
  return { stale: [...stale] };
}

function claim(
  tables: MemoryTables,
  links: readonly Link[],
): { accepted: readonly Link[]; stale: ReadonlySet<string>; before: readonly StoredClaim[] } {
  const ids = new Set(links.map((link) => link.id));
  const records = new Set(links.flatMap((link) => [`h:${link.hubspotId}`, `s:${link.salesforceId}`]));
  const before = tables.links.select(
    (link) =>
      ids.has(link.id) ||
      (link.state !== "superseded" &&
        ((link.hubspotId !== null && records.has(`h:${link.hubspotId}`)) ||
          (link.salesforceId !== null && records.has(`s:${link.salesforceId}`)))),
    (link) => [link.id],
  );
  const { accepted, stale } = settleClaims(links, before);
  return { accepted, stale: new Set(stale), before };
}

/** PostgreSQL's text holds every character but NUL. */
function storable(link: Link): Link {
  return link.name.includes("\0") ? { ...link, name: link.name.replaceAll("\0", "") } : link;
}

function putAliases(tables: MemoryTables, aliases: readonly Alias[], before: readonly StoredClaim[]): void {
  for (const alias of aliases) tables.aliases.put(alias);
  const byRecord = new Map(aliases.map((alias) => [`${alias.system}:${alias.oldId}`, alias.link]));
  for (const { id, hubspotId, salesforceId } of before) {
    if (tables.links.get(id)?.state !== "superseded") continue;
    const target = [byRecord.get(`hubspot:${hubspotId}`), byRecord.get(`salesforce:${salesforceId}`)].find(
      (link) => link !== undefined && link !== id,
    );
    if (target === undefined) continue;
    for (const alias of tables.aliases.select(
      (row) => row.link === id,
      (row) => [row.oldId],
    ))
      tables.aliases.put({ ...alias, link: target });
  }
}

function putTask(tables: MemoryTables, task: Outcomes["tasks"][number]): void {
  if (tables.tasks.get(task.cause)?.state === "done" && task.state !== "done") return;
  tables.tasks.put(task);
  if (task.state === "done") tables.rejects.delete(taskWriteKey(task.cause));
}

/** A cause keeps its task, unless that waits and is for another owner now. */
function putDueTask(tables: MemoryTables, task: Decisions["tasks"][number]): void {
  const before = tables.tasks.get(task.cause);
  if (before === undefined || (before.state === "due" && before.ownerEmail !== task.ownerEmail)) tables.tasks.put(task);
}

function putHandoff(tables: MemoryTables, handoff: Decisions["handoffs"][number]): void {
  const before = tables.handoffs.get(`${handoff.link} ${handoff.epoch}`);
  const mayOpen = before === undefined || before.outcome === "open" || before.outcome === "withdrawn";
  if (mayOpen || handoff.outcome !== "open") tables.handoffs.put(handoff);
}

function closeIntents(tables: MemoryTables, told: Outcomes["intents"][number]): void {
  const open = tables.intents.select(
    (intent: IntentEntry) => intent.key === told.key && (intent.state === "sent" || intent.state === "unknown"),
    (intent) => [intent.run],
  );
  for (const intent of open)
    tables.intents.put({
      ...intent,
      state: told.state,
      recordId: told.recordId ?? intent.recordId,
      detail: told.detail,
    });
}
