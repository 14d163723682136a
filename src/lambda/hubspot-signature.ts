/** Decides whether a request was signed by HubSpot, a moment ago, with the secret of our app. Nothing of the request is parsed before that. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** The raw request. `uri` is the full address that HubSpot called, as it called it; `body` the bytes as they came. */
export interface SignedRequest {
  readonly method: string;
  readonly uri: string;
  readonly body: Buffer;
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
}

/** https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests: older ones are refused. */
const MOST_AGE_MS = 300_000;

/** A timestamp that can be in time at all: asked before any secret is read. */
export function isTimely(timestamp: string | undefined, nowMs: number): boolean {
  if (timestamp === undefined || !/^\d{13}$/.test(timestamp)) return false;
  return Math.abs(nowMs - Number(timestamp)) <= MOST_AGE_MS;
}

/** Signature version 3. Takes the same time for every wrong signature. */
export function isSignedByHubSpot(request: SignedRequest, secret: string, nowMs: number): boolean {
  const { signature, timestamp } = request;
  if (signature === undefined || timestamp === undefined || !isTimely(timestamp, nowMs)) return false;
  const expected = createHmac("sha256", secret)
    .update(`${request.method}${decodedUri(request.uri)}`)
    .update(request.body)
    .update(timestamp)
    .digest();
  const given = Buffer.from(signature, "base64");
  // A base64 text is accepted in its one canonical spelling only.
  if (given.length !== expected.length || given.toString("base64") !== signature) return false;
  return timingSafeEqual(given, expected);
}

/** HubSpot signs the address with these characters decoded, and no others (same page as above). */
const DECODED: Readonly<Record<string, string>> = {
  "%3A": ":",
  "%2F": "/",
  "%3F": "?",
  "%40": "@",
  "%21": "!",
  "%24": "$",
  "%27": "'",
  "%28": "(",
  "%29": ")",
  "%2A": "*",
  "%2C": ",",
  "%3B": ";",
};

function decodedUri(uri: string): string {
  return uri.replace(/%[0-9A-Fa-f]{2}/g, (code) => DECODED[code.toUpperCase()] ?? code);
}
