/** What happened: stages entered, handoffs, tasks, conflicts, rejects, outcomes. Rows are added, never rewritten in meaning. */

import type { TaskChange } from "./follow-up.ts";
import type { ScoreReason } from "./link.ts";
import type { SyncRule } from "./mapping.ts";
import type { Instant, RawValue, System, Value } from "./record.ts";
import type { Stage } from "./rulebook.ts";

/** One stage entry. (epoch, rank) only ever rises; `actor` is a side, a rule or LeadLoop itself. */
export interface StageEvent {
  readonly link: string;
  readonly sequence: number;
  readonly epoch: number;
  readonly stage: Stage;
  readonly at: Instant;
  readonly side: System | "leadloop";
  readonly reason: string;
  /** Score and band at entry, where it was scored. */
  readonly score: number | null;
  readonly band: string | null;
}

export type TaskState = "due" | "sent" | "done" | "suppressed";

/** One task for one cause. The cause is the key in Salesforce too, so it can never be there twice. */
export interface TaskEntry {
  readonly cause: string;
  readonly link: string;
  readonly epoch: number;
  readonly purpose: string;
  readonly state: TaskState;
  readonly subject: string;
  readonly description: string;
  readonly priority: string;
  readonly dueOn: string;
  readonly ownerEmail: string;
  readonly createdAt: Instant;
  readonly notBefore: Instant | null;
  readonly salesforceId: string | null;
  readonly reason: string;
  /** What Salesforce last said of it. */
  readonly status: string | null;
  readonly closedAt: Instant | null;
  readonly closedByUs: boolean;
  /** When Salesforce took it; absent or null until then. */
  readonly deliveredAt?: Instant | null;
  /** When somebody first did something with it in Salesforce; absent or null until then. */
  readonly touchedAt?: Instant | null;
  /** What Salesforce is still to be told of it. */
  readonly change?: TaskChange | null;
}

/** The key of the write that makes the task of a cause; a refusal of it is kept under this name until the task has arrived. */
export function taskWriteKey(cause: string): string {
  return `task:${cause}`;
}

/** Stands in `routedBy` of a handoff where the person had an active owner already. */
export const CURRENT_OWNER = "current owner";

/** Stands there where the company's owner got it, before any rule; such leads are not counted. */
export const COMPANY_RULE = "owner of the company";

/** Stands there where no rule had anybody, also once somebody took the lead out of the queue. */
export const FALLBACK_RULE = "fallback";

/** Stand in `endedBy` of a handoff that was withdrawn. */
export const RECORD_DELETED = "deleted record";
export const MERGED_AWAY = "merge";

/** One MQL given to one owner: one per cycle. */
export interface HandoffEntry {
  readonly link: string;
  readonly epoch: number;
  readonly ownerEmail: string;
  readonly routedBy: string;
  readonly at: Instant;
  readonly deadline: Instant;
  /** `withdrawn`: the person was deleted, or became another one, before anybody answered. */
  readonly outcome: "open" | "accepted" | "rejected" | "late" | "withdrawn";
  readonly endedAt: Instant | null;
  readonly endedBy: string | null;
  readonly reasons: readonly ScoreReason[];
  /** The owner's first sign: the task was touched, or the person accepted or rejected. Absent or null until then. */
  readonly reactedAt?: Instant | null;
  /** Given outside the working hours of its first owner. Absent or null where that was not looked at. */
  readonly afterHours?: boolean | null;
}

/** Both sides changed one field, differently; carries both values and which was kept. */
export interface ConflictEntry {
  readonly id: string;
  readonly link: string;
  readonly field: string;
  readonly rule: SyncRule;
  readonly hubspot: Value;
  readonly salesforce: Value;
  readonly kept: System | "merged" | "neither";
  readonly because: string;
  readonly at: Instant;
  readonly run: string;
  /** Waits for a person (`ask`). */
  readonly open: boolean;
}

/** A write that the other side refused, or a value that could not be converted: tried again only when something changes. */
export interface RejectEntry {
  readonly id: string;
  /** Null for a line about a campaign, which is nobody's: an erasure does not look there. */
  readonly link: string | null;
  readonly system: System;
  readonly object: string;
  readonly recordId: string | null;
  readonly recordName: string;
  readonly fields: readonly string[];
  readonly code: string;
  readonly message: string;
  readonly at: Instant;
  readonly run: string;
  readonly attempts: number;
}

/** `settled`: no answer ever came; a later run has read the record since, and whatever became of the write is part of what it decided. */
export type IntentState = "sent" | "written" | "rejected" | "unknown" | "stale" | "moot" | "settled";

/** What a decision puts an end to. */
export interface Settled {
  /** Conflicts that no longer hold: by their own id, by their link's, or as `link:field`. */
  readonly conflicts: readonly string[];
  /** Rejects that no longer hold: by their own id, or by their link's. */
  readonly rejects: readonly string[];
  /** Links whose earlier writes without an answer are over; one that is sent again under its key stays open. */
  readonly writes: readonly string[];
}

/** A write, recorded before it is sent; its outcome afterwards. */
export interface IntentEntry {
  readonly key: string;
  readonly run: string;
  /** Null for a line about a campaign, which is nobody's: an erasure does not look there. */
  readonly link: string | null;
  readonly system: System;
  readonly object: string;
  readonly recordId: string | null;
  readonly operation: "create" | "update" | "archive";
  readonly fields: Readonly<
    Record<
      string,
      { readonly from: RawValue | undefined; readonly to: RawValue; readonly rule: string; readonly again?: number }
    >
  >;
  readonly reason: string;
  readonly state: IntentState;
  readonly sentAt: Instant;
  readonly notBefore: Instant;
  /** The change time that the write was conditional on: how old the record was when we read it. */
  readonly ifUnmodifiedSince: Instant | null;
  readonly detail: string | null;
}

/** What tells whether a field goes in circles. */
export type EarlierWrite = Pick<
  IntentEntry,
  "link" | "system" | "object" | "operation" | "fields" | "state" | "sentAt"
>;

/** What makes an opportunity a person's: a contact role on it, or, where nobody has one and the setting says so, its account. */
export type OpportunityTie = "primary contact role" | "contact role" | "account";

/** An opportunity that belongs to a person, as Salesforce last told it. One with several people has an entry for each of them. */
export interface OutcomeEntry {
  readonly opportunityId: string;
  /** The Salesforce Contact that it was found through; "" where that was not kept. */
  readonly contactId: string;
  readonly link: string;
  readonly through: OpportunityTie;
  /** True for one person of each opportunity: its money counts once. */
  readonly counts: boolean;
  readonly name: string;
  readonly stageName: string;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly closed: boolean;
  readonly won: boolean;
  readonly openedAt: Instant;
  /** When it entered its present stage; for a closed one, when it was closed. */
  readonly stageAt: Instant;
  readonly lostReason: string | null;
  /** The day on which it was or will be closed, as sales say; absent or null where that was not kept. */
  readonly closeDate?: string | null;
  /** What it is about, as a set (`analytics;reporting`); absent or null where no field says so. */
  readonly products?: Value;
}

/** What somebody bought in one currency; null where the organisation has only one. */
export interface Sale {
  readonly link: string;
  readonly currency: string | null;
  readonly amount: number;
}

/** Units of each currency for one of the corporate currency; {} where the organisation has one currency. */
export type CurrencyRates = Readonly<Record<string, number>>;

/**
 * Rates of each currency by the day from which they hold, the earliest first; that one also holds before its day. {} where the organisation has one rate for
 * all days.
 */
export type DatedRates = Readonly<Record<string, readonly { readonly from: string; readonly rate: number }[]>>;

/** What was new about a person's facts with one decision; a fact that became unknown is null. The first has all of them. For replays of history. */
export interface FactChange {
  readonly link: string;
  readonly version: number;
  readonly at: Instant;
  readonly facts: Readonly<Record<string, Value>>;
}
