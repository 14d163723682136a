/** What admins decide about following up: working time, the ladder of a handoff, cadences; and what the ledger keeps of it. */
import type { Instant } from "./record.ts";

/** A compiled text with placeholders. A value that is missing leaves nothing behind, never "undefined" or "null". */
export interface Template {
  readonly source: string;
  fill(values: Readonly<Record<string, string | null>>): string;
}

/** Days by their local date, `YYYY-MM-DD`. */
export interface DaysOff {
  has(date: string): boolean;
}

/** Where public holidays are looked up: a country, or one of its regions. */
export interface HolidayPlace {
  readonly country: string;
  readonly region: string | null;
}

/** When people work. Hours are minutes since local midnight; days are ISO weekdays, 1 Monday to 7 Sunday. */
export interface OfficeHours {
  readonly days: ReadonlySet<number>;
  readonly opens: number;
  readonly closes: number;
}

export interface WorkCalendars {
  readonly hours: OfficeHours;
  /** Days on which nobody of the company works. */
  readonly daysOff: ReadonlySet<string>;
  /** Public holidays by the owner's time zone. */
  readonly places: ReadonlyMap<string, HolidayPlace>;
  /** What is different for single owners, by e-mail in small letters. */
  readonly owners: ReadonlyMap<
    string,
    { readonly place: HolidayPlace | null; readonly hours: OfficeHours | null; readonly daysOff: ReadonlySet<string> }
  >;
  /** Looked up when a date is asked for: the data of all countries is large. */
  publicHolidays(place: HolidayPlace): DaysOff;
}

/** What is done about a handoff that nobody reacts to, each at most once. */
export const LADDER_STEPS = ["remind", "escalate", "reassign", "last-touch", "recycle"] as const;
export type LadderStepKind = (typeof LADDER_STEPS)[number];

export interface LadderStep {
  readonly kind: LadderStepKind;
  /** Working hours of the owner since the handoff, or since their last reaction. */
  readonly afterHours: number;
}

/** By which means a step reaches a person. HubSpot sends the e-mails; everything else is a task for somebody. */
export const CHANNELS = ["email", "call", "letter", "meeting"] as const;
export type Channel = (typeof CHANNELS)[number];

/** When a step is due: counted from the anchor, or from the step before. */
export type StepDelay =
  | { readonly from: "anchor"; readonly unit: "days" | "business-days" | "months"; readonly count: number }
  | { readonly from: "step"; readonly unit: "days" | "business-days"; readonly count: number };

export interface CadenceStep {
  readonly name: string;
  readonly delay: StepDelay;
  readonly channel: Channel;
  /** The task's texts; null for e-mails, whose words are in HubSpot. */
  readonly subject: Template | null;
  readonly text: Template | null;
  readonly priority: string;
}

/** One person's way through one cadence. One that has ended is never taken up again; a later anchor begins another. */
export interface CadenceRun {
  readonly link: string;
  readonly cadence: string;
  readonly epoch: number;
  readonly anchorAt: Instant;
  readonly startedAt: Instant;
  /** Number of steps taken or left out. */
  readonly taken: number;
  /** When the last of them was; null before the first. */
  readonly lastAt: Instant | null;
  readonly state: "running" | "finished" | "left";
  readonly endedAt: Instant | null;
  readonly because: string | null;
}

export type FollowUpEventKind =
  | LadderStepKind
  | "email"
  | "task"
  | "skipped"
  | "left"
  | "finished"
  | "retry"
  | "slow"
  | "segment";

/** Something that was done to follow up. The key says what for, so that it is done once. */
export interface FollowUpEvent {
  readonly key: string;
  readonly link: string;
  readonly epoch: number;
  readonly kind: FollowUpEventKind;
  readonly at: Instant;
  readonly text: string;
}

/** What is to be changed in a task that is in Salesforce already. Kept until Salesforce has taken it. */
export interface TaskChange {
  readonly subject?: string;
  readonly description?: string;
  readonly priority?: string;
  readonly ownerEmail?: string;
  /** Closes the task; the note goes under its description. */
  readonly close?: { readonly note: string };
}
