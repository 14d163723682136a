/** The way from an invocation to a system and back, without a socket, and everything that can happen to a call on it. */
import type { Network } from "../../src/crm/network.ts";
import { json, type SandboxRequest, type SandboxResponse } from "../../src/sandbox/exchange.ts";
import { nameOfRequest } from "./aims.ts";
import type { Fault } from "./faults.ts";
import type { Invocation, Stop } from "./invocation.ts";
import type { Kernel } from "./kernel.ts";
import { partialAnswer } from "./partial-answer.ts";
import { refusalOf } from "./refusals.ts";
import type { StandIns, SystemName } from "./stand-ins.ts";

export const ADDRESSES: Readonly<Record<SystemName, string>> = {
  hubspot: "http://hubspot.storm.test",
  salesforce: "http://salesforce.storm.test",
};

export function networkOf(kernel: Kernel, invocation: Invocation, systems: StandIns): Network {
  const way = new Way(kernel, invocation, systems);
  return {
    fetch: (url, request) => way.send(url, request),
    alarm: (ms, ring) => invocation.alarm(ms, ring),
  };
}

class Way {
  readonly #kernel: Kernel;
  readonly #invocation: Invocation;
  readonly #systems: StandIns;

  constructor(kernel: Kernel, invocation: Invocation, systems: StandIns) {
    this.#kernel = kernel;
    this.#invocation = invocation;
    this.#systems = systems;
  }

  async send(address: string, init: RequestInit): Promise<Response> {
    const url = new URL(address);
    const system: SystemName = url.origin === ADDRESSES.hubspot ? "hubspot" : "salesforce";
    const request = requestOf(url, init);
    const writes = request.method !== "GET" && !/\/(search|batch\/read|oauth2\/token)$/.test(url.pathname);
    const label = `${system} ${request.method} ${url.pathname}`;
    const call = { name: nameOfRequest(system, request), body: request.body };
    const stop = this.#invocation.begin(writes ? "write" : "read", label, call);
    const sentAt = this.#kernel.now;
    const fault = stop.fault;
    if (fault?.kind === "kill-before") return this.#invocation.die("killed");
    await this.#invocation.wait(stop.latency + (fault?.kind === "freeze" ? fault.ms : 0));
    const answer = await this.#arrive(system, request, stop, sentAt);
    await this.#invocation.wait(stop.latency);
    return this.#received(answer, fault);
  }

  /** What the system makes of the request, or never. */
  async #arrive(system: SystemName, request: SandboxRequest, stop: Stop, sentAt: number): Promise<SandboxResponse> {
    const { fault, number } = stop;
    const sending = { invocation: this.#invocation.number, sentAt, fault: fault?.kind ?? null };
    const answer = (asked: SandboxRequest): SandboxResponse => this.#systems.answer(system, asked, sending);
    const handle = (): SandboxResponse => answer(request);
    switch (fault?.kind) {
      case "drop-before":
        throw broken();
      case "hang-before":
        return NEVER;
      case "late":
        // The caller has given up by then, or not.
        this.#kernel.after(30_000 + fault.ms, handle);
        return NEVER;
      case "hang-after":
        handle();
        return NEVER;
      case "drop-after":
        handle();
        throw broken();
      case "kill-after":
        handle();
        return this.#invocation.die("killed");
      case "refused":
        if (fault.how === "expired" && system === "salesforce") this.#systems.salesforce.expireSessions();
        this.#systems.refusals.push({
          ...{ invocation: this.#invocation.number, system, how: fault.how },
          heardAt: this.#kernel.now + stop.latency,
        });
        return refusalOf(system, fault.how, request, handle);
      case "broken-after":
        handle();
        return brokenAnswer(fault.status, fault.html);
      case "partial":
        return partialAnswer(system, request, { ...fault, salt: number }, answer);
      default:
        return handle();
    }
  }

  #received(answer: SandboxResponse, fault: Fault | undefined): Response {
    const headers = new Map(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]));
    const text = async (): Promise<string> => {
      if (fault?.kind === "cut") throw new TypeError("terminated", { cause: coded("other side closed", "ECONNRESET") });
      return answer.status === 204 ? "" : answer.body;
    };
    // All that the clients look at.
    return { status: answer.status, headers, text } as unknown as Response;
  }
}

const NEVER: Promise<never> = new Promise(() => {});

function requestOf(url: URL, init: RequestInit): SandboxRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries((init.headers ?? {}) as Record<string, string>))
    headers[name.toLowerCase()] = value;
  return {
    method: init.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: { ...headers, host: url.host, "x-forwarded-proto": "https" },
    body: typeof init.body === "string" ? init.body : "",
  };
}

/** As fetch says it. */
function broken(): TypeError {
  return new TypeError("fetch failed", { cause: coded("read ECONNRESET", "ECONNRESET") });
}

function coded(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

function brokenAnswer(status: number, html: boolean): SandboxResponse {
  if (!html) return json(status, { status: "error", message: "internal error", category: "INTERNAL_ERROR" });
  return { status, headers: { "Content-Type": "text/html" }, body: `<html><body><h1>${status}</h1></body></html>` };
}
