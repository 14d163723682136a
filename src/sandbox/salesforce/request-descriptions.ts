/** What Salesforce's REST API takes: every request to the stand-in must fall under it, each part of a composite request too. */
import { readFileSync } from "node:fs";
import type { SandboxRequest } from "../exchange.ts";
import {
  type JsonObject,
  type RequestCheck,
  RequestDescriptions,
  type UndescribedRequest,
} from "../request-descriptions.ts";
import { SalesforceFault } from "./salesforce-fault.ts";

let descriptions: RequestDescriptions | undefined;

/** The descriptions, read once per process: they are data and do not change. */
function salesforceDescriptions(): RequestDescriptions {
  if (descriptions === undefined) {
    const file = new URL("../descriptions/salesforce/rest-api.openapi.json", import.meta.url);
    descriptions = new RequestDescriptions({ "rest-api": JSON.parse(readFileSync(file, "utf8")) as JsonObject });
  }
  return descriptions;
}

/** Holds a request against the descriptions. A slash at the end of a path does not matter. */
export function checkSalesforceRequest(request: SandboxRequest): RequestCheck {
  const check = salesforceDescriptions().check(request, request.path.replace(/(.)\/$/, "$1"));
  if (!check.described || check.operation !== "POST /services/data/{version}/composite") return check;
  const { compositeRequest } = check.body as { readonly compositeRequest: readonly Subrequest[] };
  for (const [index, part] of compositeRequest.entries()) {
    const partCheck = checkSalesforceRequest(asRequest(part));
    if (!partCheck.described) {
      return { ...partCheck, wrong: "body", reason: `body/compositeRequest/${index}: ${partCheck.reason}` };
    }
  }
  return check;
}

interface Subrequest {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

function asRequest({ method, url, body }: Subrequest): SandboxRequest {
  const [path = "", query = ""] = url.split("?");
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers: { "content-type": "application/json" },
    body: body === undefined ? "" : JSON.stringify(body),
  };
}

/**
 * How the stand-in answers what is not described. A real org passes over query parameters that it does not know; here they are a mistake that
 * somebody wants to hear of.
 */
export function faultOf({ wrong, reason }: UndescribedRequest): SalesforceFault {
  switch (wrong) {
    case "path":
      return new SalesforceFault("NOT_FOUND", "The requested resource does not exist", { httpStatus: 404 });
    case "method":
      return new SalesforceFault("METHOD_NOT_ALLOWED", reason, { httpStatus: 405 });
    case "media-type":
      return new SalesforceFault("UNSUPPORTED_MEDIA_TYPE", reason, { httpStatus: 415 });
    case "query":
      return new SalesforceFault("INVALID_INPUT", reason);
    default:
      return new SalesforceFault("JSON_PARSER_ERROR", `${reason} at [line:1, column:1]`);
  }
}
