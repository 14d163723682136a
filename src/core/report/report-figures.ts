/** What a closed-loop report holds: every figure by name, and the frame it was counted in. */
import type { Instant } from "../model/record.ts";
import type { Stage } from "../model/rulebook.ts";
import type { CalibrationRow } from "./calibration.ts";
import type { CampaignSummary } from "./campaign-summary.ts";
import type { Drill } from "./cell-book.ts";
import type { Cohort, PeriodRow } from "./cohorts.ts";
import type { PeriodBefore } from "./compared-periods.ts";
import type { LeftOut, NegativeTime, QualityFinding } from "./data-quality.ts";
import type { AttributionRow, PartRow } from "./deal-figures.ts";
import type { FollowUpRate, HandoffFigures, OwnerHandoffs, TaskFigures } from "./follow-up-figures.ts";
import type { FunnelCells, FunnelRow } from "./funnel-table.ts";
import type { Gate, GateReason, OpenByAge, Recycled } from "./gates.ts";
import type { Maturity } from "./maturity.ts";
import type { OpenPipeline } from "./open-pipeline.ts";
import type { PeriodChange } from "./period-changes.ts";
import type { PeriodFigure } from "./period-figures.ts";
import type { RejectedRules } from "./rejected-rules.ts";
import type { LeadOutcome } from "./report-lead.ts";
import type { ReturnRow } from "./return-on-costs.ts";
import type { ServiceFigures } from "./service-clocks.ts";
import type { ParityCause, ParityDifference, ParityRow } from "./stage-parity.ts";
import type { Spread } from "./statistics.ts";
import type { ThresholdSuggestion } from "./suggest-threshold.ts";
import type { StageVelocity, TimeInStage } from "./velocity.ts";

/** `asOf`: nothing that happened later is looked at. A person belongs to the report when they first came in [from, to); null means no bound. */
export interface ReportWindow {
  readonly asOf: Instant;
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/** People who entered a stage or went past it; `passed` of them were never seen in it. */
export interface StageCount {
  readonly stage: Stage;
  readonly entered: number;
  readonly passed: number;
}

/** Everything the report prints. Figures of `leads` and all funnels are by cohort; `periodFigures`, `changes`, `period`, `tasks`, `handoffs`, `followUp` and `rules` count what happened in [from, to). */
export interface ClosedLoop extends RejectedRules {
  readonly asOf: Instant;
  readonly from: Instant;
  readonly to: Instant;
  /** What a reader must know before the figures: an empty period, money that could not be added up. */
  readonly notes: readonly string[];
  readonly leads: number;
  /** The currency of every amount; "" where the organisation has one currency. */
  readonly currency: string;
  readonly leftOut: readonly LeftOut[];
  /** What the period is held against; null where it has no start, or has not begun. */
  readonly periodBefore: PeriodBefore | null;
  /** The main figures of the period, of everybody. */
  readonly periodFigures: readonly PeriodFigure[];
  /** What changed most against the period before. */
  readonly changes: readonly PeriodChange[];
  readonly total: FunnelCells;
  readonly stages: readonly StageCount[];
  /** Where everyone stands now: each lead in one row. */
  readonly standing: readonly { readonly stage: Stage; readonly leads: number }[];
  readonly bySource: readonly FunnelRow[];
  /** Null where no campaign fact is configured. */
  readonly byCampaign: readonly FunnelRow[] | null;
  readonly byOwner: readonly FunnelRow[];
  /** Null where no territory fact is configured. */
  readonly byTerritory: readonly FunnelRow[] | null;
  /** Null where no segment is shown. A lead is in the row of each of their segments: these rows do not add up to all. */
  readonly bySegment: readonly FunnelRow[] | null;
  readonly byBand: readonly FunnelRow[];
  /** By the month of first contact; immature as in `cohorts`. */
  readonly byMonth: readonly (FunnelRow & { readonly immature: boolean })[];
  readonly maturity: Maturity;
  readonly cohorts: readonly Cohort[];
  readonly gates: readonly Gate[];
  readonly gateReasons: readonly GateReason[];
  readonly recycled: Recycled;
  readonly outcomes: readonly { readonly outcome: LeadOutcome; readonly reason: string; readonly leads: number }[];
  readonly timeToWon: Spread;
  readonly velocity: readonly StageVelocity[];
  readonly timeInStage: readonly TimeInStage[];
  readonly openByAge: readonly OpenByAge[];
  readonly period: { readonly stages: readonly Omit<PeriodRow, "month">[]; readonly months: readonly PeriodRow[] };
  readonly tasks: TaskFigures;
  readonly handoffs: HandoffFigures;
  readonly handoffsByOwner: readonly OwnerHandoffs[];
  readonly service: ServiceFigures;
  readonly followUp: FollowUpRate;
  /** Of everybody, now. */
  readonly openPipeline: OpenPipeline;
  readonly pipeline: readonly PartRow[];
  readonly attribution: readonly AttributionRow[];
  readonly returnOnCosts: readonly ReturnRow[];
  readonly calibration: readonly CalibrationRow[];
  readonly threshold: ThresholdSuggestion;
  /** What the Salesforce campaigns are to say of all their leads; null where none is. */
  readonly campaignSummaries: readonly CampaignSummary[] | null;
  readonly parity: readonly ParityRow[];
  readonly parityCauses: readonly ParityCause[];
  readonly parityDifferences: readonly ParityDifference[];
  readonly dataQuality: readonly QualityFinding[];
  readonly wonBeforeFirstContact: readonly NegativeTime[];
  /** Null for more leads than ids are kept for: then a file of their own has them. */
  readonly drill: Drill | null;
}
