/** The tables of a state store in memory. */

import type { CadenceRun, FollowUpEvent } from "../../src/core/model/follow-up.ts";
import type {
  ConflictEntry,
  FactChange,
  HandoffEntry,
  IntentEntry,
  OutcomeEntry,
  RejectEntry,
  StageEvent,
  TaskEntry,
} from "../../src/core/model/ledger.ts";
import type { Link } from "../../src/core/model/link.ts";
import type { NoticeEntry } from "../../src/core/model/notice.ts";
import type { MetRecords, ReadPass } from "../../src/core/model/read-pass.ts";
import type { Instant, ObjectSchema, Owner, System } from "../../src/core/model/record.ts";
import type { BulkJob } from "../../src/jobs/ports.ts";
import type { Alias, Cursor, DirtyRow, Lease, RunRow, StateStore } from "../../src/jobs/state-port.ts";
import type { CountedRow } from "./memory-state-report.ts";
import { MemoryTable } from "./memory-table.ts";

/** Methods of the store that write; all others read. */
export type WritingMethod = keyof Pick<
  StateStore,
  | "acquireLease"
  | "renewLease"
  | "releaseLease"
  | "ingest"
  | "hint"
  | "deferDirty"
  | "commitDecisions"
  | "commitOutcomes"
  | "postponeScores"
  | "saveTasks"
  | "saveHandoffs"
  | "saveOutcomes"
  | "retryRejects"
  | "erase"
  | "saveSchema"
  | "saveOwners"
  | "startRun"
  | "finishRun"
  | "saveSetting"
  | "saveBulkJob"
  | "closeBulkJob"
  | "beginReadPasses"
>;

export type FollowUpMethod = keyof Pick<
  StateStore,
  | "saveNotices"
  | "claimNotices"
  | "closeNotices"
  | "noticesOf"
  | "linksDueForFollowUp"
  | "tasksToChange"
  | "cadenceRunsOf"
  | "followUpEventsOf"
  | "factChangesOf"
>;

export function outcomeKey({ opportunityId, contactId }: OutcomeEntry): string {
  return `${opportunityId} ${contactId}`;
}

export type MemoryTables = ReturnType<typeof memoryTables>;

export function memoryTables() {
  return {
    leases: new MemoryTable<Lease>((row) => row.job),
    cursors: new MemoryTable<Cursor>((row) => `${row.system} ${row.object} ${row.lane}`),
    dirty: new MemoryTable<DirtyRow>((row) => row.key),
    links: new MemoryTable<Link>((row) => row.id),
    aliases: new MemoryTable<Alias>((row) => `${row.system} ${row.oldId}`),
    intents: new MemoryTable<IntentEntry>((row) => `${row.key} ${row.run}`),
    readPasses: new MemoryTable<ReadPass>((row) => `${row.system} ${row.object}`),
    readPages: new MemoryTable<MetRecords & { readonly page: number }>((row) => String(row.page)),
    bulkJobs: new MemoryTable<BulkJob>((row) => row.id),
    conflicts: new MemoryTable<ConflictEntry>((row) => row.id),
    rejects: new MemoryTable<RejectEntry>((row) => row.id),
    stageEvents: new MemoryTable<StageEvent>((row) => `${row.link} ${row.sequence}`),
    handoffs: new MemoryTable<HandoffEntry>((row) => `${row.link} ${row.epoch}`),
    tasks: new MemoryTable<TaskEntry>((row) => row.cause),
    outcomes: new MemoryTable<OutcomeEntry>(outcomeKey),
    cadenceRuns: new MemoryTable<CadenceRun>((row) => `${row.link} ${row.cadence} ${row.epoch} ${row.anchorAt}`),
    followUpEvents: new MemoryTable<FollowUpEvent>((row) => row.key),
    factChanges: new MemoryTable<FactChange>((row) => `${row.link} ${row.version}`),
    notices: new MemoryTable<NoticeEntry>((row) => row.key),
    routed: new MemoryTable<{ rule: string; ownerEmail: string; handoffs: number }>(
      (row) => `${row.rule} ${row.ownerEmail}`,
    ),
    schemas: new MemoryTable<{ schema: ObjectSchema; readAt: Instant }>(
      (row) => `${row.schema.system} ${row.schema.object}`,
    ),
    owners: new MemoryTable<{ system: System; owners: readonly Owner[]; readAt: Instant }>((row) => row.system),
    runs: new MemoryTable<RunRow>((row) => row.id),
    countedPeople: new MemoryTable<CountedRow>((row) => row.link),
    erased: new MemoryTable<{ identity: string; reason: string; at: Instant }>((row) => row.identity),
    settings: new MemoryTable<{ name: string; value: string }>((row) => row.name),
  };
}

/** Everything that is stored now; calling it later puts that back, as an admin does with a database's backup. */
export function backupOf(tables: MemoryTables): () => void {
  const ways = Object.values(tables).map((table) => table.backup());
  return () => {
    for (const putBack of ways) putBack();
  };
}
