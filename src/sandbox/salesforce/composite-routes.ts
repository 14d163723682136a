/** Serves /composite: up to 25 calls in one, which may use each other's results and may stand or fall together. */
import { json, type SandboxRequest, type SandboxResponse } from "../exchange.ts";
import { type ApiCall, type Dispatch, errorBody, faultResponse, objectBody, pathParts } from "./api-call.ts";
import { inTransaction } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";

interface Subrequest {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly body?: unknown;
  readonly httpHeaders?: Readonly<Record<string, string>>;
}

interface Subresponse {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string;
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm */
export function serveComposite(call: ApiCall, dispatch: Dispatch): SandboxResponse {
  const { allOrNone, compositeRequest } = objectBody(call);
  const subrequests = requireSubrequests(compositeRequest);
  if (allOrNone !== true) return json(200, { compositeResponse: runAll(call, subrequests, dispatch) });
  let responses: Subresponse[] = [];
  try {
    inTransaction(call.state, () => {
      responses = runAll(call, subrequests, dispatch, true);
      if (responses.some((response) => response.httpStatusCode >= 400)) throw new CompositeFailed();
    });
  } catch (error) {
    if (!(error instanceof CompositeFailed)) throw error;
    responses = responses.map((response) => (response.httpStatusCode >= 400 ? response : halted(response.referenceId)));
  }
  return json(200, { compositeResponse: responses });
}

class CompositeFailed extends Error {}

const halting = new SalesforceFault(
  "PROCESSING_HALTED",
  "The transaction was rolled back since another operation in the same transaction failed.",
);

function halted(referenceId: string): Subresponse {
  const [error] = errorBody(halting);
  return {
    body: [{ errorCode: error?.["errorCode"], message: error?.["message"] }],
    httpHeaders: {},
    httpStatusCode: 400,
    referenceId,
  };
}

function requireSubrequests(value: unknown): readonly Subrequest[] {
  if (!Array.isArray(value)) throw new SalesforceFault("JSON_PARSER_ERROR", "compositeRequest is required");
  const subrequests = value as readonly Subrequest[];
  if (subrequests.length > 25) {
    throw new SalesforceFault("LIMIT_EXCEEDED", "A composite request can have at most 25 subrequests");
  }
  const heavy = subrequests.filter((one) => /\/(query|queryAll|composite\/sobjects)\b/i.test(String(one.url)));
  if (heavy.length > 5) {
    throw new SalesforceFault(
      "LIMIT_EXCEEDED",
      "At most 5 subrequests of a composite request can be queries or sObject Collections",
    );
  }
  const seen = new Set<string>();
  for (const one of subrequests) {
    if (typeof one.referenceId !== "string" || !/^\w+$/.test(one.referenceId) || seen.has(one.referenceId)) {
      throw new SalesforceFault(
        "INVALID_INPUT",
        `Reference id is missing, malformed or used twice: ${one.referenceId}`,
      );
    }
    seen.add(one.referenceId);
  }
  return subrequests;
}

function runAll(
  call: ApiCall,
  subrequests: readonly Subrequest[],
  dispatch: Dispatch,
  stopAtFailure = false,
): Subresponse[] {
  const results = new Map<string, unknown>();
  const responses: Subresponse[] = [];
  let failed = false;
  for (const subrequest of subrequests) {
    if (failed && stopAtFailure) {
      responses.push(halted(subrequest.referenceId));
      continue;
    }
    const response = runOne(call, subrequest, dispatch, results);
    if (response.httpStatusCode < 400) results.set(subrequest.referenceId, response.body);
    else failed = true;
    responses.push(response);
  }
  return responses;
}

function runOne(
  call: ApiCall,
  subrequest: Subrequest,
  dispatch: Dispatch,
  results: ReadonlyMap<string, unknown>,
): Subresponse {
  const { referenceId } = subrequest;
  let response: SandboxResponse;
  try {
    response = dispatch(subcall(call, subrequest, results));
  } catch (error) {
    response = faultResponse(error);
  }
  const httpHeaders = response.headers["Location"] === undefined ? {} : { Location: response.headers["Location"] };
  const body = bodyIn(response);
  return { body, httpHeaders, httpStatusCode: response.status, referenceId };
}

/** A created record carries `warnings` here and not in an answer of its own (recorded in both places). */
function bodyIn(response: SandboxResponse): unknown {
  if (response.body === "") return null;
  const body = JSON.parse(response.body) as object;
  return response.status === 201 ? { ...body, warnings: [] } : body;
}

function subcall(call: ApiCall, subrequest: Subrequest, results: ReadonlyMap<string, unknown>): ApiCall {
  const url = String(replaced(subrequest.url, results));
  const match = /^\/services\/data\/(v\d+\.\d)\/([^?]*)(?:\?(.*))?$/.exec(url);
  const [, version, path = "", query = ""] = match ?? [];
  if (version === undefined || /^(composite(?!\/sobjects)|jobs)\b/i.test(path)) {
    throw new SalesforceFault("INVALID_INPUT", `The URL is not allowed in a composite request: ${url}`);
  }
  const headers: Record<string, string> = { ...call.request.headers };
  for (const [name, value] of Object.entries(subrequest.httpHeaders ?? {})) headers[name.toLowerCase()] = String(value);
  const request: SandboxRequest = {
    method: subrequest.method.toUpperCase(),
    path: url.split("?")[0] ?? url,
    query: new URLSearchParams(query),
    headers,
    body: subrequest.body === undefined ? "" : JSON.stringify(replaced(subrequest.body, results)),
  };
  return { ...call, request, version, parts: pathParts(path) };
}

const reference = /@\{([^}]+)\}/g;

/** Puts results of earlier subrequests in the place of `@{referenceId.path}`. */
function replaced(value: unknown, results: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === "string") return value.replace(reference, (_, path: string) => referenced(path, results));
  if (Array.isArray(value)) return value.map((item) => replaced(item, results));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, results)]));
}

function referenced(path: string, results: ReadonlyMap<string, unknown>): string {
  const [referenceId = "", ...steps] = path.replaceAll("]", "").split(/[.[]/);
  let current = results.get(referenceId);
  for (const step of steps) {
    const holder = current as Readonly<Record<string, unknown>> | null | undefined;
    current = typeof holder === "object" && holder !== null ? holder[step] : undefined;
  }
  if (typeof current === "string" || typeof current === "number") return String(current);
  throw new SalesforceFault(
    "PROCESSING_HALTED",
    `Invalid reference specified. No value for ${path} found in ${referenceId}. Provided reference ID is: ${referenceId}`,
  );
}
