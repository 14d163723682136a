/** Answers HTTP requests as a Salesforce org does: who may call, how often, and which resource serves what. */
import limits from "../descriptions/salesforce/org-limits.json" with { type: "json" };
import { json, type SandboxHandler, type SandboxRequest, type SandboxResponse } from "../exchange.ts";
import { noteRequest, type RequestCounts } from "../request-checks.ts";
import type { RequestCheck } from "../request-descriptions.ts";
import { type ApiCall, faultResponse, notFound, pathParts } from "./api-call.ts";
import { ApiUsage } from "./api-usage.ts";
import { serveIngestJobs } from "./bulk-ingest-routes.ts";
import { BulkJobs } from "./bulk-jobs.ts";
import { serveQueryJobs } from "./bulk-query-routes.ts";
import { serveDeleted, serveUpdated } from "./change-routes.ts";
import { serveCollection } from "./collection-routes.ts";
import { serveComposite } from "./composite-routes.ts";
import { DescribeCache, serveDescribe, serveGlobalDescribe, serveObjectInfo } from "./describe-routes.ts";
import { serveNewField } from "./new-field-routes.ts";
import { type OAuthOptions, serveIdentity, serveToken, serveUserInfo } from "./oauth-routes.ts";
import { tableOf } from "./org-state.ts";
import { QueryCursors, serveQuery } from "./query-routes.ts";
import { checkSalesforceRequest, faultOf } from "./request-descriptions.ts";
import { serveRow } from "./row-routes.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import type { SalesforceOrg } from "./salesforce-org.ts";
import { SalesforceSessions } from "./salesforce-sessions.ts";
import { serveSoap } from "./soap-routes.ts";

export interface SalesforceHandlerOptions extends OAuthOptions {
  /** How long a query locator works, in milliseconds; two days by default. */
  readonly queryLocatorTtlMs?: number;
  /** Where requests are counted. */
  readonly requests?: RequestCounts;
}

const oldestVersion = 41;
const newestVersion = 68;

interface Service {
  readonly org: SalesforceOrg;
  readonly sessions: SalesforceSessions;
  readonly usage: ApiUsage;
  readonly cursors: QueryCursors;
  readonly describes: DescribeCache;
  readonly jobs: BulkJobs;
  readonly options: SalesforceHandlerOptions;
}

/** The API of one org. Every request is handled at once and completely, so it is atomic. */
export function createSalesforceHandler(org: SalesforceOrg, options: SalesforceHandlerOptions = {}): SandboxHandler {
  const { state } = org;
  const service: Service = {
    org,
    sessions: new SalesforceSessions(state.clock, state.random.fork("sessions")),
    usage: new ApiUsage(state.clock, state.random.fork("usage"), () => state.settings.dailyApiRequests),
    cursors: new QueryCursors(),
    describes: new DescribeCache(state.clock.now()),
    jobs: new BulkJobs(),
    options,
  };
  if (options.queryLocatorTtlMs !== undefined) service.cursors.setTtl(options.queryLocatorTtlMs);
  org.onSessionsEnded(() => service.sessions.endAll());
  return (request) => {
    const check = checkSalesforceRequest(request);
    noteRequest(options.requests, { system: "salesforce", request, check });
    try {
      return answer(service, request, check);
    } catch (error) {
      return withUsage(service, request, faultResponse(error));
    }
  };
}

function answer(service: Service, request: SandboxRequest, check: RequestCheck): SandboxResponse {
  const { state } = service.org;
  const path = request.path.replace(/\/$/, "");
  if (path === "/services/oauth2/token") return serveToken(state, service.sessions, request, service.options);
  if (path === "/services/data") return json(200, versions());
  if (path.startsWith("/services/Soap/u/")) return serveSoap(state, service.sessions, service.usage, request);
  const bearer = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  const userId = requireSession(service, bearer ?? request.query.get("oauth_token") ?? "");
  if (path === "/services/oauth2/userinfo") return serveUserInfo(state, request, userId);
  if (path.startsWith("/id/")) return serveIdentity(state, request, userId);
  const match = /^\/services\/data\/(v(\d+)\.\d)\/?(.*)$/.exec(path);
  if (match === null) throw notFound();
  const [, version = "", number = "", rest = ""] = match;
  requireVersion(Number(number));
  if (!service.usage.take()) {
    throw new SalesforceFault("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", { httpStatus: 403 });
  }
  if (!check.described) throw faultOf(check);
  const parts = pathParts(rest);
  return withUsage(service, request, route(service, { state, request, version, parts, userId }));
}

function requireSession(service: Service, token: string): string {
  const userId = service.sessions.userOf(token);
  if (userId !== undefined) return userId;
  throw new SalesforceFault("INVALID_SESSION_ID", "Session expired or invalid", { httpStatus: 401 });
}

function requireVersion(version: number): void {
  if (version > newestVersion) throw notFound();
  if (version >= oldestVersion) return;
  throw new SalesforceFault("UNSUPPORTED_API_VERSION", `API version ${version}.0 is not supported`, {
    httpStatus: 404,
  });
}

function versions(): readonly Readonly<Record<string, string>>[] {
  const seasons = ["Spring", "Summer", "Winter"];
  return Array.from({ length: newestVersion - oldestVersion + 1 }, (_, index) => {
    const number = oldestVersion + index;
    // v66.0 is Spring '26; three releases make a year, and winter is named after the coming one.
    const steps = number - 66;
    const year = 26 + Math.floor((steps + (((steps % 3) + 3) % 3 === 2 ? 1 : 0)) / 3);
    const season = seasons[((steps % 3) + 3) % 3];
    return { label: `${season} '${year}`, url: `/services/data/v${number}.0`, version: `${number}.0` };
  });
}

/** Every data answer carries the approximate usage, refusals too. */
function withUsage(service: Service, request: SandboxRequest, response: SandboxResponse): SandboxResponse {
  if (!request.path.startsWith("/services/data/") || response.status === 401) return response;
  return { ...response, headers: { ...response.headers, "Sforce-Limit-Info": service.usage.header() } };
}

function route(service: Service, call: ApiCall): SandboxResponse {
  const [resource = "", second, third] = call.parts;
  switch (resource) {
    case "query":
    case "queryAll":
      return serveQuery(call, service.cursors);
    case "composite":
      if (second === "sobjects") return serveCollection(call);
      if (second === undefined || second === "") return serveComposite(call, (subcall) => route(service, subcall));
      throw notFound();
    case "sobjects":
      return serveObjects(service, call, second, third);
    case "limits":
      return second === "recordCount" ? serveRecordCount(call) : serveLimits(service);
    case "connect":
      if (second === "organization" && call.request.method === "GET") return serveOrganization(call);
      throw notFound();
    case "tooling":
      if (second === "sobjects" && third === "CustomField") return serveNewField(call);
      throw notFound();
    case "jobs":
      if (second === "ingest") return serveIngestJobs(call, service.jobs);
      if (second === "query") return serveQueryJobs(call, service.jobs);
      throw notFound();
    case "":
      return json(200, {
        sobjects: `/services/data/${call.version}/sobjects`,
        query: `/services/data/${call.version}/query`,
        queryAll: `/services/data/${call.version}/queryAll`,
        composite: `/services/data/${call.version}/composite`,
        limits: `/services/data/${call.version}/limits`,
        connect: `/services/data/${call.version}/connect`,
        jobs: `/services/data/${call.version}/jobs`,
      });
    default:
      throw notFound();
  }
}

function serveObjects(
  service: Service,
  call: ApiCall,
  type: string | undefined,
  resource: string | undefined,
): SandboxResponse {
  const reading = call.request.method === "GET";
  if (type === undefined || type === "") return serveGlobalDescribe(call);
  if (reading && resource === undefined) return serveObjectInfo(call);
  if (reading && resource === "describe") return serveDescribe(call, service.describes);
  if (reading && resource === "updated") return serveUpdated(call);
  if (reading && resource === "deleted") return serveDeleted(call);
  return serveRow(call);
}

/** GET /limits/recordCount: about how many records there are. Unknown names are left out of the answer. */
function serveRecordCount({ state, request }: ApiCall): SandboxResponse {
  const names = (request.query.get("sObjects") ?? "").split(",");
  const objects = names.flatMap((name) => state.catalog.object(name.trim()) ?? []);
  const sObjects = objects.map((object) => {
    let count = 0;
    for (const record of tableOf(state, object).allLatest()) if (record["IsDeleted"] !== true) count += 1;
    return { count, name: object.name };
  });
  return json(200, { sObjects });
}

/**
 * GET /connect/organization: of a resource of the Connect REST API what this org has.
 * https://developer.salesforce.com/docs/atlas.en-us.188.0.chatterapi.meta/chatterapi/connect_responses_features.htm
 */
function serveOrganization({ state, userId }: ApiCall): SandboxResponse {
  const { currency, organizationId } = state;
  const features = { chatter: true, defaultCurrencyIsoCode: currency, multiCurrency: currency === null };
  return json(200, {
    accessTimeout: 120,
    features,
    name: "Northwind",
    orgId: organizationId,
    userSettings: { userId },
  });
}

/** GET /limits: the exact remainder of the daily requests, and the other limits untouched. */
function serveLimits(service: Service): SandboxResponse {
  const { limit } = service.usage;
  const body = Object.fromEntries(Object.entries(limits).map(([name, Max]) => [name, { Max, Remaining: Max }]));
  return json(200, { ...body, DailyApiRequests: { Max: limit, Remaining: Math.max(limit - service.usage.used(), 0) } });
}
