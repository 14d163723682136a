/** The tables whose rows are ledger entries, cursors and marks as the jobs know them. */
import type { CadenceRun, FollowUpEvent } from "../core/model/follow-up.ts";
import type {
  ConflictEntry,
  EarlierWrite,
  FactChange,
  HandoffEntry,
  IntentEntry,
  OutcomeEntry,
  RejectEntry,
  StageEvent,
  TaskEntry,
} from "../core/model/ledger.ts";
import type { NoticeEntry } from "../core/model/notice.ts";
import type { ReadPass } from "../core/model/read-pass.ts";
import type { BulkJob } from "../jobs/ports.ts";
import type { Alias, Cursor, DirtyRow, RunRow } from "../jobs/state-port.ts";
import { RowTable } from "./row-table.ts";

export const CURSORS = new RowTable<Cursor>("cursor", ["system", "object", "lane"], {
  system: "text",
  object: "text",
  lane: "text",
  position: "instant",
  account: "text",
});

export const DIRTY = new RowTable<DirtyRow>("dirty", ["key"], {
  key: "text",
  reason: "text",
  dueAt: "instant",
  priority: "integer",
  version: "integer",
  attempts: "integer",
  firstSeenAt: "instant",
});

export const ALIASES = new RowTable<Alias>("alias", ["system", "oldId"], {
  system: "text",
  oldId: "text",
  link: "text",
  cause: "text",
});

/** A decision that is tried again in another run has a row for each run. */
export const INTENTS = new RowTable<IntentEntry>("intent", ["key", "run"], {
  key: "text",
  run: "text",
  link: "text",
  system: "text",
  object: "text",
  recordId: "text",
  operation: "text",
  fields: "json",
  reason: "text",
  state: "text",
  sentAt: "instant",
  notBefore: "instant",
  ifUnmodifiedSince: "instant",
  detail: "text",
});

/** The columns of intents that are read for everybody who is written again: half of the others' bytes are not looked at. */
export const EARLIER_WRITES = new RowTable<EarlierWrite>("intent", [], {
  link: "text",
  system: "text",
  object: "text",
  operation: "text",
  fields: "json",
  state: "text",
  sentAt: "instant",
});

export const BULK_JOBS = new RowTable<BulkJob>("bulk_job", ["id"], {
  id: "text",
  run: "text",
  object: "text",
  operation: "text",
  keyField: "text",
  since: "instant",
  keys: "json",
  links: "json",
});

export const READ_PASSES = new RowTable<ReadPass>("read_pass", ["system", "object"], {
  system: "text",
  object: "text",
  account: "text",
  fields: "text",
  begunAt: "instant",
  position: "text",
  ended: "boolean",
  compares: "boolean",
  foreseen: "json",
});

export const CONFLICTS = new RowTable<ConflictEntry>("conflict", ["id"], {
  id: "text",
  link: "text",
  field: "text",
  rule: "text",
  hubspot: "text",
  salesforce: "text",
  kept: "text",
  because: "text",
  at: "instant",
  run: "text",
  open: "boolean",
});

export const REJECTS = new RowTable<RejectEntry>("reject", ["id"], {
  id: "text",
  link: "text",
  system: "text",
  object: "text",
  recordId: "text",
  recordName: "text",
  fields: "json",
  code: "text",
  message: "text",
  at: "instant",
  run: "text",
  attempts: "integer",
});

export const STAGE_EVENTS = new RowTable<StageEvent>("stage_event", ["link", "sequence"], {
  link: "text",
  sequence: "integer",
  epoch: "integer",
  stage: "text",
  at: "instant",
  side: "text",
  reason: "text",
  score: "number",
  band: "text",
});

export const HANDOFFS = new RowTable<HandoffEntry>("handoff", ["link", "epoch"], {
  link: "text",
  epoch: "integer",
  ownerEmail: "text",
  routedBy: "text",
  at: "instant",
  deadline: "instant",
  outcome: "text",
  endedAt: "instant",
  endedBy: "text",
  reasons: "json",
  reactedAt: "instant",
  afterHours: "boolean",
});

export const TASKS = new RowTable<TaskEntry>("task", ["cause"], {
  cause: "text",
  link: "text",
  epoch: "integer",
  purpose: "text",
  state: "text",
  subject: "text",
  description: "text",
  priority: "text",
  dueOn: "text",
  ownerEmail: "text",
  createdAt: "instant",
  notBefore: "instant",
  salesforceId: "text",
  reason: "text",
  status: "text",
  closedAt: "instant",
  closedByUs: "boolean",
  deliveredAt: "instant",
  touchedAt: "instant",
  change: "json-or-null",
});

export const OUTCOMES = new RowTable<OutcomeEntry>("outcome", ["opportunityId", "contactId"], {
  opportunityId: "text",
  contactId: "text",
  link: "text",
  through: "text",
  counts: "boolean",
  name: "text",
  stageName: "text",
  amount: "number",
  currency: "text",
  closed: "boolean",
  won: "boolean",
  openedAt: "instant",
  stageAt: "instant",
  lostReason: "text",
  products: "text",
  closeDate: "text",
});

export const RUNS = new RowTable<RunRow>("run", ["id"], {
  id: "text",
  job: "text",
  startedAt: "instant",
  endedAt: "instant",
  outcome: "text",
  counts: "json",
});

export const NOTICES = new RowTable<NoticeEntry>("notice", ["key"], {
  key: "text",
  kind: "text",
  link: "text",
  title: "text",
  text: "text",
  html: "text",
  ownerEmail: "text",
  managerEmail: "text",
  at: "instant",
  state: "text",
  notBefore: "instant",
  attempts: "integer",
  detail: "text",
});

export const CADENCE_RUNS = new RowTable<CadenceRun>("cadence_run", ["link", "cadence", "epoch", "anchorAt"], {
  link: "text",
  cadence: "text",
  epoch: "integer",
  anchorAt: "instant",
  startedAt: "instant",
  taken: "integer",
  lastAt: "instant",
  state: "text",
  endedAt: "instant",
  because: "text",
});

/** A step is taken once: whoever comes second changes nothing. */
export const FOLLOW_UP_EVENTS = new RowTable<FollowUpEvent>("follow_up_event", ["key"], {
  key: "text",
  link: "text",
  epoch: "integer",
  kind: "text",
  at: "instant",
  text: "text",
});

export const FACT_CHANGES = new RowTable<FactChange>("fact_change", ["link", "version"], {
  link: "text",
  version: "integer",
  at: "instant",
  facts: "json",
});
