/** HubSpot as a CrmClient: puts reading, searching, writing and describing on one paced, counted connection. */
import type { ConnectorSettings } from "../../core/model/connector-settings.ts";
import type { CallLimits, Clock, CrmClient, Log } from "../../jobs/ports.ts";
import { CallBudget } from "../call-budget.ts";
import { type Network, PLATFORM_NETWORK } from "../network.ts";
import { Pacer } from "../pacing.ts";
import { connectHubSpot, type HubSpotConnection, reading } from "./hubspot-connection.ts";
import { writeWithConsent } from "./hubspot-consent.ts";
import { createField } from "./hubspot-field-creating.ts";
import { OptOuts } from "./hubspot-opt-outs.ts";
import { HUBSPOT_BASE_URL, HUBSPOT_PATHS, type HubSpotApiVersion, SEARCH_LANE } from "./hubspot-paths.ts";
import { archivedRecords, recordsByField, recordsByIds } from "./hubspot-reading.ts";
import { describeObject, readOwners } from "./hubspot-schema.ts";
import { changedRecords } from "./hubspot-search.ts";
import { valuesInUse } from "./hubspot-values.ts";
import { accountShape, understood } from "./hubspot-wire.ts";

export interface HubSpotClientOptions {
  /** Private app token or service key. Never logged. */
  readonly accessToken: string;
  /** Default: the vendor's. A path in it is kept. */
  readonly baseUrl?: string;
  readonly apiVersion?: HubSpotApiVersion;
  /**
   * Id of our own app. Property histories name the writer as INTEGRATION and this id; without it no entry is known to be ours, and every integration
   * counts as somebody else.
   */
  readonly appId?: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<ConnectorSettings, "calls" | "hubspot">;
  /** For one request, in real time. */
  readonly requestTimeoutMs: number;
  /** Spreads waits: 0 up to, but not including, 1. */
  readonly random: () => number;
  /** Default: the platform's. */
  readonly network?: Network;
}

/** A client with a budget of its own, so one per run. Sends nothing until it is asked something. */
export function createHubSpotClient(options: HubSpotClientOptions): CrmClient {
  const { clock, log, settings, accessToken, requestTimeoutMs, random } = options;
  const { burst, burstSeconds, searchPerSecond, concurrency } = settings.hubspot;
  const budget = new CallBudget({ system: "hubspot", ...settings.calls.hubspot });
  const pacer = new Pacer({
    clock,
    concurrency,
    windows: [
      { requests: burst, intervalMs: burstSeconds * 1_000 },
      { requests: searchPerSecond, intervalMs: 1_000, lane: SEARCH_LANE },
    ],
  });
  const connection = connectHubSpot({
    accessToken,
    baseUrl: (options.baseUrl ?? HUBSPOT_BASE_URL).replace(/\/+$/, ""),
    apiVersion: options.apiVersion ?? "v3",
    appId: options.appId,
    clock,
    log,
    pacer,
    budget,
    concurrency,
    requestTimeoutMs,
    random,
    network: options.network ?? PLATFORM_NETWORK,
  });
  return clientOn(connection);
}

function clientOn(connection: HubSpotConnection): CrmClient {
  const { budget, transport } = connection;
  /** Fields that turned out not to be unique. */
  const searched = new Set<string>();
  const optOuts = new OptOuts(connection);
  let portal: string | undefined;

  const account = async (): Promise<string> => {
    portal ??= await reading(
      "the account's details",
      async () => understood(accountShape, await transport.getJson(HUBSPOT_PATHS.accountDetails)).portalId,
    );
    return portal;
  };
  const limits = async (): Promise<CallLimits> => {
    // Every answer tells the daily quota; before the first one, the cheapest is asked for.
    if (budget.daily === null) await account();
    return { daily: budget.daily };
  };
  return {
    system: "hubspot",
    bulk: null,
    account,
    readChanges: (requests) => changedRecords(connection, requests),
    readArchived: (object, since, fields) => archivedRecords(connection, object, since, fields),
    // What became of a field stands in the history that is read with the contact.
    readFieldChanges: async () => [],
    readByIds: (request) => recordsByIds(connection, request),
    readByField: (request) => recordsByField(connection, request, searched),
    write: (writes) => writeWithConsent(connection, optOuts, writes),
    valuesInUse: (object, questions) => valuesInUse(connection, object, questions),
    describe: (object) => describeObject(connection, object),
    createField: (field) => createField(connection, field),
    grantFieldAccess: async () => ({ granted: 0, reason: null }),
    owners: () => readOwners(connection),
    // Only Salesforce's opportunities have amounts that are read.
    readWithValue: async () => [],
    currencyRates: async () => ({}),
    datedRates: async () => ({}),
    ownCurrency: async () => null,
    limits,
    get calls() {
      return budget.used;
    },
    get clockAheadMs() {
      return transport.clockAheadMs;
    },
    get knownDaily() {
      return budget.daily;
    },
  };
}
