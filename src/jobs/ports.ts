/** All that LeadLoop needs of the outside: two clients, a clock, a log, a way to tell people. The store is in state-port. */

import type { StopRun } from "../core/errors.ts";
import type { DatedRates } from "../core/model/ledger.ts";
import type { NewField } from "../core/model/new-field.ts";
import type { Write, WriteOutcome } from "../core/model/plan.ts";
import type { CrmRecord, Instant, ObjectSchema, Owner, RawValue, System } from "../core/model/record.ts";

/** Time and patience. In a simulation both are virtual. */
export interface Clock {
  now(): Instant;
  sleep(ms: number): Promise<void>;
}

/** A stretch of change time, start included. `to` absent: up to the present. */
export interface Window {
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/** Records of one object that changed in any of the windows. An empty list of windows reads nothing. `from: null` reads everything there is. */
export interface ChangeRequest {
  readonly object: string;
  readonly fields: readonly string[];
  readonly windows: readonly Window[];
  /** Only records in which this field is not blank (our own tasks among everybody's). */
  readonly onlyWith?: string;
  /** Where an earlier read of everything ended: the `position` of its last page that was stored. Means nothing to anybody but the client that gave it. */
  readonly after?: string;
  /** People are synced without it too: where it is hidden from us, the page says so in place of an error. */
  readonly dispensable?: true;
}

export interface ChangePage {
  readonly object: string;
  readonly records: readonly CrmRecord[];
  /** The system's own time when the first page of this object was answered, or asked for by a job. */
  readonly serverTime: Instant;
  /** Where another run goes on once this page is stored; null where it cannot. A page without records may come only to tell this. */
  readonly position: string | null;
  /** No further page of this object follows. */
  readonly last: boolean;
  /** Why nothing was read of a dispensable object, in words for the admin; absent where it was read. */
  readonly refused?: string;
}

export interface ReadRequest {
  readonly object: string;
  readonly ids: readonly string[];
  readonly fields: readonly string[];
  /** Fields whose history is wanted too (HubSpot). */
  readonly history?: readonly string[];
  /** The archived records instead of the live ones (HubSpot). */
  readonly archived?: boolean;
}

/** Records by the id that was asked for: a merged record is found under its old id, and its `ref.id` names the survivor. */
export interface ReadAnswer {
  readonly found: ReadonlyMap<string, CrmRecord>;
  readonly missing: readonly string[];
}

/** One change of one field, as the system's own history tells it. */
export interface FieldChange {
  readonly record: string;
  readonly field: string;
  readonly from: RawValue;
  readonly to: RawValue;
  readonly at: Instant;
  /** Our own integration made it. */
  readonly own: boolean;
}

export interface CallLimits {
  readonly daily: { readonly limit: number; readonly remaining: number } | null;
}

/** What became of a field that was to be made; `reason` is the system's own. */
export type FieldMade = { readonly made: true } | { readonly made: false; readonly reason: string };

/** What one bulk job writes: an object's records, found by a unique field (`upsert`) or by their ids (`update`). */
export interface BulkKind {
  readonly object: string;
  readonly operation: "upsert" | "update";
  /** The unique field of an upsert; null for an update. */
  readonly keyField: string | null;
}

/** Writes that were handed over to a system as one job, stored before anything is sent. Its rows are the intents of `run` with these keys. */
export interface BulkJob extends BulkKind {
  /** The system's own id of it. */
  readonly id: string;
  readonly run: string;
  /** The moment of the earliest of its intents. */
  readonly since: Instant;
  /** Key of each write, and the link it is for, in the same order. */
  readonly keys: readonly string[];
  readonly links: readonly string[];
}

/**
 * How far a job is. `open`: it was never started, and nothing is written by it. `failed` and `aborted` jobs may have written some of their rows.
 * `gone`: the system knows it no longer.
 */
export interface BulkProgress {
  readonly state: "open" | "working" | "complete" | "failed" | "aborted" | "gone";
  /** The system's own words about a failure. */
  readonly message: string;
}

/** Hands many writes over as one job that the system works on by itself. Errors are those of the client's other calls. */
export interface BulkDelivery {
  /** Whether the write can travel so: it needs no condition, and a table can hold its values. */
  suits(write: Write): boolean;
  /** Makes a job that writes nothing yet. */
  open(kind: BulkKind): Promise<{ readonly id: string } | { readonly refused: string }>;
  /** Gives the job its data, once. Nothing is written yet. */
  upload(id: string, kind: BulkKind, writes: readonly Write[]): Promise<void>;
  /** From here on the system writes. An answer that gets lost shows in the job's progress. */
  start(id: string): Promise<void>;
  progress(id: string): Promise<BulkProgress>;
  /** Ends a job that has not begun. False: it has. */
  abort(id: string): Promise<boolean>;
  /** What became of each row of a job that has ended. */
  results(id: string, kind: BulkKind): Promise<BulkAnswers>;
}

/** The outcome of each write of a job; `stop` where the system can write nothing now. */
export interface BulkAnswers {
  of(write: Write): { readonly outcome: WriteOutcome; readonly stop: StopRun | null };
}

/** `except`: values that nobody need be told of. */
export interface ValueQuestion {
  readonly field: string;
  readonly except: readonly string[];
}

export interface UsedValues {
  /** Records by the value that they hold. */
  readonly counts: ReadonlyMap<string, number>;
  /** Records with further values that were not looked at. */
  readonly others: number;
}

/** How many fields were granted; `reason` is the system's own word where we may not. */
export interface FieldAccess {
  readonly granted: number;
  readonly reason: string | null;
}

/** One of the two systems. Every call is paced, timed out, retried by the vendor's error table and counted against the budget. */
export interface CrmClient {
  readonly system: System;
  /** Who we are connected to (HubSpot portal id, Salesforce organisation id). Throws StopRun when the login is refused. */
  account(): Promise<string>;
  /** Yields page by page; several objects share calls where the system can. Also yields deleted, merged and converted records where the system tells them by time. */
  readChanges(requests: readonly ChangeRequest[]): AsyncIterable<ChangePage>;
  /** Ids of records that were archived or merged away and that no change window tells (HubSpot archived list); empty where `readChanges` tells them. */
  readArchived(object: string, since: Instant | null, fields: readonly string[]): AsyncIterable<readonly CrmRecord[]>;
  /** What the system's history says of these records since then, oldest first; empty where it keeps none, or tells it with the records themselves (HubSpot). */
  readFieldChanges(request: {
    readonly object: string;
    readonly ids: readonly string[];
    readonly since: Instant;
  }): Promise<readonly FieldChange[]>;
  readByIds(request: ReadRequest): Promise<ReadAnswer>;
  /** Live records whose `field` has one of the values; deleted ones too when asked (Salesforce) so that nothing is resurrected. */
  readByField(request: {
    readonly object: string;
    readonly field: string;
    readonly values: readonly string[];
    readonly fields: readonly string[];
    readonly includeDeleted?: boolean;
  }): Promise<readonly CrmRecord[]>;
  /** Live records whose `field` is not blank; asked of Salesforce only. */
  readWithValue(object: string, field: string, fields: readonly string[]): Promise<readonly CrmRecord[]>;
  /** One outcome per write, in the order given. Throws only StopRun; everything about one record is in its outcome. */
  write(writes: readonly Write[]): Promise<readonly WriteOutcome[]>;
  /** Large numbers of writes as jobs of the system (Salesforce); null where it has none. */
  readonly bulk: BulkDelivery | null;
  /** `reached`: fields of other objects over a relation, such as `Account.Name` (Salesforce); those that are there are among the fields, as ones nobody may write. */
  describe(object: string, reached?: readonly string[]): Promise<ObjectSchema>;
  /** By field: what live records hold in it beside the values that are expected. A field that the system cannot count is missing from the answer. */
  valuesInUse(object: string, questions: readonly ValueQuestion[]): Promise<ReadonlyMap<string, UsedValues>>;
  /** Makes a field that is missing, as an admin would. Only `leadloop setup` does so, and only what it has shown. Throws StopRun when nobody may. */
  createField(field: NewField): Promise<FieldMade>;
  /**
   * Lets our own user read and edit fields that nobody may see yet (Salesforce), as an admin would. Only `leadloop setup` does so, and only what it has shown.
   * Where a system shows every field to everybody there is nothing to grant.
   */
  grantFieldAccess(fields: readonly { readonly object: string; readonly name: string }[]): Promise<FieldAccess>;
  owners(): Promise<readonly Owner[]>;
  /** Units of each currency for one of the organisation's own, which comes first; asked only where its records say their currency. */
  currencyRates(): Promise<Readonly<Record<string, number>>>;
  /** By which the organisation converts opportunities of a close date, where it does; asked where `currencyRates` is. */
  datedRates(): Promise<DatedRates>;
  /** In which an organisation works that has only one; null where it has several, or does not tell. Asked of Salesforce only. */
  ownCurrency(): Promise<string | null>;
  limits(): Promise<CallLimits>;
  /** Calls sent so far by this client, retries included. */
  readonly calls: number;
  /** How far the system's clock is ahead of ours, in milliseconds, by its last answer; null before one. Answers tell whole seconds. */
  readonly clockAheadMs: number | null;
  /** The daily quota as the system's last answer told it; null before one did. No call. */
  readonly knownDaily: CallLimits["daily"];
}

/** Everything LeadLoop can say, so that it fits on one screen and tests can assert on it. Names of fields, never values. */
export type LogEvent =
  | { readonly event: "run.started"; readonly job: string; readonly connection: string }
  | {
      readonly event: "changes.read";
      readonly system: System;
      readonly object: string;
      readonly records: number;
      readonly dirty: number;
    }
  | {
      readonly event: "pair.ambiguous";
      readonly system: System;
      readonly object: string;
      readonly id: string;
      readonly candidates: number;
    }
  | { readonly event: "chunk.committed"; readonly persons: number; readonly writes: number; readonly conflicts: number }
  | {
      readonly event: "record.rejected";
      readonly system: System;
      readonly object: string;
      readonly id: string | null;
      readonly code: string;
      readonly fields: readonly string[];
    }
  | {
      readonly event: "record.unknown";
      readonly system: System;
      readonly object: string;
      readonly id: string | null;
      readonly reason: string;
    }
  | { readonly event: "handoff.made"; readonly link: string; readonly rule: string }
  | {
      readonly event: "notice.failed";
      readonly kind: string;
      readonly link: string | null;
      readonly reason: string;
    }
  | {
      readonly event: "http.retried";
      readonly system: System;
      readonly attempt: number;
      readonly waitMs: number;
      readonly reason: string;
    }
  | { readonly event: "currency.unknown"; readonly reason: string }
  /** A system refused with a code that no rule knows. */
  | { readonly event: "code.unknown"; readonly system: System; readonly status: number; readonly code: string }
  | { readonly event: "batch.split"; readonly system: System; readonly size: number; readonly reason: string }
  | {
      readonly event: "bulk.started";
      readonly job: string;
      readonly object: string;
      readonly operation: string;
      readonly records: number;
    }
  | { readonly event: "bulk.ended"; readonly job: string; readonly state: string; readonly reason: string }
  | { readonly event: "bulk.refused"; readonly object: string; readonly reason: string }
  /** A read by id was answered without this record and without a word about it: it was asked for by another route. */
  | { readonly event: "read.left-out"; readonly system: System; readonly object: string; readonly id: string }
  | { readonly event: "read.resumed"; readonly system: System; readonly object: string }
  | { readonly event: "lease.busy"; readonly job: string; readonly holder: string }
  | {
      readonly event: "schema.changed";
      readonly system: System;
      readonly object: string;
      readonly fields: readonly string[];
    }
  | {
      readonly event: "run.finished";
      readonly job: string;
      readonly outcome: string;
      readonly counts: Readonly<Record<string, number>>;
    }
  | { readonly event: "run.stopped"; readonly job: string; readonly reason: string };

export interface Log {
  debug(event: LogEvent): void;
  info(event: LogEvent): void;
  warn(event: LogEvent): void;
  error(event: LogEvent): void;
}
