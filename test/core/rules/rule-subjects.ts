/** Builds small rulebooks, facts and sightings for the tests of the rules. */
import type { Channel } from "../../../src/core/model/follow-up.ts";
import type { OutcomeEntry, StageEvent } from "../../../src/core/model/ledger.ts";
import type { ScoreState, StageState } from "../../../src/core/model/link.ts";
import type { FieldVersion, Instant, Owner, RawValue } from "../../../src/core/model/record.ts";
import type {
  Condition,
  Facts,
  Lifecycle,
  Rulebook,
  Scoring,
  Stage,
  SuppressionRule,
} from "../../../src/core/model/rulebook.ts";
import type { StageInput } from "../../../src/core/rules/decide-stage.ts";

export const NOW: Instant = "2026-10-05T12:00:00.000Z";
export const DAY_MS = 86_400_000;

export function at(offsetMs: number, from: Instant = NOW): Instant {
  return new Date(Date.parse(from) + offsetMs).toISOString();
}

/** Holds when the fact is "true", or not blank. */
export function fact(name: string): Condition {
  return { source: name, holds: (facts) => !["", "false", undefined, null].includes(facts[name]) };
}

/** A rule of suppression by the fact of the same name, which is its reason too. */
export function stops(name: string, ...channels: readonly Channel[]): SuppressionRule {
  return { name, when: fact(name), stops: channels, because: name };
}

export const ALWAYS: Condition = { source: "true", holds: () => true };
export const NEVER: Condition = { source: "false", holds: () => false };

export const SCORING: Scoring = {
  fit: [],
  engagement: [],
  mqlAt: 60,
  rearmBelow: 40,
  fadeStep: 1,
  caps: { fit: 100, engagement: 100, total: 100 },
  bands: { fit: [0.66, 0.33], engagement: [0.66, 0.33] },
};

export const LIFECYCLE: Lifecycle = {
  names: [
    { stage: "subscriber", hubspot: "subscriber", salesforce: "Subscriber" },
    { stage: "lead", hubspot: "lead", salesforce: "Lead" },
    { stage: "mql", hubspot: "marketingqualifiedlead", salesforce: "MQL" },
    { stage: "sal", hubspot: "salesqualifiedlead", salesforce: "SAL" },
    { stage: "sql", hubspot: "salesqualifiedlead", salesforce: "SQL" },
    { stage: "opportunity", hubspot: "opportunity", salesforce: "Opportunity" },
    { stage: "customer", hubspot: "customer", salesforce: "Customer" },
    { stage: "evangelist", hubspot: "evangelist", salesforce: "Evangelist" },
    { stage: "recycled", hubspot: "9001", salesforce: "Recycled" },
    { stage: "disqualified", hubspot: "other", salesforce: "Disqualified" },
  ],
  fastTrack: fact("asked_for_demo"),
  leadWhen: fact("engaged"),
  salWhen: fact("accepted"),
  salAfterHours: null,
  evangelistWhen: fact("refers"),
  opportunitiesThrough: "contact-roles",
  lostReason: null,
  sqlWhen: fact("bant"),
  recycle: { when: fact("sent_back"), reason: "recycle_reason", retryOn: "retry_on" },
  disqualifyReasons: ["competitor", "bad data"],
};

export function score(total: number): ScoreState {
  return {
    total,
    fit: total,
    engagement: 0,
    band: "A1",
    reasons: [
      { rule: "demo", points: 25, text: "asked for a demo" },
      { rule: "opens", points: 9, text: "opened 3 e-mails" },
      { rule: "title", points: 8, text: "is a director" },
      { rule: "country", points: 2, text: "is in DE" },
    ],
    nextChangeAt: null,
  };
}

export function state(stage: Stage, overrides: Partial<StageState> = {}): StageState {
  return { epoch: 1, stage, since: at(-10 * DAY_MS), reason: "before", armed: true, ...overrides };
}

export function by(value: RawValue, when: Instant, own = false): FieldVersion {
  return { value, at: when, own };
}

/** HubSpot showing the newest of these entries. */
export function hubspotShows(...history: FieldVersion[]): NonNullable<StageInput["hubspot"]> {
  return { value: history[0]?.value ?? null, history, at: history[0]?.at ?? at(-20 * DAY_MS) };
}

export function stageInput(overrides: Partial<StageInput> = {}): StageInput {
  return {
    state: null,
    lifecycle: LIFECYCLE,
    scoring: SCORING,
    facts: {},
    score: score(0),
    hubspot: null,
    salesforce: null,
    outcomes: [],
    createdAt: at(-30 * DAY_MS),
    now: NOW,
    ...overrides,
  };
}

export function outcome(overrides: Partial<OutcomeEntry> = {}): OutcomeEntry {
  return {
    opportunityId: "006000000000001AAA",
    link: "link-1",
    contactId: "003000000000001AAA",
    through: "contact role",
    counts: true,
    name: "Pumps",
    stageName: "Proposal",
    amount: 1000,
    currency: "EUR",
    closed: false,
    won: false,
    openedAt: at(-2 * DAY_MS),
    stageAt: at(-DAY_MS),
    lostReason: null,
    ...overrides,
  };
}

export function owner(name: string, overrides: Partial<Owner> = {}): Owner {
  return {
    id: `005-${name}`,
    email: `${name}@example.com`,
    name,
    active: true,
    managerId: null,
    timeZone: "Europe/Berlin",
    queue: false,
    ...overrides,
  };
}

export function entered(stage: Stage, overrides: Partial<StageEvent> = {}): StageEvent {
  return {
    link: "link-1",
    sequence: 1,
    epoch: 1,
    stage,
    at: NOW,
    side: "leadloop",
    reason: "rule",
    score: 72,
    band: "A1",
    ...overrides,
  };
}

/** Of the rulebook only what routing and handoffs look at is filled with meaning. */
export function rulebook(
  overrides: Partial<Pick<Rulebook, "routing" | "handoff" | "lifecycle" | "calendars" | "followUps">> = {},
): Rulebook {
  return {
    segments: [],
    safety: {
      blank: { atMost: 50, share: 0 },
      delete: { atMost: 20, share: 0 },
      regress: { atMost: 20, share: 0 },
      change: { atMost: 500, share: 0.5 },
      create: { atMost: 1000, share: 0.5 },
    },
    scoring: SCORING,
    lifecycle: LIFECYCLE,
    routing: {
      rules: [{ name: "all", when: ALWAYS, owners: [{ email: "anna@example.com", weight: 1 }] }],
      fallback: "Lead Desk",
      companyFirst: null,
      capacity: null,
      absences: [],
    },
    handoff: {
      maxAgeDays: 7,
      acceptWithinHours: 8,
      task: {
        subject: "New MQL: {name} ({company}), score {score} {band}",
        description: "Why: {reasons}\nCompany: {company}\nPhone: {phone}\n{next}.",
        priority: "High",
        dueInDays: 1,
      },
      systemWithinMinutes: 30,
      ladder: [],
      silentReason: "No reaction",
      rejectionReasons: [],
      suppressWhen: fact("do_not_call"),
    },
    suppression: [],
    signals: { quietDays: 90, freshDays: 7, tasks: { reply: null, sleeper: null, comeback: null } },
    calendars: {
      hours: { days: new Set([1, 2, 3, 4, 5]), opens: 9 * 60, closes: 17 * 60 },
      daysOff: new Set(),
      places: new Map(),
      owners: new Map(),
      publicHolidays: () => new Set<string>(),
    },
    followUps: { cadences: [], contactLogged: null, retry: null },
    connector: {} as Rulebook["connector"],
    notify: { channels: [], rules: [] },
    report: {
      source: "source",
      blankSource: "(unknown)",
      campaign: null,
      campaignSummary: null,
      campaignCosts: null,
      territory: null,
      segments: [],
      firstContact: null,
      touches: [],
      currency: null,
      rates: {},
      costs: [],
    },
    facts: { hubspot: [], salesforce: [] },
    counted: [],
    ...overrides,
  };
}

export function factsOf(...names: string[]): Facts {
  return Object.fromEntries(names.map((name) => [name, "true"]));
}
