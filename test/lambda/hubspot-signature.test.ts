/** Who may mark records: only what HubSpot signed, a moment ago, as it came. */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { isSignedByHubSpot, isTimely, type SignedRequest } from "../../src/lambda/hubspot-signature.ts";

const NOW = 1_790_000_000_000;
const SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
const URI = "https://hooks.example.com/hubspot/acme?who=a%40b.c";
/** What HubSpot signs of that address. */
const SIGNED_URI = "https://hooks.example.com/hubspot/acme?who=a@b.c";
const BODY = '[{"objectId":123}]';

function sign(secret: string, uri: string, body: string, timestamp: string): string {
  return createHmac("sha256", secret).update(`POST${uri}${body}${timestamp}`).digest("base64");
}

const signature = sign(SECRET, SIGNED_URI, BODY, String(NOW));
const genuine: SignedRequest = {
  method: "POST",
  uri: URI,
  body: Buffer.from(BODY),
  timestamp: String(NOW),
  signature,
};
const signedAt = (timestamp: string): SignedRequest => ({
  ...genuine,
  timestamp,
  signature: sign(SECRET, SIGNED_URI, BODY, timestamp),
});
const signedBody = (body: string): SignedRequest => ({
  ...genuine,
  body: Buffer.from(body),
  signature: sign(SECRET, SIGNED_URI, body, String(NOW)),
});

describe("a webhook is taken", () => {
  test.each<[string, SignedRequest]>([
    ["when it is signed as documented, with the address decoded", genuine],
    ["when HubSpot called an address that is decoded already", { ...genuine, uri: SIGNED_URI }],
    ["up to five minutes after it was signed", signedAt(String(NOW - 300_000))],
    ["with a body beyond ASCII, byte for byte", signedBody('["ü"]')],
    ["with no body", signedBody("")],
  ])("%s", (_why, request) => {
    expect(isSignedByHubSpot(request, SECRET, NOW)).toBe(true);
  });
});

describe("a webhook is refused", () => {
  test.each<[string, SignedRequest]>([
    ["with another secret", { ...genuine, signature: sign("guessed", SIGNED_URI, BODY, String(NOW)) }],
    ["with another body", { ...genuine, body: Buffer.from('[{"objectId":124}]') }],
    ["with the same body spelt differently", { ...genuine, body: Buffer.from('[{"objectId": 123}]') }],
    ["at another address", { ...genuine, uri: URI.replace("acme", "globex") }],
    ["with the query left out", { ...genuine, uri: "https://hooks.example.com/hubspot/acme" }],
    ["with something behind the address", { ...genuine, uri: `${URI}%20` }],
    ["with another method", { ...genuine, method: "PUT" }],
    ["with another timestamp", { ...genuine, timestamp: String(NOW - 1) }],
    ["older than five minutes, however well signed", signedAt(String(NOW - 300_001))],
    ["from the future", signedAt(String(NOW + 300_001))],
    ["without a signature", { ...genuine, signature: undefined }],
    ["with an empty signature", { ...genuine, signature: "" }],
    ["with half a signature", { ...genuine, signature: signature.slice(0, 20) }],
    ["with the signature in hexadecimal", { ...genuine, signature: Buffer.from(signature, "base64").toString("hex") }],
    ["with a signature and something behind it", { ...genuine, signature: `${signature}AAAA` }],
    ["with the signature spelt without its padding", { ...genuine, signature: signature.replace("=", "") }],
    ["without a timestamp", { ...genuine, timestamp: undefined }],
    ["signed without its timestamp", { ...genuine, signature: sign(SECRET, SIGNED_URI, BODY, "") }],
  ])("%s", (_why, request) => {
    expect(isSignedByHubSpot(request, SECRET, NOW)).toBe(false);
  });

  test.each(["", "now", "1790000000", "1790000000000.0", " 1790000000000", "0x1a0"])(
    "with %j for a timestamp",
    (timestamp) => {
      expect(isTimely(timestamp, NOW)).toBe(false);
    },
  );
});
