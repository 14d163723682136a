/** Many small worlds on one database: a sandbox of its own over HTTP, the real clients and jobs, and one virtual clock for each. */
import { VirtualClock } from "../../src/app/clocks.ts";
import { SILENT_LOG } from "../../src/app/log.ts";
import { readConfig } from "../../src/app/open-state.ts";
import type { Loaded } from "../../src/config/load-config.ts";
import { lateOwnerDirectory } from "../../src/core/mapping/owner-transform.ts";
import type { OwnerDirectory } from "../../src/core/mapping/transform-options.ts";
import type { Link } from "../../src/core/model/link.ts";
import { createHubSpotClient } from "../../src/crm/hubspot/hubspot-client.ts";
import { type Network, PLATFORM_NETWORK } from "../../src/crm/network.ts";
import { createSalesforceClient } from "../../src/crm/salesforce/salesforce-client.ts";
import type { TokenCache } from "../../src/crm/salesforce/salesforce-session.ts";
import type { Clock } from "../../src/jobs/ports.ts";
import type { StateStore } from "../../src/jobs/state-port.ts";
import type { SyncDependencies } from "../../src/jobs/sync-dependencies.ts";
import { runSync, type SyncOptions } from "../../src/jobs/sync-job.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import { createSandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/sandbox.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import type { Sandbox } from "../../src/sandbox/sandbox-parts.ts";
import { openStateDatabase, type SharedDatabase } from "../../src/state/open-state-store.ts";
import { emptyStateFolder } from "./empty-state.ts";

const START = "2026-03-02T08:00:00.000Z";
export const MARKETER = { sourceType: "CRM_UI", sourceId: "userId:1" } as const;

export interface SyncWorld {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  readonly store: StateStore;
  /** Fresh clients on the same accounts and the same state, as another process would have them; on another clock, network or HubSpot account if one is given. */
  dependencies(other?: OtherProcess): SyncDependencies;
  readonly hubspotUrl: string;
  /** One run; with the given dependencies where a test has changed them. */
  sync(options?: SyncOptions, dependencies?: SyncDependencies): Promise<SyncResult>;
  pass(minutes: number): Promise<void>;
  /** Lets five minutes pass and syncs, until a run writes nothing; fails after many. Gives the runs that wrote. */
  settle(): Promise<number>;
  person(email: string): Promise<Link>;
  close(): Promise<void>;
}

/** What a process may have of its own. */
export interface OtherProcess {
  readonly clock?: Clock;
  readonly network?: Network;
  readonly hubspotUrl?: string;
  readonly random?: () => number;
}

export interface SyncWorldOptions {
  readonly seed?: string;
  readonly sandbox?: Partial<SandboxOptions>;
  readonly requestTimeoutMs?: number;
  /** How far our own clock is ahead of both systems' clocks, in milliseconds; behind when negative. */
  readonly aheadMs?: number;
  /** The first moment of the world, as both systems see it. */
  readonly start?: string;
  /** Other folders than the shipped ones. */
  readonly folders?: { readonly mappingsFolder?: string; readonly configFolder?: string };
  /** Changes the configuration after it was read. */
  readonly adjust?: (loaded: Loaded) => Loaded;
}

/**
 * The database that worlds share; PostgreSQL where the environment names one. The embedded one serves every test file of this process: each world has a
 * connection of its own in it.
 */
export async function openSharedDatabase(): Promise<SharedDatabase> {
  const databaseUrl = process.env["LEADLOOP_TEST_DATABASE"];
  if (databaseUrl !== undefined) return openStateDatabase({ folder: "", databaseUrl });
  embedded ??= emptyStateFolder().then((folder) => openStateDatabase({ folder }));
  return { ...(await embedded), close: async () => undefined };
}

let embedded: Promise<SharedDatabase> | undefined;

let worlds = 0;

/** Index lag and self-touches of HubSpot are as the sandbox has them by default; the sandbox's seed decides them. */
export async function openSyncWorld(database: SharedDatabase, options: SyncWorldOptions = {}): Promise<SyncWorld> {
  const { start = START, aheadMs = 0 } = options;
  const sandboxClock = manualClock(Date.parse(start));
  const sandbox = createSandbox({ seed: options.seed ?? "test", clock: sandboxClock, ...options.sandbox });
  const running = await startSandbox(sandbox);
  const ours = new Date(Date.parse(start) + aheadMs).toISOString();
  const clock = new VirtualClock(ours, async (now) => sandboxClock.set(Date.parse(now) - aheadMs));
  worlds += 1;
  const connection = `world-${worlds}-${process.pid}`;
  const store = database.store(connection);
  let ids = 0;
  const tokenCache = memoryTokenCache();
  // The files are read once: two thirds of a small run would be spent on reading them again.
  let directory: OwnerDirectory | null = null;
  const folders = { mappingsFolder: "mappings", configFolder: "config", ...options.folders };
  const read = readConfig(
    folders,
    lateOwnerDirectory(() => directory),
  );
  const loaded = options.adjust?.(read) ?? read;
  const dependencies = (other: OtherProcess = {}): SyncDependencies => {
    const { connector } = loaded.rulebook;
    const requestTimeoutMs = options.requestTimeoutMs ?? 5_000;
    const { clock: ownClock = clock, network = PLATFORM_NETWORK } = other;
    const shared = {
      clock: ownClock,
      network,
      log: SILENT_LOG,
      settings: connector,
      requestTimeoutMs,
      random: other.random ?? (() => 0.5),
    };
    const credentials = {
      kind: "client-credentials" as const,
      clientId: "sandbox-client",
      clientSecret: "sandbox-secret",
    };
    return {
      connection,
      holder: "test",
      store,
      clients: {
        hubspot: createHubSpotClient({
          ...shared,
          accessToken: "pat-sandbox",
          baseUrl: other.hubspotUrl ?? running.hubspotUrl,
          appId: "18221010",
        }),
        salesforce: createSalesforceClient({ ...shared, loginUrl: running.salesforceUrl, credentials, tokenCache }),
      },
      clock: ownClock,
      log: SILENT_LOG,
      notifier: { send: async () => [] },
      mappings: loaded.mappings,
      rulebook: loaded.rulebook,
      ownFields: loaded.ownFields,
      fingerprint: loaded.fingerprint,
      newId: () => {
        ids += 1;
        return `${connection}-${String(ids).padStart(5, "0")}`;
      },
      memory: new Map(),
      useOwners: (present) => {
        directory = present;
      },
    };
  };
  const sync = (syncOptions: SyncOptions = {}, given = dependencies()): Promise<SyncResult> =>
    runSync(given, { keepPlan: true, ...syncOptions });
  const pass = (minutes: number): Promise<void> => clock.sleep(minutes * 60_000);
  return {
    sandbox,
    clock,
    store,
    dependencies,
    hubspotUrl: running.hubspotUrl,
    sync,
    pass,
    async settle() {
      for (let run = 0; run < 20; run += 1) {
        await pass(5);
        if (writesOf(await sync()) === 0) return run;
      }
      throw new Error("twenty runs in a row wrote something");
    },
    async person(email) {
      const [link] = await store.linksByEmail([email]);
      if (link === undefined) throw new Error(`nobody has the e-mail address ${email}`);
      return link;
    },
    close: () => running.close(),
  };
}

/** How many records and tasks a run wrote. */
export function writesOf({ written }: SyncResult): number {
  const { hubspot, salesforce, tasks } = written;
  const sum = ({ created, updated, archived }: typeof hubspot): number => created + updated + archived;
  return sum(hubspot) + sum(salesforce) + tasks;
}

function memoryTokenCache(): TokenCache {
  let kept: Awaited<ReturnType<TokenCache["load"]>> = null;
  return {
    load: async () => kept,
    save: async (token) => {
      kept = token;
    },
  };
}
