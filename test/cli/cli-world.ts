/** A sandbox over HTTP with a few people, and a folder with state, in which the command line is run. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type RunningSandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { realClock } from "../../src/sandbox/sandbox-clock.ts";
import type { Sandbox } from "../../src/sandbox/sandbox-parts.ts";
import { copyEmptyState } from "../support/empty-state.ts";
import { callCli } from "./cli-call.ts";
import { type CliAnswer, type Environment, REPOSITORY, runCli } from "./cli-process.ts";

export const PERSON = { sourceType: "CRM_UI", sourceId: "userId:1" } as const;
const START = Date.parse("2026-03-02T08:00:00.000Z");

export interface CliWorld {
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly environment: Environment;
  /** The command line in this process: what a command says and does. */
  run(words: readonly string[], environment?: Environment): Promise<CliAnswer>;
  /** The program as a shell starts it, which takes a second: once for each command, and for each way to end. */
  runProgram(words: readonly string[], environment?: Environment): Promise<CliAnswer>;
  /** Lets minutes pass on both sides. */
  pass(minutes: number): void;
  close(): Promise<void>;
}

/** Nobody in either system, and an empty state; with `state: false`, none at all; with `bare`, none of the fields that an admin makes. */
export async function openCliWorld(
  options: { readonly state?: boolean; readonly bare?: boolean } = {},
): Promise<CliWorld> {
  const folder = await mkdtemp(join(tmpdir(), "leadloop-cli-"));
  if (options.state !== false) await copyEmptyState(join(folder, ".leadloop"));
  const clock = realClock();
  clock.set(START);
  const sandbox = createSandbox({ seed: "cli", clock, bare: options.bare === true });
  const running = await startSandbox(sandbox);
  const environment = environmentOf(running);
  return {
    folder,
    sandbox,
    environment,
    run: (words, more = {}) => callCli(words, folder, { ...environment, ...more }),
    runProgram: (words, more = {}) => runCli(words, folder, { ...environment, ...more }),
    pass: (minutes) => clock.advance(minutes * 60_000),
    close: async () => {
      await running.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function environmentOf({ hubspotUrl, salesforceUrl }: RunningSandbox): Environment {
  return {
    HUBSPOT_BASE_URL: hubspotUrl,
    HUBSPOT_ACCESS_TOKEN: "pat-sandbox",
    HUBSPOT_APP_ID: "18221010",
    SALESFORCE_LOGIN_URL: salesforceUrl,
    SALESFORCE_CLIENT_ID: "sandbox-client",
    SALESFORCE_CLIENT_SECRET: "sandbox-secret",
    LEADLOOP_SANDBOX_CLOCK: `${hubspotUrl}/_sandbox/clock`,
    LEADLOOP_MAPPINGS: join(REPOSITORY, "mappings"),
    LEADLOOP_CONFIG: join(REPOSITORY, "config"),
  };
}
