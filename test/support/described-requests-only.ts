/** Runs before every test file: a test in which LeadLoop sends a request that no vendor describes fails, even if LeadLoop swallows the refusal. */
import { appendFileSync } from "node:fs";
import { afterAll, afterEach, inject } from "vitest";
import type { SandboxRequest } from "../../src/sandbox/exchange.ts";
import { checkHubSpotRequest } from "../../src/sandbox/hubspot/request-descriptions.ts";
import {
  type CheckedRequest,
  checkedRequests,
  countRequest,
  type RequestCounts,
} from "../../src/sandbox/request-checks.ts";
import { checkSalesforceRequest } from "../../src/sandbox/salesforce/request-descriptions.ts";
import { WRITER_HEADER } from "./written-by-a-test.ts";

/** What was sent since the last test ended; one for the process, however many files run in it. */
interface Watched {
  counts: RequestCounts;
  readonly underWay: Promise<void>[];
}

const installed = Symbol.for("leadloop.described-requests-only");
const shared = globalThis as { [installed]?: Watched };
const known = shared[installed];
const watched: Watched = known ?? { counts: { described: {}, undescribed: [] }, underWay: [] };
shared[installed] = watched;

if (known === undefined) {
  // Stand-ins in this process tell what reaches them, whoever sent it: this process or one that a test started.
  checkedRequests.subscribe((message) => note(message as CheckedRequest));
  watchFetch();
}

async function failIfAnyIsUndescribed(): Promise<void> {
  await Promise.all(watched.underWay.splice(0));
  const found = watched.counts.undescribed.splice(0);
  if (found.length === 0) return;
  const list = found.map(({ system, request, reason }) => `  ${system}: ${request}\n    ${reason}`);
  throw new Error(`LeadLoop sent requests that no description of the vendor allows:\n${list.join("\n")}`);
}

afterEach(failIfAnyIsUndescribed);

afterAll(async () => {
  try {
    // What the last test left behind may have sent since.
    await failIfAnyIsUndescribed();
  } finally {
    appendFileSync(inject("requestCounts"), `${JSON.stringify(watched.counts.described)}\n`);
    watched.counts = { described: {}, undescribed: [] };
  }
});

function note(checked: CheckedRequest): void {
  if (WRITER_HEADER in checked.request.headers) return;
  countRequest(watched.counts, checked);
}

/**
 * Requests to the vendors' own addresses reach no stand-in: a recorded answer is given for them. nock takes the place of `fetch` and calls the one
 * before it, this one, with what it was given.
 */
function watchFetch(): void {
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const system = systemAt(url.hostname);
    if (system !== undefined) watched.underWay.push(noteFetch(system, url, request.clone()));
    return fetch(request);
  };
}

function systemAt(host: string): CheckedRequest["system"] | undefined {
  if (host === "api.hubapi.com") return "hubspot";
  return host.endsWith(".salesforce.com") ? "salesforce" : undefined;
}

async function noteFetch(system: CheckedRequest["system"], url: URL, sent: Request): Promise<void> {
  const request: SandboxRequest = {
    method: sent.method,
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(sent.headers),
    body: await sent.text(),
  };
  const check = system === "hubspot" ? checkHubSpotRequest(request).check : checkSalesforceRequest(request);
  note({ system, request, check });
}
