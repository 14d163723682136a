/** What to set so that other commands work with a demo that was kept. */
import { resolve } from "node:path";
import type { SandboxProcess } from "../sandbox-process.ts";
import { heading } from "../terminal.ts";
import { SANDBOX_LOGIN } from "./demo-connection.ts";

export function demoEnvironment(sandbox: SandboxProcess, stateFolder: string): Readonly<Record<string, string>> {
  return {
    HUBSPOT_BASE_URL: sandbox.hubspotUrl,
    HUBSPOT_ACCESS_TOKEN: SANDBOX_LOGIN.accessToken,
    HUBSPOT_APP_ID: SANDBOX_LOGIN.appId,
    SALESFORCE_LOGIN_URL: sandbox.salesforceUrl,
    SALESFORCE_CLIENT_ID: SANDBOX_LOGIN.clientId,
    SALESFORCE_CLIENT_SECRET: SANDBOX_LOGIN.clientSecret,
    LEADLOOP_STATE: resolve(stateFolder),
    LEADLOOP_SANDBOX_CLOCK: `${sandbox.hubspotUrl}/_sandbox/clock`,
  };
}

export function keptText(
  sandbox: SandboxProcess,
  environment: Readonly<Record<string, string>>,
  until: string,
): string {
  return [
    `${heading("The sandbox and the state are still there.")} To go on with them:`,
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${value}`),
    "",
    "then for example",
    "  npm run leadloop -- status",
    "  npm run leadloop -- conflicts --limit 10",
    "  npm run leadloop -- sync",
    "To let the people there live on:",
    `  curl -X POST ${sandbox.hubspotUrl}/_sandbox/play -d '{"until":"${until}"}'`,
    `To stop the sandbox: kill ${sandbox.pid}`,
  ].join("\n");
}

export const GO_ON_TEXT = [
  "To play with it yourself: npm run demo -- --keep",
  "With your own accounts:   see README.md",
].join("\n");
