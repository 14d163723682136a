/** The Salesforce org as its users and its admin see it: what people do in the user interface, and what an admin can set. */
import type { Random } from "../random.ts";
import type { SandboxClock } from "../sandbox-clock.ts";
import type { NewField, ObjectDefinition, StoredRecord } from "./field-definition.ts";
import { personWrite } from "./input-resolving.ts";
import { type ConvertedLead, convertLead, type LeadConversion } from "./lead-conversion.ts";
import { ObjectCatalog } from "./object-catalog.ts";
import { activateCurrencies, editCurrency, type OrgCurrency, withoutCurrencies } from "./org-currencies.ts";
import { type OrgPeople, setUpOrg } from "./org-setup.ts";
import {
  type DuplicateRule,
  indexField,
  inTransaction,
  liveRecords,
  type OrgState,
  storeRecord,
  tableOf,
  type ValidationRule,
  type Workflow,
} from "./org-state.ts";
import { activatePersonAccounts } from "./person-accounts.ts";
import { deleteRecord, restoreRecord } from "./record-deleting.ts";
import { type MergeResult, mergeRecords } from "./record-merging.ts";
import { IdMint, requireId } from "./salesforce-id.ts";
import { createRecord, type RecordInput, updateRecord } from "./sobject-writing.ts";

interface SalesforceOrgOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  /** API requests in 24 hours; 115,000 by default. */
  readonly dailyApiRequests?: number;
  /** How long an access token works, in milliseconds; two hours by default. */
  readonly sessionTtlMs?: number;
  /** False: an org in which nobody has made any yet. */
  readonly customFields?: boolean;
  /** The currency of an org that has only one; euros by default. */
  readonly currency?: string;
  /** The currencies of an org that works in several, the corporate one first; none by default. */
  readonly currencies?: readonly OrgCurrency[];
}

/**
 * One org. The methods below are what people do; none counts as an API call, and all throw a SalesforceFault with the vendor's
 * code when a rule of the org refuses. `by` is the id of the user who acts. `at` (milliseconds since the epoch) stamps a write
 * with another moment than now, for loading history.
 */
export class SalesforceOrg {
  readonly state: OrgState;
  readonly people: OrgPeople;
  readonly #sessionsEnded: (() => void)[] = [];

  constructor(options: SalesforceOrgOptions) {
    const random = options.random.fork("salesforce");
    const instance = `${random.integer(0, 9)}S0`;
    const mint = new IdMint(instance, random.integer(100_000, 900_000));
    this.state = {
      clock: options.clock,
      random,
      catalog: new ObjectCatalog(withoutCurrencies(options.currencies)),
      mint,
      tables: new Map(),
      settings: {
        commitDelayMs: 0,
        autoAssignOwnerId: null,
        dailyApiRequests: options.dailyApiRequests ?? 115_000,
        bulkResultRows: Number.MAX_SAFE_INTEGER,
        queryRows: 2_000,
        sessionTtlMs: options.sessionTtlMs ?? 7_200_000,
      },
      hidden: new Set(),
      validationRules: new Map(),
      duplicateRules: new Map(),
      workflows: new Map(),
      trackedFields: new Map(),
      rowLocks: new Map(),
      journal: [],
      openTransactions: 0,
      organizationId: mint.next("00D"),
      currency: options.currencies === undefined ? (options.currency ?? "EUR") : null,
      integrationUserId: "",
    };
    this.people = setUpOrg(this.state, options.customFields);
    if (options.currencies !== undefined) activateCurrencies(this.state, options.currencies);
  }

  create(type: string, fields: RecordInput, by: string, at?: number): string {
    return createRecord(this.state, this.#object(type), fields, personWrite(by, at));
  }

  edit(type: string, id: string, fields: RecordInput, by: string, at?: number): void {
    updateRecord(this.state, this.#object(type), requireId(id), fields, personWrite(by, at));
  }

  /** Moves a record to the recycle bin, with the children the vendor deletes along. */
  remove(type: string, id: string, by: string): void {
    deleteRecord(this.state, this.#object(type), requireId(id), personWrite(by));
  }

  restore(type: string, id: string, by: string = this.people.managerId): void {
    restoreRecord(this.state, this.#object(type), requireId(id), personWrite(by));
  }

  /** Merges one or two losers into the master; `changes` are values chosen for the winner. */
  merge(
    type: string,
    masterId: string,
    loserIds: readonly string[],
    by: string,
    changes: RecordInput = {},
  ): MergeResult {
    const losers = loserIds.map((id) => requireId(id));
    return mergeRecords(this.state, this.#object(type), requireId(masterId), losers, changes, personWrite(by));
  }

  convertLead(request: LeadConversion, by: string, at?: number): ConvertedLead {
    return convertLead(this.state, { ...request, leadId: requireId(request.leadId) }, personWrite(by, at));
  }

  /** The record as it is in truth, not yet visible writes included; undefined when there never was one. */
  record(type: string, id: string): StoredRecord | undefined {
    return tableOf(this.state, this.#object(type)).latest(requireId(id));
  }

  /** All records of an object in truth, deleted ones included, oldest first. */
  records(type: string): StoredRecord[] {
    return [...tableOf(this.state, this.#object(type)).allLatest()];
  }

  /** Records whose indexed field (id, e-mail, external id, reference) holds the value; deleted ones left out. */
  recordsBy(type: string, field: string, value: string): StoredRecord[] {
    const table = tableOf(this.state, this.#object(type));
    if (!table.hasIndex(field)) {
      return this.records(type).filter((record) => record[field] === value && record["IsDeleted"] !== true);
    }
    return liveRecords(table, field, value);
  }

  /** Adds a field, or replaces the one of that name. */
  defineField(type: string, field: NewField): void {
    const definition = this.state.catalog.define(type, field);
    indexField(this.state, this.#object(type), definition);
  }

  /** Person Accounts, which nobody can switch off again: leads may come without a company, and are persons after their conversion then. */
  usePersonAccounts(): void {
    activatePersonAccounts(this.state);
  }

  editCurrency(code: string, changes: Parameters<typeof editCurrency>[2]): void {
    editCurrency(this.state, code, changes);
  }

  /** Field-level security: the integration user no longer sees the field. */
  hideField(type: string, name: string): void {
    this.state.hidden.add(`${this.#object(type).name}.${name}`);
  }

  showField(type: string, name: string): void {
    this.state.hidden.delete(`${this.#object(type).name}.${name}`);
  }

  /** The integration user has no right to the object: its name means nothing to them. */
  hideObject(type: string): void {
    this.state.hidden.add(this.#object(type).name);
  }

  showObject(type: string): void {
    this.state.hidden.delete(this.#object(type).name);
  }

  addValidationRule(type: string, rule: ValidationRule): void {
    append(this.state.validationRules, this.#object(type).name, rule);
  }

  removeValidationRule(type: string, name: string): void {
    const rules = this.state.validationRules.get(this.#object(type).name) ?? [];
    this.state.validationRules.set(
      this.#object(type).name,
      rules.filter((rule) => rule.name !== name),
    );
  }

  addDuplicateRule(type: string, rule: DuplicateRule): void {
    append(this.state.duplicateRules, this.#object(type).name, rule);
  }

  /** Automation that changes a record after a write through the API, in the same transaction, as the same user. */
  addWorkflow(type: string, workflow: Workflow): void {
    append(this.state.workflows, this.#object(type).name, workflow);
  }

  /** The next `times` API writes to each of these records fail with UNABLE_TO_LOCK_ROW. */
  lockRows(ids: readonly string[], times: number): void {
    for (const id of ids) this.state.rowLocks.set(requireId(id), times);
  }

  /** The lead assignment rule: the owner it gives, or null to switch it off. */
  setAutoAssign(ownerId: string | null): void {
    this.state.settings.autoAssignOwnerId = ownerId;
  }

  /** From now on a write becomes visible to API reads this long after its stamp. */
  setCommitDelay(ms: number): void {
    this.state.settings.commitDelayMs = ms;
  }

  setDailyLimit(requests: number): void {
    this.state.settings.dailyApiRequests = requests;
  }

  /** From now on a part of a query job's result has no more rows than this, whatever was asked for. */
  setBulkResultRows(rows: number): void {
    this.state.settings.bulkResultRows = rows;
  }

  /** From now on a query answer has no more rows than this and names the place of the next ones, as it does where rows are wide. */
  setQueryRows(rows: number): void {
    this.state.settings.queryRows = rows;
  }

  /** A formula or roll-up shows another value: nobody edited the record, so no stamp moves and no history tells. */
  recalculate(type: string, id: string, fields: StoredRecord): void {
    storeRecord(this.state, this.#object(type), { ...this.record(type, id), ...fields });
  }

  setUserActive(userId: string, active: boolean): void {
    this.edit("User", userId, { IsActive: active }, this.people.managerId);
  }

  /** Does several things as one transaction: all of them, or none when one throws. */
  together<T>(work: () => T): T {
    return inTransaction(this.state, work);
  }

  /** Ends every session: access tokens handed out so far answer 401. */
  expireSessions(): void {
    for (const ended of this.#sessionsEnded) ended();
  }

  /** For the server: called when sessions are to end. */
  onSessionsEnded(listener: () => void): void {
    this.#sessionsEnded.push(listener);
  }

  #object(type: string): ObjectDefinition {
    return this.state.catalog.require(type);
  }
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  lists.set(key, [...(lists.get(key) ?? []), item]);
}
