/** HubSpot's error table as data, and what an error answer says about the record, the fields and the way on. */
import * as z from "zod";
import { StopRun } from "../../core/errors.ts";

/**
 * `retry`: wait and repeat. `pause`: the quota is gone, later runs will work. `stop`, `log-in-again`: a person must act. `reject`, `duplicate`,
 * `gone`: about one record, so a batch is split until it is found. `split`: the batch is too large. `one-by-one`: the account has no such batch call.
 */
export type ErrorAction =
  | "retry"
  | "pause"
  | "stop"
  | "log-in-again"
  | "reject"
  | "duplicate"
  | "gone"
  | "split"
  | "one-by-one";

/** One row. `status` is a code or a range; `words` are categories, policy names or error codes in the body, absent for a body whose words no row knows, or that has none. */
export interface ErrorRule {
  readonly status: number | readonly [number, number];
  readonly words?: readonly string[];
  /** How the path of the call ends, absent for any. */
  readonly call?: string;
  readonly action: ErrorAction;
  /** Least wait before the call is repeated. */
  readonly waitMs?: number;
  /** What must wait along with the call. */
  readonly holdsUp?: "everything" | "searches";
  /** A write that is answered so may have been done. */
  readonly outcomeUnknown?: boolean;
  /** What an admin can do. */
  readonly advice?: string;
  readonly source: string;
}

const ERRORS = "https://developers.hubspot.com/docs/api-reference/error-handling";
const LIMITS = "https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines";
const PROPERTIES = "https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide";
const SUBSCRIPTIONS = "https://developers.hubspot.com/docs/guides/api/marketing/subscriptions";
const CHECK = "Run `leadloop check --live`, which names the mapping that has to change.";
const TOKEN = "Put a valid private app token or service key into HUBSPOT_ACCESS_TOKEN.";
const CONSENT =
  "Give the private app or service key the scope communication_preferences.write: without it an opt-out in Salesforce cannot reach HubSpot.";
const SCOPES = "Give the private app or service key the scopes that the README lists.";

/** What is wrong with the value of one property. */
const VALUE_PROBLEMS = [
  "INVALID_OPTION",
  "INVALID_DATE",
  "INVALID_INTEGER",
  "INVALID_LONG",
  "INVALID_EMAIL",
  "INVALID_OWNER_ID",
  "VALUE_TOO_LONG",
  "CONFLICTING_UNIQUE_VALUE",
];

/** What is wrong with the mapping, whatever the value. */
const MAPPING_PROBLEMS = ["PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"];

/** First row that fits decides. */
export const HUBSPOT_ERRORS: readonly ErrorRule[] = [
  { status: 400, words: MAPPING_PROBLEMS, action: "stop", advice: CHECK, source: PROPERTIES },
  // Seen as 400 by the authors of segmentio/action-destinations.
  { status: 400, words: ["INVALID_AUTHENTICATION"], action: "log-in-again", advice: TOKEN, source: ERRORS },
  { status: 400, words: ["VALIDATION_ERROR", "INVALID_PARAMS"], action: "reject", source: ERRORS },
  { status: 400, words: VALUE_PROBLEMS, action: "reject", source: PROPERTIES },
  { status: 400, action: "reject", source: ERRORS },
  {
    status: 401,
    words: ["EXPIRED_AUTHENTICATION", "INVALID_AUTHENTICATION"],
    action: "log-in-again",
    advice: TOKEN,
    source: ERRORS,
  },
  { status: 401, action: "log-in-again", advice: TOKEN, source: ERRORS },
  // Batches of opt-outs need a scope that only Marketing Hub Enterprise can give; single ones need none of that.
  { status: 403, call: "/statuses/batch/unsubscribe-all", action: "one-by-one", source: SUBSCRIPTIONS },
  { status: 403, call: "/unsubscribe-all", action: "stop", advice: CONSENT, source: SUBSCRIPTIONS },
  { status: 403, words: ["MISSING_SCOPES"], action: "stop", advice: SCOPES, source: ERRORS },
  { status: 403, action: "stop", advice: SCOPES, source: ERRORS },
  { status: 404, words: ["OBJECT_NOT_FOUND"], action: "gone", source: ERRORS },
  // One record asked for by id: "resource not found", without a category.
  { status: 404, call: "/{id}", action: "gone", source: ERRORS },
  { status: 404, action: "stop", advice: "Check HUBSPOT_BASE_URL and the object names in mappings/.", source: ERRORS },
  { status: 408, action: "retry", outcomeUnknown: true, source: ERRORS },
  { status: 409, words: ["CONFLICT", "CONTACT_EXISTS"], action: "duplicate", source: ERRORS },
  { status: 409, words: ["OBJECT_ALREADY_EXISTS"], action: "duplicate", source: PROPERTIES },
  { status: 409, action: "duplicate", source: ERRORS },
  { status: 413, action: "split", source: ERRORS },
  { status: 414, action: "stop", advice: "Map fewer fields: the list of properties is too long.", source: ERRORS },
  { status: 422, words: ["VALIDATION_ERROR", "INVALID_PARAMS", ...VALUE_PROBLEMS], action: "reject", source: ERRORS },
  { status: 422, action: "reject", source: ERRORS },
  { status: 423, action: "retry", waitMs: 2_000, source: ERRORS },
  { status: 429, words: ["DAILY"], action: "pause", source: LIMITS },
  {
    status: 429,
    words: ["TEN_SECONDLY_ROLLING"],
    action: "retry",
    waitMs: 10_000,
    holdsUp: "everything",
    source: LIMITS,
  },
  { status: 429, words: ["RATE_LIMITS"], action: "retry", waitMs: 1_000, holdsUp: "searches", source: LIMITS },
  { status: 429, words: ["RATE_LIMIT"], action: "retry", waitMs: 10_000, holdsUp: "everything", source: LIMITS },
  { status: 429, action: "retry", waitMs: 10_000, holdsUp: "everything", source: LIMITS },
  { status: 477, action: "retry", waitMs: 2_000, holdsUp: "everything", source: ERRORS },
  { status: [500, 599], words: ["INTERNAL_ERROR"], action: "retry", outcomeUnknown: true, source: ERRORS },
  { status: [500, 599], action: "retry", outcomeUnknown: true, source: ERRORS },
];

/** What is about one record is only followed for a word that a row names: any other could mean anything. The rest follows from the status, whatever the word. */
const ABOUT_ONE_RECORD: ReadonlySet<ErrorAction> = new Set(["reject", "duplicate", "gone"]);

/** Errors inside a 207 answer carry a category and no status. */
const ROW_ACTIONS: Readonly<Record<string, ErrorAction>> = {
  VALIDATION_ERROR: "reject",
  INVALID_PARAMS: "reject",
  CONFLICT: "duplicate",
  OBJECT_NOT_FOUND: "gone",
  RATE_LIMITS: "retry",
  MISSING_SCOPES: "reject",
};

/** An error body, or one entry of a 207 answer's `errors`. HubSpot leaves out whatever does not apply. */
export const hubSpotErrorShape = z.looseObject({
  message: z.string().catch(""),
  category: z.string().optional().catch(undefined),
  subCategory: z.string().optional().catch(undefined),
  policyName: z.string().optional().catch(undefined),
  errorType: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  correlationId: z.string().optional().catch(undefined),
  context: z.record(z.string(), z.unknown()).optional().catch(undefined),
  errors: z.array(z.record(z.string(), z.unknown())).optional().catch(undefined),
  validationResults: z.array(z.record(z.string(), z.unknown())).optional().catch(undefined),
});
export type HubSpotError = z.output<typeof hubSpotErrorShape>;

/** What an error says about one record. `ids` are record or trace ids, where the error names them. */
export interface Refusal {
  readonly action: ErrorAction;
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
  readonly existingId: string | null;
  readonly ids: readonly string[];
  /** A rule of ours knows the category; if not, the action is a guess on the safe side. */
  readonly known: boolean;
}

/** HubSpot refused a request because of what it contains: in a batch, because of one of its records. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  readonly refusal: Refusal;

  constructor(call: string, refusal: Refusal) {
    super(`${call} was refused: ${refusal.code}`);
    this.refusal = refusal;
  }
}

/** What the table makes of an answer. */
export interface Judgement {
  readonly rule: ErrorRule;
  /** As the rule says, but for an unknown word that is about a record: that rejects it. */
  readonly action: ErrorAction;
  /** The first word of the body that no row for this status names; null where all are known, or none is there. */
  readonly unknown: string | null;
}

/** What the table says of an answer to the call of that name; `undefined` for a status that it does not know. */
export function judge(status: number, error: HubSpotError, call = ""): Judgement | undefined {
  const words = wordsOf(error);
  const rules = HUBSPOT_ERRORS.filter((rule) => matchesStatus(rule.status, status));
  const rule = rules.find(
    (each) =>
      (each.words === undefined || each.words.some((word) => words.includes(word))) &&
      (each.call === undefined || call.endsWith(each.call)),
  );
  if (rule === undefined) return undefined;
  const known = new Set(rules.flatMap((each) => each.words ?? []));
  const unknown = codesOf(error).find((word) => !known.has(word)) ?? null;
  return { rule, unknown, action: unknown !== null && ABOUT_ONE_RECORD.has(rule.action) ? "reject" : rule.action };
}

/** The same for one error of a 207 answer, which has a category and no status. */
function judgeRow(error: HubSpotError): Pick<Judgement, "action" | "unknown"> {
  const action = ROW_ACTIONS[error.category ?? ""];
  if (action === undefined) return { action: "reject", unknown: error.category ?? "UNKNOWN" };
  const problems = problemsOf(error).map(({ code }) => code);
  const unknown = problems.find((code) => !VALUE_PROBLEMS.includes(code) && !MAPPING_PROBLEMS.includes(code)) ?? null;
  return { action: unknown === null ? action : "reject", unknown };
}

/**
 * What an error body, or one error of a 207 answer, says about the record it is about. A word that nobody told us about rejects that record, says so, and stops
 * the run after it.
 */
export function refusalOf(
  error: HubSpotError,
  { action, unknown }: Pick<Judgement, "action" | "unknown"> = judgeRow(error),
): Refusal {
  const problems = problemsOf(error);
  const code = unknown ?? problems[0]?.code ?? error.category ?? error.error ?? "UNKNOWN";
  return {
    action,
    code,
    message:
      unknown === null ? error.message : `HubSpot answered with a code that LeadLoop does not know. ${error.message}`,
    fields: [...new Set(problems.flatMap(({ field }) => (field === null ? [] : [field])))],
    existingId: /Existing ID: (\d+)/.exec(error.message)?.[1] ?? null,
    ids: ["objectWriteTraceId", "ids", "id", "subscriberIdString"].flatMap((key) => textsOf(error.context?.[key])),
    known: unknown === null,
  };
}

/** A read that is refused for its content will be refused again: that is for an admin to see. Gives back any other error. */
export function stopForRefusedRead(error: unknown): unknown {
  if (!(error instanceof RequestRefused)) return error;
  const { fields, code, known } = error.refusal;
  const unknown = known ? "" : ", which LeadLoop does not know";
  const named = fields.length === 0 ? "" : ` (${fields.join(", ")})`;
  return new StopRun(`HubSpot refused a read, ${error.message}${named}. ${CHECK} The code was ${code}${unknown}.`, {
    cause: error,
  });
}

function matchesStatus(rule: ErrorRule["status"], status: number): boolean {
  return typeof rule === "number" ? rule === status : status >= rule[0] && status <= rule[1];
}

/** The words that say what is wrong; a sub-category only says more of its category. */
function codesOf(error: HubSpotError): readonly string[] {
  const problems = problemsOf(error).map(({ code }) => code);
  const said = [...problems, error.policyName, error.category, error.error, error.errorType];
  return said.filter((word): word is string => word !== undefined && word !== "");
}

function wordsOf(error: HubSpotError): readonly (string | undefined)[] {
  return [...codesOf(error), error.subCategory];
}

interface Problem {
  readonly code: string;
  readonly field: string | null;
}

/** Problems with single properties: as JSON inside the message (v3), as `errors` with a context (newer answers), or as `validationResults` (recorded of v1). */
function problemsOf(error: HubSpotError): readonly Problem[] {
  const listed = [...(error.errors ?? []), ...(error.validationResults ?? [])];
  const quoted = /^Property values were not valid: (\[.*\])/s.exec(error.message)?.[1];
  return [...(quoted === undefined ? [] : parsedProblems(quoted)), ...listed].flatMap((problem) => {
    const code = problem["error"] ?? problem["code"];
    if (typeof code !== "string") return [];
    const context = problem["context"];
    const inContext =
      typeof context === "object" && context !== null ? Reflect.get(context, "propertyName") : undefined;
    return [{ code, field: textsOf(problem["name"] ?? inContext)[0] ?? null }];
  });
}

function parsedProblems(text: string): readonly Record<string, unknown>[] {
  try {
    return z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(text));
  } catch {
    // The message is prose for people; a form of it that we cannot read leaves the category to decide.
    return [];
  }
}

function textsOf(value: unknown): readonly string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((entry): entry is string => typeof entry === "string");
}
