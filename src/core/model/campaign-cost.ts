/** What Salesforce campaigns have cost, as it is kept between the sync that reads it and the report that adds it up. */
import type { Instant } from "./record.ts";

/** One campaign with an amount in its field of costs: all that was spent on it until it was read. */
export interface CampaignCost {
  readonly name: string;
  readonly amount: number;
  /** Null where the organisation has one currency. */
  readonly currency: string | null;
  /** Its first and last day (2026-03-01); null where nobody has said them. */
  readonly start: string | null;
  readonly end: string | null;
}

/** What Salesforce told last. */
export interface CampaignCosts {
  readonly costs: readonly CampaignCost[];
  /** When; null where it never did. */
  readonly readAt: Instant | null;
  /** Why it could not be asked again since; null where it could. */
  readonly problem: string | null;
}
