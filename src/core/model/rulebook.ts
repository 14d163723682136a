/** What the admins decide in config/: scoring, lifecycle, routing, handoff, timing. Plain data plus compiled conditions. */
import type { ConnectorSettings, SafetyLimits } from "./connector-settings.ts";
import type { FactSource } from "./fact-source.ts";
import type { CadenceStep, Channel, LadderStep, Template, WorkCalendars } from "./follow-up.ts";
import type { NotifySettings } from "./notice.ts";
import type { Instant, System, Value } from "./record.ts";
import type { ReportSettings } from "./report-settings.ts";

/** What is known about a person: mapped fields and read-only facts by name, in canonical form. A name that is absent is unknown. */
export type Facts = Readonly<Record<string, Value>>;

/** A compiled CEL condition. `holds` is pure: same facts and same `now`, same answer. Blanks read as "", 0 and false. */
export interface Condition {
  readonly source: string;
  holds(facts: Facts, now: Instant): boolean;
  /** The first millisecond after `now` at which time alone may change the answer: perhaps early, never late; infinity when never. Left out where time does not matter. */
  changesAt?(facts: Facts, now: Instant): number;
  /** The facts that the answer depends on, beside the time. Left out: perhaps any. */
  readonly asks?: ReadonlySet<string>;
}

export interface Segment {
  readonly name: string;
  readonly label: string;
  readonly when: Condition;
  /** Kept with its date for each person, and written where there are fields for it: up to date, or once in and never out. */
  readonly shown: "ongoing" | "once" | null;
}

/** How a rule's points fade since the instant in the fact `from`: by half every so many days, or evenly until nothing is left after so many. */
export interface Decay {
  readonly kind: "half-life" | "linear";
  readonly days: number;
  readonly from: string;
}

/** How often something was done: a total that HubSpot keeps, or what LeadLoop has seen it rise by in the last `withinDays` days. */
export interface TimesDone {
  readonly field: string;
  readonly withinDays: number | null;
}

export interface ScoreRule {
  readonly name: string;
  /** Said to the rep when the rule contributes, as in "opened 3 e-mails". `{field}` is replaced by the fact. */
  readonly reason: string;
  readonly when: Condition;
  readonly points: number;
  /** Points are multiplied by how often something was done (opens, visits), at most `upTo` times. */
  readonly per: (TimesDone & { readonly upTo: number }) | null;
  /** Instead of `points`: those of the highest step that was reached, lowest first. */
  readonly steps:
    | (TimesDone & { readonly points: readonly { readonly atLeast: number; readonly points: number }[] })
    | null;
  readonly decay: Decay | null;
}

export interface ScoreGroup {
  readonly name: string;
  readonly cap: number;
  readonly rules: readonly ScoreRule[];
}

export interface Scoring {
  /** Who they are. */
  readonly fit: readonly ScoreGroup[];
  /** What they did. */
  readonly engagement: readonly ScoreGroup[];
  /** The most that each half and both together can give, beyond the caps of the groups. */
  readonly caps: { readonly fit: number; readonly engagement: number; readonly total: number };
  /** Total at or above which a person is an MQL, and the total they must fall below before they can become one again. */
  readonly mqlAt: number;
  readonly rearmBelow: number;
  /** A fading score is shown again when it has moved this far, or its band or a threshold is reached: each showing costs a call's share. */
  readonly fadeStep: number;
  /** Lower bounds of the letters A, B, C (fit, as share of its cap sum) and the numbers 1, 2, 3 (engagement). */
  readonly bands: { readonly fit: readonly [number, number]; readonly engagement: readonly [number, number] };
}

/** The ten stages of the funnel. `recycled` and `disqualified` are exits; the others are ordered. */
export const STAGES = [
  "subscriber",
  "lead",
  "mql",
  "sal",
  "sql",
  "opportunity",
  "customer",
  "evangelist",
  "recycled",
  "disqualified",
] as const;
export type Stage = (typeof STAGES)[number];

/** How each system spells a stage. Several stages may share one HubSpot value; then the finer one is kept on our side. */
export interface StageNames {
  readonly stage: Stage;
  readonly hubspot: string;
  readonly salesforce: string;
}

export interface Lifecycle {
  readonly names: readonly StageNames[];
  /** Straight to MQL whatever the score (asked for a demo). */
  readonly fastTrack: Condition | null;
  /** Any scored engagement makes a subscriber a lead. */
  readonly leadWhen: Condition | null;
  /** Sales took it, said by the rep in Salesforce. */
  readonly salWhen: Condition | null;
  /** Hours after which an MQL that nobody rejected counts as accepted; null: only the rep's word does. */
  readonly salAfterHours: number | null;
  /** Sales knows what it must know (BANT). */
  readonly sqlWhen: Condition | null;
  /** A customer who refers, reviews or comes back. */
  readonly evangelistWhen: Condition | null;
  /** Sent back to marketing: the fact that names the reason, and the fact with the date to try again. */
  readonly recycle: { readonly when: Condition; readonly reason: string; readonly retryOn: string | null } | null;
  /** The field of a Salesforce opportunity that says why it was lost. */
  readonly lostReason: string | null;
  /** The opportunity's field that says what it is about; null where there is none. */
  readonly product?: string | null;
  /** Whose an opportunity without contact roles is: nobody's, or everybody's at its account. */
  readonly opportunitiesThrough: "contact-roles" | "account";
  /** Never: reasons that end it. */
  readonly disqualifyReasons: readonly string[];
}

/** Who is somebody's by where they are, what they do and how big they are. An empty list, and null, leave that open. */
export interface Territory {
  readonly countries: readonly string[];
  readonly states: readonly string[];
  /** Beginnings of postcodes. */
  readonly postcodes: readonly string[];
  readonly industries: readonly string[];
  readonly employees: { readonly from: number; readonly to: number } | null;
}

/** One who can be given leads. */
export interface RoutingOwner {
  readonly email: string;
  readonly weight: number;
  /** Open handoffs beyond which they get none; the routing's own capacity when left out. */
  readonly capacity?: number | null;
}

export interface RoutingRule {
  readonly name: string;
  readonly when: Condition;
  /** Owner e-mails; several are served in turn, by weight. */
  readonly owners: readonly RoutingOwner[];
}

export interface Routing {
  /** In order: the admin's rules, then the territories, then everybody else's. */
  readonly rules: readonly RoutingRule[];
  /** Salesforce queue (by name) or owner e-mail when no rule finds an active owner; the person where no queue can own (a Contact, a task, a lead that is given on). */
  readonly fallback: string;
  readonly fallbackPerson?: string | null;
  /**
   * First whoever looks after the company, known by its e-mail domain; not for these domains, which are nobody's company. `accountOwner` is the fact of a
   * contact that tells who owns its account, and goes before the contact's own owner.
   */
  readonly companyFirst: { readonly accountOwner?: string | null; readonly freeMail: ReadonlySet<string> } | null;
  /** Open handoffs beyond which an owner gets none. */
  readonly capacity: number | null;
  /** Days (UTC, both included) without leads. */
  readonly absences: readonly { readonly email: string; readonly from: string; readonly to: string }[];
}

export interface Handoff {
  /** Stage entries older than this when first seen are history: no task, no clock. */
  readonly maxAgeDays: number;
  readonly acceptWithinHours: number;
  readonly task: {
    readonly subject: string;
    readonly description: string;
    readonly priority: string;
    readonly dueInDays: number;
  };
  /** From the MQL to the task in Salesforce, by the clock on the wall: what is late here is ours to mend. */
  readonly systemWithinMinutes: number;
  readonly ladder: readonly LadderStep[];
  /** The reason that a silent handoff is recycled with. */
  readonly silentReason: string;
  /** The values of the rejection picklist in Salesforce. */
  readonly rejectionReasons: readonly string[];
  /** A task of this purpose is not made for whom this holds (do not call, opted out of everything). */
  readonly suppressWhen: Condition | null;
}

export interface SuppressionRule {
  readonly name: string;
  readonly when: Condition;
  /** What is not done with whom it holds for. */
  readonly stops: readonly Channel[];
  readonly because: string;
}

/** What sales is shown of people whom it knows. */
export const SIGNAL_KINDS = ["reply", "sleeper", "comeback"] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];

export interface Signals {
  readonly quietDays: number;
  readonly freshDays: number;
  /** Null: switched off. */
  readonly tasks: Readonly<
    Record<
      SignalKind,
      {
        readonly subject: string;
        readonly description: string;
        readonly priority: string;
        readonly dueInDays: number;
      } | null
    >
  >;
}

/** What a cadence counts from: an instant among the facts, the entry into a stage, or the end of another cadence. */
export type Anchor =
  | { readonly kind: "fact"; readonly fact: string }
  | { readonly kind: "stage"; readonly stage: Stage }
  | { readonly kind: "cadence" };

/** A reason to end a cadence early: a condition, or an instant among the facts that is later than the start (a reply). */
export interface LeaveRule {
  readonly when: Condition | null;
  readonly since: string | null;
  readonly because: string;
}

export interface Cadence {
  readonly name: string;
  readonly label: string;
  readonly anchor: Anchor;
  /** Who may be in it; whoever it no longer holds for has moved on and jumps out. */
  readonly include: Condition;
  readonly leave: readonly LeaveRule[];
  readonly steps: readonly CadenceStep[];
  /** The cadence that begins when this one ends with its last step. */
  readonly next: string | null;
  /** Who gets its tasks where the person has no owner: an owner's e-mail. */
  readonly owner: string | null;
  /** An anchor older than this when first seen is history. */
  readonly maxAgeDays: number;
}

export interface FollowUps {
  readonly cadences: readonly Cadence[];
  /** The fact that says when somebody last had real contact with the person; tasks older than that are closed. */
  readonly contactLogged: string | null;
  /** The task on the date that the buyer named. */
  readonly retry: { readonly subject: Template; readonly text: Template; readonly priority: string } | null;
}

export interface Rulebook {
  readonly segments: readonly Segment[];
  readonly scoring: Scoring;
  readonly lifecycle: Lifecycle;
  readonly routing: Routing;
  readonly handoff: Handoff;
  readonly suppression: readonly SuppressionRule[];
  readonly signals: Signals;
  readonly calendars: WorkCalendars;
  readonly followUps: FollowUps;
  readonly connector: ConnectorSettings;
  readonly safety: SafetyLimits;
  readonly report: ReportSettings;
  readonly notify: NotifySettings;
  /** Read-only properties and fields that rules look at, per system, beyond the mapped ones: fact name -> field name. */
  readonly facts: Readonly<Record<System, readonly FactSource[]>>;
  /** Number facts whose totals are noted by day, because a rule asks how often something was done lately. */
  readonly counted: readonly string[];
}
