/** Sends every request to HubSpot: counted, paced, timed out, repeated where the error table says so; gives answers or one of our errors. */
import { type RequestContext, ResponseContext } from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import { RetryLater, StopRun } from "../../core/errors.ts";
import type { Clock, Log } from "../../jobs/ports.ts";
import type { CallBudget } from "../call-budget.ts";
import type { Network } from "../network.ts";
import type { Pacer } from "../pacing.ts";
import { retrying } from "../retrying.ts";
import { withTimeOut } from "../time-out.ts";
import { type ErrorRule, hubSpotErrorShape, judge, RequestRefused, refusalOf } from "./hubspot-errors.ts";
import { type CallKind, callKind, type HubSpotApiVersion, SEARCH_LANE, versionedUrl } from "./hubspot-paths.ts";

export interface TransportOptions {
  readonly baseUrl: string;
  readonly accessToken: string;
  readonly apiVersion: HubSpotApiVersion;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly pacer: Pacer;
  readonly budget: CallBudget;
  readonly network: Network;
  readonly random: () => number;
}

interface Outgoing {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** An answer that was read without the client package. */
export interface JsonAnswer {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Times a call is sent in all before it is left to the next run. */
const ATTEMPTS = 5;

/** Waits that are asked for are spread by no more than half of this. */
const MOST_SPREAD_MS = 10_000;

/** The request cannot have arrived: there was no connection. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * The HTTP library under the client package, and plain reads beside it. The package's own retries read no Retry-After and its limiter is shared by
 * all clients of the process, so neither is used. Throws RetryLater, StopRun, or RequestRefused for what HubSpot refuses because of its content.
 */
export class HubSpotTransport {
  readonly #options: TransportOptions;
  #clockAheadMs: number | null = null;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** How far HubSpot's clock is ahead of ours by its last answer; null before one. */
  get clockAheadMs(): number | null {
    return this.#clockAheadMs;
  }

  /** For the client package. Any good status is given as the one the package insists on: it throws after a write that worked otherwise. */
  async send(request: RequestContext): Promise<ResponseContext> {
    const body = request.getBody();
    if (body !== undefined && typeof body !== "string") throw new TypeError("only JSON is sent to HubSpot");
    const outgoing = { url: request.getUrl(), method: request.getHttpMethod(), headers: request.getHeaders(), body };
    const { answer, kind } = await this.#exchange(outgoing);
    const good = kind.create ? 201 : 200;
    const status = answer.status === 207 || answer.status === 204 ? answer.status : good;
    return new ResponseContext(status, answer.headers, {
      text: () => Promise.resolve(answer.text),
      binary: () => Promise.resolve(Buffer.from(answer.text)),
    });
  }

  /** One GET outside of what the package's object client covers; its other clients would add 100 KB to a bundle for three reads. */
  async getJson(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { body } = await this.#json("GET", path, query, { headers: {}, body: undefined });
    return body;
  }

  /** One POST beside the package's object client, with a JSON body or none. */
  async postJson(path: string, query: Readonly<Record<string, string>>, body?: unknown): Promise<unknown> {
    const answer = await this.postForJson(path, query, body);
    return answer.body;
  }

  /** The same, with the headers of the answer. */
  async postForJson(path: string, query: Readonly<Record<string, string>>, body?: unknown): Promise<JsonAnswer> {
    const json = body === undefined ? {} : { "Content-Type": "application/json" };
    return this.#json("POST", path, query, {
      headers: json,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  async #json(
    method: string,
    path: string,
    query: Readonly<Record<string, string>>,
    sent: Pick<Outgoing, "headers" | "body">,
  ): Promise<JsonAnswer> {
    const { baseUrl, accessToken } = this.#options;
    const search = new URLSearchParams(query).toString();
    const headers = { Authorization: `Bearer ${accessToken}`, Accept: "application/json", ...sent.headers };
    const url = `${baseUrl}${path}${search === "" ? "" : `?${search}`}`;
    const { answer } = await this.#exchange({ url, method, headers, body: sent.body });
    return { body: JSON.parse(answer.text), headers: answer.headers };
  }

  async #exchange(request: Outgoing): Promise<{ answer: Answer; kind: CallKind }> {
    const url = versionedUrl(request.url, this.#options.apiVersion);
    const kind = callKind(request.method, url);
    const answer = await retrying(() => this.#attempt({ ...request, url }, kind), {
      ...this.#options,
      system: "hubspot",
      attempts: ATTEMPTS,
    });
    return { answer, kind };
  }

  async #attempt(request: Outgoing, kind: CallKind): Promise<Answer> {
    const { budget, network, pacer, requestTimeoutMs } = this.#options;
    budget.take();
    const answer = await pacer.run(
      () =>
        withTimeOut((signal) => exchange(network, request, kind, signal), {
          ms: requestTimeoutMs,
          what: kind.name,
          write: kind.write,
          network,
        }),
      kind.search ? { lane: SEARCH_LANE } : {},
    );
    const date = Date.parse(answer.headers["date"] ?? "");
    if (!Number.isNaN(date)) this.#clockAheadMs = date - Date.parse(this.#options.clock.now());
    budget.observeDaily(
      Number(answer.headers["x-hubspot-ratelimit-daily"] ?? 0),
      Number(answer.headers["x-hubspot-ratelimit-daily-remaining"] ?? Number.NaN),
    );
    if (answer.status >= 200 && answer.status < 300 && isJson(answer)) return answer;
    throw this.#failure(answer, kind);
  }

  #failure(answer: Answer, kind: CallKind): Error {
    if (!isJson(answer)) return this.#failureWithoutJson(answer, kind);
    const error = hubSpotErrorShape.parse(JSON.parse(answer.text));
    const judged = judge(answer.status, error, kind.name);
    const word = judged?.unknown ?? error.policyName ?? error.category ?? error.errorType ?? "";
    const said = `HubSpot answered ${kind.name} with ${answer.status} ${word}`.trimEnd();
    if (judged === undefined) {
      return new StopRun(
        `${said}, which LeadLoop does not know (correlation id ${error.correlationId ?? "not given"}). Nothing more is sent.`,
      );
    }
    const { rule, action, unknown } = judged;
    if (unknown !== null) {
      const { status } = answer;
      this.#options.log.warn({ event: "code.unknown", system: "hubspot", status, code: unknown });
    }
    const told = unknown === null ? said : `${said}, a code that LeadLoop does not know`;
    switch (action) {
      case "retry":
        return this.#retry(answer, kind, rule, told);
      case "pause":
        return new StopRun(
          "HubSpot's daily quota of calls is used up; it is renewed at midnight in the account's time zone and the next run after that goes on.",
          { kind: "paused" },
        );
      case "stop":
      case "log-in-again": {
        const { fields } = refusalOf(error, judged);
        return new StopRun(
          `${told}${fields.length === 0 ? "" : ` for ${fields.join(", ")}`}. ${rule.advice ?? ""}`.trimEnd(),
        );
      }
      default:
        return new RequestRefused(kind.name, refusalOf(error, judged));
    }
  }

  #retry(answer: Answer, kind: CallKind, rule: ErrorRule, said: string): RetryLater {
    const { pacer, clock, random } = this.#options;
    const askedMs = Math.max(rule.waitMs ?? 0, retryAfterMs(answer.headers["retry-after"]));
    const crowded = answer.status === 429;
    // Everybody who was refused was told the same moment: whoever comes back at different ones is not refused together again.
    const waitMs = crowded ? askedMs + Math.round((random() * Math.min(askedMs, MOST_SPREAD_MS)) / 2) : askedMs;
    const until = Date.parse(clock.now()) + waitMs;
    const lane = rule.holdsUp === "searches" ? SEARCH_LANE : undefined;
    if (rule.holdsUp !== undefined) pacer.pause(until, lane);
    if (rule.holdsUp !== undefined && crowded) pacer.makeRoom(lane);
    return new RetryLater(said, { waitMs, crowded, outcomeUnknown: kind.write && rule.outcomeUnknown === true });
  }

  /** A web page or half an answer: a gateway in trouble, or an address that is not HubSpot's API. */
  #failureWithoutJson(answer: Answer, kind: CallKind): Error {
    if (answer.status >= 500) {
      return new RetryLater(`HubSpot answered ${kind.name} with ${answer.status} and no JSON`, {
        outcomeUnknown: kind.write,
      });
    }
    if (answer.status < 300 && !answer.text.trimStart().startsWith("<")) {
      return new RetryLater(`HubSpot answered ${kind.name} with ${answer.status} and half an answer`, {
        outcomeUnknown: kind.write,
      });
    }
    return new StopRun(
      `${kind.name} was answered ${answer.status} by a web page instead of HubSpot's API at ${this.#options.baseUrl}. Check HUBSPOT_BASE_URL and any proxy in between.`,
    );
  }
}

async function exchange(network: Network, request: Outgoing, kind: CallKind, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await network.fetch(request.url, {
      method: request.method,
      headers: { ...request.headers, "User-Agent": "LeadLoop" },
      ...(request.body === undefined ? {} : { body: request.body }),
      // A redirect would turn a POST into a GET.
      redirect: "manual",
      signal,
    });
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
  } catch (error) {
    const code = networkCode(error);
    if (code === undefined) throw error;
    throw new RetryLater(`${kind.name} at ${new URL(request.url).host} failed on the network (${code})`, {
      outcomeUnknown: kind.write && !NEVER_SENT.has(code),
      cause: error,
    });
  }
}

/** `fetch` reports every network failure as a TypeError with the reason as its cause; other TypeErrors are bugs. */
function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || (error.message !== "fetch failed" && error.message !== "terminated"))
    return undefined;
  const cause = error.cause;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : error.message;
}

function isJson({ headers, text, status }: Answer): boolean {
  if (status === 204) return true;
  const last = text.trimEnd().at(-1);
  return (headers["content-type"] ?? "").includes("json") && (last === "}" || last === "]");
}

/** Seconds, or an HTTP date that we do not trust our own clock to judge. */
function retryAfterMs(header: string | undefined): number {
  const seconds = Number(header ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}
