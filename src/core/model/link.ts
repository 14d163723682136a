/** A person: two records that are the same human being, what both sides last agreed on, and what is still being delivered. */

import type { Instant, System, Value } from "./record.ts";
import type { Facts, Stage } from "./rulebook.ts";

/**
 * `single`: known to one system only, and to stay so. `pending`: a create is under way. `linked`: both sides known. `ambiguous`: two candidates, a person decides.
 * `superseded`: another link took its place after a merge. `tombstoned`: one side was deleted; never resurrected. `erased`: forgotten on request.
 */
export type LinkState = "single" | "pending" | "linked" | "ambiguous" | "superseded" | "tombstoned" | "erased";

/** Where a value came from, and the interval in which it must have been entered. */
export interface Origin {
  readonly side: System;
  readonly lo: Instant;
  readonly hi: Instant;
}

/**
 * A durable pending resolution of one field. It exists from the moment a value is decided until both sides are seen to hold it, so that a retry decides
 * the same, our own echo is never news, and an edit that arrives meanwhile is compared with the decision rather than with the echo.
 */
export interface Register {
  readonly target: Value;
  readonly origin: Origin;
  /** Values that carry no news when read on that side: what it held when we decided, and what we sent there. */
  readonly noNews: Readonly<Record<System, readonly Value[]>>;
  readonly sent: Readonly<Record<System, readonly Value[]>>;
  /** The side is known to hold, or to have held, the target. */
  readonly delivered: Readonly<Record<System, boolean>>;
}

/** A two-way value we wrote to HubSpot, to be checked for an edit that it ran over. */
export interface Unverified {
  readonly value: Value;
  /** Newest history entry we had read before the write, or since, where another try may still arrive. */
  readonly readUpTo: Instant;
  /** A try that nobody answered for may arrive up to here, and run over what is entered until then: one look does not settle it. Absent where there was none. */
  readonly arrivesUntil?: Instant;
}

/** A person's edit in Salesforce that our write ran over before anyone read it, and the value that we wrote. Found in field history; yet to be decided. */
export interface OverrunEdit {
  readonly value: Value;
  readonly wrote: Value;
  readonly lo: Instant;
  readonly hi: Instant;
}

/** `values`: what the sides showed when it was set aside; another value lifts it, unless it stands `until` a person releases it. */
export interface Held {
  readonly reason: string;
  readonly values: Readonly<Partial<Record<System, Value>>>;
  readonly until?: "released";
}

/** `base` absent: the two sides never agreed on this field yet. */
export interface FieldState {
  readonly base?: Value;
  readonly origin?: Origin;
  readonly register?: Register;
  readonly unverified?: Unverified;
  readonly overrun?: OverrunEdit;
  /** Why the field is set aside for this person (a conflict to ask about, a value the other side refuses). */
  readonly held?: Held;
  /** Sides that said something while the other did not show the field: it is still to be decided, as soon as it does, and then whatever they show is news. */
  readonly unseen?: Readonly<Partial<Record<System, true>>>;
  /** Why what a side shows cannot be read; told once for each value. */
  readonly unreadable?: Readonly<Partial<Record<System, string>>>;
}

/** The truth about a person's stage. A lower rank needs the next epoch: `recycled` starts one. */
export interface StageState {
  readonly epoch: number;
  readonly stage: Stage;
  readonly since: Instant;
  readonly reason: string;
  /** When this cycle began; absent in the first, and in one that an earlier LeadLoop began. */
  readonly cycleSince?: Instant;
  /** HubSpot's own history time when this cycle began: nothing before belongs to it. Absent in the first. */
  readonly clearedAfter?: Instant;
  /**
   * When our clear began this cycle in HubSpot: entries after it belong to it. `awaited` until the clear is seen there, or none is needed. Absent where the
   * cycle began without one: a stage that is cleared later, within its cycle, begins none.
   */
  readonly clearedAt?: Instant | "awaited";
  /** HubSpot is blank because we cleared it, and the new stage is still to be set. */
  readonly clearing?: boolean;
  /** The person fell below the re-arm line since they were last an MQL. */
  readonly armed: boolean;
  /** Rejection or retry facts of the recycle that started this epoch, so that the same words do not recycle twice. */
  readonly recycledFor?: string;
}

export interface ScoreState {
  readonly total: number;
  readonly fit: number;
  readonly engagement: number;
  readonly band: string;
  readonly reasons: readonly ScoreReason[];
  /** When decay will next change the total, if nothing else happens. */
  readonly nextChangeAt: Instant | null;
}

export interface ScoreReason {
  readonly rule: string;
  readonly points: number;
  readonly text: string;
}

/** What one read of a side told us, so that it is not read again. */
export interface Seen {
  readonly version: string;
  readonly at: Instant;
}

/** The same, and whose side it was. */
export interface SeenSide extends Seen {
  readonly link: string;
  readonly system: System;
}

/**
 * Why a side does not show the stage: the write has no answer yet; was refused; was not sent, or not for the stage's sake; met a record that had changed or
 * is gone; was taken without the stage; rests, because something keeps changing it back; or the field may not be written.
 */
export type UnshownCause = "unanswered" | "refused" | "unsent" | "outdated" | "ignored" | "resting" | "unwritable";

/** A side that is not known to show the stage which was decided. */
export interface UnshownStage {
  /** What it showed when it was last read, or what an answer said that it shows; "" for a blank. */
  readonly shown: string;
  readonly because: UnshownCause;
  /** The system's own word for a refusal. */
  readonly code?: string;
}

export interface Link {
  /** Also our key on both records: minted before the first create. */
  readonly id: string;
  readonly state: LinkState;
  readonly hubspotId: string | null;
  readonly salesforceObject: string | null;
  readonly salesforceId: string | null;
  /** Normalised e-mail; also the identity that stops a deleted person from coming back. */
  readonly email: string | null;
  readonly name: string;
  /** Rises with every stored decision: two overlapping runs cannot both decide from one read. */
  readonly version: number;
  /** Rises when a deleted record comes back. */
  readonly generation: number;
  readonly seen: Readonly<Partial<Record<System, Seen>>>;
  readonly fields: Readonly<Record<string, FieldState>>;
  readonly stage: StageState | null;
  readonly score: ScoreState | null;
  readonly facts: Facts;
  readonly firstSeenAt: Instant;
  /** No write to this side of the person before this instant: the outcome of an earlier one is unknown. */
  readonly quarantine: Readonly<Partial<Record<System, Instant>>>;
  /** When the next step of a ladder or cadence is due, if nothing else happens; absent or null when none is. */
  readonly followUpAt?: Instant | null;
  /** Sides that do not show the stage as the facts tell it; absent where both do. */
  readonly unshown?: Readonly<Partial<Record<System, UnshownStage>>>;
}
