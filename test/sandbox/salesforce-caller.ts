/** Calls the Salesforce stand-in's handler directly, as a client with a valid token would. */
import type { SandboxResponse } from "../../src/sandbox/exchange.ts";
import { createSandbox, type SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { manualClock } from "../../src/sandbox/sandbox-clock.ts";
import type { Sandbox } from "../../src/sandbox/sandbox-parts.ts";
import { WRITTEN_BY_A_TEST } from "../support/written-by-a-test.ts";

export const startOfTests = Date.UTC(2026, 0, 5, 9, 0, 0);

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of a stand-in under test have many shapes
  readonly body: any;
}

export interface Caller {
  readonly sandbox: Sandbox;
  readonly reps: readonly string[];
  /** `path` after `/services/data/v66.0`. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Answer;
  raw(method: string, path: string, body?: string, headers?: Record<string, string>): SandboxResponse;
  query(soql: string, resource?: "query" | "queryAll"): Answer;
  /** Values of one field over the rows of a query. */
  values(soql: string, field: string, resource?: "query" | "queryAll"): unknown[];
}

export const quiet = { "sforce-auto-assign": "FALSE" };

/** A sandbox on a clock that stands still, and a caller with a token. */
export function salesforceCaller(options: SandboxOptions = {}): Caller {
  const sandbox = createSandbox({ clock: manualClock(startOfTests), ...options });
  const raw: Caller["raw"] = (method, path, body = "", headers = {}) => {
    const [bare = "", query = ""] = path.split("?");
    return sandbox.salesforceHandler({
      method,
      path: bare,
      query: new URLSearchParams(query),
      headers: { ...WRITTEN_BY_A_TEST, ...headers },
      body,
    });
  };
  const form = "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret";
  const head = { host: "sandbox.test", "content-type": "application/x-www-form-urlencoded" };
  const token = JSON.parse(raw("POST", "/services/oauth2/token", form, head).body).access_token;
  const call: Caller["call"] = (method, path, body, headers = {}) => {
    const text = body === undefined || typeof body === "string" ? (body ?? "") : JSON.stringify(body);
    const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const all = { authorization: `Bearer ${token}`, ...type, ...headers };
    const response = raw(method, `/services/data/v66.0${path}`, text, all);
    const isJson = response.headers["Content-Type"]?.includes("json") === true;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(response.body) : response.body,
    };
  };
  const query: Caller["query"] = (soql, resource = "query") =>
    call("GET", `/${resource}?q=${encodeURIComponent(soql)}`);
  return {
    sandbox,
    reps: sandbox.salesforce.people.repIds,
    call,
    raw,
    query,
    values: (soql, field, resource) =>
      query(soql, resource).body.records.map((row: Record<string, unknown>) => row[field]),
  };
}
