/** The troubles a story may ask for, as faults of the two stand-ins. */
import type { Fault, FaultRule } from "../../src/sandbox/faults.ts";
import type { Trouble } from "./story-shape.ts";

const HUBSPOT_CALLS: Readonly<Record<Trouble["calls"], Pick<FaultRule, "method" | "path" | "body">>> = {
  any: { path: "/" },
  search: { method: "POST", path: "/search$" },
  read: { method: "POST", path: "/batch/read" },
  write: { method: "POST", path: "/batch/update" },
  create: { method: "POST", path: "/contacts/batch/(upsert|create)" },
  task: { path: "/tasks" },
  unsubscribe: { path: "unsubscribe-all" },
};

const SALESFORCE_CALLS: Readonly<Record<Trouble["calls"], Pick<FaultRule, "method" | "path" | "body">>> = {
  any: { path: "/services/data/v" },
  search: { path: "/queryAll" },
  read: { path: "/query" },
  // Reads may share the address: a composite call of queries has no PATCH in it.
  write: { method: "POST", path: "/composite$", body: '"PATCH"' },
  create: { method: "POST", path: "composite/sobjects$", body: "LeadLoop_Key__c" },
  task: { method: "POST", path: "composite/sobjects$", body: "LeadLoop_Cause__c" },
  unsubscribe: { path: "/never" },
};

export function faultOf(trouble: Trouble): FaultRule {
  const calls = trouble.with === "hubspot" ? HUBSPOT_CALLS : SALESFORCE_CALLS;
  return { ...calls[trouble.calls], times: trouble.times ?? 1, skip: trouble.after ?? 0, fault: kindOf(trouble) };
}

function kindOf({ is, with: system }: Trouble): Fault {
  if (typeof is === "object") return tooMany(system, is["wait-seconds"]);
  switch (is) {
    case "lost-before":
    case "connection-reset":
      return { kind: "drop-before" };
    case "lost-after":
      return { kind: "drop-after" };
    case "web-page":
      return { kind: "html", status: 502 };
    case "server-error":
      return { kind: "answer", status: 500, body: serverError(system) };
    case "unavailable":
      return { kind: "html", status: 503 };
  }
}

function tooMany(system: Trouble["with"], seconds: number): Fault {
  const headers = { "retry-after": String(seconds) };
  const body =
    system === "hubspot"
      ? {
          status: "error",
          message: "You have reached your ten_secondly_rolling limit.",
          errorType: "RATE_LIMIT",
          correlationId: "c033cdaa-2c40-4a64-ae48-b4cec88dad24",
          policyName: "TEN_SECONDLY_ROLLING",
        }
      : [{ errorCode: "REQUEST_LIMIT_EXCEEDED", message: "ConcurrentRequests Limit exceeded." }];
  return { kind: "answer", status: system === "hubspot" ? 429 : 403, headers, body };
}

function serverError(system: Trouble["with"]): unknown {
  return system === "hubspot"
    ? { status: "error", message: "internal error", correlationId: "c033cdaa-2c40-4a64-ae48-b4cec88dad24" }
    : [{ errorCode: "UNKNOWN_EXCEPTION", message: "An unexpected error occurred." }];
}
