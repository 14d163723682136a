/** What the report says of one person: where they came from, how far they came, what became of them. */

import type { DealRow, Moment, PersonLedger, ReportReading, StageEntry } from "../model/report-row.ts";
import type { ReportSettings } from "../model/report-settings.ts";
import { type Facts, STAGES, type Stage } from "../model/rulebook.ts";
import { MEMBERSHIP_FACT, membershipsOf } from "../rules/segment-membership.ts";
import { momentOf } from "./moment.ts";

/** `asOf`: nothing that happened later is looked at. A person belongs to the report when they first came in [from, to); null means no bound. */
export interface ReportMoments {
  readonly asOf: Moment;
  readonly from: Moment | null;
  readonly to: Moment | null;
}

/** The stages in the order people pass through them; the exits, recycled and disqualified, are not among them. */
export const FUNNEL = ["subscriber", "lead", "mql", "sal", "sql", "opportunity", "customer", "evangelist"] as const;
export type FunnelStage = (typeof FUNNEL)[number];

/** Places in `STAGES`; those below 8 are places in `FUNNEL` too. */
export const MQL = 2;
export const OPPORTUNITY = 5;
export const CUSTOMER = 6;
export const RECYCLED = 8;
const PLACES: ReadonlyMap<string, number> = new Map(STAGES.map((stage, place) => [stage, place]));

/** The place of a stage in `STAGES`. */
export function placeOf(stage: Stage): number {
  return PLACES.get(stage) ?? 0;
}

export const OUTCOMES = ["won", "lost", "open"] as const;
export type LeadOutcome = (typeof OUTCOMES)[number];

export interface ReportLead {
  readonly id: string;
  readonly name: string;
  readonly hubspotId: string | null;
  readonly salesforceObject: string | null;
  readonly salesforceId: string | null;
  readonly source: string;
  readonly sourceKnown: boolean;
  readonly campaign: string;
  readonly territory: string;
  /** Shown segments that they were in at `asOf`, as far as they still are; `(no segment)` alone where there is none. */
  readonly segments: readonly string[];
  readonly owner: string;
  /** Score band when they became an MQL. */
  readonly band: string;
  /** Score when they became an MQL; where they never did, the last score at a stage entry. */
  readonly score: number | null;
  readonly firstContact: Moment;
  /** False when the fact that should say it is blank or no date, and the ledger had to stand in. */
  readonly firstContactKnown: boolean;
  readonly stage: Stage;
  /** When they entered it. */
  readonly since: Moment;
  /** Furthest stage ever entered, over all cycles, as its place in `FUNNEL`; a won opportunity counts as customer, any opportunity as opportunity. */
  readonly reached: number;
  /** First entry of each of `STAGES`; NaN where it was never entered. */
  readonly entered: readonly Moment[];
  readonly outcome: LeadOutcome;
  /** Why it was lost, or why it is back with marketing. */
  readonly reason: string;
  readonly wonAt: Moment;
  /** From first contact to won; negative when the deal is older than the contact; NaN when not won. */
  readonly daysToWon: number;
  /** Opportunities known at `asOf` that count for this person. */
  readonly deals: readonly DealRow[];
  /** Also those that count for another of the people on them. */
  readonly allDeals: readonly DealRow[];
  /** They are one of several people on an opportunity that was won and counts for another of them. */
  readonly wonTogether: boolean;
}

export const NO_CAMPAIGN = "(no campaign)";
const NO_TERRITORY = "(no territory)";
/** No segment can be called so: their names are of letters, digits and hyphens. */
const NO_SEGMENT: readonly string[] = ["(no segment)"];
const NO_OWNER = "(no owner)";
const NOT_SCORED = "(not scored)";
export const DAY_MS = 86_400_000;

/** What a report with these settings reads of a person. */
export function readingOf(settings: ReportSettings): ReportReading {
  const { source, campaign, firstContact, territory, segments } = settings;
  const memberships = segments.length === 0 ? null : MEMBERSHIP_FACT;
  const named = [source, campaign, firstContact, territory, memberships].filter((name) => name !== null);
  const facts = [...new Set([...named, "hubspot_stage", "salesforce_stage", "hubspot_owner_id"])];
  return { facts, touches: settings.touches };
}

/** The person as the report counts them, whenever they first came, or null for one who is not counted: merged into another, erased, or unknown at `asOf`. */
export function describeLead(ledger: PersonLedger, settings: ReportSettings, asOf: Moment): ReportLead | null {
  const { person } = ledger;
  if (person.state === "superseded" || person.state === "erased") return null;
  const entries = readEntries(ledger.stages, asOf);
  const { entered, latest } = entries;
  const { facts } = person;
  const { firstContact, firstContactKnown } = contactOf(ledger, entries.earliest, settings);
  if (latest === null && !(firstContact <= asOf) && !(person.firstSeenAt <= asOf)) return null;
  const deals = dealsOf(ledger.deals, asOf);
  const wonAt = earliestOf([deals.wonAt, entered[CUSTOMER] ?? Number.NaN, entered[CUSTOMER + 1] ?? Number.NaN]);
  const isWon = !Number.isNaN(wonAt);
  const { outcome, reason } = outcomeOf(isWon, deals, latest);
  const source = textFact(facts, settings.source);
  return {
    id: person.id,
    name: person.name,
    hubspotId: person.hubspotId,
    salesforceObject: person.salesforceObject,
    salesforceId: person.salesforceId,
    source: source ?? settings.blankSource,
    sourceKnown: source !== null,
    campaign: namedFact(facts, settings.campaign) ?? NO_CAMPAIGN,
    territory: namedFact(facts, settings.territory) ?? NO_TERRITORY,
    segments: segmentsOf(facts, settings.segments, asOf),
    owner: ownerOf(ledger, asOf),
    band: entries.scored?.band ?? NOT_SCORED,
    score: entries.scored?.score ?? entries.lastScore,
    firstContact,
    firstContactKnown,
    // The stage of today stands in for a ledger without entries, not for one whose entries come later.
    stage: latest?.stage ?? (ledger.stages.length === 0 ? person.stage : null) ?? "subscriber",
    since: latest?.at ?? firstContact,
    reached: furthest(entered, isWon, deals.known.length > 0),
    entered,
    outcome,
    reason,
    wonAt,
    daysToWon: isWon ? (wonAt - firstContact) / DAY_MS : Number.NaN,
    deals: deals.own,
    allDeals: deals.known,
    wonTogether: deals.wonTogether,
  };
}

/** Whether the lead is in the cohort of the report: first in touch in [from, to). */
export function isInCohort({ firstContact }: ReportLead, { from, to }: ReportMoments): boolean {
  return (from === null || firstContact >= from) && (to === null || firstContact < to);
}

/** Where the person came from, in the words of the report. */
export function sourceOf(facts: Facts, settings: ReportSettings): string {
  return textFact(facts, settings.source) ?? settings.blankSource;
}

/** Whether the person entered the stage or went past it: skipped stages are legal, and a funnel must not widen again. */
export function hasReached(lead: ReportLead, stage: number): boolean {
  return lead.reached >= stage;
}

/** The first of the moments that has come. */
function firstOf(...moments: readonly Moment[]): Moment {
  return moments.find((moment) => !Number.isNaN(moment)) ?? Number.NaN;
}

/** NaN where none of the moments has come. */
function earliestOf(moments: readonly Moment[]): Moment {
  return moments.reduce((earliest, moment) => (moment < earliest || Number.isNaN(earliest) ? moment : earliest));
}

/** The fact that names it; else the earliest stage entry; else when LeadLoop first saw the person. */
function contactOf(
  { person }: PersonLedger,
  earliest: Moment,
  settings: ReportSettings,
): Pick<ReportLead, "firstContact" | "firstContactKnown"> {
  const said = momentOf(namedFact(person.facts, settings.firstContact) ?? "");
  if (!Number.isNaN(said)) return { firstContact: said, firstContactKnown: true };
  const firstContact = firstOf(earliest, person.firstSeenAt);
  return { firstContact, firstContactKnown: settings.firstContact === null };
}

function namedFact(facts: Facts, name: string | null): string | null {
  return name === null ? null : textFact(facts, name);
}

/** Whoever left a segment is in none of its rows, also where `asOf` is earlier: only memberships that last are kept with their start. */
function segmentsOf(facts: Facts, shown: readonly string[], asOf: Moment): readonly string[] {
  if (textFact(facts, MEMBERSHIP_FACT) === null) return NO_SEGMENT;
  const memberships = membershipsOf(facts);
  const names = shown.filter((name) => momentOf(memberships.get(name) ?? "") <= asOf);
  return names.length === 0 ? NO_SEGMENT : names;
}

function textFact(facts: Facts, name: string): string | null {
  const value = facts[name];
  return value === undefined || value === null || value.trim() === "" ? null : value;
}

interface Entries {
  readonly entered: readonly Moment[];
  readonly earliest: Moment;
  readonly latest: StageEntry | null;
  /** The first entry as an MQL that tells a band. */
  readonly scored: StageEntry | null;
  readonly lastScore: number | null;
}

function readEntries(stages: readonly StageEntry[], asOf: Moment): Entries {
  const never = Number.NaN;
  const entered = [never, never, never, never, never, never, never, never, never, never];
  let earliest = never;
  let latest: StageEntry | null = null;
  let scored: StageEntry | null = null;
  let lastScore: number | null = null;
  for (const entry of stages) {
    const { at, place } = entry;
    if (at > asOf) continue;
    const known = entered[place] ?? never;
    if (!(known <= at)) entered[place] = at;
    if (!(earliest <= at)) earliest = at;
    latest = entry;
    lastScore = entry.score ?? lastScore;
    if (scored === null && place === MQL && entry.band !== null) scored = entry;
  }
  return { entered, earliest, latest, scored, lastScore };
}

function ownerOf({ handoffs, person }: PersonLedger, asOf: Moment): string {
  let given: PersonLedger["handoffs"][number] | null = null;
  for (const handoff of handoffs) {
    if (handoff.at > asOf) continue;
    if (given === null || handoff.epoch > given.epoch || (handoff.epoch === given.epoch && handoff.at > given.at))
      given = handoff;
  }
  return given?.ownerEmail || (textFact(person.facts, "hubspot_owner_id") ?? NO_OWNER);
}

interface Deals {
  readonly known: readonly DealRow[];
  /** Those that count for this person. */
  readonly own: readonly DealRow[];
  readonly wonTogether: boolean;
  readonly open: boolean;
  readonly wonAt: Moment;
  readonly lost: DealRow | null;
}

const NO_DEALS: Deals = { known: [], own: [], wonTogether: false, open: false, wonAt: Number.NaN, lost: null };

function dealsOf(all: readonly DealRow[], asOf: Moment): Deals {
  if (all.length === 0) return NO_DEALS;
  const known = all.filter((deal) => deal.openedAt <= asOf || (deal.closed && deal.stageAt <= asOf)).sort(byTime);
  const closed = known.filter((deal) => isClosed(deal, asOf));
  return {
    known,
    own: known.filter((deal) => deal.counts),
    wonTogether: closed.some((deal) => deal.won && !deal.counts),
    open: known.length > closed.length,
    wonAt: closed.find((deal) => deal.won)?.stageAt ?? Number.NaN,
    lost: closed.findLast((deal) => !deal.won) ?? null,
  };
}

/** Whether the opportunity had been closed by then. */
export function isClosed(deal: DealRow, asOf: Moment): boolean {
  return deal.closed && deal.stageAt <= asOf;
}

function byTime(a: DealRow, b: DealRow): number {
  return a.stageAt - b.stageAt || (a.opportunityId < b.opportunityId ? -1 : 1);
}

/** Won once is won. A lost deal is lost until a later one is opened or the person qualifies again. */
function outcomeOf(isWon: boolean, deals: Deals, latest: StageEntry | null): Pick<ReportLead, "outcome" | "reason"> {
  if (isWon) return { outcome: "won", reason: "" };
  if (latest?.stage === "disqualified") return { outcome: "lost", reason: latest.reason };
  const open = { outcome: "open", reason: latest?.stage === "recycled" ? latest.reason : "" } as const;
  if (deals.open) return open;
  const { lost } = deals;
  const qualifiedAgain = lost !== null && latest !== null && latest.at > lost.stageAt && isQualified(latest.stage);
  if (lost !== null && !qualifiedAgain) return { outcome: "lost", reason: lost.lostReason ?? lost.stageName };
  return open;
}

function isQualified(stage: Stage): boolean {
  return stage === "mql" || stage === "sal" || stage === "sql";
}

function furthest(entered: readonly Moment[], isWon: boolean, hasDeal: boolean): number {
  let place = FUNNEL.length - 1;
  while (place > 0 && Number.isNaN(entered[place] ?? Number.NaN)) place -= 1;
  if (place < CUSTOMER && isWon) return CUSTOMER;
  // The stage customer makes a person won, so what is left below it is an opportunity at most.
  return hasDeal && place < OPPORTUNITY ? OPPORTUNITY : place;
}
