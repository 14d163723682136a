/** Salesforce's error codes as data: what each asks of us, for a whole request and for one row of it. */
import { RetryLater, StopRun } from "../../core/errors.ts";
import type { ApiError } from "./salesforce-wire.ts";

/**
 * `retry` patience · `reject` this record only · `stop` a person must act · `pause` until the quota moves · `log-in-again` once · `gone` follow the
 * record · `duplicate` another record holds it · `stale` read again · `split` ask for less at once.
 */
type Action = "retry" | "reject" | "stop" | "pause" | "log-in-again" | "gone" | "duplicate" | "stale" | "split";

interface ErrorRule {
  readonly codes: readonly string[];
  readonly action: Action;
  /** What it means for one row of a batch, where that differs: the other rows went through, so only this one is concerned. */
  readonly row?: Action;
  /** The work may have been done although an error came back. */
  readonly outcomeUnknown?: true;
  /** What an admin has to do. */
  readonly advice?: string;
  readonly source: string;
}

const STATUS_PAGE = "REST API Developer Guide, Status Codes and Error Responses";
const CODES_PAGE = "SOAP API Developer Guide, Core Data Types Used in API Calls, StatusCode";

export const ERROR_RULES: readonly ErrorRule[] = [
  {
    codes: ["INVALID_SESSION_ID", "INVALID_AUTH_HEADER"],
    action: "log-in-again",
    row: "stop",
    source: STATUS_PAGE,
  },
  {
    codes: ["REQUEST_LIMIT_EXCEEDED"],
    action: "pause",
    advice: "The org's API calls of the last 24 hours are used up; runs go on by themselves as the window moves.",
    source: "Salesforce Developer Limits, API Request Limits and Allocations",
  },
  {
    codes: ["SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION"],
    action: "retry",
    outcomeUnknown: true,
    source: STATUS_PAGE,
  },
  { codes: ["UNABLE_TO_LOCK_ROW"], action: "retry", source: "Salesforce Help, UNABLE_TO_LOCK_ROW error" },
  {
    codes: ["PROCESSING_HALTED", "ALL_OR_NONE_OPERATION_ROLLED_BACK"],
    action: "retry",
    source: "REST API Developer Guide, Composite",
  },
  // Of a job's result that was cleared away, or another job's: it is read anew.
  { codes: ["INVALID_QUERY_LOCATOR"], action: "gone", source: CODES_PAGE },
  {
    codes: ["QUERY_TIMEOUT", "QUERY_TOO_COMPLICATED", "OPERATION_TOO_LARGE", "EXCEEDED_ID_LIMIT", "URI_TOO_LONG"],
    action: "split",
    advice: "The query is too large for this org even in small pieces; ask for an index on the matched field.",
    source: CODES_PAGE,
  },
  {
    codes: ["INVALID_QUERY_FILTER_OPERATOR", "MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE"],
    action: "stop",
    row: "reject",
    advice:
      "Run `leadloop check --live`, and give the integration user's permission set access to the object and field that the message names.",
    source: CODES_PAGE,
  },
  {
    codes: [
      "NOT_FOUND",
      "ENTITY_IS_DELETED",
      "INVALID_CROSS_REFERENCE_KEY",
      "MALFORMED_ID",
      "CANNOT_UPDATE_CONVERTED_LEAD",
    ],
    action: "gone",
    source: CODES_PAGE,
  },
  {
    codes: ["DUPLICATES_DETECTED", "DUPLICATE_VALUE"],
    action: "duplicate",
    source: "REST API Developer Guide, Duplicate Rule Header",
  },
  {
    codes: [
      "REQUIRED_FIELD_MISSING",
      "FIELD_CUSTOM_VALIDATION_EXCEPTION",
      "INVALID_EMAIL_ADDRESS",
      "STRING_TOO_LONG",
      "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
      "NUMBER_OUTSIDE_VALID_RANGE",
      "FIELD_FILTER_VALIDATION_EXCEPTION",
      "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
      "CANNOT_EXECUTE_FLOW_TRIGGER",
      "INSUFFICIENT_ACCESS_OR_READONLY",
      "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
      "INVALID_FIELD_FOR_INSERT_UPDATE",
      "OP_WITH_INVALID_USER_TYPE_EXCEPTION",
      "INACTIVE_OWNER_OR_USER",
      "JSON_PARSER_ERROR",
      "CANNOT_REPARENT_RECORD",
      "CIRCULAR_DEPENDENCY",
      "DUPLICATE_EXTERNAL_ID",
      "ENTITY_IS_LOCKED",
      "INVALID_CURRENCY_ISO",
      "INVALID_ID_FIELD",
      "INVALID_PERSON_ACCOUNT_OPERATION",
      "INVALID_STATUS",
      "MISSING_ARGUMENT",
      "TOO_MANY_ENUM_VALUE",
      "TRANSFER_REQUIRES_READ",
    ],
    action: "reject",
    source: CODES_PAGE,
  },
  {
    codes: ["TXN_SECURITY_METERING_ERROR"],
    action: "stop",
    row: "reject",
    advice:
      "A transaction security policy of the org refuses the integration user; ask the Salesforce admin to exempt it.",
    source: CODES_PAGE,
  },
  {
    codes: ["STORAGE_LIMIT_EXCEEDED"],
    action: "stop",
    advice: "The org has no data storage left; free some or buy more, then run again.",
    source: CODES_PAGE,
  },
  {
    codes: ["FEATURENOTENABLED"],
    action: "stop",
    row: "reject",
    source: "Bulk API 2.0 and Bulk API Developer Guide, Query",
  },
  {
    codes: ["API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"],
    action: "stop",
    advice: "Give the integration user the permission API Enabled; Professional Edition needs the API add-on.",
    source: CODES_PAGE,
  },
  {
    codes: ["DUPLICATE_DEVELOPER_NAME", "FIELD_INTEGRITY_EXCEPTION"],
    action: "reject",
    source: "Metadata API Developer Guide, CustomField: a field that there is, or a definition that cannot be",
  },
  {
    codes: ["INVALID_INPUT", "LIMIT_EXCEEDED", "METHOD_NOT_ALLOWED", "UNSUPPORTED_MEDIA_TYPE"],
    action: "stop",
    row: "reject",
    advice: "LeadLoop sent what this version of the API does not take; update LeadLoop, or report it.",
    source: STATUS_PAGE,
  },
  {
    codes: ["INVALIDJOB", "INVALIDJOBSTATE"],
    action: "stop",
    row: "reject",
    advice: "A bulk job was changed or removed by somebody else; the next run goes on with what it left.",
    source: "Bulk API 2.0 and Bulk API Developer Guide, Errors",
  },
  // The name of the status; no guide tells whether it stands beside it.
  { codes: ["PRECONDITION_FAILED"], action: "stale", source: STATUS_PAGE },
  {
    codes: ["UNSUPPORTED_API_VERSION"],
    action: "stop",
    advice: "This API version is retired; update LeadLoop.",
    source: "developer.salesforce.com, API End-of-Life",
  },
];

/** For answers whose code says nothing (proxies, empty bodies), or that nobody knows: then it is told too. */
const STATUS_ACTIONS: Readonly<Record<number, Action>> = {
  401: "log-in-again",
  414: "split",
  420: "retry",
  429: "retry",
  431: "split",
};

const RULES = new Map(ERROR_RULES.flatMap((rule) => rule.codes.map((code) => [code, rule] as const)));

/** Why a request, or one row of it, was not done. */
export interface Refusal {
  readonly action: Action;
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly fields: readonly string[];
  readonly advice: string;
  /** The code stands in our table, or there was none; if not, the action is what the status asks for, or a guess on the safe side. */
  readonly known: boolean;
  readonly outcomeUnknown: boolean;
  readonly errors: readonly ApiError[];
}

/** Several errors of one answer are told together; the first decides. An unknown code stops a request; a row it rejects, and the run after that. */
export function refusalFrom(errors: readonly ApiError[], status: number, scope: "request" | "row"): Refusal {
  const code = codeOf(errors, status);
  const rule = RULES.get(code);
  const found = actionFor(rule, status, scope);
  return {
    action: found ?? (scope === "row" ? "reject" : "stop"),
    code,
    status,
    message: errors.map((error) => withoutQuery(error.message)).join(" ") || `HTTP ${status} without a message`,
    fields: [...new Set(errors.flatMap((error) => error.fields ?? []))],
    advice: rule?.advice ?? "",
    // An answer without a code is known by its status.
    known: found !== undefined && (rule !== undefined || !namesCode(errors)),
    outcomeUnknown: rule?.outcomeUnknown ?? status >= 500,
    errors,
  };
}

/** Ends the run over a refusal, in words for the admin. */
export function stopFor(refusal: Refusal, what: string): StopRun {
  const { code, message, advice, known } = refusal;
  const unknown = known ? "" : " LeadLoop does not know this code and stops to be safe.";
  const words = `Salesforce refused ${what}: ${code}: ${message}${/[.!?]$/.test(message) ? "" : "."}`;
  return new StopRun(`${words}${unknown}${advice === "" ? "" : ` ${advice}`}`, {
    kind: refusal.action === "pause" ? "paused" : "stopped",
  });
}

/** Asks for patience over a refusal. */
export function patienceFor(refusal: Refusal, what: string, options: { waitMs?: number; write: boolean }): RetryLater {
  const code = refusal.known ? refusal.code : `${refusal.code}, a code that LeadLoop does not know`;
  return new RetryLater(`Salesforce could not do ${what} now (${code})`, {
    waitMs: options.waitMs ?? 0,
    outcomeUnknown: options.write && refusal.outcomeUnknown,
  });
}

/** Errors about a query quote it, values included; what is wrong stands after the place. */
function withoutQuery(message: string): string {
  const place = /ERROR at Row:\d+:Column:\d+\s*/.exec(message);
  return (place === null ? message : message.slice(place.index + place[0].length)).trim();
}

function codeOf(errors: readonly ApiError[], status: number): string {
  const first = errors[0];
  return first?.errorCode ?? first?.statusCode ?? `HTTP_${status}`;
}

function namesCode([first]: readonly ApiError[]): boolean {
  return (first?.errorCode ?? first?.statusCode) !== undefined;
}

function actionFor(rule: ErrorRule | undefined, status: number, scope: "request" | "row"): Action | undefined {
  // The status is what conditional requests are defined by; no guide tells which code stands beside it.
  if (status === 412) return "stale";
  if (rule !== undefined) return scope === "row" ? (rule.row ?? rule.action) : rule.action;
  return STATUS_ACTIONS[status] ?? (status >= 500 ? "retry" : undefined);
}
