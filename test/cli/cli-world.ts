/** A sandbox over HTTP with a few people, and a folder with state, in which the command line is run. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type RunningSandbox, type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { realClock } from "../../src/sandbox/sandbox-clock.ts";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { type CliAnswer, type Environment, REPOSITORY, runCli } from "./cli-process.ts";

export const PERSON = { sourceType: "CRM_UI", sourceId: "userId:1" } as const;
const START = Date.parse("2026-03-02T08:00:00.000Z");

export interface CliWorld {
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly environment: Environment;
  run(words: readonly string[], environment?: Environment): Promise<CliAnswer>;
  /** Lets minutes pass on both sides. */
  pass(minutes: number): void;
  close(): Promise<void>;
}

/** `state`: a folder of state to start from, as `emptyState` makes one; none when left out. */
export async function openCliWorld(options: { readonly state?: string } = {}): Promise<CliWorld> {
  const folder = await mkdtemp(join(tmpdir(), "leadloop-cli-"));
  if (options.state !== undefined) await cp(options.state, join(folder, ".leadloop"), { recursive: true });
  const clock = realClock();
  clock.set(START);
  const sandbox = createSandbox({ seed: "cli", clock });
  const running = await startSandbox(sandbox);
  const environment = environmentOf(running);
  return {
    folder,
    sandbox,
    environment,
    run: (words, more = {}) => runCli(words, folder, { ...environment, ...more }),
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

/** A state folder with all tables and no people: making one takes far longer than copying it. */
export async function emptyState(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "leadloop-state-"));
  const store = await openStateStore({ folder, connection: "default" });
  await store.close();
  return folder;
}
