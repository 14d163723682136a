/** Puts the two stand-ins together on one clock and one seed, and starts them over HTTP. */
import { createControlApi, isControlRequest } from "./control-api.ts";
import type { SandboxRequest } from "./exchange.ts";
import { FaultBox } from "./faults.ts";
import { defaultHubSpotLimits, type HubSpotLimits } from "./hubspot/call-limits.ts";
import { HubSpotAccount, type HubSpotAccountOptions } from "./hubspot/hubspot-account.ts";
import { createHubSpotHandler, type HubSpotHandlerOptions } from "./hubspot/hubspot-handler.ts";
import { seededRandom } from "./random.ts";
import type { RequestCounts } from "./request-checks.ts";
import type { OrgCurrency } from "./salesforce/org-currencies.ts";
import { createSalesforceHandler, type SalesforceHandlerOptions } from "./salesforce/salesforce-handler.ts";
import { SalesforceOrg } from "./salesforce/salesforce-org.ts";
import { realClock, type SandboxClock } from "./sandbox-clock.ts";
import type { CallCounts, Sandbox } from "./sandbox-parts.ts";
import { startServer } from "./sandbox-server.ts";

export interface SandboxLimits {
  /** HubSpot calls in ten seconds; 190 by default. */
  readonly hubspotBurst: number;
  /** HubSpot searches in a second; 5 by default. */
  readonly hubspotSearch: number;
  /** HubSpot calls in a day; 625,000 by default. */
  readonly hubspotDaily: number;
  /** Salesforce API requests in 24 hours; 115,000 by default. */
  readonly salesforceDaily: number;
}

export interface SandboxOptions {
  /** Decides every id and every chance; "1" by default. */
  readonly seed?: string;
  /** Real time by default. */
  readonly clock?: SandboxClock;
  readonly limits?: Partial<SandboxLimits>;
  readonly hubspotPort?: number;
  readonly salesforcePort?: number;
  /** Tokens the HubSpot account accepts; `pat-sandbox` by default. */
  readonly hubspotTokens?: readonly string[];
  readonly hubspot?: Omit<HubSpotAccountOptions, "clock" | "random">;
  /** Client id, secret and JWT key of the Salesforce app, and how long locators live. */
  readonly salesforceApp?: SalesforceHandlerOptions;
  readonly salesforceSessionTtlMs?: number;
  /** The currency of a Salesforce org that has only one; euros by default. */
  readonly currency?: string;
  /** The currencies of a Salesforce org that works in several, the corporate one first; one currency by default. */
  readonly currencies?: readonly OrgCurrency[];
  /** Neither system has any field that an admin makes for LeadLoop. */
  readonly bare?: boolean;
}

export interface RunningSandbox {
  readonly hubspotUrl: string;
  readonly salesforceUrl: string;
  close(): Promise<void>;
}

/** Makes both stand-ins, set up as an admin would have left them, with no contacts and no leads. Nothing listens yet. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const clock = options.clock ?? realClock();
  const random = seededRandom(options.seed ?? "1");
  const { limits = {} } = options;
  const standard = defaultHubSpotLimits();
  const hubspotLimits: HubSpotLimits = {
    burst: limits.hubspotBurst ?? standard.burst,
    search: limits.hubspotSearch ?? standard.search,
    daily: limits.hubspotDaily ?? standard.daily,
  };
  const hubspot = new HubSpotAccount({
    ...(options.bare === true ? { contactProperties: [] } : {}),
    ...options.hubspot,
    clock,
    random,
  });
  const salesforce = new SalesforceOrg({
    clock,
    random,
    customFields: options.bare !== true,
    ...(options.currency === undefined ? {} : { currency: options.currency }),
    ...(options.currencies === undefined ? {} : { currencies: options.currencies }),
    ...(limits.salesforceDaily === undefined ? {} : { dailyApiRequests: limits.salesforceDaily }),
    ...(options.salesforceSessionTtlMs === undefined ? {} : { sessionTtlMs: options.salesforceSessionTtlMs }),
  });
  const requests: RequestCounts = { described: {}, undescribed: [] };
  const hubspotOptions: HubSpotHandlerOptions = {
    limits: hubspotLimits,
    ...(options.hubspotTokens === undefined ? {} : { tokens: options.hubspotTokens }),
    requests,
  };
  const calls: CallCounts = { hubspot: 0, salesforce: 0, byPath: {} };
  const answerHubSpot = createHubSpotHandler(hubspot, hubspotOptions);
  const answerSalesforce = createSalesforceHandler(salesforce, { ...options.salesforceApp, requests });
  const sandbox: Sandbox = {
    clock,
    random,
    hubspot,
    salesforce,
    hubspotLimits,
    hubspotFaults: new FaultBox(),
    salesforceFaults: new FaultBox(),
    hubspotHandler: (request) => {
      if (isControlRequest(request)) return control(request);
      countCall(calls, "hubspot", request);
      return answerHubSpot(request);
    },
    salesforceHandler: (request) => {
      if (isControlRequest(request)) return control(request);
      countCall(calls, "salesforce", request);
      return answerSalesforce(request);
    },
    calls,
    requests,
    ports: { hubspot: options.hubspotPort ?? 0, salesforce: options.salesforcePort ?? 0 },
    onPlay: undefined,
  };
  const control = createControlApi(sandbox);
  return sandbox;
}

const uncounted = /^\/services\/(oauth2\/|data\/?$)|^\/id\/|^\/oauth\//;
const idInPath = /\/(?:\d+|[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?(?:-\d+)?)(?=\/|$)/g;

function countCall(calls: CallCounts, system: "hubspot" | "salesforce", request: SandboxRequest): void {
  if (uncounted.test(request.path)) return;
  calls[system] += 1;
  const path = `${request.method} ${request.path.replace(idInPath, (part) => (/\d/.test(part) ? "/{id}" : part))}`;
  calls.byPath[path] = (calls.byPath[path] ?? 0) + 1;
}

/** Starts both servers on 127.0.0.1; port 0 takes any free one. Rejects when a port is taken, with nothing left running. */
export async function startSandbox(
  sandbox: Sandbox,
  ports: { readonly hubspot?: number; readonly salesforce?: number } = {},
): Promise<RunningSandbox> {
  const hubspot = await startServer({
    handler: sandbox.hubspotHandler,
    clock: sandbox.clock,
    faults: sandbox.hubspotFaults,
    port: ports.hubspot ?? sandbox.ports.hubspot,
  });
  try {
    const salesforce = await startServer({
      handler: sandbox.salesforceHandler,
      clock: sandbox.clock,
      faults: sandbox.salesforceFaults,
      port: ports.salesforce ?? sandbox.ports.salesforce,
    });
    return {
      hubspotUrl: hubspot.url,
      salesforceUrl: salesforce.url,
      close: async () => {
        await Promise.all([hubspot.close(), salesforce.close()]);
      },
    };
  } catch (error) {
    await hubspot.close();
    throw error;
  }
}
