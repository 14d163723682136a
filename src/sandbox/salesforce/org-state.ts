/** Everything one org holds, and the one way its rows are stored: journalled, so that a failed transaction leaves no trace. */
import type { Random } from "../random.ts";
import type { SandboxClock } from "../sandbox-clock.ts";
import type { FieldDefinition, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import type { ObjectCatalog } from "./object-catalog.ts";
import { RecordTable } from "./record-table.ts";
import type { IdMint } from "./salesforce-id.ts";

/** Refuses a record before it is saved. `refuses` sees the record as it would be saved. */
export interface ValidationRule {
  readonly name: string;
  readonly message: string;
  /** Name of the field the message is shown at; the whole record without it. */
  readonly field?: string;
  readonly refuses: (record: StoredRecord) => boolean;
}

/** Finds records that look like the one about to be created. `alert` lets callers that ask for it save all the same; `block` never does. */
export interface DuplicateRule {
  readonly name: string;
  readonly mode: "alert" | "block";
  readonly message?: string;
  /** Fields that must all be filled and equal, without regard to case. */
  readonly matchOn: readonly string[];
}

/** Automation of the customer: after a write through the API, what else changes on that record, or null. */
export type Workflow = (record: StoredRecord) => Readonly<Record<string, unknown>> | null;

interface OrgSettings {
  /** How long a write stays invisible to API reads after its stamp, in milliseconds. */
  commitDelayMs: number;
  /** The owner the active lead assignment rule gives, or null when none is active. */
  autoAssignOwnerId: string | null;
  dailyApiRequests: number;
  /** Rows that a part of a query job's result has at most, whatever was asked for. */
  bulkResultRows: number;
  /** Most rows of one query answer; wide rows make it fewer than were asked for. */
  queryRows: number;
  sessionTtlMs: number;
}

interface JournalEntry {
  readonly table: RecordTable;
  readonly id: string;
  readonly before: StoredRecord | undefined;
}

export interface OrgState {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly catalog: ObjectCatalog;
  readonly mint: IdMint;
  readonly tables: Map<string, RecordTable>;
  readonly settings: OrgSettings;
  /** `Object.Field` of the fields the integration user may not see. */
  readonly hidden: Set<string>;
  readonly validationRules: Map<string, ValidationRule[]>;
  readonly duplicateRules: Map<string, DuplicateRule[]>;
  readonly workflows: Map<string, Workflow[]>;
  /** Names of the fields with history tracking, by object. */
  readonly trackedFields: Map<string, ReadonlySet<string>>;
  /** How many more API writes to a record fail to get its lock, by record id. */
  readonly rowLocks: Map<string, number>;
  readonly journal: JournalEntry[];
  /** How many transactions are open, one inside the other. */
  openTransactions: number;
  organizationId: string;
  /** The only one; null for an org that works in several. */
  readonly currency: string | null;
  integrationUserId: string;
}

const audit: ReadonlySet<string> = new Set(["CreatedById", "LastModifiedById"]);

/** Fields worth an index: keys, e-mail addresses and references other than who wrote the record. */
function isIndexed(field: FieldDefinition): boolean {
  if (field.unique || field.externalId || field.type === "email") return true;
  return field.type === "reference" && !audit.has(field.name);
}

/** The rows of an object; the table is made on first use. */
export function tableOf(state: OrgState, object: ObjectDefinition): RecordTable {
  const known = state.tables.get(object.name);
  if (known !== undefined) return known;
  const indexed = [...object.fields.values()].filter(isIndexed).map((field) => field.name);
  const table = new RecordTable(indexed);
  state.tables.set(object.name, table);
  return table;
}

/** The latest version of a record, deleted ones included. */
export function latestRecord(state: OrgState, objectName: string, id: string): StoredRecord | undefined {
  return tableOf(state, state.catalog.require(objectName)).latest(id);
}

/** Records of an object, deleted ones left out, whose indexed field holds the value. */
export function recordsWith(state: OrgState, objectName: string, field: string, value: string): StoredRecord[] {
  return liveRecords(tableOf(state, state.catalog.require(objectName)), field, value);
}

/** As `recordsWith`, for a table at hand. */
export function liveRecords(table: RecordTable, field: string, value: string): StoredRecord[] {
  const found: StoredRecord[] = [];
  for (const id of table.idsWith(field, value)) {
    const record = table.latest(id);
    if (record !== undefined && record["IsDeleted"] !== true) found.push(record);
  }
  return found;
}

/** Stores a version of a record; readers see it after the commit delay. */
export function storeRecord(state: OrgState, object: ObjectDefinition, record: StoredRecord): void {
  const id = String(record["Id"]);
  const table = tableOf(state, object);
  const now = state.clock.now();
  if (state.openTransactions > 0) state.journal.push({ table, id, before: table.latest(id) });
  table.put(id, record, now + state.settings.commitDelayMs, now);
}

/** Starts an index where a new field needs one. */
export function indexField(state: OrgState, object: ObjectDefinition, field: FieldDefinition): void {
  if (isIndexed(field)) tableOf(state, object).index(field.name);
}

/** Does the work; when it throws, every row it stored is as before. May be nested. */
export function inTransaction<T>(state: OrgState, work: () => T): T {
  const start = state.journal.length;
  state.openTransactions += 1;
  try {
    return work();
  } catch (error) {
    rollBackTo(state, start);
    throw error;
  } finally {
    state.openTransactions -= 1;
    if (state.openTransactions === 0) state.journal.length = 0;
  }
}

function rollBackTo(state: OrgState, start: number): void {
  for (const entry of state.journal.splice(start).reverse()) entry.table.revert(entry.id, entry.before);
}
