import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "../../src/app/settings.ts";

const secret = new Secret("pat-canary");

test.each<readonly [string, () => string]>([
  ["put into a text", () => `token ${secret}`],
  ["joined with others", () => ["token", secret].join(" ")],
  ["written as JSON", () => JSON.stringify({ token: secret })],
  ["inspected, however deep", () => inspect({ settings: { token: secret } }, { depth: 9, showHidden: true })],
  ["formatted as a log does it", () => format("%s %o %j", secret, secret, { secret })],
  ["in the message of an error", () => String(new Error("refused", { cause: new Error(String(secret)) }).cause)],
])("A secret %s shows nothing of itself", (_, shown) => {
  expect(shown()).toContain("[secret]");
  expect(shown()).not.toContain("canary");
});

test("A secret is there for whoever asks for it by name", () => {
  expect(secret.reveal()).toBe("pat-canary");
});
