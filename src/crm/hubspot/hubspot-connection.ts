/** One connection to HubSpot: the client package's object clients on our transport, and what every call needs. */
import {
  BasicApi,
  BatchApi,
  createConfiguration,
  SearchApi,
  ServerConfiguration,
  wrapHttpLibrary,
} from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import { RetryLater, StopRun } from "../../core/errors.ts";
import type { Clock, Log } from "../../jobs/ports.ts";
import type { CallBudget } from "../call-budget.ts";
import { RequestRefused, stopForRefusedRead } from "./hubspot-errors.ts";
import { HubSpotTransport, type TransportOptions } from "./hubspot-transport.ts";
import { AnswerNotUnderstood } from "./hubspot-wire.ts";

export interface HubSpotConnection {
  readonly basic: BasicApi;
  readonly batch: BatchApi;
  readonly search: SearchApi;
  readonly transport: HubSpotTransport;
  readonly budget: CallBudget;
  readonly clock: Clock;
  readonly log: Log;
  /** The id of our own app in property histories. */
  readonly appId: string | undefined;
  /** Calls that are useful under way at once. */
  readonly concurrency: number;
}

export interface ConnectionOptions extends TransportOptions {
  readonly appId: string | undefined;
  readonly concurrency: number;
}

/** Opens nothing yet: the first call does. */
export function connectHubSpot(options: ConnectionOptions): HubSpotConnection {
  const transport = new HubSpotTransport(options);
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(options.baseUrl, {}),
    authMethods: { oauth2: { accessToken: options.accessToken } },
    httpApi: wrapHttpLibrary(transport),
  });
  return {
    basic: new BasicApi(configuration),
    batch: new BatchApi(configuration),
    search: new SearchApi(configuration),
    transport,
    budget: options.budget,
    clock: options.clock,
    log: options.log,
    appId: options.appId,
    concurrency: options.concurrency,
  };
}

/** Runs a read. What HubSpot refuses, or answers in no form we know, stops the run: it would be the same again. */
export async function reading<T>(what: string, read: () => Promise<T>, { throwRefusals = false } = {}): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isOurs(error)) throw throwRefusals ? error : stopForRefusedRead(error);
    // Other messages could quote the answer, and with it somebody's data.
    const why = error instanceof AnswerNotUnderstood ? `: ${error.message}` : "";
    throw new StopRun(
      `HubSpot's answer to ${what} cannot be understood${why}. Check HUBSPOT_BASE_URL, or whether a newer LeadLoop is needed.`,
      {
        cause: error,
      },
    );
  }
}

/** Runs a write. What goes wrong after the request was sent leaves the outcome unknown, whatever it is. */
export async function writing<T>(what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isOurs(error)) throw error;
    throw new RetryLater(`HubSpot's answer to ${what} cannot be understood`, { outcomeUnknown: true, cause: error });
  }
}

function isOurs(error: unknown): boolean {
  return error instanceof RetryLater || error instanceof StopRun || error instanceof RequestRefused;
}
