/** `leadloop sandbox`: the two stand-ins on given ports until stopped, empty or filled from CSV files or with a simulated company. */
import { join } from "node:path";
import { StopRun } from "../core/errors.ts";
import { moveIn } from "../sandbox/company/simulated-company.ts";
import { type LoadedFile, loadCsv } from "../sandbox/load-csv.ts";
import { LoadError } from "../sandbox/load-description.ts";
import { createSandbox, type RunningSandbox, startSandbox } from "../sandbox/sandbox.ts";
import type { Sandbox } from "../sandbox/sandbox-parts.ts";
import type { CommandContext } from "./command-context.ts";
import { UsageError } from "./command-failure.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { stopSignal } from "./stop-signal.ts";
import { counted, heading, openTerminal } from "./terminal.ts";

export interface SandboxCommandOptions {
  readonly hubspotPort: number;
  readonly salesforcePort: number;
  readonly seed: string;
  /** Folder of CSV files; `load.yml` in it says what they hold, unless `description` names another file. */
  readonly load?: string;
  readonly description?: string;
  /** Moves a company of so many simulated people in. */
  readonly people?: number;
}

/** Runs until SIGINT or SIGTERM. Real time; the control API moves its clock. */
export async function sandboxCommand(
  { terminal: { json }, surroundings }: CommandContext,
  options: SandboxCommandOptions,
): Promise<ExitCode> {
  // Its secrets are made up, to be copied: they are shown also to whoever has set them already.
  const terminal = openTerminal(json, surroundings);
  const stopped = stopSignal();
  const sandbox = createSandbox({ seed: options.seed });
  const loaded = fill(sandbox, options);
  const running = await start(sandbox, options);
  const environment = environmentOf(running);
  terminal.printJson({ ...running, environment, loaded });
  terminal.print(
    [
      ...loaded.map(
        (file) =>
          `Loaded ${file.name}: ${counted(file.created, "record")}${file.converted === 0 ? "" : `, ${file.converted} converted`}`,
      ),
      heading("The sandbox is running. In another terminal, or in .env:"),
      ...Object.entries(environment).map(([name, value]) => `export ${name}=${value}`),
      "",
      `Control API: ${running.hubspotUrl}/_sandbox/calls (also clock, faults, act). Ctrl+C stops it, and all is forgotten.`,
    ].join("\n"),
  );
  await stopped;
  await running.close();
  return EXIT.done;
}

function fill(sandbox: Sandbox, { load, description, people }: SandboxCommandOptions): readonly LoadedFile[] {
  if (people !== undefined) moveIn(sandbox, { people });
  if (load === undefined) return [];
  try {
    return loadCsv(sandbox, { description: description ?? join(load, "load.yml"), dataFolder: load });
  } catch (cause) {
    if (cause instanceof LoadError) throw new UsageError(cause.message, { cause });
    throw cause;
  }
}

async function start(
  sandbox: Sandbox,
  { hubspotPort, salesforcePort }: SandboxCommandOptions,
): Promise<RunningSandbox> {
  try {
    return await startSandbox(sandbox, { hubspot: hubspotPort, salesforce: salesforcePort });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : "";
    if (code !== "EADDRINUSE" && code !== "EACCES") throw cause;
    throw new StopRun(
      `port ${hubspotPort} or ${salesforcePort} cannot be taken (${String(code)}); choose others with --hubspot-port and --salesforce-port, 0 takes any free one`,
      { cause },
    );
  }
}

/** The settings with which LeadLoop reaches this sandbox. */
function environmentOf(running: RunningSandbox): Readonly<Record<string, string>> {
  return {
    HUBSPOT_BASE_URL: running.hubspotUrl,
    HUBSPOT_ACCESS_TOKEN: "pat-sandbox",
    HUBSPOT_APP_ID: "18221010",
    SALESFORCE_LOGIN_URL: running.salesforceUrl,
    SALESFORCE_CLIENT_ID: "sandbox-client",
    SALESFORCE_CLIENT_SECRET: "sandbox-secret",
    LEADLOOP_SANDBOX_CLOCK: `${running.hubspotUrl}/_sandbox/clock`,
  };
}
