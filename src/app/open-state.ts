/** Settings become configuration and state: all that commands need that call neither system. The clients, half of what is to be loaded, stay out. */
import { hostname } from "node:os";
import { type Loaded, loadConfig } from "../config/load-config.ts";
import type { OwnerDirectory } from "../core/mapping/transform-options.ts";
import { readingOf } from "../core/report/report-lead.ts";
import type { Notifier } from "../jobs/notifier-port.ts";
import type { Clock, Log } from "../jobs/ports.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { createNotifier } from "../notify/create-notifier.ts";
import type { Encryption } from "../state/database-encryption.ts";
import { isInMemory, openStateStore } from "../state/open-state-store.ts";
import { SYSTEM_CLOCK } from "./clocks.ts";
import { createLog } from "./log.ts";
import type { Settings } from "./settings.ts";

export interface StateOptions {
  readonly settings: Settings;
  readonly clock?: Clock;
  readonly log?: Log;
  /** The process runs for minutes or longer. */
  readonly longLived?: boolean;
  /** Changes the configuration after it was read: a demo or a test shortens time constants. */
  readonly adjust?: (loaded: Loaded) => Loaded;
}

export interface OpenState {
  readonly loaded: Loaded;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier;
  close(): Promise<void>;
}

/** Throws ConfigInvalid with every issue, and StopRun when the database is down or another process holds the embedded one. */
export async function openState(options: StateOptions): Promise<OpenState> {
  const { settings, adjust = (loaded) => loaded } = options;
  return openStore(options, adjust(readConfig(settings)));
}

/** The state alone, for configuration that was read before. */
export async function openStore(options: StateOptions, loaded: Loaded): Promise<OpenState> {
  const { settings } = options;
  const store = await openStateStore({
    ...(settings.databaseUrl === undefined ? {} : { databaseUrl: settings.databaseUrl }),
    folder: settings.stateFolder,
    connection: settings.connection,
    holder: holderName(),
    longLived: options.longLived === true,
    reportReading: readingOf(loaded.rulebook.report),
  });
  const log = options.log ?? createLog(settings.logLevel, settings.connection);
  const addresses = new Map([...settings.notifyAddresses].map(([name, address]) => [name, address.reveal()]));
  const notifier = createNotifier(loaded.rulebook.notify, addresses);
  return { loaded, store, clock: options.clock ?? SYSTEM_CLOCK, log, notifier, close: () => store.close() };
}

/** How values are protected on their way to the state; null where it is in a folder, or in memory. Throws StopRun for an address that cannot be used. */
export async function stateEncryption({ databaseUrl }: Pick<Settings, "databaseUrl">): Promise<Encryption | null> {
  if (databaseUrl === undefined || isInMemory(databaseUrl)) return null;
  return (await import("../state/postgres-connection.ts")).reachOf(databaseUrl).encryption;
}

/** Reads the folders that the settings name. Throws ConfigInvalid with every issue. */
export function readConfig({ mappingsFolder, configFolder }: ConfigFolders, owners?: OwnerDirectory): Loaded {
  const folders = { mappingsFolder, configFolder };
  return loadConfig(owners === undefined ? folders : { ...folders, owners });
}

/** The rules with another file as scoring.yml. Throws ConfigInvalid with every issue. */
export function readOtherScoring({ mappingsFolder, configFolder }: ConfigFolders, scoringFile: string): Loaded {
  return loadConfig({ mappingsFolder, configFolder, scoringFile });
}

type ConfigFolders = Pick<Settings, "mappingsFolder" | "configFolder">;

/** This process, for whoever meets its lock or its lease. */
export function holderName(): string {
  return `${hostname()}:${process.pid}`;
}
