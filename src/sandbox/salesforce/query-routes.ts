/** Serves /query and /queryAll: SOQL results in pages, with locators that expire. */
import { json, type SandboxResponse } from "../exchange.ts";
import type { ApiCall } from "./api-call.ts";
import type { OrgState } from "./org-state.ts";
import { SalesforceFault } from "./salesforce-fault.ts";
import { type QueryResult, runSoql } from "./soql-running.ts";

interface Cursor {
  readonly result: QueryResult;
  readonly expiresAt: number;
}

/** Open results. A locator lives two days unless told otherwise. */
export class QueryCursors {
  readonly #cursors = new Map<string, Cursor>();
  #ttlMs = 172_800_000;

  /** How long locators handed out from now on work, in milliseconds. */
  setTtl(ms: number): void {
    this.#ttlMs = ms;
  }

  open(state: OrgState, result: QueryResult): string {
    const id = state.mint.next("0r8");
    this.#cursors.set(id, { result, expiresAt: state.clock.now() + this.#ttlMs });
    return id;
  }

  /** Throws INVALID_QUERY_LOCATOR for a locator that is unknown or has expired. */
  result(state: OrgState, id: string): QueryResult {
    const cursor = this.#cursors.get(id);
    if (cursor !== undefined && cursor.expiresAt > state.clock.now()) return cursor.result;
    this.#cursors.delete(id);
    throw new SalesforceFault("INVALID_QUERY_LOCATOR", "invalid query locator");
  }
}

/** GET /query?q=, /queryAll?q=, and /query/{locator}. */
export function serveQuery(call: ApiCall, cursors: QueryCursors): SandboxResponse {
  const [resource, locator] = call.parts;
  if (call.request.method !== "GET") throw methodNotAllowed(call);
  if (locator !== undefined && locator !== "") return nextPage(call, cursors, locator);
  const text = call.request.query.get("q");
  if (text === null) throw new SalesforceFault("MALFORMED_QUERY", "A query string has to be specified");
  requireShortUri(call, text);
  const includeDeleted = resource?.toLowerCase() === "queryall";
  const result = runSoql(call.state, text, { includeDeleted, version: call.version });
  return page(call, cursors, result, undefined, 0);
}

/** The fault of a method a resource does not have. */
function methodNotAllowed(call: ApiCall): SalesforceFault {
  return new SalesforceFault(
    "METHOD_NOT_ALLOWED",
    `HTTP Method '${call.request.method}' not allowed. Allowed are GET`,
    { httpStatus: 405 },
  );
}

/** URI and headers together may have 16,384 bytes. */
function requireShortUri(call: ApiCall, text: string): void {
  if (text.length < 5_000 || encodeURIComponent(text).length < 16_000) return;
  throw new SalesforceFault("URI_TOO_LONG", `The URI of ${call.request.path} is too long`, { httpStatus: 414 });
}

function nextPage(call: ApiCall, cursors: QueryCursors, locator: string): SandboxResponse {
  const [id = "", offset = ""] = locator.split("-");
  const start = Number(offset);
  const result = cursors.result(call.state, id);
  if (!Number.isInteger(start) || start <= 0 || start >= result.rows.length) {
    throw new SalesforceFault("INVALID_QUERY_LOCATOR", "invalid query locator");
  }
  return page(call, cursors, result, id, start);
}

function page(
  call: ApiCall,
  cursors: QueryCursors,
  result: QueryResult,
  openId: string | undefined,
  start: number,
): SandboxResponse {
  const end = start + pageSize(call);
  const records = result.rows.slice(start, end).map((row) => result.send(row));
  if (end >= result.rows.length) return json(200, { totalSize: result.total, done: true, records });
  const id = openId ?? cursors.open(call.state, result);
  const nextRecordsUrl = `/services/data/${call.version}/query/${id}-${end}`;
  return json(200, { totalSize: result.total, done: false, nextRecordsUrl, records });
}

function pageSize(call: ApiCall): number {
  const asked = /batchsize\s*=\s*(\d+)/i.exec(call.request.headers["sforce-query-options"] ?? "")?.[1];
  return Math.min(Math.max(Number(asked ?? 2000), 200), call.state.settings.queryRows);
}
