/** Makes one HTTP exchange through jsforce and says what came of it: an answer, a refusal, or nothing at all. */
import { Connection } from "jsforce/lib/connection.js";
import type { HttpMethods } from "jsforce/lib/types/common.js";
import { RetryLater, StopRun } from "../../core/errors.ts";
import type { Network } from "../network.ts";
import { type Refusal, refusalFrom } from "./salesforce-errors.ts";
import { SingleRequestTransport } from "./salesforce-transport.ts";
import { type ApiError, apiErrors } from "./salesforce-wire.ts";

/** One request. `path` begins at the root of the org's address, or is a full address (login). */
export interface ExchangeRequest {
  readonly method: HttpMethods;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Already encoded. */
  readonly body?: string;
  /** For messages, as in "the query of Lead". */
  readonly what: string;
  /** Has an effect, so that a lost answer leaves it open whether it happened. */
  readonly write: boolean;
}

/** The body of an answer is parsed JSON, the rows of a CSV by their headings, or null when there is none; that of a refusal is the text as it came. */
export type Exchanged =
  | { readonly ok: true; readonly body: unknown; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
    };

/** The request never left: nothing can have happened. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** `client` marks our writes in change events (changeOrigin). No refresh function is given: jsforce would repeat a lasting 401 for ever. */
export function connectionTo(address: string, version: string, accessToken?: string): Connection {
  return new Connection({
    instanceUrl: address,
    version,
    callOptions: { client: "LeadLoop" },
    ...(accessToken === undefined ? {} : { accessToken }),
  });
}

/** Throws RetryLater when no usable answer came, StopRun when something other than Salesforce answered. */
export async function exchange(
  connection: Connection,
  request: ExchangeRequest,
  way: { readonly network: Network; readonly signal: AbortSignal },
): Promise<Exchanged> {
  const transport = new SingleRequestTransport(way.network, way.signal);
  try {
    const body = await connection.request<unknown>(
      {
        method: request.method,
        url: request.path,
        ...(request.headers === undefined ? {} : { headers: { ...request.headers } }),
        ...(request.body === undefined ? {} : { body: request.body }),
      },
      { transport },
    );
    return answered(body, request, transport);
  } catch (error) {
    if (error instanceof RetryLater || error instanceof StopRun) throw error;
    const response = transport.response;
    if (response === null) throw unanswered(error, request);
    if (looksLikePage(response.headers, response.body)) throw webPage(response.statusCode, request, error);
    const refusal = refusalFrom(errorsIn(error), response.statusCode, "request");
    return { ok: false, refusal, body: response.body, headers: response.headers };
  }
}

function answered(body: unknown, request: ExchangeRequest, { response }: SingleRequestTransport): Exchanged {
  const headers = response?.headers ?? {};
  const status = response?.statusCode ?? 0;
  // Redirects are not followed: the token would go to whatever address the answer names.
  if (status >= 300 && status < 400) throw webPage(status, request);
  if (body === "" && (response?.body ?? "") === "") return { ok: true, body: null, headers };
  if (typeof body === "string") throw webPage(status, request);
  return { ok: true, body, headers };
}

/** What jsforce made of an error body: one error as `data`, several as a list in `data`. */
function errorsIn(error: unknown): readonly ApiError[] {
  const data = error instanceof Error && "data" in error ? error.data : undefined;
  const parsed = apiErrors.safeParse(Array.isArray(data) ? data : [data]);
  if (!parsed.success) return [];
  // jsforce makes up such a code, with the whole body as message, where Salesforce gave none.
  return parsed.data.filter(({ errorCode }) => errorCode?.startsWith("ERROR_HTTP_") !== true);
}

function looksLikePage(headers: Readonly<Record<string, string>>, body: string): boolean {
  return (headers["content-type"] ?? "").includes("html") || body.trimStart().startsWith("<");
}

/** A page from a proxy, a maintenance notice or a wrong address. A write that met one may still have gone through. */
function webPage(status: number, { what, write }: ExchangeRequest, cause?: unknown): RetryLater | StopRun {
  const words = `${what}: the address answers something other than Salesforce's JSON (HTTP ${status}, a web page or a redirect)`;
  if (status >= 500 || write) return new RetryLater(words, { outcomeUnknown: write, cause });
  return new StopRun(
    `${words}. Set SALESFORCE_LOGIN_URL to the org's My Domain address, as in https://example.my.salesforce.com.`,
    { cause },
  );
}

function unanswered(error: unknown, { what, write }: ExchangeRequest): RetryLater {
  const code = networkCode(error);
  return new RetryLater(`${what}: no answer from Salesforce (${code})`, {
    outcomeUnknown: write && !NEVER_SENT.has(code),
    cause: error,
  });
}

/** `fetch failed` hides its reason in the cause. */
function networkCode(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string") return cause.code;
  }
  return error instanceof Error ? error.name : "unknown reason";
}
