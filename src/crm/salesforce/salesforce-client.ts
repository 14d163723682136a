/** Puts the Salesforce client together: LeadLoop's view of one org. */
import type { ConnectorSettings } from "../../core/model/connector-settings.ts";
import type { Clock, CrmClient, Log } from "../../jobs/ports.ts";
import { CallBudget } from "../call-budget.ts";
import { type Network, PLATFORM_NETWORK } from "../network.ts";
import { Pacer } from "../pacing.ts";
import { bulkDelivery } from "./salesforce-bulk.ts";
import { SalesforceCalls } from "./salesforce-calls.ts";
import { readChanges } from "./salesforce-change-reading.ts";
import { readCurrencyRates, readDatedRates, readOwnCurrency } from "./salesforce-currencies.ts";
import { grantFieldAccess } from "./salesforce-field-access.ts";
import { createField } from "./salesforce-field-creating.ts";
import { readFieldChanges } from "./salesforce-history-reading.ts";
import { readLimits, readOwners } from "./salesforce-owners.ts";
import { API_VERSION, salesforcePaths } from "./salesforce-paths.ts";
import type { PersonContacts } from "./salesforce-person-accounts.ts";
import { readByField, readByIds, readWithValue } from "./salesforce-record-reading.ts";
import { describeObject } from "./salesforce-schema.ts";
import { type SalesforceCredentials, SalesforceSession, type TokenCache } from "./salesforce-session.ts";
import { valuesInUse } from "./salesforce-values.ts";
import { writeAll } from "./salesforce-writing.ts";

export interface SalesforceClientOptions {
  /** The org's My Domain address, as in `https://example.my.salesforce.com`. */
  readonly loginUrl: string;
  readonly credentials: SalesforceCredentials;
  /** API version without the v. */
  readonly version?: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<ConnectorSettings, "calls" | "salesforce" | "bulk">;
  readonly requestTimeoutMs: number;
  /** Spreads waits so that many runs do not come back together; 0 up to, but not including, 1. */
  readonly random: () => number;
  /** How often a call is tried in all when Salesforce asks for patience. */
  readonly attempts?: number;
  readonly tokenCache?: TokenCache;
  /** Default: the platform's. */
  readonly network?: Network;
}

/** Nothing is sent before the first call. */
export function createSalesforceClient(options: SalesforceClientOptions): CrmClient {
  const { clock, log, random, requestTimeoutMs, settings } = options;
  const version = options.version ?? API_VERSION;
  const attempts = options.attempts ?? 5;
  const network = options.network ?? PLATFORM_NETWORK;
  const { concurrency } = settings.salesforce;
  const budget = new CallBudget({ system: "salesforce", ...settings.calls.salesforce });
  const session = new SalesforceSession({
    loginUrl: options.loginUrl,
    credentials: options.credentials,
    tokenCache: options.tokenCache,
    version,
    clock,
    log,
    random,
    requestTimeoutMs,
    attempts,
    network,
  });
  const calls = new SalesforceCalls({
    session,
    paths: salesforcePaths(version),
    budget,
    // Salesforce limits no rates, only long requests at a time and the day's total.
    pacer: new Pacer({ clock, concurrency, windows: [] }),
    clock,
    log,
    random,
    requestTimeoutMs,
    attempts,
    network,
  });
  const persons: PersonContacts = new Set();
  return {
    system: "salesforce",
    account: () => session.organizationId(),
    readChanges: (requests) => readChanges(calls, requests, settings.bulk),
    readArchived: () => NOTHING,
    readFieldChanges: async (request) => readFieldChanges(calls, request, await session.userId()),
    readByIds: (request) => readByIds(calls, request),
    readByField: (request) => readByField(calls, request),
    readWithValue: (object, field, fields) => readWithValue(calls, object, field, fields),
    write: (writes) => writeAll(calls, writes, concurrency, persons),
    bulk: bulkDelivery(calls, persons),
    valuesInUse: (object, questions) => valuesInUse(calls, object, questions),
    describe: (object, reached) => describeObject(calls, object, reached),
    createField: (field) => createField(calls, field),
    grantFieldAccess: async (fields) => grantFieldAccess(calls, await session.userId(), fields),
    owners: () => readOwners(calls),
    currencyRates: () => readCurrencyRates(calls),
    datedRates: () => readDatedRates(calls),
    ownCurrency: () => readOwnCurrency(calls),
    limits: () => readLimits(calls, budget),
    get calls() {
      return budget.used;
    },
    get clockAheadMs() {
      return calls.clockAheadMs;
    },
    get knownDaily() {
      return budget.daily;
    },
  };
}

/** Salesforce tells deleted, merged and converted records among its changes. */
const NOTHING: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};
