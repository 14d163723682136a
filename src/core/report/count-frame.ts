/** What a counter of the closed loop is given, and what it gives of a person and of all. */
import type { CampaignCosts } from "../model/campaign-cost.ts";
import type { Moment } from "../model/report-row.ts";
import type { ReportSettings } from "../model/report-settings.ts";
import type { StageNames } from "../model/rulebook.ts";
import type { KeepIds } from "./cell-book.ts";
import type { CellsPart } from "./cell-counts.ts";
import type { CountRecording } from "./count-recording.ts";
import type { CountedDeal } from "./deal-figures.ts";
import type { IdTrail } from "./id-trail.ts";
import { momentOf } from "./moment.ts";
import type { OrgRates } from "./money.ts";
import type { ReportWindow } from "./report-figures.ts";
import type { ReportLead, ReportMoments } from "./report-lead.ts";
import type { Tally } from "./tally.ts";

/** One lead as it was counted. */
export interface CountedLead {
  readonly lead: ReportLead;
  readonly deals: readonly CountedDeal[];
  readonly problems: readonly string[];
  /** Why the systems differ about the person; "" where they agree. */
  readonly parity: string;
}

export interface CountOptions extends OrgRates {
  readonly keep?: KeepIds;
  /** Is told of every record in every cell, however many there are. */
  readonly trail?: IdTrail;
  /** Where the settings ask for them. */
  readonly campaignCosts?: CampaignCosts | null;
  /** Takes what is to be counted; then nothing is. */
  readonly recording?: CountRecording;
  /** What the lines name that are counted again. */
  readonly words?: readonly string[];
}

/** What a report is made of, beside the people. */
export interface ReportFrame {
  readonly settings: ReportSettings;
  readonly names: readonly StageNames[];
  readonly window: ReportWindow;
  readonly options: CountOptions;
  /** Where records can be looked at; absent where it is not known. */
  readonly places?: { readonly hubspot: string; readonly salesforce: string };
}

/** What a counter has counted of its people. */
export interface CounterPart {
  readonly book: CellsPart;
  readonly durations: Tally;
  readonly money: Tally;
  readonly tallies: readonly Tally[];
  readonly earliest: Moment;
}

export function momentsOf({ asOf, from, to }: ReportWindow): ReportMoments {
  return { asOf: momentOf(asOf), from: from === null ? null : momentOf(from), to: to === null ? null : momentOf(to) };
}
