/** What marketing and sales promise each other beside their rules: purpose, duties, goals, and who accepted it. */

export const SIDES = ["marketing", "sales", "both"] as const;
export type Side = (typeof SIDES)[number];

/** What can be promised, each a figure of the closed-loop report. */
export const MEASURE_NAMES = [
  "answered-in-time",
  "accepted",
  "median-hours-to-answer",
  "p90-hours-to-answer",
  "touched",
  "late-handoffs",
  "rejected",
  "overdue-tasks",
  "new-mqls",
  "new-sqls",
  "new-opportunities",
  "new-customers",
  "mql-to-sql",
  "mql-to-won",
  "revenue",
] as const;
export type MeasureName = (typeof MEASURE_NAMES)[number];

export interface Goal {
  readonly measure: MeasureName;
  readonly by: Side;
  /** At least so much, at most so much, or both; in the measure's unit. */
  readonly atLeast: number | null;
  readonly atMost: number | null;
}

export interface Acceptance {
  readonly name: string;
  readonly role: string;
  /** `YYYY-MM-DD`. */
  readonly on: string;
}

export interface AgreementTerms {
  readonly title: string;
  readonly purpose: string;
  readonly marketing: readonly string[];
  readonly sales: readonly string[];
  readonly goals: readonly Goal[];
  readonly review: string;
  readonly term: string;
  readonly accepted: readonly Acceptance[];
}
