/** The closed-loop numbers: what became of every lead, by where it came from, with the records behind each figure. */

import type { CampaignCosts } from "../model/campaign-cost.ts";
import type { Moment, PersonLedger } from "../model/report-row.ts";
import type { ReportSettings } from "../model/report-settings.ts";
import type { StageNames } from "../model/rulebook.ts";
import { CalibrationCounter } from "./calibration.ts";
import { campaignSpending } from "./campaign-costs.ts";
import { CampaignCounter } from "./campaign-summary.ts";
import { type CellAddress, CellBook } from "./cell-book.ts";
import { CohortCounter, entriesUpTo } from "./cohorts.ts";
import { type CountedLead, type CounterPart, type CountOptions, momentsOf, type ReportFrame } from "./count-frame.ts";
import { CountReplay, type ReplayedPerson } from "./count-replay.ts";
import { QualityCounter } from "./data-quality.ts";
import { DealCounter } from "./deal-figures.ts";
import { FollowUpCounter } from "./follow-up-figures.ts";
import { FunnelTable, funnelColumns } from "./funnel-table.ts";
import { GateCounter } from "./gates.ts";
import { isImmature, MaturityCounter } from "./maturity.ts";
import { instantAt } from "./moment.ts";
import { type Currency, mostIn, RateTable } from "./money.ts";
import { OpenPipelineCounter } from "./open-pipeline.ts";
import { ChangeCounter } from "./period-changes.ts";
import { RuleCounter } from "./rejected-rules.ts";
import type { ClosedLoop, ReportWindow } from "./report-figures.ts";
import { describeLead, isInCohort, type ReportLead, type ReportMoments, sourceOf } from "./report-lead.ts";
import { moneyNotes, notesOf } from "./report-notes.ts";
import { returnOnCosts } from "./return-on-costs.ts";
import { ServiceCounter } from "./service-clocks.ts";
import { ParityCounter } from "./stage-parity.ts";
import { StandingCounter } from "./standing.ts";
import { absorbTally, type Tally } from "./tally.ts";
import { VelocityCounter } from "./velocity.ts";

/** More ids than this, those of all cells together, are not kept: report.json would have more than 30 megabytes, and for a million leads it takes gigabytes. */
const MOST_IDS = 750_000;

/** Counts people one at a time, in any order, keeping sums and, while they are few, ids. */
export class ClosedLoopCounter {
  readonly #settings: ReportSettings;
  readonly #moments: ReportMoments;
  readonly #rates: RateTable;
  readonly #campaignCosts: CampaignCosts | null;
  readonly #book: CellBook;
  readonly #total: FunnelTable;
  readonly #bySource: FunnelTable;
  readonly #byCampaign: FunnelTable | null;
  readonly #byOwner: FunnelTable;
  readonly #byTerritory: FunnelTable | null;
  readonly #bySegment: FunnelTable | null;
  readonly #byBand: FunnelTable;
  readonly #byMonth: FunnelTable;
  readonly #standing: StandingCounter;
  readonly #velocity: VelocityCounter;
  readonly #gates: GateCounter;
  readonly #cohorts: CohortCounter;
  readonly #maturity: MaturityCounter;
  readonly #followUp: FollowUpCounter;
  readonly #service: ServiceCounter;
  readonly #deals: DealCounter;
  readonly #calibration: CalibrationCounter;
  readonly #rules: RuleCounter;
  readonly #parity: ParityCounter;
  readonly #quality: QualityCounter;
  readonly #changes: ChangeCounter;
  readonly #openPipeline: OpenPipelineCounter;
  readonly #campaigns: CampaignCounter | null;
  readonly #replay: CountReplay;
  #earliest = Number.NaN;

  constructor({ settings, names, window, options }: ReportFrame) {
    const { keep = { kind: "all", limit: MOST_IDS }, trail = null, recording = null, words = [] } = options;
    const book = new CellBook(keep, trail, recording);
    const moments = momentsOf(window);
    this.#settings = settings;
    this.#moments = moments;
    this.#rates = new RateTable(options, settings.rates);
    this.#campaignCosts = options.campaignCosts ?? null;
    this.#book = book;
    this.#total = new FunnelTable("total", book, moments.asOf);
    this.#bySource = new FunnelTable("bySource", book, moments.asOf);
    this.#byCampaign = settings.campaign === null ? null : new FunnelTable("byCampaign", book, moments.asOf);
    this.#byOwner = new FunnelTable("byOwner", book, moments.asOf);
    this.#byTerritory = settings.territory === null ? null : new FunnelTable("byTerritory", book, moments.asOf);
    this.#bySegment = settings.segments.length === 0 ? null : new FunnelTable("bySegment", book, moments.asOf);
    this.#byBand = new FunnelTable("byBand", book, moments.asOf);
    this.#byMonth = new FunnelTable("byMonth", book, moments.asOf);
    this.#standing = new StandingCounter(book);
    this.#velocity = new VelocityCounter(book);
    this.#maturity = new MaturityCounter(book);
    this.#gates = new GateCounter(book, moments.asOf);
    this.#cohorts = new CohortCounter(book, moments);
    this.#followUp = new FollowUpCounter(book, moments);
    this.#service = new ServiceCounter(book, moments);
    this.#deals = new DealCounter(book, moments);
    this.#calibration = new CalibrationCounter(book);
    this.#rules = new RuleCounter(book, moments);
    this.#parity = new ParityCounter(book, names);
    this.#quality = new QualityCounter(book, moments.asOf);
    this.#changes = new ChangeCounter(book, moments);
    this.#openPipeline = new OpenPipelineCounter(book, moments.asOf);
    this.#campaigns = settings.campaignSummary === null ? null : new CampaignCounter(book, moments.asOf);
    this.#replay = new CountReplay(
      words,
      { book, gates: this.#gates, changes: this.#changes, quality: this.#quality },
      moments,
    );
  }

  /** Counts one person. Gives the lead as it was counted, or null when they are not in the cohort (their tasks, handoffs and stage still are looked at). */
  add(row: PersonLedger): CountedLead | null {
    this.#book.keepWithinLimit();
    const deals = this.#rates.dated(row.deals);
    const stages = entriesUpTo(row.stages, this.#moments.asOf);
    const ledger = deals === row.deals && stages === row.stages ? row : { ...row, deals, stages };
    const { person } = ledger;
    if (person.state === "erased") return null;
    if (ledger.tasks.length + ledger.handoffs.length > 0) this.#followUp.add(ledger);
    if (ledger.handoffs.length > 0) {
      this.#service.add(ledger);
      this.#rules.add(ledger);
    }
    if (person.state === "superseded") return null;
    this.#cohorts.addPeriod(person.id, stages);
    this.#changes.add(ledger, sourceOf(person.facts, this.#settings));
    const parity = this.#parity.add(person, ledger.deals);
    // Of those who come later it wants to know that they are there.
    const whole = deals === row.deals ? row : { ...row, deals };
    const lead = describeLead(whole, this.#settings, this.#moments.asOf);
    if (lead === null) return null;
    this.#book.recording?.always();
    this.#maturity.add(lead);
    this.#gates.addStanding(lead);
    this.#openPipeline.add(lead);
    this.#campaigns?.add(lead);
    if (!isInCohort(lead, this.#moments)) return null;
    this.#book.recording?.asLead(lead.firstContact);
    this.#addLead(lead, ledger);
    const counted = this.#deals.add(lead, ledger.touches);
    const problems = this.#quality.add(lead, ledger);
    return { lead, deals: counted, problems, parity };
  }

  /** Counts one person by the line that a recording made of them; `bytes` are those of the line, and more may follow. */
  addLine(line: string, bytes: Uint8Array<ArrayBuffer>): ReplayedPerson {
    this.#book.keepWithinLimit();
    const person = this.#replay.add(line, bytes);
    if (!Number.isNaN(person.firstContact)) this.#hasMet(person.firstContact);
    return person;
  }

  /** Every cell that anybody is in. */
  cells(): readonly (CellAddress & { readonly count: number })[] {
    return [...this.#book.cells()];
  }

  /** Whether ids are still kept: not past the limit. */
  get keepsIds(): boolean {
    return this.#book.keeping;
  }

  /** What was counted so far, as plain data for another thread. */
  part(): CounterPart {
    const { part: book, durations, money } = this.#book;
    return { book, durations: durations.tally, money: money.tally, tallies: this.#tallies(), earliest: this.#earliest };
  }

  /** Adds what a counter of the same frame has counted of other people; that part must not be used afterwards. */
  absorb({ book, durations, money, tallies, earliest }: CounterPart): void {
    this.#book.absorb(book);
    absorbTally(this.#book.durations.tally, durations);
    absorbTally(this.#book.money.tally, money);
    for (const [place, tally] of this.#tallies().entries()) {
      const other = tallies[place];
      if (other !== undefined) absorbTally(tally, other);
    }
    if (!Number.isNaN(earliest)) this.#hasMet(earliest);
  }

  finish(): ClosedLoop {
    this.#book.keepWithinLimit();
    const { asOf, from, to } = this.#moments;
    const beyond = [...this.#changes.moneyNow(), ["the open pipeline", this.#openPipeline.sums] as const];
    const mostUsed = this.#quality.mostUsedCurrency() || mostIn(beyond.map(([, sums]) => sums));
    const choose = (most: string): Currency => this.#rates.currency(this.#settings.currency, most);
    const currency = choose(mostUsed);
    const leftOut = this.#quality.leftOut(currency);
    const noRates = moneyNotes(leftOut, beyond, currency);
    const { name: _name, ...total } = this.#total.row("all", currency);
    const maturity = this.#maturity.maturity();
    const bySource = this.#bySource.rows(currency, total);
    const byCampaign = this.#byCampaign?.rows(currency, total) ?? null;
    const { costs } = this.#settings;
    const spending = campaignSpending(this.#campaignCosts, costs, this.#moments, currency);
    return {
      asOf: instantAt(asOf),
      from: instantAt(from ?? (Number.isNaN(this.#earliest) ? asOf : this.#earliest)),
      to: instantAt(to ?? asOf),
      notes: [...notesOf(this.#moments, this.#changes.before, total.leads), ...noRates, ...spending.notes],
      leads: total.leads,
      currency: currency.code,
      leftOut,
      periodBefore: this.#changes.before,
      periodFigures: this.#changes.figures(currency),
      changes: this.#changes.changes(currency),
      total,
      stages: this.#standing.stages(),
      standing: this.#standing.standing(),
      bySource,
      byCampaign,
      byOwner: this.#byOwner.rows(currency, total),
      byTerritory: this.#byTerritory?.rows(currency, total) ?? null,
      bySegment: this.#bySegment?.rows(currency, null) ?? null,
      byBand: this.#byBand.rows(currency, total),
      byMonth: this.#byMonth
        .rows(currency, total)
        .map((row) => ({ ...row, immature: isImmature(row.name, maturity, asOf) }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      maturity,
      cohorts: this.#cohorts.cohorts(maturity),
      gates: this.#gates.gates(),
      gateReasons: this.#gates.reasons(),
      recycled: this.#gates.recycled(),
      outcomes: this.#standing.outcomes(),
      timeToWon: this.#velocity.timeToWon(),
      velocity: this.#velocity.steps(),
      timeInStage: this.#velocity.timeInStage(),
      openByAge: this.#gates.openByAge(),
      period: { stages: this.#cohorts.period(), months: this.#cohorts.periodMonths() },
      tasks: this.#followUp.tasks(),
      handoffs: this.#followUp.handoffs(),
      handoffsByOwner: this.#followUp.handoffsByOwner(),
      service: this.#service.figures(),
      followUp: this.#followUp.followUp(),
      openPipeline: this.#openPipeline.pipeline(currency),
      pipeline: this.#deals.parts(currency, total),
      attribution: this.#deals.attribution(currency, total.revenue),
      returnOnCosts: returnOnCosts(
        { file: costs, salesforce: spending.costs },
        { source: bySource, campaign: byCampaign ?? [] },
        this.#moments,
      ),
      calibration: this.#calibration.rows(),
      threshold: this.#calibration.suggestion(),
      ...this.#rules.rejectedRules(),
      campaignSummaries: this.#campaigns?.summaries(choose) ?? null,
      parity: this.#parity.rows(),
      parityCauses: this.#parity.causes(),
      parityDifferences: this.#parity.differences(),
      dataQuality: this.#quality.findings(),
      wonBeforeFirstContact: this.#quality.negativeTimes(),
      drill: this.#book.drill(),
    };
  }

  /** Everything beside the cells, always in this order. */
  #tallies(): readonly Tally[] {
    return [this.#parity, this.#quality, this.#changes].map(({ tally }) => tally as unknown as Tally);
  }

  #addLead(lead: ReportLead, { stages }: PersonLedger): void {
    const columns = funnelColumns(lead);
    this.#total.add("all", lead, columns);
    this.#bySource.add(lead.source, lead, columns);
    this.#byCampaign?.add(lead.campaign, lead, columns);
    this.#byOwner.add(lead.owner, lead, columns);
    this.#byTerritory?.add(lead.territory, lead, columns);
    if (this.#bySegment !== null) for (const segment of lead.segments) this.#bySegment.add(segment, lead, columns);
    this.#byBand.add(lead.band, lead, columns);
    this.#byMonth.add(this.#cohorts.month(lead.firstContact), lead, columns);
    this.#velocity.add(lead, stages);
    this.#gates.add(lead, stages);
    this.#cohorts.addLead(lead);
    this.#calibration.add(lead, stages);
    this.#standing.add(lead);
    this.#hasMet(lead.firstContact);
  }

  #hasMet(firstContact: Moment): void {
    if (!(this.#earliest <= firstContact)) this.#earliest = firstContact;
  }
}

/** The same in one call, for rows at hand. Reads each row once and keeps none. */
export function closedLoop(
  rows: Iterable<PersonLedger>,
  settings: ReportSettings,
  names: readonly StageNames[],
  window: ReportWindow,
  options: CountOptions = {},
): ClosedLoop {
  const counter = new ClosedLoopCounter({ settings, names, window, options });
  for (const row of rows) counter.add(row);
  return counter.finish();
}
