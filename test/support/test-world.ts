/** A sandbox over HTTP, an embedded or real database, and the real jobs on one virtual clock. */

import { VirtualClock } from "../../src/app/clocks.ts";
import { SILENT_LOG } from "../../src/app/log.ts";
import { Secret, type Settings } from "../../src/app/settings.ts";
import { type ConnectionOptions, type OpenConnection, openConnection } from "../../src/app/wire-up.ts";
import { runSync, type SyncOptions } from "../../src/jobs/sync-job.ts";
import type { SyncResult } from "../../src/jobs/sync-result.ts";
import { createSandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/sandbox.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import type { Sandbox } from "../../src/sandbox/sandbox-parts.ts";
import { emptyStateFolder } from "./empty-state.ts";

export interface TestWorldOptions {
  readonly start?: string;
  readonly seed?: string;
  readonly sandbox?: Partial<SandboxOptions>;
  readonly settings?: Partial<Settings>;
  readonly adjust?: ConnectionOptions["adjust"];
  readonly log?: ConnectionOptions["log"];
}

export interface TestWorld {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  readonly connection: OpenConnection;
  readonly settings: Settings;
  sync(options?: SyncOptions): Promise<SyncResult>;
  /** Lets simulated minutes pass on both sides. */
  pass(minutes: number): Promise<void>;
  /** Syncs with pauses until a run writes nothing; fails after many. */
  settle(): Promise<SyncResult>;
  close(): Promise<void>;
}

export const PERSON = { sourceType: "CRM_UI", sourceId: "userId:1" } as const;

/** Everything in one process; the embedded database, in a folder of its own, unless the environment names a server or the settings say otherwise. */
export async function openTestWorld(options: TestWorldOptions = {}): Promise<TestWorld> {
  const start = options.start ?? "2026-03-02T08:00:00.000Z";
  const sandboxClock = manualClock(Date.parse(start));
  const sandbox = createSandbox({ seed: options.seed ?? "test", clock: sandboxClock, ...options.sandbox });
  const running = await startSandbox(sandbox);
  const clock = new VirtualClock(start, async (now) => sandboxClock.set(Date.parse(now)));
  const databaseUrl = process.env["LEADLOOP_TEST_DATABASE"];
  const settings: Settings = {
    salesforceLoginUrl: running.salesforceUrl,
    salesforceLogin: {
      kind: "client-credentials",
      clientId: "sandbox-client",
      clientSecret: new Secret("sandbox-secret"),
    },
    hubspotAccessToken: new Secret("pat-sandbox"),
    hubspotBaseUrl: running.hubspotUrl,
    hubspotAppId: "18221010",
    databaseUrl,
    stateFolder: databaseUrl === undefined ? await emptyStateFolder() : "",
    mappingsFolder: "mappings",
    configFolder: "config",
    connection: `test-${++worlds}-${process.pid}`,
    logLevel: "warn",
    notifyAddresses: new Map(),
    sandboxClock: null,
    ...options.settings,
  };
  let ids = 0;
  const connection = await openConnection({
    settings,
    clock,
    log: options.log ?? SILENT_LOG,
    newId: () => `id-${String(++ids).padStart(6, "0")}`,
    random: () => 0.5,
    // A worker plays a hundred files with one engine: its code is worth compiling twice.
    longLived: true,
    ...(options.adjust === undefined ? {} : { adjust: options.adjust }),
  });
  const sync = (syncOptions: SyncOptions = {}): Promise<SyncResult> => runSync(connection.dependencies(), syncOptions);
  const pass = async (minutes: number): Promise<void> => {
    await clock.sleep(minutes * 60_000);
  };
  return {
    sandbox,
    clock,
    connection,
    settings,
    sync,
    pass,
    async settle() {
      for (let run = 0; run < 20; run += 1) {
        await pass(5);
        const result = await sync();
        const { hubspot, salesforce, tasks } = result.written;
        if (hubspot.created + hubspot.updated + salesforce.created + salesforce.updated + tasks === 0) return result;
      }
      throw new Error("twenty runs in a row wrote something");
    },
    async close() {
      await connection.close();
      await running.close();
    },
  };
}

let worlds = 0;
