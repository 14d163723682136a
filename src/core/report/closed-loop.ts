/** The closed-loop numbers: what became of every lead, by where it came from, with the records behind each figure. */
import type { Instant } from "../model/record.ts";
import { type ReportSettings, STAGES, type Stage, type StageNames } from "../model/rulebook.ts";
import { type NegativeTime, QualityCounter, type QualityFinding } from "./data-quality.ts";
import { CellIds, type Drill } from "./drill.ts";
import {
  FollowUpCounter,
  type HandoffFigures,
  isWithin,
  type OwnerHandoffs,
  type TaskFigures,
} from "./follow-up-figures.ts";
import { type FunnelCells, type FunnelRow, FunnelTable, hasReached } from "./funnel-table.ts";
import {
  describeLead,
  FUNNEL,
  type FunnelStage,
  type PersonLedger,
  type ReportLead,
  type ReportWindow,
} from "./report-lead.ts";
import { type ParityCause, ParityCounter, type ParityDifference, type ParityRow } from "./stage-parity.ts";
import type { Spread } from "./statistics.ts";
import { type StageVelocity, VelocityCounter } from "./velocity.ts";

/** People who entered a stage or went past it; `passed` of them were never seen in it. */
export interface StageCount {
  readonly stage: Stage;
  readonly entered: number;
  readonly passed: number;
}

/** Everything the report prints. Figures of `leads` and all funnels are by cohort; `period`, `tasks` and `handoffs` count what happened in [from, to). */
export interface ClosedLoop {
  readonly asOf: Instant;
  readonly from: Instant;
  readonly to: Instant;
  readonly leads: number;
  /** The currency of every revenue figure; "" where the organisation has one currency. */
  readonly currency: string;
  readonly total: FunnelCells;
  readonly stages: readonly StageCount[];
  /** Where everyone stands now: each lead in one row. */
  readonly standing: readonly { readonly stage: Stage; readonly leads: number }[];
  readonly bySource: readonly FunnelRow[];
  /** Null where no campaign fact is configured. */
  readonly byCampaign: readonly FunnelRow[] | null;
  readonly byOwner: readonly FunnelRow[];
  readonly byBand: readonly FunnelRow[];
  /** By the month of first contact. */
  readonly byMonth: readonly FunnelRow[];
  readonly outcomes: readonly { readonly outcome: string; readonly reason: string; readonly leads: number }[];
  readonly timeToWon: Spread;
  readonly velocity: readonly StageVelocity[];
  readonly period: { readonly stages: readonly { readonly stage: Stage; readonly entries: number }[] };
  readonly tasks: TaskFigures;
  readonly handoffs: HandoffFigures;
  readonly handoffsByOwner: readonly OwnerHandoffs[];
  readonly parity: readonly ParityRow[];
  readonly parityCauses: readonly ParityCause[];
  readonly parityDifferences: readonly ParityDifference[];
  readonly dataQuality: readonly QualityFinding[];
  readonly wonBeforeFirstContact: readonly NegativeTime[];
  readonly drill: Drill;
}

/** Counts people one at a time, in any order, keeping ids and sums but no rows. */
export class ClosedLoopCounter {
  readonly #settings: ReportSettings;
  readonly #window: ReportWindow;
  readonly #ids = new CellIds();
  readonly #total = new FunnelTable("total", this.#ids);
  readonly #bySource = new FunnelTable("bySource", this.#ids);
  readonly #byCampaign = new FunnelTable("byCampaign", this.#ids);
  readonly #byOwner = new FunnelTable("byOwner", this.#ids);
  readonly #byBand = new FunnelTable("byBand", this.#ids);
  readonly #byMonth = new FunnelTable("byMonth", this.#ids);
  readonly #velocity = new VelocityCounter();
  readonly #followUp: FollowUpCounter;
  readonly #parity: ParityCounter;
  readonly #quality: QualityCounter;
  #earliest: Instant | null = null;

  constructor(settings: ReportSettings, names: readonly StageNames[], window: ReportWindow) {
    this.#settings = settings;
    this.#window = window;
    this.#followUp = new FollowUpCounter(this.#ids, window);
    this.#parity = new ParityCounter(this.#ids, names);
    this.#quality = new QualityCounter(this.#ids, window.asOf);
  }

  /** Counts one person. Gives the lead as it was counted, or null when they are not in the cohort (their tasks and stage still are looked at). */
  add(person: PersonLedger): ReportLead | null {
    if (person.link.state === "erased") return null;
    for (const task of person.tasks) this.#followUp.addTask(task);
    for (const handoff of person.handoffs) this.#followUp.addHandoff(handoff);
    if (person.link.state === "superseded") return null;
    for (const event of person.stages) {
      if (isWithin(event.at, this.#window)) this.#ids.add("period", event.stage, "entries", person.link.id);
    }
    this.#parity.add(person.link);
    const lead = describeLead(person, this.#settings, this.#window);
    if (lead !== null) this.#addLead(lead, person);
    return lead;
  }

  finish(): ClosedLoop {
    const currency = this.#quality.currency();
    const { asOf, from, to } = this.#window;
    const dataQuality = this.#quality.findings();
    const { name: _name, ...total } = this.#total.row("all", currency);
    return {
      asOf,
      from: from ?? this.#earliest ?? asOf,
      to: to ?? asOf,
      leads: total.leads,
      currency,
      total,
      stages: STAGES.map((stage) => this.#stageCount(stage)),
      standing: STAGES.map((stage) => ({ stage, leads: this.#ids.count("standing", stage, "leads") })),
      bySource: this.#bySource.rows(currency),
      byCampaign: this.#settings.campaign === null ? null : this.#byCampaign.rows(currency),
      byOwner: this.#byOwner.rows(currency),
      byBand: this.#byBand.rows(currency),
      byMonth: this.#byMonth.rows(currency).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      outcomes: this.#outcomes(),
      timeToWon: this.#velocity.timeToWon(),
      velocity: this.#velocity.steps(),
      period: { stages: STAGES.map((stage) => ({ stage, entries: this.#ids.count("period", stage, "entries") })) },
      tasks: this.#followUp.tasks(),
      handoffs: this.#followUp.handoffs(),
      handoffsByOwner: this.#followUp.handoffsByOwner(),
      parity: this.#parity.rows(),
      parityCauses: this.#parity.causes(),
      parityDifferences: this.#parity.differences(),
      dataQuality,
      wonBeforeFirstContact: this.#quality.negativeTimes(),
      drill: this.#ids.finish(),
    };
  }

  #addLead(lead: ReportLead, person: PersonLedger): void {
    this.#total.add("all", lead);
    this.#bySource.add(lead.source, lead);
    if (this.#settings.campaign !== null) this.#byCampaign.add(lead.campaign, lead);
    this.#byOwner.add(lead.owner, lead);
    this.#byBand.add(lead.band, lead);
    this.#byMonth.add(lead.firstContact.slice(0, 7), lead);
    this.#velocity.add(lead);
    this.#quality.add(lead, person.link);
    this.#ids.add("standing", lead.stage, "leads", lead.id);
    this.#ids.add("outcomes", outcomeKey(lead.outcome, lead.reason), "leads", lead.id);
    for (const stage of STAGES) {
      const own = lead.entered[stage] !== undefined;
      if (own || (isFunnelStage(stage) && hasReached(lead, stage))) this.#ids.add("stages", stage, "entered", lead.id);
      if (!own && isFunnelStage(stage) && hasReached(lead, stage)) this.#ids.add("stages", stage, "passed", lead.id);
    }
    if (this.#earliest === null || lead.firstContact < this.#earliest) this.#earliest = lead.firstContact;
  }

  #stageCount(stage: Stage): StageCount {
    return {
      stage,
      entered: this.#ids.count("stages", stage, "entered"),
      passed: this.#ids.count("stages", stage, "passed"),
    };
  }

  #outcomes(): ClosedLoop["outcomes"] {
    const rows = this.#ids.rows("outcomes").map((key) => {
      const [outcome = "", ...reason] = key.split(": ");
      return { outcome, reason: reason.join(": "), leads: this.#ids.count("outcomes", key, "leads") };
    });
    const order = ["won", "lost", "open"];
    return rows.sort(
      (a, b) =>
        order.indexOf(a.outcome) - order.indexOf(b.outcome) || b.leads - a.leads || (a.reason < b.reason ? -1 : 1),
    );
  }
}

/** The same in one call, for rows at hand. Reads each row once and keeps none. */
export function closedLoop(
  rows: Iterable<PersonLedger>,
  settings: ReportSettings,
  names: readonly StageNames[],
  window: ReportWindow,
): ClosedLoop {
  const counter = new ClosedLoopCounter(settings, names, window);
  for (const row of rows) counter.add(row);
  return counter.finish();
}

/** The row of `drill.outcomes` for an outcome and its reason. */
function outcomeKey(outcome: string, reason: string): string {
  return reason === "" ? outcome : `${outcome}: ${reason}`;
}

function isFunnelStage(stage: Stage): stage is FunnelStage & Stage {
  return (FUNNEL as readonly string[]).includes(stage);
}
