/** All that the jobs need of the state: one method per transaction, each fenced, none open across a network call. */
import type { CadenceRun, FollowUpEvent } from "../core/model/follow-up.ts";
import type {
  ConflictEntry,
  EarlierWrite,
  FactChange,
  HandoffEntry,
  IntentEntry,
  IntentState,
  OutcomeEntry,
  RejectEntry,
  Sale,
  Settled,
  StageEvent,
  TaskEntry,
} from "../core/model/ledger.ts";
import type { Link, SeenSide } from "../core/model/link.ts";
import type { NoticeEntry } from "../core/model/notice.ts";
import type { Priority } from "../core/model/priority.ts";
import type { MetRecords, ReadPass } from "../core/model/read-pass.ts";
import type { Instant, ObjectSchema, Owner, System } from "../core/model/record.ts";
import type { NoticePort } from "./notice-state-port.ts";
import type { BulkJob } from "./ports.ts";
import type { ReportState } from "./report-state-port.ts";

/** The right to be the only run of a job, until `until`. */
export interface Lease {
  readonly job: string;
  readonly holder: string;
  readonly fence: number;
  readonly until: Instant;
}

/** How far one stream has been read. `lane` fast | settled | archived. */
export interface Cursor {
  readonly system: System;
  readonly object: string;
  readonly lane: string;
  readonly position: Instant;
  /** Portal or organisation it was read from: a cursor is worth nothing elsewhere. */
  readonly account: string;
}

/** A hint that something may have changed. `h:<id>`, `s:<id>` or `l:<link>`; values always come from a fresh read. */
export interface DirtyMark {
  readonly key: string;
  readonly reason: string;
  readonly dueAt: Instant;
  /** Ordinary if absent. One that is set twice keeps the more urgent. */
  readonly priority?: Priority;
}

export interface DirtyRow extends DirtyMark {
  readonly priority: Priority;
  /** Rises each time the mark is set again: a row is deleted only at the version that was worked on. */
  readonly version: number;
  readonly attempts: number;
  readonly firstSeenAt: Instant;
}

export interface Alias {
  readonly system: System;
  readonly oldId: string;
  readonly link: string;
  readonly cause: "merge" | "convert";
}

/** Everything one chunk decided, stored in one transaction before the first byte leaves. */
export interface Decisions {
  /** Stored if the stored version is `version - 1` (or the link is new and `version` is 1). */
  readonly links: readonly Link[];
  readonly aliases: readonly Alias[];
  readonly intents: readonly IntentEntry[];
  readonly conflicts: readonly ConflictEntry[];
  /** Each of a person among `links`: who enters a stage has changed. */
  readonly stageEvents: readonly StageEvent[];
  readonly handoffs: readonly HandoffEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly rejects: readonly RejectEntry[];
  readonly outcomes: readonly OutcomeEntry[];
  /** What people are to be told; one whose key is there already is left as it is. */
  readonly notices: readonly NoticeEntry[];
  readonly cadenceRuns: readonly CadenceRun[];
  /** A step that was taken already stays as it was told. */
  readonly followUpEvents: readonly FollowUpEvent[];
  readonly factChanges: readonly FactChange[];
  readonly dirty: readonly DirtyMark[];
  /** Rows to delete, each only if its version is still the one worked on. */
  readonly done: readonly { readonly key: string; readonly version: number }[];
  /** Route counters for round robin: rule name -> owner e-mail -> handoffs given. */
  readonly routed: readonly { readonly rule: string; readonly ownerEmail: string }[];
  readonly settled: Settled;
}

/** Decides nothing: what a commit that is about one thing only starts from. */
export const NOTHING_DECIDED: Decisions = {
  links: [],
  aliases: [],
  intents: [],
  conflicts: [],
  stageEvents: [],
  handoffs: [],
  tasks: [],
  rejects: [],
  outcomes: [],
  notices: [],
  cadenceRuns: [],
  followUpEvents: [],
  factChanges: [],
  dirty: [],
  done: [],
  routed: [],
  settled: { conflicts: [], rejects: [], writes: [] },
};

/** What became of a chunk's writes, stored in one transaction. */
export interface Outcomes {
  readonly links: readonly Link[];
  /** Ids of those whose facts are stored too: an answer changed them. */
  readonly factsOf: readonly string[];
  readonly intents: readonly {
    readonly key: string;
    readonly state: IntentState;
    readonly recordId: string | null;
    readonly detail: string | null;
  }[];
  readonly tasks: readonly TaskEntry[];
  readonly rejects: readonly RejectEntry[];
  /** Ids of rejects that are over: what was refused has been taken since. */
  readonly settledRejects: readonly string[];
  readonly dirty: readonly DirtyMark[];
  readonly done: readonly { readonly key: string; readonly version: number }[];
}

export const NOTHING_TOLD: Outcomes = {
  links: [],
  factsOf: [],
  intents: [],
  tasks: [],
  rejects: [],
  settledRejects: [],
  dirty: [],
  done: [],
};

export interface RunRow {
  readonly id: string;
  readonly job: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly outcome: string | null;
  readonly counts: Readonly<Record<string, unknown>>;
}

/** The ledger rows of some people, each list ordered by link first, and as its own method orders it. */
export interface Ledger {
  readonly outcomes: readonly OutcomeEntry[];
  readonly handoffs: readonly HandoffEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly stageEvents: readonly StageEvent[];
  readonly cadenceRuns: readonly CadenceRun[];
  readonly followUpEvents: readonly FollowUpEvent[];
}

/** What `commitDecisions` and `commitOutcomes` did not store, because another run decided first: these links are read again. */
export interface Stored {
  readonly stale: readonly string[];
}

/**
 * The state of one connection. Methods that take a `fence` refuse with StopRun (kind paused) when the lease was lost.
 * Link ids, aliases and unique pairs are enforced by the database, not by the caller.
 */
export interface StateStore extends ReportState, NoticePort {
  acquireLease(job: string, holder: string, ttlMs: number, now: Instant): Promise<Lease | null>;
  renewLease(lease: Lease, ttlMs: number, now: Instant): Promise<Lease>;
  releaseLease(lease: Lease): Promise<void>;
  cursors(): Promise<readonly Cursor[]>;
  readPasses(): Promise<readonly ReadPass[]>;
  /** Begins a pass over these objects, in place of any other; over none, where there is nothing to go on with. */
  beginReadPasses(lease: Lease, passes: readonly ReadPass[]): Promise<void>;
  /** Links of live people with a record that the pass has not met. */
  unmetLinks(): Promise<readonly string[]>;
  /** Marks and cursors in one transaction: never the cursor before the rows. Sets `seen` of links whose records told nothing new. */
  ingest(
    lease: Lease,
    batch: {
      readonly dirty: readonly DirtyMark[];
      readonly cursors: readonly Cursor[];
      readonly seen: readonly SeenSide[];
      readonly now: Instant;
      /** How far passes are with this; stored with the marks, so that a place is never ahead of them. */
      readonly passes?: readonly ReadPass[];
      readonly met?: readonly MetRecords[];
      /** This is the end of the passes: nothing is known of them from now on. */
      readonly passesOver?: boolean;
    },
  ): Promise<void>;
  /** Marks without a lease: whoever hears of a change may say where to look while a run is under way. Values are never decided by it. */
  hint(marks: readonly DirtyMark[], now: Instant): Promise<void>;
  /** The most urgent first, then the longest due. */
  dirtyDue(limit: number, now: Instant): Promise<readonly DirtyRow[]>;
  /** Those of the keys that are marked, due or not. */
  dirtyOf(keys: readonly string[]): Promise<readonly DirtyRow[]>;
  dirtyCount(): Promise<number>;
  /** The row failed: try again at `dueAt`, attempts + 1. */
  deferDirty(lease: Lease, rows: readonly { readonly key: string; readonly dueAt: Instant }[]): Promise<void>;

  links(ids: readonly string[]): Promise<readonly Link[]>;
  /** By present id or alias; keyed by the id asked for. */
  linksByRecord(system: System, ids: readonly string[]): Promise<ReadonlyMap<string, Link>>;
  /** Live and tombstoned links by normalised e-mail, and those that stepped aside in a merge and keep a record. */
  linksByEmail(emails: readonly string[]): Promise<readonly Link[]>;
  /** Links that were set aside because one of these records, which is somebody else's, was seen to have their address. Looks through all that are unpaired. */
  linksSharing(system: System, ids: readonly string[]): Promise<readonly Link[]>;
  /** Links in id order after `after`, for passes over everyone. */
  scanLinks(after: string | null, limit: number): Promise<readonly Link[]>;
  linksDueForScore(now: Instant, limit: number): Promise<readonly Link[]>;
  /** Stores of these links only when their score is to be looked at next; one that was decided meanwhile is left as it is. */
  postponeScores(lease: Lease, links: readonly Link[]): Promise<void>;
  /**
   * By e-mail domain, the owner (as the owner fact says it) of most Salesforce contacts that are linked there. Where `accountOwner` names a fact, a contact
   * counts for whom that one names, and for its own owner only where it is blank.
   */
  ownersOfDomains(domains: readonly string[], accountOwner?: string | null): Promise<ReadonlyMap<string, string>>;
  /** What each person bought in deals that were won at `since` or later, for each currency apart; each deal is one person's. */
  salesByPerson(since: Instant): Promise<readonly Sale[]>;
  /** Whose ladder or cadence has a step due. */
  linksDueForFollowUp(now: Instant, limit: number): Promise<readonly Link[]>;
  findPerson(text: string): Promise<readonly Link[]>;
  /** The records that became this person's by a merge or a conversion, by system and id. */
  aliasesOf(link: string): Promise<readonly Alias[]>;

  commitDecisions(lease: Lease, decisions: Decisions): Promise<Stored>;
  commitOutcomes(lease: Lease, outcomes: Outcomes): Promise<Stored>;

  /** Jobs whose outcome has not been read to its end. */
  openBulkJobs(): Promise<readonly BulkJob[]>;
  saveBulkJob(lease: Lease, job: BulkJob): Promise<void>;
  /** Everything of the job is accounted for. */
  closeBulkJob(lease: Lease, id: string): Promise<void>;

  /** Intents whose outcome is not known and whose quarantine has passed. */
  unresolvedIntents(now: Instant, limit: number): Promise<readonly IntentEntry[]>;
  intentsOf(link: string): Promise<readonly IntentEntry[]>;
  intentsOfRun(run: string): Promise<readonly IntentEntry[]>;
  /** Writes to these people since then, oldest first. */
  recentWrites(links: readonly string[], since: Instant): Promise<readonly IntentEntry[]>;
  /** Those of them that are known to have arrived. */
  arrivedWrites(links: readonly string[], since: Instant): Promise<readonly EarlierWrite[]>;
  /** Conditional writes of these runs that may have arrived, to records that had changed at most so many seconds before. */
  closeWrites(system: System, runs: readonly string[], withinSeconds: number): Promise<readonly IntentEntry[]>;

  tasksDue(now: Instant, limit: number): Promise<readonly TaskEntry[]>;
  tasksOf(links: readonly string[]): Promise<readonly TaskEntry[]>;
  tasksBySalesforceId(ids: readonly string[]): Promise<readonly TaskEntry[]>;
  /** Tasks that are in Salesforce and are to be changed there. */
  tasksToChange(limit: number): Promise<readonly TaskEntry[]>;
  cadenceRunsOf(links: readonly string[]): Promise<readonly CadenceRun[]>;
  /** Steps taken, in order of time. */
  followUpEventsOf(links: readonly string[]): Promise<readonly FollowUpEvent[]>;
  /** In the order of a person's decisions. */
  factChangesOf(links: readonly string[]): Promise<readonly FactChange[]>;
  /** All of the above that a decision about these people needs, and their handoffs, stage entries and outcomes, in one look. */
  ledgerOf(links: readonly string[]): Promise<Ledger>;
  saveTasks(lease: Lease, tasks: readonly TaskEntry[]): Promise<void>;
  handoffsOf(links: readonly string[]): Promise<readonly HandoffEntry[]>;
  openHandoffs(): Promise<readonly HandoffEntry[]>;
  saveHandoffs(lease: Lease, handoffs: readonly HandoffEntry[]): Promise<void>;
  stageEventsOf(links: readonly string[]): Promise<readonly StageEvent[]>;
  outcomesOf(links: readonly string[]): Promise<readonly OutcomeEntry[]>;
  outcomesOfOpportunities(ids: readonly string[]): Promise<readonly OutcomeEntry[]>;
  /** Once for each person. `whole`: of these opportunities whoever is not among the outcomes is forgotten. */
  saveOutcomes(lease: Lease, outcomes: readonly OutcomeEntry[], whole: readonly string[]): Promise<void>;
  routedCounts(): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>>;

  /** Forgets these people: no value of theirs stays, only the ids of their records and a keyed hash of their address. */
  erase(lease: Lease, links: readonly string[], reason: string, now: Instant): Promise<void>;
  /** Those of the addresses whose owners were forgotten on request. */
  erasedAmong(emails: readonly string[]): Promise<ReadonlySet<string>>;
  /** Clears rejects and marks their people dirty, so that the next run tries again. Gives the number marked. */
  retryRejects(lease: Lease, ids: readonly string[] | "all", now: Instant): Promise<number>;

  schema(system: System, object: string): Promise<{ readonly schema: ObjectSchema; readonly readAt: Instant } | null>;
  saveSchema(schema: ObjectSchema, readAt: Instant): Promise<void>;
  owners(system: System): Promise<{ readonly owners: readonly Owner[]; readonly readAt: Instant } | null>;
  saveOwners(system: System, owners: readonly Owner[], readAt: Instant): Promise<void>;

  startRun(run: RunRow): Promise<void>;
  finishRun(run: RunRow): Promise<void>;
  runs(limit: number): Promise<readonly RunRow[]>;
  setting(name: string): Promise<string | null>;
  saveSetting(name: string, value: string): Promise<void>;
  counts(): Promise<Readonly<Record<string, number>>>;
  /** How many people are linked, counted no further than `enough`. */
  linkedPeople(enough: number): Promise<number>;
  close(): Promise<void>;
}
