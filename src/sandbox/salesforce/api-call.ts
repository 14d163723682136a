/** One authenticated REST call to the org, and the answers every route gives the same way. */
import { json, type SandboxRequest, type SandboxResponse } from "../exchange.ts";
import type { ObjectDefinition } from "./field-definition.ts";
import type { WriteContext } from "./input-resolving.ts";
import type { OrgState } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";

export interface ApiCall {
  readonly state: OrgState;
  readonly request: SandboxRequest;
  /** As in the path, for example `v66.0`. */
  readonly version: string;
  /** Path segments after the version, percent-decoded. */
  readonly parts: readonly string[];
  readonly userId: string;
}

/** Runs one REST call that has passed authentication and counting. */
export type Dispatch = (call: ApiCall) => SandboxResponse;

/** How a call writes: as its user, under the options of its headers. */
export function writeContext(call: ApiCall): WriteContext {
  const { headers } = call.request;
  return {
    by: call.userId,
    api: true,
    autoAssign: (headers["sforce-auto-assign"] ?? "TRUE").toUpperCase() !== "FALSE",
    allowDuplicates: /allowsave\s*=\s*true/i.test(headers["sforce-duplicate-rule-header"] ?? ""),
  };
}

/** The body as JSON. Throws JSON_PARSER_ERROR. */
function jsonBody(call: ApiCall): unknown {
  try {
    return JSON.parse(call.request.body);
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): SalesforceFault {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SalesforceFault("JSON_PARSER_ERROR", `${reason} at [line:1, column:1]`, { cause });
}

/** The body as a JSON object. Throws JSON_PARSER_ERROR. */
export function objectBody(call: ApiCall): Record<string, unknown> {
  const body = jsonBody(call);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new SalesforceFault("JSON_PARSER_ERROR", "Unexpected value, a JSON object is expected at [line:1, column:1]");
}

/** The segments of a path after the version, percent-decoded. Throws 404 for a broken escape. */
export function pathParts(path: string): readonly string[] {
  try {
    return path.split("/").map((part) => decodeURIComponent(part));
  } catch (cause) {
    throw notFound(undefined, cause);
  }
}

/** The object named in a path. Throws 404 NOT_FOUND. */
export function pathObject(call: ApiCall, name: string): ObjectDefinition {
  const object = call.state.catalog.object(name);
  if (object === undefined) throw notFound();
  return object;
}

export function notFound(message = "The requested resource does not exist", cause?: unknown): SalesforceFault {
  return new SalesforceFault("NOT_FOUND", message, { httpStatus: 404, cause });
}

/** A REST error body. `fields` is shown for errors about a record's values. */
export function errorBody(fault: SalesforceFault): readonly Record<string, unknown>[] {
  const aboutValues =
    fault.httpStatus === 400 && !/MALFORMED_QUERY|INVALID_TYPE|JSON_PARSER|LIMIT|DUPLICATES/.test(fault.code);
  const fields = aboutValues || fault.fields.length > 0 ? { fields: fault.fields } : {};
  return [{ ...fault.extra, message: fault.message, errorCode: fault.code, ...fields }];
}

/** Answers a fault; anything else thrown is a bug of the sandbox and is thrown on. */
export function faultResponse(error: unknown): SandboxResponse {
  if (!(error instanceof SalesforceFault)) throw error;
  return json(error.httpStatus, errorBody(error));
}

/** 204 without a body. */
export function noContent(headers: Record<string, string> = {}): SandboxResponse {
  return { status: 204, headers, body: "" };
}
