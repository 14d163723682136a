/** Sample rows for the store's contract: complete, plausible, and different wherever a mix-up would hide. */
import type {
  ConflictEntry,
  HandoffEntry,
  IntentEntry,
  OutcomeEntry,
  RejectEntry,
  StageEvent,
  TaskEntry,
} from "../../src/core/model/ledger.ts";
import type { Link } from "../../src/core/model/link.ts";
import type { NoticeEntry } from "../../src/core/model/notice.ts";
import { type Decisions, type Lease, NOTHING_TOLD, type Outcomes, type StateStore } from "../../src/jobs/state-port.ts";

/** `T(90)` is ninety seconds after noon. */
export function T(seconds = 0): string {
  return new Date(Date.parse("2026-10-01T12:00:00.000Z") + seconds * 1000).toISOString();
}

export async function leased(store: StateStore, job = "sync"): Promise<Lease> {
  const lease = await store.acquireLease(job, "first", 120_000, T());
  if (lease === null) throw new Error("the lease is taken");
  return lease;
}

export function personLink(id: string, changes: Partial<Link> = {}): Link {
  return {
    id,
    state: "linked",
    hubspotId: `1${id}`,
    salesforceObject: "Lead",
    salesforceId: `00Q${id}`,
    email: `${id}@example.com`,
    name: `Ada ${id}`,
    version: 1,
    generation: 0,
    seen: { hubspot: { version: "h1", at: T(1) }, salesforce: { version: "s1", at: T(2) } },
    fields: {
      email: { base: `${id}@example.com`, origin: { side: "hubspot", lo: T(), hi: T(5) } },
      title: { base: null },
      phone: {
        register: {
          target: "+15550100",
          origin: { side: "salesforce", lo: T(), hi: T(1) },
          noNews: { hubspot: [null], salesforce: ["+15550100"] },
          sent: { hubspot: ["+15550100"], salesforce: [] },
          delivered: { hubspot: false, salesforce: true },
        },
      },
    },
    stage: { epoch: 1, stage: "mql", since: T(), reason: "score 64", armed: false },
    score: {
      total: 64,
      fit: 30,
      engagement: 34,
      band: "B2",
      reasons: [{ rule: "opens", points: 9, text: "opened 3 e-mails" }],
      nextChangeAt: T(3600),
    },
    facts: { opens: "3", industry: null },
    firstSeenAt: T(-60),
    quarantine: { salesforce: T(120) },
    ...changes,
  };
}

export const NO_DECISIONS: Decisions = {
  links: [],
  aliases: [],
  intents: [],
  conflicts: [],
  stageEvents: [],
  handoffs: [],
  tasks: [],
  rejects: [],
  outcomes: [],
  notices: [],
  cadenceRuns: [],
  followUpEvents: [],
  factChanges: [],
  dirty: [],
  done: [],
  routed: [],
  settled: { conflicts: [], rejects: [], writes: [] },
};

export const NO_OUTCOMES: Outcomes = NOTHING_TOLD;

export function intentFor(link: string, changes: Partial<IntentEntry> = {}): IntentEntry {
  return {
    key: `${link}:salesforce:1`,
    run: "run-1",
    link,
    system: "salesforce",
    object: "Lead",
    recordId: `00Q${link}`,
    operation: "update",
    fields: { Title: { from: null, to: "CTO", rule: "two-way" } },
    reason: "changed in HubSpot",
    state: "sent",
    sentAt: T(),
    notBefore: T(60),
    ifUnmodifiedSince: null,
    detail: null,
    ...changes,
  };
}

export function conflictOf(link: string, changes: Partial<ConflictEntry> = {}): ConflictEntry {
  return {
    id: `conflict-${link}`,
    link,
    field: "title",
    rule: "ask",
    hubspot: "CTO",
    salesforce: "Chief Technology Officer",
    kept: "neither",
    because: "the mapping asks",
    at: T(),
    run: "run-1",
    open: true,
    ...changes,
  };
}

/** A stop's notice, about nobody in particular, with somebody's name in its sample. */
export function noticeOf(key: string, changes: Partial<NoticeEntry> = {}): NoticeEntry {
  return {
    key,
    kind: "safety-stop",
    link: null,
    title: "LeadLoop stopped",
    text: "- Ada a, update of salesforce Lead 00Qa: Title (blank)",
    html: "<li>Ada a</li>",
    ownerEmail: null,
    managerEmail: null,
    at: T(),
    state: "due",
    notBefore: null,
    attempts: 0,
    detail: null,
    ...changes,
  };
}

export function rejectOf(link: string | null, changes: Partial<RejectEntry> = {}): RejectEntry {
  return {
    id: `reject-${link}`,
    link,
    system: "salesforce",
    object: "Lead",
    recordId: `00Q${link}`,
    recordName: "Ada",
    fields: ["Phone", "Title"],
    code: "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    message: "Phone must be a number",
    at: T(),
    run: "run-1",
    attempts: 1,
    ...changes,
  };
}

export function stageEventOf(link: string, sequence: number, changes: Partial<StageEvent> = {}): StageEvent {
  return {
    link,
    sequence,
    epoch: 1,
    stage: "mql",
    at: T(),
    side: "leadloop",
    reason: "score",
    score: 64,
    band: "B2",
    ...changes,
  };
}

export function handoffOf(link: string, changes: Partial<HandoffEntry> = {}): HandoffEntry {
  return {
    link,
    epoch: 1,
    ownerEmail: "rep@example.com",
    routedBy: "emea",
    at: T(),
    deadline: T(86_400),
    outcome: "open",
    endedAt: null,
    endedBy: null,
    reasons: [{ rule: "opens", points: 9, text: "opened 3 e-mails" }],
    reactedAt: null,
    afterHours: true,
    ...changes,
  };
}

export function taskFor(link: string, changes: Partial<TaskEntry> = {}): TaskEntry {
  return {
    cause: `mql_followup:${link}:1`,
    link,
    epoch: 1,
    purpose: "mql_followup",
    state: "due",
    subject: "Call Ada",
    description: "opened 3 e-mails",
    priority: "High",
    dueOn: "2026-10-02",
    ownerEmail: "rep@example.com",
    createdAt: T(),
    notBefore: null,
    salesforceId: null,
    reason: "score 64",
    status: null,
    closedAt: null,
    closedByUs: false,
    deliveredAt: null,
    touchedAt: null,
    change: null,
    ...changes,
  };
}

export function outcomeOf(link: string, changes: Partial<OutcomeEntry> = {}): OutcomeEntry {
  return {
    opportunityId: `006${link}`,
    link,
    contactId: `003${link}`,
    through: "contact role",
    counts: true,
    name: "Analytics for Ada",
    stageName: "Prospecting",
    amount: 1234.56,
    currency: "EUR",
    closed: false,
    won: false,
    openedAt: T(),
    stageAt: T(),
    lostReason: null,
    closeDate: "2026-03-31",
    products: null,
    ...changes,
  };
}
