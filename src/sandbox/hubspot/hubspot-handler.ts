/** Answers HTTP requests for a HubSpot account: who may call, how often, what is described, and who handles it. */

import { json, type SandboxHandler, type SandboxRequest, type SandboxResponse } from "../exchange.ts";
import type { Random } from "../random.ts";
import { AccessTokens, type OAuthApp } from "./access-tokens.ts";
import { associationRoutes } from "./association-routes.ts";
import { batchRoutes } from "./batch-routes.ts";
import { CallLimits, defaultHubSpotLimits, type HubSpotLimits } from "./call-limits.ts";
import { accountDetails, catalogueRoutes } from "./catalogue-routes.ts";
import { consentRoutes } from "./consent-routes.ts";
import type { HubSpotAccount } from "./hubspot-account.ts";
import { objectTypeNamed, type Route, type RouteAnswer } from "./hubspot-call.ts";
import { HubSpotRefusal } from "./hubspot-refusals.ts";
import { recordRoutes } from "./record-routes.ts";
import { RequestDescriptions } from "./request-descriptions.ts";

export interface HubSpotHandlerOptions {
  /** Tokens of private apps that may call; `pat-sandbox` by default. */
  readonly tokens?: readonly string[];
  /** An OAuth app that may refresh its access token; none by default. */
  readonly oauth?: OAuthApp;
  /** Read at every call, so whoever holds it may change it. */
  readonly limits?: HubSpotLimits;
}

const routes: Readonly<Record<string, Route>> = {
  ...recordRoutes,
  ...batchRoutes,
  ...associationRoutes,
  ...catalogueRoutes,
  ...consentRoutes,
};

/** Paths with a date, and the numbered ones that take the same requests. The date is one of the versions in force. */
const datedPaths: readonly (readonly [RegExp, string])[] = [
  [/^\/crm\/objects\/2026-0[39]\/([^/]+\/[^/]+\/associations\/.*)$/, "/crm/v4/objects/$1"],
  [/^\/crm\/objects\/2026-0[39]\/(.*)$/, "/crm/v3/objects/$1"],
  [/^\/crm\/properties\/2026-0[39]\/(.*)$/, "/crm/v3/properties/$1"],
  [/^\/crm\/owners\/2026-0[39](\/.*)?$/, "/crm/v3/owners$1"],
  [/^\/crm\/pipelines\/2026-0[39]\/(.*)$/, "/crm/v3/pipelines/$1"],
  [/^\/crm\/associations\/2026-0[39]\/(.*)$/, "/crm/v4/associations/$1"],
  [/^\/communication-preferences\/2026-0[39]\/(.*)$/, "/communication-preferences/v4/$1"],
  [/^\/oauth\/2026-0[39]\/token$/, "/oauth/v1/token"],
  [/^\/account-info\/2026-0[39]\/details$/, "/account-info/v3/details"],
];

/** A handler for one account. Deterministic given the account's clock and random numbers. */
export function createHubSpotHandler(account: HubSpotAccount, options: HubSpotHandlerOptions = {}): SandboxHandler {
  const descriptions = new RequestDescriptions();
  const random = account.random.fork("answers");
  const tokens = new AccessTokens(options.tokens ?? ["pat-sandbox"], options.oauth, account.clock, random);
  const limits = new CallLimits(account.clock, account.timeZone, options.limits ?? defaultHubSpotLimits());

  const answer = (request: SandboxRequest, path: string, dated: boolean): RouteAnswer => {
    if (path === "/account-info/v3/details" && request.method === "GET") {
      return accountDetails({ account, params: {}, query: request.query, body: undefined, bodyLength: 0, dated });
    }
    const { operation, params, body } = descriptions.check(request, path);
    if (operation === "POST /oauth/v1/token") return tokens.refresh(body as Record<string, string>);
    const route = routes[operation];
    if (route === undefined) throw new HubSpotRefusal(404, undefined, "resource not found");
    return route({ account, params, query: request.query, body, bodyLength: request.body.length, dated });
  };

  return (request) => {
    const { path, dated } = numberedPath(request.path);
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
      const { status, body } = answer(request, path, dated);
      return body === undefined ? { status, headers, body: "" } : json(status, body, headers);
    } catch (error) {
      if (error instanceof HubSpotRefusal) return refused(error);
      throw error;
    }
  };
}

/** The path in its v3 or v4 form, with the plural name of a known object type. */
function numberedPath(path: string): { path: string; dated: boolean } {
  for (const [pattern, replacement] of datedPaths) {
    const match = pattern.exec(path);
    if (match !== null) return { path: pluralPath(replacement.replace("$1", () => match[1] ?? "")), dated: true };
  }
  return { path: pluralPath(path), dated: false };
}

function pluralPath(path: string): string {
  return path.replace(
    /^(\/crm\/v3\/objects\/)([^/]+)/,
    (_, start: string, name: string) => start + (objectTypeNamed(name) ?? name),
  );
}

/** A version 4 UUID made of the sandbox's own random numbers. */
function correlationId(random: Random): string {
  const part = (): string => random.integer(0, 0xffff).toString(16).padStart(4, "0");
  const variant = (0x8000 | random.integer(0, 0x3fff)).toString(16);
  return `${part()}${part()}-${part()}-4${part().slice(1)}-${variant}-${part()}${part()}${part()}`;
}
