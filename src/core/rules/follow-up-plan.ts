/** What following up is planned from, and what a plan of it consists of. */
import type { CadenceRun, FollowUpEvent } from "../model/follow-up.ts";
import type { HandoffEntry, StageEvent, TaskEntry } from "../model/ledger.ts";
import type { ScoreState, StageState } from "../model/link.ts";
import type { NoticeEntry } from "../model/notice.ts";
import type { Instant, Owner } from "../model/record.ts";
import type { Facts, Rulebook } from "../model/rulebook.ts";
import type { OwnerWork } from "./route-lead.ts";

export interface FollowUpInput {
  readonly link: string;
  readonly name: string;
  /** Derived ones included. */
  readonly facts: Facts;
  readonly score: ScoreState | null;
  readonly stage: StageState;
  /** All of them, those of this run at the end. */
  readonly stages: readonly StageEvent[];
  /** As they stand after this run's decisions about them. */
  readonly handoffs: readonly HandoffEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly runs: readonly CadenceRun[];
  readonly events: readonly FollowUpEvent[];
  readonly rulebook: Rulebook;
  /** Salesforce's users and queues. */
  readonly owners: readonly Owner[];
  readonly ownerEmail: string | null;
  readonly given: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Whom owners look after, and how much waits for them. */
  readonly work: OwnerWork;
  /** Why nobody can be given the lead; null or left out where somebody can. */
  readonly nobody?: string | null;
  /** Tasks need a record there. */
  readonly inSalesforce: boolean;
  readonly now: Instant;
}

/** Rows that are new or changed; nothing for what stays as it is. */
export interface FollowUpPlan {
  readonly tasks: readonly TaskEntry[];
  readonly handoffs: readonly HandoffEntry[];
  readonly runs: readonly CadenceRun[];
  readonly events: readonly FollowUpEvent[];
  readonly notices: readonly NoticeEntry[];
  /** What the round robin counts for a lead that was given to somebody else. */
  readonly routed: { readonly rule: string; readonly ownerEmail: string } | null;
  /** The owner that the records shall have from now on; null where nothing changes. */
  readonly newOwner: string | null;
  /** The e-mail step that HubSpot shall know of: a value, null for none any more, absent for a person who never had one. */
  readonly emailStep?: string | null;
  /** When something is due next if nothing else happens. */
  readonly dueAt: Instant | null;
}

/** The earlier of two instants, where there are two. */
export function earlier(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/** A task that a rep still has before them. */
export function isOpenTask(task: TaskEntry): boolean {
  return task.state === "done" && task.closedAt === null && task.change?.close === undefined;
}

/** The task with its closing on the way, also where nobody knows yet whether it arrived; one that was never sent is given up. Null where there is nothing to close. */
export function closing(task: TaskEntry, note: string): TaskEntry | null {
  if (task.state === "due") return { ...task, state: "suppressed", reason: note };
  const mayBeOpen = isOpenTask(task) || (task.state === "sent" && task.change?.close === undefined);
  return mayBeOpen ? { ...task, change: { ...task.change, close: { note } } } : null;
}
