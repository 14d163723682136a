/** What the report reads of one person: narrow, with moments as milliseconds since 1970, so that a million people pass by in seconds. */
import type { HandoffEntry, TaskState } from "./ledger.ts";
import type { LinkState, ScoreReason, UnshownStage } from "./link.ts";
import type { Instant, System } from "./record.ts";
import type { Facts, Stage } from "./rulebook.ts";

/** Milliseconds since 1970; NaN for a moment that has not come. */
export type Moment = number;

export interface ReportPerson {
  readonly id: string;
  readonly state: LinkState;
  readonly name: string;
  readonly hubspotId: string | null;
  readonly salesforceObject: string | null;
  readonly salesforceId: string | null;
  readonly firstSeenAt: Moment;
  /** The stage that LeadLoop holds true now. */
  readonly stage: Stage | null;
  /** HubSpot is blank for a moment because a stage goes back. */
  readonly clearing: boolean;
  /** Why a side does not show the stage, where it is not known to; a fact tells what it shows. */
  readonly unshown: Readonly<Partial<Record<System, Pick<UnshownStage, "because" | "code">>>>;
  /** Only the facts that were asked for (`factsOfReport`). */
  readonly facts: Facts;
}

export interface StageEntry {
  readonly epoch: number;
  readonly stage: Stage;
  /** Place of the stage in `STAGES`: millions of entries are told apart by number. */
  readonly place: number;
  readonly at: Moment;
  readonly reason: string;
  readonly score: number | null;
  readonly band: string | null;
}

export interface HandoffRow {
  readonly epoch: number;
  readonly ownerEmail: string;
  readonly routedBy: string;
  readonly at: Moment;
  readonly deadline: Moment;
  readonly outcome: HandoffEntry["outcome"];
  readonly endedAt: Moment;
  readonly endedBy: string | null;
  readonly reasons: readonly ScoreReason[];
  /** The owner's first sign. */
  readonly reactedAt: Moment;
  /** When it was taken from an owner who gave no sign, and given to another. */
  readonly reassignedAt: Moment;
  /** Given outside the working hours of its first owner; false where that was not looked at. */
  readonly afterHours: boolean;
}

export interface TaskRow {
  readonly cause: string;
  readonly epoch: number;
  readonly purpose: string;
  readonly state: TaskState;
  /** A day, as in 2026-03-31. */
  readonly dueOn: string;
  readonly ownerEmail: string;
  readonly createdAt: Moment;
  readonly salesforceId: string | null;
  readonly closedAt: Moment;
  readonly closedByUs: boolean;
  /** When Salesforce took it. */
  readonly deliveredAt: Moment;
  /** When somebody first did something with it. */
  readonly touchedAt: Moment;
}

/** An opportunity. */
export interface DealRow {
  readonly opportunityId: string;
  /** False where it is another person's in the counts. */
  readonly counts: boolean;
  readonly name: string;
  readonly stageName: string;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly closed: boolean;
  readonly won: boolean;
  readonly openedAt: Moment;
  /** When it entered its present stage; for a closed one, when it was closed. */
  readonly stageAt: Moment;
  readonly lostReason: string | null;
  /** The day on which it was or will be closed, as sales say; null where that was not kept. */
  readonly closeDate: string | null;
  /** The day from which the rates hold by which it is converted; absent where one rate holds for all days. */
  readonly ratesFrom?: string;
}

/** One meeting of a person with marketing: when, and through which campaign ("" where none is known). */
export interface TouchRow {
  readonly at: Moment;
  readonly campaign: string;
}

/** What the report wants to know of a person beside their ledger. */
export interface ReportReading {
  /** Facts by name. */
  readonly facts: readonly string[];
  /** Pairs of facts that tell of a touch: each new moment in the first is kept as one more touch, by the campaign in the second. */
  readonly touches: readonly { readonly at: string; readonly campaign: string }[];
}

/** People whose link is behind `after`, up to `last`; null: up to the end. */
export interface ReportSection {
  readonly after: string;
  readonly last: string | null;
}

/** One person's part of the ledger. Stages come in the order of their sequence. */
export interface PersonLedger {
  readonly person: ReportPerson;
  readonly stages: readonly StageEntry[];
  readonly handoffs: readonly HandoffRow[];
  readonly tasks: readonly TaskRow[];
  readonly deals: readonly DealRow[];
  readonly touches: readonly TouchRow[];
}

/** Where counting ahead stands. */
export interface CountedAhead {
  /** What the lines were counted by. */
  readonly key: string;
  /** Words that lines name by their place. */
  readonly words: readonly string[];
  /** A report as of an earlier moment cannot use the lines. */
  readonly until: Instant;
}

/** A person whose line is missing or no longer true, as they were at `version`. */
export interface PersonToCount {
  /** Another one each time that anything in the ledger changes; it tells nothing but that. */
  readonly version: number;
  readonly ledger: PersonLedger;
}

/** `line` is null where a person must be counted anew for each report. */
export interface CountedPerson {
  readonly link: string;
  readonly version: number;
  readonly line: string | null;
}
