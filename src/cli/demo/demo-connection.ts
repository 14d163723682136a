/** Opens the real connection for the demo: shipped mappings and configuration, the sandbox's login, a state of its own. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { VirtualClock } from "../../app/clocks.ts";
import { SILENT_LOG } from "../../app/log.ts";
import { openState } from "../../app/open-state.ts";
import { Secret, type Settings } from "../../app/settings.ts";
import { type OpenConnection, openConnection } from "../../app/wire-up.ts";
import type { Loaded } from "../../config/load-config.ts";
import { seededRandom } from "../../sandbox/random.ts";
import type { SandboxProcess } from "../sandbox-process.ts";
import { DEMO_START } from "./demo-schedule.ts";

/** What the stand-ins accept; see their set-up. */
export const SANDBOX_LOGIN = {
  clientId: "sandbox-client",
  clientSecret: "sandbox-secret",
  accessToken: "pat-sandbox",
  appId: "18221010",
} as const;

/** What the demo is played with. */
export const DEMO_FOLDERS = { mappingsFolder: "mappings", configFolder: "config" } as const;

/** What the embedded database puts into its folder while it is open. */
const LOCK_FILE = "leadloop.lock";

export interface DemoConnection {
  readonly connection: OpenConnection;
  readonly clock: VirtualClock;
}

/** Ids and waits follow from the seed alone. The folder's old state, of an earlier demo, is removed. */
export async function openDemoConnection(
  sandbox: SandboxProcess,
  options: { readonly seed: number; readonly stateFolder: string },
): Promise<DemoConnection> {
  const { stateFolder } = options;
  const settings: Settings = {
    salesforceLoginUrl: sandbox.salesforceUrl,
    salesforceLogin: {
      kind: "client-credentials",
      clientId: SANDBOX_LOGIN.clientId,
      clientSecret: new Secret(SANDBOX_LOGIN.clientSecret),
    },
    hubspotAccessToken: new Secret(SANDBOX_LOGIN.accessToken),
    hubspotBaseUrl: sandbox.hubspotUrl,
    hubspotAppId: SANDBOX_LOGIN.appId,
    databaseUrl: undefined,
    stateFolder,
    ...DEMO_FOLDERS,
    connection: "default",
    logLevel: "warn",
    notifyAddresses: new Map(),
    sandboxClock: null,
  };
  await forgetEarlierDemo(settings);
  const clock = new VirtualClock(DEMO_START, (now) => sandbox.moveClock(now));
  const random = seededRandom(`demo ${options.seed}`);
  const connection = await openConnection({
    settings,
    clock,
    log: SILENT_LOG,
    newId: () => idFrom(random.next),
    random: random.next,
    longLived: true,
    adjust: adjustForDemo,
  });
  return { connection, clock };
}

/** Throws StopRun when another process works with the earlier demo's state. */
async function forgetEarlierDemo(settings: Settings): Promise<void> {
  const { stateFolder } = settings;
  // A lock file is there when the state is in use, or when its process died: opening finds out.
  if (existsSync(join(stateFolder, LOCK_FILE))) await (await openState({ settings, log: SILENT_LOG })).close();
  await rm(join(stateFolder, "database"), { recursive: true, force: true });
}

/** Shaped like the ids LeadLoop mints in real life (version 4 UUIDs), but the same each time. */
function idFrom(next: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(next() * 16).toString(16)).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/**
 * Ninety days pass in a minute, so what is late in real life is let be late by less. One call at a time, so that the order of writes, and with it
 * every id the sandbox gives, is the same in each demo.
 */
function adjustForDemo(loaded: Loaded): Loaded {
  const { rulebook } = loaded;
  const { connector } = rulebook;
  return {
    ...loaded,
    rulebook: {
      ...rulebook,
      connector: {
        ...connector,
        settledLagSeconds: { hubspot: 600, salesforce: 120 },
        // Nobody changes the schemas during the demo.
        schemaMaxAgeHours: 720,
        archivedSweepHours: 72,
        reconcileDays: 30,
        hubspot: { ...connector.hubspot, concurrency: 1 },
        salesforce: { concurrency: 1 },
      },
    },
  };
}
