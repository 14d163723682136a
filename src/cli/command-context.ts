/** What every command works with: settings with the global options over them, time, and a way to answer. */
import { SYSTEM_CLOCK } from "../app/clocks.ts";
import { createLog, SILENT_LOG } from "../app/log.ts";
import type { OpenState } from "../app/open-state.ts";
import { readSettings, type Settings } from "../app/settings.ts";
import type { OpenConnection } from "../app/wire-up.ts";
import type { Clock, Log } from "../jobs/ports.ts";
import type { Surroundings } from "./surroundings.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

export interface GlobalOptions {
  readonly json?: boolean;
  readonly debug?: boolean;
  readonly config?: string;
  readonly mappings?: string;
  readonly state?: string;
}

export interface CommandContext {
  readonly settings: Settings;
  readonly debug: boolean;
  readonly terminal: Terminal;
  readonly surroundings: Surroundings;
}

/** Environment and `.env`, then the global options. */
export function openContext(options: GlobalOptions, surroundings: Surroundings): CommandContext {
  const read = readSettings(surroundings.environment);
  const settings: Settings = {
    ...read,
    ...(options.config === undefined ? {} : { configFolder: options.config }),
    ...(options.mappings === undefined ? {} : { mappingsFolder: options.mappings }),
    ...(options.state === undefined ? {} : { stateFolder: options.state }),
    ...(options.debug === true ? { logLevel: "debug" as const } : {}),
  };
  const terminal = openTerminal(options.json === true, surroundings, (text) => withoutSecrets(text, settings));
  return { settings, debug: options.debug === true, terminal, surroundings };
}

/** Works with configuration and state; neither system is called. */
export async function withState<T>(context: CommandContext, work: (state: OpenState) => Promise<T>): Promise<T> {
  const { openState } = await import("../app/open-state.ts");
  const state = await openState({ settings: context.settings, clock: await clockOf(context), log: logOf(context) });
  try {
    return await work(state);
  } finally {
    await state.close();
  }
}

/** Works with both systems too. */
export async function withConnection<T>(
  context: CommandContext,
  work: (connection: OpenConnection) => Promise<T>,
): Promise<T> {
  const { openConnection } = await import("../app/wire-up.ts");
  const { settings } = context;
  const connection = await openConnection({ settings, clock: await clockOf(context), log: logOf(context) });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** The sandbox's own time while one is being played with, real time otherwise. */
export async function clockOf({ settings }: CommandContext): Promise<Clock> {
  if (settings.sandboxClock === null) return SYSTEM_CLOCK;
  const { sandboxTime } = await import("./sandbox-time.ts");
  return sandboxTime(settings.sandboxClock);
}

/** Lines for machines, on stderr. Someone at a terminal reads the answer instead, which tells the same. */
export function logOf({ settings, surroundings: { stderr } }: CommandContext): Log {
  const forPeople = stderr.isTTY === true && settings.logLevel === "warn";
  return forPeople ? SILENT_LOG : createLog(settings.logLevel, settings.connection, stderr);
}

/** Takes every secret of the settings out of a text, should one ever be in it; a text of JSON stays one. */
export function withoutSecrets(text: string, settings: Settings): string {
  const login = settings.salesforceLogin;
  const secrets = [
    settings.hubspotAccessToken?.reveal(),
    login?.kind === "jwt" ? login.privateKey.reveal() : login?.clientSecret.reveal(),
    ...[...settings.notifyAddresses.values()].map((address) => address.reveal()),
  ];
  const concealed = secrets.reduce<string>((rest, secret) => {
    if (secret === undefined || secret === "") return rest;
    // A key has line ends, which JSON spells.
    const spelt = JSON.stringify(secret).slice(1, -1);
    return [...new Set([secret, spelt])].reduce((left, spelling) => left.replaceAll(spelling, "[secret]"), rest);
  }, text);
  // A password is over before the first slash: an address with a port and somebody's e-mail behind it has none.
  return concealed.replace(/(\b[a-z]+:\/\/[^:/@\s]*):[^@/\s]+@/g, "$1:[secret]@");
}
