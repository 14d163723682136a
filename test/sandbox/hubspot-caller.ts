/** Calls a HubSpot stand-in in-process, with a clock that moves only when told. */
import { json, type SandboxHandler } from "../../src/sandbox/exchange.ts";
import { HubSpotAccount, type HubSpotAccountOptions } from "../../src/sandbox/hubspot/hubspot-account.ts";
import { createHubSpotHandler, type HubSpotHandlerOptions } from "../../src/sandbox/hubspot/hubspot-handler.ts";
import type { Writer } from "../../src/sandbox/hubspot/hubspot-model.ts";
import { seededRandom } from "../../src/sandbox/random.ts";
import { manualClock, type SandboxClock } from "../../src/sandbox/sandbox-clock.ts";
import { WRITTEN_BY_A_TEST } from "../support/written-by-a-test.ts";

export const START = Date.UTC(2026, 9, 5, 12, 0, 0, 0);
export const marketer: Writer = { sourceType: "CRM_UI", sourceId: "userId:9001" };
export const ourApp: Writer = { sourceType: "INTEGRATION", sourceId: "18221010" };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into bodies of every shape
  readonly body: any;
}

export interface Caller {
  readonly account: HubSpotAccount;
  readonly clock: SandboxClock;
  readonly handler: SandboxHandler;
  call(method: string, target: string, body?: unknown, headers?: Record<string, string>): Answer;
  search(body: unknown): Answer;
}

/** Without lag and without records that move by themselves, unless the options say otherwise. */
export function hubSpot(
  options: Partial<HubSpotAccountOptions> = {},
  handlerOptions: HubSpotHandlerOptions = { limits: { burst: 1e9, search: 1e9, daily: 1e9 } },
): Caller {
  const clock = manualClock(START);
  const times = { lagMs: [0, 0] as const, tailChance: 0, selfTouchChance: 0, ...options.times };
  const account = new HubSpotAccount({ random: seededRandom("hubspot-test"), ...options, clock, times });
  const handler = createHubSpotHandler(account, handlerOptions);
  const call: Caller["call"] = (method, target, body, headers = {}) => {
    const [path = "", query = ""] = target.split("?");
    const answer = handler({
      method,
      path,
      query: new URLSearchParams(query),
      headers: {
        authorization: "Bearer pat-sandbox",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...WRITTEN_BY_A_TEST,
        ...headers,
      },
      body: body === undefined ? "" : json(200, body).body,
    });
    return { status: answer.status, headers: answer.headers, body: answer.body === "" ? "" : JSON.parse(answer.body) };
  };
  return { account, clock, handler, call, search: (body) => call("POST", "/crm/v3/objects/contacts/search", body) };
}
