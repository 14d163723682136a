/** Rows of the ledger for tests: a person with what the test names, and quiet values for the rest. */
import type { HandoffEntry, OutcomeEntry, StageEvent, TaskEntry } from "../../../src/core/model/ledger.ts";
import type { Link } from "../../../src/core/model/link.ts";
import type { PersonLedger } from "../../../src/core/model/report-row.ts";
import type { ReportSettings } from "../../../src/core/model/report-settings.ts";
import type { Stage, StageNames } from "../../../src/core/model/rulebook.ts";
import { STAGES } from "../../../src/core/model/rulebook.ts";
import { type LedgerParts, personLedger } from "../../support/person-ledger.ts";

export const SETTINGS: ReportSettings = {
  source: "source",
  blankSource: "(blank)",
  campaign: null,
  campaignSummary: null,
  campaignCosts: null,
  territory: null,
  segments: [],
  firstContact: "first_contact",
  touches: [],
  currency: null,
  rates: {},
  costs: [],
};
export const NAMES: readonly StageNames[] = STAGES.map((stage) => ({
  stage,
  hubspot: `hs-${stage}`,
  salesforce: stage,
}));

function link(id: string, changes: Partial<Link> = {}): Link {
  return {
    id,
    state: "linked",
    hubspotId: `h${id}`,
    salesforceObject: "Lead",
    salesforceId: `00Q${id}`,
    email: null,
    name: `Person ${id}`,
    version: 1,
    generation: 1,
    seen: {},
    fields: {},
    stage: null,
    score: null,
    facts: {},
    firstSeenAt: "2026-01-01T00:00:00.000Z",
    quarantine: {},
    ...changes,
  };
}

/** The person as the report reads them. */
export function person(id: string, parts: LedgerParts & { readonly link?: Partial<Link> } = {}): PersonLedger {
  return personLedger(link(id, parts.link), parts);
}

/** Stage entries in the order given, one day apart from `start`, unless a pair names its instant. */
export function stages(
  id: string,
  entries: readonly (readonly [Stage, string])[],
  changes: Partial<StageEvent> = {},
): readonly StageEvent[] {
  return entries.map(([stage, at], sequence) => ({
    link: id,
    sequence,
    epoch: 1,
    stage,
    at,
    side: "leadloop",
    reason: "",
    score: null,
    band: null,
    ...changes,
  }));
}

export function deal(id: string, changes: Partial<OutcomeEntry> = {}): OutcomeEntry {
  return {
    opportunityId: `006${id}`,
    link: id,
    contactId: `003${id}`,
    through: "contact role",
    counts: true,
    name: `Deal ${id}`,
    stageName: "Closed Won",
    amount: 100,
    currency: null,
    closed: true,
    won: true,
    openedAt: "2026-01-10T00:00:00.000Z",
    stageAt: "2026-01-20T00:00:00.000Z",
    lostReason: null,
    ...changes,
  };
}

export function task(id: string, cause: string, changes: Partial<TaskEntry> = {}): TaskEntry {
  return {
    cause,
    link: id,
    epoch: 1,
    purpose: "handoff",
    state: "done",
    subject: "Call",
    description: "",
    priority: "High",
    dueOn: "2026-01-05",
    ownerEmail: "ann@x.com",
    createdAt: "2026-01-02T00:00:00.000Z",
    notBefore: null,
    salesforceId: `00T${cause}`,
    reason: "",
    status: "Not Started",
    closedAt: null,
    closedByUs: false,
    ...changes,
  };
}

export function handoff(id: string, changes: Partial<HandoffEntry> = {}): HandoffEntry {
  return {
    link: id,
    epoch: 1,
    ownerEmail: "ann@x.com",
    routedBy: "default",
    at: "2026-01-02T00:00:00.000Z",
    deadline: "2026-01-03T00:00:00.000Z",
    outcome: "open",
    endedAt: null,
    endedBy: null,
    reasons: [],
    ...changes,
  };
}
