/** What a decision about one person is made from, and what it consists of. */
import type { CadenceRun, FollowUpEvent } from "../model/follow-up.ts";
import type { ConflictEntry, HandoffEntry, OutcomeEntry, RejectEntry, StageEvent, TaskEntry } from "../model/ledger.ts";
import type { Link } from "../model/link.ts";
import type { ObjectMapping, OwnFields } from "../model/mapping.ts";
import type { NoticeEntry } from "../model/notice.ts";
import type { Skip, Write } from "../model/plan.ts";
import type { CrmRecord, Instant, Owner, System } from "../model/record.ts";
import type { Facts, Rulebook } from "../model/rulebook.ts";
import type { OwnerWork } from "../rules/route-lead.ts";
import type { SalesClasses } from "../rules/sales-facts.ts";
import type { Arrivals } from "./find-arrivals.ts";

/** What the schema says may be written. */
export type MayWrite = (system: System, object: string, field: string, operation: "create" | "update") => boolean;
/** Whether a field takes moments, as its schema says. */
export type HoldsMoment = (system: System, object: string, field: string) => boolean;

export interface PersonInput {
  /** As stored, or fresh with version 0. */
  readonly link: Link;
  readonly mapping: ObjectMapping;
  readonly hubspot: CrmRecord | null;
  readonly salesforce: CrmRecord | null;
  readonly outcomes: readonly OutcomeEntry[];
  readonly handoffs: readonly HandoffEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly stageEvents: readonly StageEvent[];
  readonly cadenceRuns: readonly CadenceRun[];
  readonly followUpEvents: readonly FollowUpEvent[];
  readonly rescore: boolean;
  readonly arrivals: Arrivals;
  /** What whoever took this person's place in a merge objects to; empty for everybody else. */
  readonly objections: ReadonlySet<string>;
  /** Sides whose record is not there although nobody has deleted it, as far as we know: it is part of somebody else's, or hidden from us. */
  readonly undeleted: ReadonlySet<System>;
}

export interface DecisionContext {
  readonly rulebook: Rulebook;
  readonly ownFields: OwnFields;
  readonly owners: readonly Owner[];
  readonly given: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly work: OwnerWork;
  readonly salesClasses: SalesClasses | null;
  readonly mayWrite: MayWrite;
  readonly holdsMoment: HoldsMoment;
  readonly run: string;
  readonly now: Instant;
}

export interface PersonDecision {
  /** Version raised by one; equal to the stored link in everything else when nothing changed. */
  readonly link: Link;
  readonly writes: readonly Write[];
  readonly conflicts: readonly ConflictEntry[];
  readonly rejects: readonly RejectEntry[];
  readonly skips: readonly Skip[];
  readonly stageEvents: readonly StageEvent[];
  readonly handoffs: readonly HandoffEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly cadenceRuns: readonly CadenceRun[];
  readonly followUpEvents: readonly FollowUpEvent[];
  readonly notices: readonly NoticeEntry[];
  /** What is new about the facts; null when nothing is. */
  readonly factChange: Facts | null;
  readonly routed: { readonly rule: string; readonly ownerEmail: string } | null;
  /** When the person is to be looked at again although nothing happens, because a value is left alone until then; null where nothing waits for that. */
  readonly lookAgainAt: Instant | null;
}
