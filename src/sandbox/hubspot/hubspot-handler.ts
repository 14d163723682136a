/** Answers HTTP requests for a HubSpot account: who may call, how often, what is described, and who handles it. */

import { json, type SandboxHandler, type SandboxRequest, type SandboxResponse } from "../exchange.ts";
import type { Random } from "../random.ts";
import { noteRequest, type RequestCounts } from "../request-checks.ts";
import { AccessTokens, type OAuthApp } from "./access-tokens.ts";
import { associationRoutes } from "./association-routes.ts";
import { batchRoutes } from "./batch-routes.ts";
import { CallLimits, defaultHubSpotLimits, type HubSpotLimits } from "./call-limits.ts";
import { catalogueRoutes } from "./catalogue-routes.ts";
import { consentRoutes } from "./consent-routes.ts";
import type { HubSpotAccount } from "./hubspot-account.ts";
import type { Route, RouteAnswer } from "./hubspot-call.ts";
import { HubSpotRefusal } from "./hubspot-refusals.ts";
import { recordRoutes } from "./record-routes.ts";
import { checkHubSpotRequest, type HubSpotRequestCheck, refusalOf } from "./request-descriptions.ts";

export interface HubSpotHandlerOptions {
  /** Tokens of private apps that may call; `pat-sandbox` by default. */
  readonly tokens?: readonly string[];
  /** An OAuth app that may refresh its access token; none by default. */
  readonly oauth?: OAuthApp;
  /** Read at every call, so whoever holds it may change it. */
  readonly limits?: HubSpotLimits;
  /** Where requests are counted. */
  readonly requests?: RequestCounts;
}

const routes: Readonly<Record<string, Route>> = {
  ...recordRoutes,
  ...batchRoutes,
  ...associationRoutes,
  ...catalogueRoutes,
  ...consentRoutes,
};

/** A handler for one account. Deterministic given the account's clock and random numbers. */
export function createHubSpotHandler(account: HubSpotAccount, options: HubSpotHandlerOptions = {}): SandboxHandler {
  const random = account.random.fork("answers");
  const tokens = new AccessTokens(options.tokens ?? ["pat-sandbox"], options.oauth, account.clock, random);
  const limits = new CallLimits(account.clock, account.timeZone, options.limits ?? defaultHubSpotLimits());

  const answer = (request: SandboxRequest, { check, dated }: HubSpotRequestCheck): RouteAnswer => {
    if (!check.described) throw refusalOf(check);
    const { operation, params, body } = check;
    if (operation === "POST /oauth/v1/token") return tokens.refresh(body as Record<string, string>);
    const route = routes[operation];
    if (route === undefined) throw new HubSpotRefusal(404, undefined, "resource not found");
    return route({ account, params, query: request.query, body, bodyLength: request.body.length, dated });
  };

  return (request) => {
    const checked = checkHubSpotRequest(request);
    noteRequest(options.requests, { system: "hubspot", request, check: checked.check });
    const { path } = checked;
    const correlation = correlationId(random);
    const headers: Record<string, string> = { "X-HubSpot-Correlation-Id": correlation };
    const refused = (refusal: HubSpotRefusal): SandboxResponse =>
      json(refusal.status, refusal.body(correlation), headers);
    try {
      if (path !== "/oauth/v1/token") {
        const unauthorized = tokens.refusal(request.headers["authorization"]);
        if (unauthorized !== undefined) return refused(unauthorized);
        const isSearch = request.method === "POST" && path.endsWith("/search");
        const overLimit = limits.count(isSearch);
        Object.assign(headers, limits.headers(isSearch));
        if (overLimit !== undefined) return refused(overLimit);
      }
      const { status, body } = answer(request, checked);
      return body === undefined ? { status, headers, body: "" } : json(status, body, headers);
    } catch (error) {
      if (error instanceof HubSpotRefusal) return refused(error);
      throw error;
    }
  };
}

/** A version 4 UUID made of the sandbox's own random numbers. */
function correlationId(random: Random): string {
  const part = (): string => random.integer(0, 0xffff).toString(16).padStart(4, "0");
  const variant = (0x8000 | random.integer(0, 0x3fff)).toString(16);
  return `${part()}${part()}-${part()}-4${part().slice(1)}-${variant}-${part()}${part()}${part()}`;
}
