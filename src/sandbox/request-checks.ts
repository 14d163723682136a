/** Counts the requests that the stand-ins were sent, by what the vendors' descriptions call them, and lists those that no description allows. */
import { channel } from "node:diagnostics_channel";
import type { SandboxRequest } from "./exchange.ts";
import type { RequestCheck } from "./request-descriptions.ts";

/** One request, and what the descriptions say about it. */
export interface CheckedRequest {
  readonly system: "hubspot" | "salesforce";
  readonly request: SandboxRequest;
  readonly check: RequestCheck;
}

export interface UndescribedEntry {
  readonly system: "hubspot" | "salesforce";
  /** `METHOD path`, with the names of query parameters and no values. */
  readonly request: string;
  readonly reason: string;
}

/** How often each operation was asked for since the start, and what was asked for that no description allows. */
export interface RequestCounts {
  /** By `system METHOD path-template`. */
  readonly described: Record<string, number>;
  readonly undescribed: UndescribedEntry[];
}

/** Whoever listens, a test run for example, hears of every request of every stand-in in this process. */
export const checkedRequests = channel("leadloop.sandbox.checked-request");

/** Tells a request to the counts and to whoever listens. */
export function noteRequest(counts: RequestCounts | undefined, checked: CheckedRequest): void {
  if (counts !== undefined) countRequest(counts, checked);
  if (checkedRequests.hasSubscribers) checkedRequests.publish(checked);
}

export function countRequest(counts: RequestCounts, { system, request, check }: CheckedRequest): void {
  if (check.described) {
    const operation = `${system} ${check.operation}`;
    counts.described[operation] = (counts.described[operation] ?? 0) + 1;
    return;
  }
  const names = [...new Set(request.query.keys())].join("&");
  const target = names === "" ? request.path : `${request.path}?${names}`;
  counts.undescribed.push({ system, request: `${request.method} ${target}`, reason: check.reason });
}
