/** Sends calls to Salesforce: budget, pace, time-out, one new login, and the patience the error table asks for. */
import { type RetryLater, StopRun } from "../../core/errors.ts";
import type { Instant } from "../../core/model/record.ts";
import type { Clock, Log } from "../../jobs/ports.ts";
import type { CallBudget } from "../call-budget.ts";
import type { Network } from "../network.ts";
import type { Pacer } from "../pacing.ts";
import { retrying } from "../retrying.ts";
import { withTimeOut } from "../time-out.ts";
import { patienceFor, type Refusal, stopFor } from "./salesforce-errors.ts";
import { type Exchanged, type ExchangeRequest, exchange } from "./salesforce-exchange.ts";
import type { SalesforcePaths } from "./salesforce-paths.ts";
import type { SalesforceSession } from "./salesforce-session.ts";

interface CallOptions {
  readonly session: SalesforceSession;
  readonly paths: SalesforcePaths;
  readonly budget: CallBudget;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly requestTimeoutMs: number;
  readonly attempts: number;
  readonly network: Network;
}

/** `serverTime` is Salesforce's own clock, in whole seconds. */
export type Answer =
  | {
      readonly ok: true;
      readonly body: unknown;
      readonly headers: Readonly<Record<string, string>>;
      readonly serverTime: Instant;
    }
  /** Only refusals that the caller can do something about: `reject`, `gone`, `duplicate`, `stale`, `split`, and `stop` when asked for. */
  | { readonly ok: false; readonly refusal: Refusal; readonly serverTime: Instant };

export class SalesforceCalls {
  readonly paths: SalesforcePaths;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly #options: CallOptions;
  #clockAheadMs: number | null = null;

  constructor(options: CallOptions) {
    this.#options = options;
    this.paths = options.paths;
    this.clock = options.clock;
    this.log = options.log;
    this.random = options.random;
  }

  /** Null before the first answer. */
  get clockAheadMs(): number | null {
    return this.#clockAheadMs;
  }

  /** Salesforce's clock as far as its last answer told it: never later than it really is. */
  serverNow(): number {
    return Date.parse(this.clock.now()) + (this.#clockAheadMs ?? 0);
  }

  /** Repeats the work for as long as it throws RetryLater and attempts last. */
  repeated<T>(work: () => Promise<T>): Promise<T> {
    return retrying(work, { ...this.#options, system: "salesforce" });
  }

  /** One call, repeated as the error table asks. Throws RetryLater when patience is at its end, StopRun when nothing can work. */
  send(request: ExchangeRequest): Promise<Answer> {
    return this.repeated(() => this.once(request));
  }

  /** The body of a call that has to succeed. Throws as `send` does, and StopRun for any refusal. */
  async need(request: ExchangeRequest): Promise<unknown> {
    const answer = await this.send(request);
    if (!answer.ok) throw stopFor(answer.refusal, request.what);
    return answer.body;
  }

  /** One call, at most one new login, no patience. */
  async once(request: ExchangeRequest): Promise<Answer> {
    const { session } = this.#options;
    const first = await session.current();
    let exchanged = await this.#attempt(first.connection, request);
    if (!exchanged.ok && exchanged.refusal.action === "log-in-again") {
      const second = await session.renewed(first);
      exchanged = await this.#attempt(second.connection, request);
    }
    const serverTime = this.#observe(exchanged.headers);
    if (exchanged.ok) return { ok: true, body: exchanged.body, headers: exchanged.headers, serverTime };
    const { refusal } = exchanged;
    if (refusal.action === "log-in-again") {
      const unknown = refusal.known ? "" : ", a code that LeadLoop does not know";
      throw new StopRun(
        `Salesforce refuses a session it has just given (${refusal.code}${unknown}). Check the app's IP restrictions and session policies, and that the integration user may use the API.`,
      );
    }
    if (refusal.action === "retry") throw this.#patience(refusal, request, exchanged.headers);
    if (refusal.action === "pause") throw stopFor(refusal, request.what);
    return { ok: false, refusal, serverTime };
  }

  async #attempt(connection: Parameters<typeof exchange>[0], request: ExchangeRequest): Promise<Exchanged> {
    const { budget, network, pacer, requestTimeoutMs } = this.#options;
    const exchanged = await pacer.run(() => {
      // Taken as late as possible, so that what an earlier answer said of the quota counts.
      budget.take();
      return withTimeOut((signal) => exchange(connection, request, { network, signal }), {
        ms: requestTimeoutMs,
        what: request.what,
        write: request.write,
        network,
      });
    });
    if (!exchanged.ok) this.noteUnknown(exchanged.refusal);
    return exchanged;
  }

  /** A code that nobody has told us about is told, whatever its status makes us do. */
  noteUnknown({ known, status, code }: Refusal): void {
    if (known) return;
    this.#options.log.warn({ event: "code.unknown", system: "salesforce", status, code });
  }

  #patience(refusal: Refusal, request: ExchangeRequest, headers: Readonly<Record<string, string>>): RetryLater {
    const seconds = Number(headers["retry-after"]);
    const waitMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
    return patienceFor(refusal, request.what, { waitMs, write: request.write });
  }

  /** Usage stands in a header that is approximate and can go backwards (Sforce-Limit-Info): good enough to stop at the reserve. */
  #observe(headers: Readonly<Record<string, string>>): Instant {
    const usage = /api-usage=(\d+)\/(\d+)/.exec(headers["sforce-limit-info"] ?? "");
    if (usage !== null) this.#options.budget.observeDaily(Number(usage[2]), Number(usage[2]) - Number(usage[1]));
    const date = Date.parse(headers["date"] ?? "");
    if (Number.isNaN(date)) return this.clock.now();
    this.#clockAheadMs = date - Date.parse(this.clock.now());
    return new Date(date).toISOString();
  }
}
