/** The only place that says `new`: settings and configuration become a connection that can run its jobs. */
import type { Loaded } from "../config/load-config.ts";
import { lateOwnerDirectory } from "../core/mapping/owner-transform.ts";
import type { OwnerDirectory } from "../core/mapping/transform-options.ts";
import { createHubSpotClient } from "../crm/hubspot/hubspot-client.ts";
import { createSalesforceClient } from "../crm/salesforce/salesforce-client.ts";
import type { SalesforceToken, TokenCache } from "../crm/salesforce/salesforce-session.ts";
import type { CrmClient } from "../jobs/ports.ts";
import type { SyncDependencies } from "../jobs/sync-dependencies.ts";
import { SYSTEM_CLOCK } from "./clocks.ts";
import { createLog } from "./log.ts";
import { holderName, type OpenState, openStore, readConfig, type StateOptions } from "./open-state.ts";
import { assertConnected } from "./settings.ts";
import { timeOrderedIds } from "./time-ordered-ids.ts";

export interface ConnectionOptions extends StateOptions {
  /** Ids of links and runs; ordered by time unless a simulation needs them the same each time. */
  readonly newId?: () => string;
  /** Spreads waits; 0 up to, but not including, 1. */
  readonly random?: () => number;
  /** What earlier connections of this process learned; absent: nothing. */
  readonly kept?: KeptOfProcess;
}

/** What a process need not ask twice for the same accounts: the Salesforce login, schemas, owners. */
export interface KeptOfProcess {
  readonly tokenCache: TokenCache;
  readonly memory: SyncDependencies["memory"];
}

/** Nothing learned yet. */
export function keptOfProcess(): KeptOfProcess {
  return { tokenCache: memoryTokenCache(), memory: new Map() };
}

export interface OpenConnection extends OpenState {
  /** Fresh clients, each with the call budget of one run. */
  dependencies(): SyncDependencies;
}

/** Everything a job needs. Throws StopRun when a login is not set, the database is down, or another process holds the embedded one. */
export async function openConnection(options: ConnectionOptions): Promise<OpenConnection> {
  const { settings } = options;
  const access = assertConnected(settings);
  let directory: OwnerDirectory | null = null;
  const adjust = options.adjust ?? ((loaded: Loaded) => loaded);
  const loaded = adjust(
    readConfig(
      settings,
      lateOwnerDirectory(() => directory),
    ),
  );
  const state = await openStore(options, loaded);
  const random = options.random ?? Math.random;
  const newId = options.newId ?? timeOrderedIds(state.clock);
  const { tokenCache, memory } = options.kept ?? keptOfProcess();
  const dependencies = (): SyncDependencies => ({
    connection: settings.connection,
    holder: holderName(),
    store: state.store,
    clients: clientsOf(options, state, access, random, tokenCache),
    clock: state.clock,
    log: state.log,
    notifier: state.notifier,
    mappings: loaded.mappings,
    rulebook: loaded.rulebook,
    ownFields: loaded.ownFields,
    fingerprint: loaded.fingerprint,
    newId,
    memory,
    useOwners: (present) => {
      directory = present;
    },
  });
  return { ...state, dependencies };
}

/** The two clients alone, for a look at both systems: no state is opened, so a run may be under way. Throws StopRun when a login is not set. */
export function openClients(
  options: ConnectionOptions,
  loaded: Loaded,
): { readonly hubspot: CrmClient; readonly salesforce: CrmClient } {
  const {
    settings,
    clock = SYSTEM_CLOCK,
    log = createLog(settings.logLevel, settings.connection),
    random = Math.random,
  } = options;
  return clientsOf(options, { loaded, clock, log }, assertConnected(settings), random, memoryTokenCache());
}

/** A login outlives a run, but never leaves the process. */
function memoryTokenCache(): TokenCache {
  let kept: SalesforceToken | null = null;
  return {
    load: async () => kept,
    save: async (token) => {
      kept = token;
    },
  };
}

function clientsOf(
  options: ConnectionOptions,
  state: Pick<OpenState, "loaded" | "clock" | "log">,
  access: ReturnType<typeof assertConnected>,
  random: () => number,
  tokenCache: TokenCache,
): { readonly hubspot: CrmClient; readonly salesforce: CrmClient } {
  const { settings } = options;
  const { connector } = state.loaded.rulebook;
  const shared = {
    clock: state.clock,
    log: state.log,
    settings: connector,
    requestTimeoutMs: connector.requestTimeoutSeconds * 1_000,
    random,
  };
  const hubspot = createHubSpotClient({
    ...shared,
    accessToken: access.accessToken.reveal(),
    ...(settings.hubspotBaseUrl === undefined ? {} : { baseUrl: settings.hubspotBaseUrl }),
    ...(settings.hubspotAppId === undefined ? {} : { appId: settings.hubspotAppId }),
  });
  const { login } = access;
  const credentials =
    login.kind === "jwt"
      ? {
          kind: "jwt" as const,
          clientId: login.clientId,
          username: login.username,
          privateKey: login.privateKey.reveal(),
        }
      : { kind: "client-credentials" as const, clientId: login.clientId, clientSecret: login.clientSecret.reveal() };
  const salesforce = createSalesforceClient({ ...shared, loginUrl: access.loginUrl, credentials, tokenCache });
  return { hubspot, salesforce };
}
