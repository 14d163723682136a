/** How each system refuses a call that has no effect: over a limit, in trouble, or with a token that has expired. */
import { json, type SandboxRequest, type SandboxResponse } from "../../src/sandbox/exchange.ts";
import type { Refusal } from "./faults.ts";
import type { SystemName } from "./stand-ins.ts";

export function refusalOf(
  system: SystemName,
  how: Refusal,
  request: SandboxRequest,
  handle: () => SandboxResponse,
): SandboxResponse {
  if (how === "502-html" || how === "504-html") {
    const status = Number(how.slice(0, 3));
    return { status, headers: { "Content-Type": "text/html" }, body: `<html><h1>${status} Bad Gateway</h1></html>` };
  }
  return system === "hubspot" ? hubspotRefusal(how, request) : salesforceRefusal(how, handle);
}

/** https://developers.hubspot.com/docs/api-reference/error-handling */
function hubspotRefusal(how: Refusal, request: SandboxRequest): SandboxResponse {
  const correlationId = "11111111-2222-4333-8444-555555555555";
  if (how === "500" || how === "503")
    return json(Number(how), { status: "error", message: "internal error", correlationId });
  if (how === "expired") {
    const message = "The OAuth token used to make this call expired.";
    return json(401, { status: "error", message, correlationId, category: "EXPIRED_AUTHENTICATION" });
  }
  if (how === "secondly" && request.path.endsWith("/search")) {
    const message = "You have reached your secondly limit.";
    return json(429, { status: "error", message, correlationId, category: "RATE_LIMITS" });
  }
  const body = {
    status: "error",
    message: "You have reached your ten_secondly_rolling limit.",
    errorType: "RATE_LIMIT",
    policyName: "TEN_SECONDLY_ROLLING",
    groupName: "publicapi:private-apps-api-calls-request-limit:1",
    correlationId,
  };
  return json(429, body, how === "retry-after" ? { "Retry-After": "30" } : {});
}

/** REST API Developer Guide, Status Codes and Error Responses. */
function salesforceRefusal(how: Refusal, handle: () => SandboxResponse): SandboxResponse {
  switch (how) {
    case "expired":
      // The sessions have been ended: the org says so itself.
      return handle();
    case "concurrent":
      return errors(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.");
    case "500":
      return errors(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.");
    case "retry-after":
      return errors(503, "SERVER_UNAVAILABLE", "The server is too busy.", { "Retry-After": "30" });
    default:
      return errors(503, "SERVER_UNAVAILABLE", "The server is too busy.");
  }
}

function errors(
  status: number,
  errorCode: string,
  message: string,
  headers: Record<string, string> = {},
): SandboxResponse {
  return json(status, [{ errorCode, message }], headers);
}
