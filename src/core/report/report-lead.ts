/** What the report says of one person: where they came from, how far they came, what became of them. */
import type { HandoffEntry, OutcomeEntry, StageEvent, TaskEntry } from "../model/ledger.ts";
import type { Link } from "../model/link.ts";
import type { Instant } from "../model/record.ts";
import type { Facts, ReportSettings, Stage } from "../model/rulebook.ts";
import { daysBetween } from "./statistics.ts";

/** One person's part of the ledger. */
export interface PersonLedger {
  readonly link: Link;
  readonly stages: readonly StageEvent[];
  readonly handoffs: readonly HandoffEntry[];
  readonly tasks: readonly TaskEntry[];
  readonly outcomes: readonly OutcomeEntry[];
}

/** `asOf`: nothing that happened later is looked at. A person belongs to the report when they first came in [from, to); null means no bound. */
export interface ReportWindow {
  readonly asOf: Instant;
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/** The stages in the order people pass through them; the exits, recycled and disqualified, are not among them. */
export const FUNNEL = ["subscriber", "lead", "mql", "sal", "sql", "opportunity", "customer", "evangelist"] as const;
export type FunnelStage = (typeof FUNNEL)[number];

export type LeadOutcome = "won" | "lost" | "open";

export interface ReportLead {
  readonly id: string;
  readonly name: string;
  readonly hubspotId: string | null;
  readonly salesforceObject: string | null;
  readonly salesforceId: string | null;
  readonly source: string;
  readonly sourceKnown: boolean;
  readonly campaign: string;
  readonly owner: string;
  /** Score band when they became an MQL. */
  readonly band: string;
  readonly firstContact: Instant;
  /** False when the fact that should say it is blank or no date, and the ledger had to stand in. */
  readonly firstContactKnown: boolean;
  readonly stage: Stage;
  /** Furthest stage ever entered, over all cycles; a won opportunity counts as customer, any opportunity as opportunity. */
  readonly reached: FunnelStage;
  /** First entry of each stage that was entered. */
  readonly entered: Readonly<Partial<Record<Stage, Instant>>>;
  readonly outcome: LeadOutcome;
  /** Why it was lost, or why it is back with marketing. */
  readonly reason: string;
  readonly wonAt: Instant | null;
  /** From first contact to won; negative when the deal is older than the contact. */
  readonly daysToWon: number | null;
  /** Won amounts in hundredths, by currency code ("" where the organisation has one currency). */
  readonly revenue: ReadonlyMap<string, number>;
  readonly wonOpportunities: readonly string[];
  readonly wonWithoutAmount: boolean;
}

const NO_CAMPAIGN = "(no campaign)";
const NO_OWNER = "(no owner)";
const NOT_SCORED = "(not scored)";

/** The person as the report counts them, or null for one who is not counted: merged into another, erased, or first seen outside the window. */
export function describeLead(person: PersonLedger, settings: ReportSettings, window: ReportWindow): ReportLead | null {
  const { link } = person;
  if (link.state === "superseded" || link.state === "erased") return null;
  const entries = firstEntries(person.stages, window.asOf);
  const { firstContact, firstContactKnown } = contactOf(link, entries.entered, settings);
  if (window.from !== null && firstContact < window.from) return null;
  if (window.to !== null && firstContact >= window.to) return null;
  const deals = dealsOf(person.outcomes, window.asOf);
  const stage = entries.latest?.stage ?? link.stage?.stage ?? "subscriber";
  const wonAt = deals.wonAt ?? entries.entered.customer ?? entries.entered.evangelist ?? null;
  const { outcome, reason } = outcomeOf(wonAt !== null, deals, entries.latest);
  const source = textFact(link.facts, settings.source);
  return {
    id: link.id,
    name: link.name,
    hubspotId: link.hubspotId,
    salesforceObject: link.salesforceObject,
    salesforceId: link.salesforceId,
    source: source ?? settings.blankSource,
    sourceKnown: source !== null,
    campaign: (settings.campaign === null ? null : textFact(link.facts, settings.campaign)) ?? NO_CAMPAIGN,
    owner: ownerOf(person, window.asOf),
    band: entries.bandAtMql ?? NOT_SCORED,
    firstContact,
    firstContactKnown,
    stage,
    reached: furthest(entries.entered, wonAt !== null, deals.some),
    entered: entries.entered,
    outcome,
    reason,
    wonAt,
    daysToWon: wonAt === null ? null : daysBetween(firstContact, wonAt),
    revenue: deals.revenue,
    wonOpportunities: deals.won,
    wonWithoutAmount: deals.wonWithoutAmount,
  };
}

function textFact(facts: Facts, name: string): string | null {
  const value = facts[name] ?? "";
  return value.trim() === "" ? null : value;
}

interface Entries {
  readonly entered: Readonly<Partial<Record<Stage, Instant>>>;
  readonly latest: StageEvent | null;
  readonly bandAtMql: string | null;
}

function firstEntries(stages: readonly StageEvent[], asOf: Instant): Entries {
  const entered: Partial<Record<Stage, Instant>> = {};
  let latest: StageEvent | null = null;
  let scored: StageEvent | null = null;
  for (const event of stages) {
    if (event.at > asOf) continue;
    const known = entered[event.stage];
    if (known === undefined || event.at < known) entered[event.stage] = event.at;
    if (latest === null || event.sequence > latest.sequence) latest = event;
    const isHandover = event.stage === "mql" && event.band !== null;
    if (isHandover && (scored === null || event.sequence < scored.sequence)) scored = event;
  }
  return { entered, latest, bandAtMql: scored?.band ?? null };
}

/** The fact that names it; else the earliest stage entry; else when LeadLoop first saw the person. */
function contactOf(
  link: Link,
  entered: Entries["entered"],
  settings: ReportSettings,
): Pick<ReportLead, "firstContact" | "firstContactKnown"> {
  const said = settings.firstContact === null ? null : textFact(link.facts, settings.firstContact);
  const ms = said === null ? Number.NaN : Date.parse(said);
  if (!Number.isNaN(ms)) return { firstContact: new Date(ms).toISOString(), firstContactKnown: true };
  const earliest = Object.values(entered).sort()[0] ?? link.firstSeenAt;
  return { firstContact: earliest, firstContactKnown: settings.firstContact === null };
}

function ownerOf(person: PersonLedger, asOf: Instant): string {
  const given = person.handoffs
    .filter((handoff) => handoff.at <= asOf)
    .sort((a, b) => a.epoch - b.epoch || (a.at < b.at ? -1 : 1));
  return given.at(-1)?.ownerEmail || (textFact(person.link.facts, "hubspot_owner_id") ?? NO_OWNER);
}

interface Deals {
  readonly some: boolean;
  readonly open: boolean;
  readonly won: readonly string[];
  readonly wonAt: Instant | null;
  readonly lost: OutcomeEntry | null;
  readonly revenue: ReadonlyMap<string, number>;
  readonly wonWithoutAmount: boolean;
}

function dealsOf(outcomes: readonly OutcomeEntry[], asOf: Instant): Deals {
  const known = outcomes.filter((deal) => deal.openedAt <= asOf || (deal.closed && deal.stageAt <= asOf));
  const closed = known.filter((deal) => deal.closed && deal.stageAt <= asOf);
  const won = closed.filter((deal) => deal.won).sort(byTime);
  const lost = closed.filter((deal) => !deal.won).sort(byTime);
  const revenue = new Map<string, number>();
  for (const deal of won) {
    if (deal.amount === null) continue;
    const currency = deal.currency ?? "";
    revenue.set(currency, (revenue.get(currency) ?? 0) + Math.round(deal.amount * 100));
  }
  return {
    some: known.length > 0,
    open: known.length > closed.length,
    won: won.map((deal) => deal.opportunityId),
    wonAt: won[0]?.stageAt ?? null,
    lost: lost.at(-1) ?? null,
    revenue,
    wonWithoutAmount: won.some((deal) => deal.amount === null),
  };
}

function byTime(a: OutcomeEntry, b: OutcomeEntry): number {
  if (a.stageAt !== b.stageAt) return a.stageAt < b.stageAt ? -1 : 1;
  return a.opportunityId < b.opportunityId ? -1 : 1;
}

/** Won once is won. A lost deal is lost until a later one is opened or the person qualifies again. */
function outcomeOf(isWon: boolean, deals: Deals, latest: StageEvent | null): Pick<ReportLead, "outcome" | "reason"> {
  if (isWon) return { outcome: "won", reason: "" };
  if (latest?.stage === "disqualified") return { outcome: "lost", reason: latest.reason };
  if (deals.open) return { outcome: "open", reason: "" };
  const qualifiedAgain =
    deals.lost !== null && latest !== null && latest.at > deals.lost.stageAt && isQualified(latest.stage);
  if (deals.lost !== null && !qualifiedAgain)
    return { outcome: "lost", reason: deals.lost.lostReason ?? deals.lost.stageName };
  return { outcome: "open", reason: latest?.stage === "recycled" ? latest.reason : "" };
}

function isQualified(stage: Stage): boolean {
  return stage === "mql" || stage === "sal" || stage === "sql";
}

function furthest(entered: Entries["entered"], isWon: boolean, hasDeal: boolean): FunnelStage {
  if (entered.evangelist !== undefined) return "evangelist";
  if (isWon) return "customer";
  if (hasDeal) return "opportunity";
  return FUNNEL.findLast((stage) => entered[stage] !== undefined) ?? "subscriber";
}
